/*
 * What the files of this folder share.  From the top: list.c chooses between
 * page.c, one page as JSON, and export.c, all rows as CSV or NDJSON.  Both have
 * their statement made by compose.c, with its parts from where.c (which rows),
 * counts.c (how many they are), order.c (their order, and which ones follow a
 * cursor) and shortcut.c (a faster way to the rows of some pages).  render.c
 * writes a page, with the counts as counts.c made them, and csv.c a cell.
 * period.c bounds how much of the history a question may look at.
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

#define LIST_MOST_DAYS	92	/* a question may look at so many */
#define LIST_SHORT_DAYS	7	/* beyond these, it may take long */

/*
 * Is the period too long, or does it end before it begins?  Then the answer has
 * become a problem.
 */
bool	 list_refused_period(struct context *, const struct list *);

/*
 * May the question take long?  Then it needs a place in settings->gate, so that
 * short ones find threads that are free.
 */
bool	 list_long(const struct list *, const struct params *);

/*
 * Does it ask for more than the scope permits: names of persons, or to search,
 * filter or sort by numbers that are masked?  Then the answer has become a
 * problem.
 */
bool	 list_refused_scope(struct context *, const struct list *);

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

/* The same with an array of the items that have a minus, or of the others. */
int	 list_bind_items(struct list_query *, const struct param_value *,
	    bool minus);

/* Is there an item with a minus, or one without? */
bool	 list_has_items(const struct param_value *, bool minus);

/* SQL for the value that a filter compares, of the row r. */
void	 list_filter_value(struct buf *, const struct list_filter *);

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

/* FROM and WHERE of all rows that match. */
void	 list_matches(struct list_query *, const struct list_conditions *);

/* ", NULL" for each column that only the rows of the page have. */
void	 list_nulls(struct list_query *);

/* " UNION ALL ...": the rows of a statement that are not of the page. */
void	 list_counts_select(struct list_query *,
	    const struct list_conditions *, const struct params *);

/* What all pages of a filter share.  members is borrowed from the text. */
struct list_counts {
	int64_t		 total, filtered;
	/* Of the answer: facets, labels, totals, each after a comma. */
	const char	*members;
	size_t		 members_len;
};

/* Appends a member of a JSON object; the number is not negative. */
void	 list_add_number(struct buf *, const char *key, int64_t);

/* What a row of the result is, and a number in it; see list_query. */
bool	 list_is_kind(const PGresult *, int row, const char *kind);
int64_t	 list_number_at(const PGresult *, int row, int col);

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
