/*
 * What the files of this folder share.  From the top: list.c chooses between
 * page.c, one page as JSON, and export.c, all rows as CSV or NDJSON.  Both have
 * their statement made by compose.c, with its parts from where.c (which rows),
 * order.c (their order, and which ones follow a cursor) and shortcut.c (a
 * faster way to the rows of some pages).  render.c writes a page, csv.c a cell.
 */
#ifndef FCGI_LIST_PRIVATE_H
#define FCGI_LIST_PRIVATE_H

#include "fcgi/context.h"
#include "fcgi/fresh/live.h"
#include "fcgi/list/list.h"

/* Answers with a page, or with all rows; nothing of the list was refused. */
void	 list_page(struct context *, const struct list *);
void	 list_export(struct context *, const struct list *, enum format);

/*
 * Is the cursor given together with a page, or not one of this list, order and
 * filters?  Then the answer has become a problem.
 */
bool	 list_refused_cursor(struct context *, const struct list *);

/*
 * Was another generation asked for than the data have?  Then the answer has
 * become a problem.
 */
bool	 list_refused_generation(struct context *, int64_t generation);

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
