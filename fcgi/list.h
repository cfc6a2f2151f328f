/*
 * Lists of things: users, queues, calls.  A list is a table of what can be
 * asked for and of what is shown, and everything else is done here, the same
 * way for each: search, filters, facets, order, pages.
 */
#ifndef FCGI_LIST_H
#define FCGI_LIST_H

#include <libpq-fe.h>

#include "fcgi/export.h"
#include "fcgi/param.h"
#include "sql/buf.h"

/* What a column holds, which tells how a list is sorted by it. */
enum list_sort {
	LIST_SORT_NO,		/* an array: not at all */
	LIST_SORT_TEXT,		/* in French order */
	LIST_SORT_STATE,	/* in the order of list_states */
	LIST_SORT_STAGE,	/* in the order of list_stages */
	LIST_SORT_WORD,		/* text, in the database's order */
	LIST_SORT_NUMBER,	/* whole */
	LIST_SORT_REAL,
	LIST_SORT_TIME,
	LIST_SORT_BOOL,
	LIST_SORT__MAX
};

/*
 * All states of users, and all stages of calls, in the order in which they are
 * displayed; NULL ends them.
 */
extern const char *const list_states[], *const list_stages[];

/* A column of the view; an answer has it under the same name. */
struct list_column {
	const char	*key;
	const char	*label;		/* the key in quotes, and a colon */
	enum list_sort	 sort;
	bool		 nulls;		/* there may be no value */
	bool		 asked;		/* shown only when asked for */
};

/*
 * A duration that grows.  A list is sorted by what it counts from, the other
 * way round: that is the same order, and it stays while pages are read.
 */
struct list_age {
	const char	*key;		/* the duration's */
	struct list_column from;	/* a time by our clock; not shown */
};

/* A faster way to the keys of a page, see list_walk.c. */
struct list_walk {
	const struct list_column *by;	/* what the list is sorted by */
	size_t		 facet;		/* the only one that may narrow it */
	/* A relation p: stale, clock_skew, and what rows needs of it. */
	const char	*parts;
	/*
	 * SELECT of a part's rows, exactly those that shown lets through: the
	 * list's id, by's column, the facet's, and since, which is by as the
	 * source's clock has it, or null for none.  An index is in the order
	 * of since and id.
	 */
	const char	*rows;
};

/* How a parameter narrows the list by a column. */
enum list_how {
	LIST_NOT,		/* it does not */
	LIST_FACET,		/* values; counted, under the column's name */
	LIST_VALUES,		/* values; too many of them to be counted */
	LIST_TRUE,		/* whether it is true */
	LIST_HIDDEN,		/* hidden rows too, when true */
	LIST_ABOVE,		/* more than a number; it grows with time */
	LIST_BELOW,
	LIST_SINCE,		/* from a time on; else all of today, and active */
	LIST_UNTIL		/* before a time */
};

struct list_filter {
	enum list_how	 how;
	const char	*column;
};

/* Each list's parameters begin with these. */
enum list_param {
	LIST_PAGE,
	LIST_AFTER,
	LIST_PER_PAGE,		/* from here on: the same for all pages */
	LIST_SORT,
	LIST_FIELDS,
	LIST_GENERATION,
	LIST_FORMAT,
	LIST_CSV,
	LIST_Q,			/* from here on: what tells which rows */
	LIST_FILTERS		/* the list's own */
};

#define LIST_PER_PAGE_DEFAULT	50
#define LIST_WORDS_MAX		8	/* in q */
#define LIST_COLUMNS_MAX	PARAM_ITEMS_MAX
#define LIST_SORT_MAX		4	/* keys in sort */
#define LIST_LAST_MAX		3	/* keys that make it a total order */
#define LIST_KEYS_MAX		(LIST_SORT_MAX + LIST_LAST_MAX)

/* Characters; longer values than fit lead to no cursor. */
#define LIST_CURSOR_MAX		4096

struct list {
	const char	*name;		/* of the array in the answer */
	const char	*view;
	const char	*shown;		/* what the API shows at all, of r */
	const char	*search;	/* what q looks at, folded, of r */
	const char	*order;		/* key, when nothing else is asked */
	bool		 falling;	/* that one */
	/* Keys that make any order a total one; none may be null. */
	const char	*last[LIST_LAST_MAX + 1];
	const char	*id;		/* a column that is unique, or NULL */
	const struct list_column *columns;
	size_t		 ncolumns;
	const struct param *params;
	const struct list_filter *filters;	/* one for each parameter */
	size_t		 nparams;
	const struct list_age *ages;
	size_t		 nages;
	const struct list_walk *walk;	/* or NULL */
};

extern const struct list users_list, queues_list, calls_list;

/* The entries of the tables above that are the same for all lists. */
#define LIST_PARAMS(sort_keys, field_keys)				\
	[LIST_PAGE] = { .name = "page", .type = PARAM_NUMBER,		\
	    .min = 1, .max = 1000000 },					\
	[LIST_AFTER] = { .name = "after", .type = PARAM_CURSOR,		\
	    .max_len = LIST_CURSOR_MAX },				\
	[LIST_PER_PAGE] = { .name = "per_page", .type = PARAM_NUMBER,	\
	    .min = 1, .max = 500 },					\
	[LIST_SORT] = { .name = "sort", .type = PARAM_KEYS,		\
	    .max_items = LIST_SORT_MAX, .choices = sort_keys },		\
	[LIST_FIELDS] = { .name = "fields", .type = PARAM_FIELDS,	\
	    .choices = field_keys },					\
	[LIST_GENERATION] = { .name = "generation",			\
	    .type = PARAM_NUMBER, .min = 0, .max = LONG_MAX },		\
	[LIST_FORMAT] = { .name = "format", .type = PARAM_FIELDS,	\
	    .max_items = 1, .choices = export_formats },		\
	[LIST_CSV] = { .name = "csv", .type = PARAM_FIELDS,		\
	    .max_items = 1, .choices = export_dialects },		\
	[LIST_Q] = { .name = "q", .type = PARAM_WORDS, .max_len = 256,	\
	    .max_items = LIST_WORDS_MAX }

/* For X(key, sort, nulls) lists of columns. */
#define LIST_SURE	false, false
#define LIST_NULLS	true, false
#define LIST_ASKED	true, true
#define LIST_AS_COLUMN(key, sort, nulls) \
	{ #key, "\"" #key "\":", LIST_SORT_##sort, LIST_##nulls },
#define LIST_KEY_NO(key)
#define LIST_KEY_TEXT(key)	key,
#define LIST_KEY_STATE(key)	key,
#define LIST_KEY_STAGE(key)	key,
#define LIST_KEY_WORD(key)	key,
#define LIST_KEY_NUMBER(key)	key,
#define LIST_KEY_REAL(key)	key,
#define LIST_KEY_TIME(key)	key,
#define LIST_KEY_BOOL(key)	key,
#define LIST_AS_SORT_KEY(key, sort, nulls) LIST_KEY_##sort(#key)
#define LIST_AS_KEY(key, sort, nulls) #key,

/* The words that such a column is of; NULL: any. */
const char *const *list_words(enum list_sort);

/* What a list is in the order of: what was asked, and what comes last. */
struct list_key {
	const struct list_column *column;
	bool		 falling;
};

/* Fills keys, of LIST_KEYS_MAX; how many. */
size_t	 list_keys(const struct list *, const struct params *,
	    struct list_key *keys);

/*
 * A cursor: the values of the last row of a page, and of which list, order and
 * filters it is.  Opaque to the reader, and believed by nobody: what it holds
 * is checked by type and bound as parameters.
 */
struct list_cursor {
	size_t		 n;
	const char	*value[LIST_KEYS_MAX];	/* NULL: none; into space */
	char		 space[LIST_CURSOR_MAX];
};

/* False, and empty: it is not one of this list, order and filters. */
bool	 list_cursor_read(struct list_cursor *, const struct list *,
	    const struct params *);

/* Appends the cursor to follow these values; false when they do not fit. */
bool	 list_cursor_write(struct buf *, const struct list *,
	    const struct params *, const char *const *values);

/*
 * The statement and what is bound to it.  Its text is made of constant parts
 * only.  Its rows, of which those of the page come last, by place, and those of
 * one value follow one another:
 *	all	-, rows there are; left out when no filter is on
 *	count	a value, rows with it, which facet, filters they fail
 *	meta	the time, the generation
 *	row	-, place on the page, and from LIST_ROW_COLUMNS on what is
 *		shown and what the list is in the order of; one row more than
 *		the page has, when there is one
 * Which facet is 0 for rows in all, else a bit: 1 << its index; so are the
 * filters that they fail.
 */
#define LIST_BIND_MAX							\
	(2 + LIST_WORDS_MAX + LIST_KEYS_MAX + 2 * PARAM_MAX)

enum {
	LIST_ROW_KIND,
	LIST_ROW_TEXT,
	LIST_ROW_NUMBER,
	LIST_ROW_FACET,
	LIST_ROW_FAILED,
	LIST_ROW_COLUMNS
};

struct list_query {
	const struct list *list;
	/* What is shown, as asked. */
	const struct list_column *column[LIST_COLUMNS_MAX];
	size_t		 ncolumns;
	/* The same behind them, but for those that are there already. */
	struct list_key	 key[LIST_KEYS_MAX];
	size_t		 key_at[LIST_KEYS_MAX];	/* from the first column */
	size_t		 nkeys;
	bool		 common;	/* many rows match: set before */
	struct buf	 sql;		/* ends with a NUL */
	struct buf	 text;		/* what bind points into */
	size_t		 from[LIST_BIND_MAX];
	const char	*bind[LIST_BIND_MAX];
	int		 n;
};

enum list_what {
	LIST_WHOLE,		/* a page and all that is counted */
	LIST_PAGE_ONLY,		/* a page and meta */
	LIST_ALL_ROWS		/* all rows: what is shown, nothing else */
};

/*
 * The parameters have passed list_refused().  False when out of memory; free
 * it in any case, and zero it before.
 */
bool	 list_compose(struct list_query *, const struct list *,
	    const struct params *, enum list_what)
	    __attribute__((warn_unused_result));
void	 list_query_free(struct list_query *);

/*
 * Is the cursor no cursor, or given together with a page?  Then the answer has
 * become a problem.
 */
bool	 list_refused(struct context *, const struct list *);

/* The facets, which are parameters, in order; 0 after the last. */
size_t	 list_facet(const struct list *, size_t after);

/*
 * Are the data of another generation than was asked for?  Then the answer has
 * become a problem.
 */
bool	 list_moved(struct context *, int64_t generation);

/* A row of a query as a JSON object, from the result's column col on. */
void	 list_add_row(struct buf *, const struct list_query *,
	    const PGresult *, int row, int col);

/*
 * A row with all columns that are shown unasked as a JSON object, from the
 * result's column col on.
 */
void	 list_add(struct buf *, const struct list *, const PGresult *, int row,
	    int col);

#endif
