/*
 * Between the parts of lists.  Of a statement, where.c tells which rows,
 * order.c in what order and from where on, shortcut.c a faster way to their
 * keys, compose.c what of them; of an answer, list.c what is read, page.c how
 * it is written.
 */
#ifndef FCGI_LIST_PRIVATE_H
#define FCGI_LIST_PRIVATE_H

#include "fcgi/fresh/live.h"
#include "fcgi/list/list.h"

/* What each part of the statement needs; all start with " AND ". */
struct list_conditions {
	struct buf	 shown;		/* what there is at all */
	struct buf	 base;		/* what narrows it, but for facets */
	struct buf	 facet[PARAM_MAX];	/* of each; empty: no filter */
	bool		 facets;	/* some are not */
};

/*
 * q->list is set; c is zero at first, and to be freed in any case.  Without
 * memory, q->sql fails.
 */
void	 list_conditions(struct list_query *, struct list_conditions *c,
	    const struct params *);
void	 list_conditions_free(struct list_conditions *);

/* Its place in the statement, as in $1. */
int	 list_bind_number(struct list_query *, uint64_t);
int	 list_bind_text(struct list_query *, const char *);

const struct list_column *list_column_of(const struct list *,
	    const char *key);

/* " ORDER BY ..." of q->key. */
void	 list_order(struct list_query *);

/* " AND ...": what comes after a cursor of q->key; nothing for an empty one. */
void	 list_after(struct list_query *, const struct list_cursor *);

/*
 * "SELECT id ... ORDER BY ...", of which the first rows, so many at most, are
 * right.  False, and nothing added: there is no such way.
 */
bool	 list_walk(struct list_query *, const struct list_conditions *,
	    const struct list_cursor *, uint64_t most);

/* What all pages of a filter share; text is borrowed from an answer. */
struct list_counts {
	int64_t		 total, filtered;
	const char	*facets;	/* a JSON object */
	size_t		 facets_len;
};

/* Makes that of a whole page's rows, as text, and reads it again. */
void	 list_count(struct buf *, const struct list *, const PGresult *);
struct list_counts list_counted(const char *text, size_t len);

/*
 * Makes the answer: body, Link, X-Total-Count.  False when the cursor to the
 * next page does not fit; then the answer has become a problem.
 */
bool	 list_render(struct context *, const struct live *,
	    const struct list_query *, const PGresult *,
	    const struct list_counts *);

/* The generation that the statement saw. */
int64_t	 list_generation(const PGresult *);

#endif
