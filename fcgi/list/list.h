/*
 * Lists: users, queues, calls.  Each list is one file with tables: its columns,
 * its parameters and its filters.  Search, filters, facets, order and pages are
 * done by the other files here, in the same way for all lists.
 */
#ifndef FCGI_LIST_LIST_H
#define FCGI_LIST_LIST_H

#include <libpq-fe.h>

#include "fcgi/http/param.h"
#include "fcgi/list/format.h"
#include "sql/lib/buf.h"

struct context;

/* What a column contains, and so how a list is sorted by it. */
enum list_sort {
	LIST_SORT_NO,		/* an array: it cannot be sorted by */
	LIST_SORT_TEXT,		/* in French order */
	LIST_SORT_STATE,	/* in the order of list_states */
	LIST_SORT_STAGE,	/* in the order of list_stages */
	LIST_SORT_WORD,		/* text, in the order of the database */
	LIST_SORT_NUMBER,	/* whole */
	LIST_SORT_REAL,
	LIST_SORT_SECONDS,	/* exact; answers have whole seconds */
	LIST_SORT_TIME,
	LIST_SORT_BOOL,
	LIST_SORT__MAX
};

/* All states of users and all stages of calls, as sorted; NULL ends them. */
extern const char *const list_states[], *const list_stages[];

/* A column of the view; an answer has it under the same name. */
struct list_column {
	const char	*key;
	const char	*label;		/* the key in quotes, and a colon */
	enum list_sort	 sort;
	bool		 nulls;		/* it may be null */
	bool		 asked;		/* shown only when `fields` names it */
};

/*
 * A duration that grows with time.  To sort by it, a list is sorted by its
 * beginning in the opposite direction: the same order, which does not change
 * while pages are read.
 */
struct list_age {
	const char	*key;		/* of the duration */
	struct list_column from;	/* its beginning, by our clock */
};

/* A faster way to the rows of a page, see shortcut.c. */
struct list_shortcut {
	const struct list_column *by;	/* the list is sorted by it */
	size_t		 facet;		/* the only filter there may be */
	/* A relation p with stale, clock_skew, and what rows uses of it. */
	const char	*parts;
	/*
	 * SELECT of the rows of one part, exactly those that `shown` shows: the
	 * list's id, the columns of `by` and of the facet, and `since`, which
	 * is `by` by the clock of the source, or a constant where `by` is null.
	 * There is an index on since and id.
	 */
	const char	*rows;
	/* SQL on p: `by` of the part's rows is not null, unless it is stale. */
	const char	*known;
};

/* How a parameter filters the list by a column. */
enum list_how {
	LIST_NOT,		/* not at all */
	LIST_FACET,		/* by values, whose rows are counted */
	LIST_VALUES,		/* by values, which are too many to count */
	LIST_TRUE,		/* whether it is true */
	LIST_HIDDEN,		/* true: with the hidden rows */
	LIST_ABOVE,		/* more than a number; it grows with time */
	LIST_BELOW,		/* less than a number */
	LIST_SINCE,		/* from a time on; by default today or active */
	LIST_UNTIL		/* before a time */
};

struct list_filter {
	enum list_how	 how;
	const char	*column;
	/*
	 * The column has names, each unique in its source only: a value is
	 * "source/name", and one without a slash is that name in any source.
	 * As a facet they are queues, and the answer has their labels.
	 */
	bool		 by_source;
};

/* The first parameters of each list. */
enum list_param {
	LIST_PAGE,
	LIST_AFTER,
	LIST_PER_PAGE,		/* from here on the same for all pages */
	LIST_SORT,
	LIST_FIELDS,
	LIST_GENERATION,
	LIST_FORMAT,
	LIST_CSV,
	LIST_Q,			/* from here on they choose the rows */
	LIST_FILTERS		/* from here on the list's own */
};

#define LIST_PER_PAGE_DEFAULT	50
#define LIST_WORDS_MAX		8	/* in q */
#define LIST_COLUMNS_MAX	PARAM_ITEMS_MAX
#define LIST_SORT_MAX		4	/* keys in sort */
#define LIST_LAST_MAX		3	/* keys that make the order total */
#define LIST_KEYS_MAX		(LIST_SORT_MAX + LIST_LAST_MAX)

/* Characters of a cursor.  Values that do not fit get no cursor. */
#define LIST_CURSOR_MAX		4096

struct list {
	const char	*name;		/* of the array in the answer */
	const char	*view;
	const char	*need;		/* of the scope, see context_need() */
	const char	*shown;		/* SQL on r: the rows that are shown */
	const char	*search;	/* SQL on r: the folded text for q */
	const char	*numbers;	/* for a q with digits; NULL: search */
	const char	*order;		/* key of the default order */
	bool		 falling;	/* its direction */
	/* Keys that are not null and make any order total; NULL ends them. */
	const char	*last[LIST_LAST_MAX + 1];
	const char	*id;		/* a unique column, or NULL */
	const struct list_column *columns;
	size_t		 ncolumns;
	const struct param *params;
	const struct list_filter *filters;	/* one for each parameter */
	size_t		 nparams;
	const struct list_age *ages;
	size_t		 nages;
	/*
	 * A count of what waits: the answer tells how many hidden rows have
	 * any, which may not stay silent, and their total.  NULL: it does not.
	 */
	const char	*waits;
	/* Columns whose totals over the list the answer has; NULL ends them. */
	const char *const *totals;
	const struct list_shortcut *shortcut;	/* or NULL */
};

extern const struct list users_list, queues_list, calls_list;

/* Their handlers. */
void	 users_answer(struct context *);
void	 queues_answer(struct context *);
void	 calls_answer(struct context *);

/* The first parameters, for the table of a list. */
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
	    .max_items = 1, .choices = format_words },		\
	[LIST_CSV] = { .name = "csv", .type = PARAM_FIELDS,		\
	    .max_items = 1, .choices = dialect_words },		\
	[LIST_Q] = { .name = "q", .type = PARAM_WORDS, .max_len = 256,	\
	    .max_items = LIST_WORDS_MAX }

/* Make tables from a list of columns X(key, sort, nulls). */
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
#define LIST_KEY_SECONDS(key)	key,
#define LIST_KEY_TIME(key)	key,
#define LIST_KEY_BOOL(key)	key,
#define LIST_AS_SORT_KEY(key, sort, nulls) LIST_KEY_##sort(#key)
#define LIST_AS_KEY(key, sort, nulls) #key,

/* The words that such a column may contain; NULL: any. */
const char *const *list_words(enum list_sort);

/* One key of an order: those that were asked for, then those in last. */
struct list_key {
	const struct list_column *column;
	bool		 falling;
};

/* Fills keys, which has LIST_KEYS_MAX; returns how many. */
size_t	 list_keys(const struct list *, const struct params *,
	    struct list_key *keys);

/*
 * A cursor: the values of the last row of a page, and a digest of its list,
 * order and filters.  It is opaque to the reader and not trusted: its values
 * are checked by type and bound as parameters.
 */
struct list_cursor {
	size_t		 n;
	const char	*value[LIST_KEYS_MAX];	/* in space; NULL: null */
	char		 space[LIST_CURSOR_MAX];
};

/* False, and empty: it is not a cursor of this list, order and filters. */
bool	 list_cursor_read(struct list_cursor *, const struct list *,
	    const struct params *);

/* Appends the cursor after a row with these values; false: they do not fit. */
bool	 list_cursor_write(struct buf *, const struct list *,
	    const struct params *, const char *const *values);

/*
 * The statement and its parameters.  The text is made of constant parts only.
 * The statement for a page returns rows of these kinds, each with the columns
 * of the enum below.  The rows of the page come last, in their order, and the
 * rows of one value of a facet follow one another.
 *	kind	text	number			facet, failed, label
 *	all	-	rows of the list	-; absent without a filter
 *	count	value	rows with it		which facet, failed filters,
 *						label of the value or null
 *	figures	JSON	-			-; absent without totals
 *	hidden	JSON	-			-; absent without waits
 *	label	value	-			which facet, -, the label of a
 *						value that is filtered by
 *	meta	time	generation		-
 *	row	-	place on the page	-; then the columns and keys;
 *						one row more than per_page
 * A facet is a bit, 1 << its index, or 0 for all rows; failed has the bits of
 * the filters that the rows do not pass.
 */
#define LIST_BIND_MAX							\
	(2 + LIST_WORDS_MAX + LIST_KEYS_MAX + 3 * PARAM_MAX)

enum {
	LIST_ROW_KIND,
	LIST_ROW_TEXT,
	LIST_ROW_NUMBER,
	LIST_ROW_FACET,
	LIST_ROW_FAILED,
	LIST_ROW_LABEL,
	LIST_ROW_COLUMNS
};

struct list_query {
	const struct list *list;
	/* The columns that are shown, in their order. */
	const struct list_column *column[LIST_COLUMNS_MAX];
	size_t		 ncolumns;
	/* The keys of the order; those not shown follow as further columns. */
	struct list_key	 key[LIST_KEYS_MAX];
	size_t		 key_at[LIST_KEYS_MAX];	/* which column, from 0 */
	size_t		 nkeys;
	/* These are set by the caller. */
	bool		 common;	/* many rows match */
	bool		 limited;	/* the scope is: no shortcut */
	bool		 bare;		/* counts of rows, but no rows */
	struct buf	 sql;		/* ends with a NUL */
	struct buf	 text;		/* the values of bind */
	size_t		 from[LIST_BIND_MAX];	/* where in text */
	const char	*bind[LIST_BIND_MAX];
	int		 n;
};

enum list_what {
	LIST_WHOLE,		/* a page and all counts */
	LIST_PAGE_ONLY,		/* a page without counts */
	LIST_ALL_ROWS		/* all rows, with the shown columns only */
};

/*
 * Fills a query that is all-zero but for `common`.  A cursor in the parameters
 * is valid.  False when out of memory; free it in any case.
 */
bool	 list_compose(struct list_query *, const struct list *,
	    const struct params *, enum list_what)
	    __attribute__((warn_unused_result));
void	 list_query_free(struct list_query *);

/* The parameter of the next facet after one (0: the first); 0: no more. */
size_t	 list_next_facet(const struct list *, size_t after);

/* Appends a row of a query as a JSON object, from column col on. */
void	 list_add_row(struct buf *, const struct list_query *,
	    const PGresult *, int row, int col);

/*
 * Appends a row with all columns that are shown by default as a JSON object,
 * from column col on.
 */
void	 list_add_default(struct buf *, const struct list *,
	    const PGresult *, int row, int col);

#endif
