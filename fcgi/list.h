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

enum list_sort {
	LIST_SORT_NO,
	LIST_SORT_PLAIN,
	LIST_SORT_TEXT,		/* in French order */
	LIST_SORT_STATE		/* in the order of list_states */
};

/* All states, in the order in which they are displayed; NULL ends them. */
extern const char *const list_states[];

/* A column of the view, and the key that it is shown by. */
struct list_column {
	const char	*column;
	const char	*key;
	const char	*label;		/* the key in quotes, and a colon */
	enum list_sort	 sort;
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
	LIST_PER_PAGE,
	LIST_SORT,
	LIST_FIELDS,
	LIST_GENERATION,
	LIST_FORMAT,
	LIST_CSV,
	LIST_Q,
	LIST_FILTERS		/* the list's own */
};

#define LIST_PER_PAGE_DEFAULT	50
#define LIST_WORDS_MAX		8	/* in q */
#define LIST_COLUMNS_MAX	PARAM_ITEMS_MAX

struct list {
	const char	*name;		/* of the array in the answer */
	const char	*view;
	const char	*shown;		/* what the API shows at all, of r */
	const char	*search;	/* what q looks at, folded, of r */
	const char	*order;		/* when nothing else is asked, of r */
	const char	*last;		/* what makes any order a total one */
	const char	*id;		/* a column that is unique, or NULL */
	const struct list_column *columns;
	size_t		 ncolumns;
	const struct param *params;
	const struct list_filter *filters;	/* one for each parameter */
	size_t		 nparams;
};

extern const struct list users_list, queues_list, calls_list;

/* The entries of the tables above that are the same for all lists. */
#define LIST_PARAMS(sort_keys, field_keys)				\
	[LIST_PAGE] = { .name = "page", .type = PARAM_NUMBER,		\
	    .min = 1, .max = 1000000 },					\
	[LIST_PER_PAGE] = { .name = "per_page", .type = PARAM_NUMBER,	\
	    .min = 1, .max = 500 },					\
	[LIST_SORT] = { .name = "sort", .type = PARAM_KEYS,		\
	    .max_items = 4, .choices = sort_keys },			\
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

/* For X(column, key, sort) lists of columns. */
#define LIST_AS_COLUMN(column, key, sort) \
	{ #column, key, "\"" key "\":", LIST_SORT_##sort },
#define LIST_KEY_NO(key)
#define LIST_KEY_PLAIN(key)	key,
#define LIST_KEY_TEXT(key)	key,
#define LIST_KEY_STATE(key)	key,
#define LIST_AS_SORT_KEY(column, key, sort) LIST_KEY_##sort(key)
#define LIST_AS_KEY(column, key, sort) key,

/*
 * The statement and what is bound to it.  Its text is made of constant parts
 * only.  Its rows, in the order of the first three columns:
 *	count	a value, rows with it, which facet, filters they fail
 *	meta	the time, the generation
 *	row	-, place on the page, and from LIST_ROW_COLUMNS on what is shown
 *	total	-, rows there are; left out when no filter is on
 * Which facet is 0 for rows in all, else a bit: 1 << its index; so are the
 * filters that they fail.
 */
#define LIST_BIND_MAX	(2 + LIST_WORDS_MAX + 2 * PARAM_MAX)

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
	struct buf	 sql;		/* ends with a NUL */
	struct buf	 text;		/* what bind points into */
	size_t		 from[LIST_BIND_MAX];
	const char	*bind[LIST_BIND_MAX];
	int		 n;
};

/* False when out of memory; free it in any case, and zero it before. */
bool	 list_compose(struct list_query *, const struct list *,
	    const struct params *) __attribute__((warn_unused_result));
void	 list_query_free(struct list_query *);

/* The same for all rows, one after the other, and nothing that is counted. */
bool	 list_compose_all(struct list_query *, const struct list *,
	    const struct params *) __attribute__((warn_unused_result));

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

/* A row with all columns as a JSON object, from the result's column col on. */
void	 list_add(struct buf *, const struct list *, const PGresult *, int row,
	    int col);

#endif
