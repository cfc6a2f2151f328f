/*
 * /api/v1/users: what can be asked for, and the statement that answers it.
 */
#ifndef FCGI_USERS_H
#define FCGI_USERS_H

#include <libpq-fe.h>

#include "fcgi/param.h"
#include "sql/buf.h"

/* The parameters, indexes of users_params and of params.value. */
enum users_param {
	USERS_PAGE,
	USERS_PER_PAGE,
	USERS_Q,
	USERS_STATE,
	USERS_KIND,
	USERS_PROFILE,
	USERS_TEAM,
	USERS_QUEUE,
	USERS_SOURCE,
	USERS_LOGGED,
	USERS_SORT,
	USERS__MAX
};
extern const struct param users_params[USERS__MAX];

#define USERS_PER_PAGE_DEFAULT	50

enum users_sort {
	USERS_SORT_NO,
	USERS_SORT_PLAIN,
	USERS_SORT_TEXT,	/* in French order */
	USERS_SORT_STATE	/* in the order of users_states */
};

/* All states, in the order in which they are displayed; NULL ends them. */
extern const char *const users_states[];

/* Columns of cccp_v1.user that the API shows, in this order, by these keys. */
struct users_column {
	const char	*column;
	const char	*key;
	const char	*label;		/* the key in quotes, and a colon */
	enum users_sort	 sort;
};
extern const struct users_column users_columns[];
extern const size_t users_ncolumns;

/* A facet is known by its parameter. */
extern const enum users_param users_facets[];
extern const size_t users_nfacets;

/*
 * The statement and what is bound to it.  Its text is made of constant parts
 * only.  Its rows, in the order of the first three columns:
 *	count	a value, users with it, which facet, filters they fail
 *	meta	the time, the generation
 *	total	-, users there are; left out when no filter is on
 *	user	-, place on the page, and from USERS_ROW_COLUMNS on the user
 * Which facet is 0 for users in all, else a bit: 1 << its index; so are the
 * filters that they fail.
 */
#define USERS_WORDS_MAX	8	/* in q */
#define USERS_BIND_MAX	(2 + USERS_WORDS_MAX + 2 * USERS__MAX)

enum {
	USERS_ROW_KIND,
	USERS_ROW_TEXT,
	USERS_ROW_NUMBER,
	USERS_ROW_FACET,
	USERS_ROW_FAILED,
	USERS_ROW_COLUMNS
};

struct users_query {
	struct buf	 sql;		/* ends with a NUL */
	struct buf	 text;		/* what bind points into */
	size_t		 from[USERS_BIND_MAX];
	const char	*bind[USERS_BIND_MAX];
	int		 n;
};

/* A user as a JSON object, from the columns that start at col. */
void	 users_add(struct buf *, const PGresult *, int row, int col);

/* False when out of memory; free it in any case, and zero it before. */
bool	 users_compose(struct users_query *, const struct params *)
	    __attribute__((warn_unused_result));
void	 users_query_free(struct users_query *);

#endif
