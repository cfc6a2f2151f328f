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

/* SQL for the parts of a statement; base and facet start with " AND ". */
struct list_conditions {
	struct buf	 shown;		/* FROM, and all rows of the list */
	struct buf	 base;		/* filters that are no facets */
	struct buf	 facet[PARAM_MAX];	/* by parameter; or empty */
	bool		 facets;	/* some facet filters */
};

/*
 * Fills c, all-zero before and freed in any case, for q->list.  When memory
 * runs out, q->sql is marked failed.
 */
void	 list_conditions(struct list_query *, struct list_conditions *c,
	    const struct params *);
void	 list_conditions_free(struct list_conditions *);

/* Bind a value; return its number in the statement, as in $1. */
int	 list_bind_number(struct list_query *, uint64_t);
int	 list_bind_text(struct list_query *, const char *);

/* The column with a key, which must be the key of one; borrowed. */
const struct list_column *list_column_of(const struct list *,
	    const char *key);

/* " ORDER BY ..." of q->key. */
void	 list_order(struct list_query *);

/* " AND ...": the rows after a cursor of q->key; nothing without a cursor. */
void	 list_after(struct list_query *, const struct list_cursor *);

/*
 * "SELECT id ... ORDER BY ..." by the shortcut, of which only the first `most`
 * rows are correct.  False, and nothing added: there is no shortcut.
 */
bool	 list_shortcut(struct list_query *, const struct list_conditions *,
	    const struct list_cursor *, uint64_t most);

/* What all pages of a filter share.  facets is borrowed from the text. */
struct list_counts {
	int64_t		 total, filtered;
	const char	*facets;	/* a JSON object */
	size_t		 facets_len;
};

/* Writes the counts of a result as text, to be cached, and reads them again. */
void	 list_counts_write(struct buf *, const struct list *, const PGresult *);
struct list_counts list_counts_read(const char *text, size_t len);

/*
 * Makes the answer: body, Link, X-Total-Count.  False: the next page's cursor
 * would be too long, and the answer has become a problem.
 */
bool	 list_render(struct context *, const struct live *,
	    const struct list_query *, const PGresult *,
	    const struct list_counts *);

/* The generation that the statement saw. */
int64_t	 list_generation(const PGresult *);

#endif
