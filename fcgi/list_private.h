/*
 * Between the two halves of a list's statement: list_where.c tells which rows,
 * list_query.c what of them.
 */
#ifndef FCGI_LIST_PRIVATE_H
#define FCGI_LIST_PRIVATE_H

#include "fcgi/list.h"

/* What each part of the statement needs; all start with " AND ". */
struct list_conditions {
	struct buf	 shown;		/* what there is at all */
	struct buf	 base;		/* what narrows it, but for facets */
	struct buf	 facet[PARAM_MAX];	/* of each; empty: no filter */
	bool		 facets;	/* some are not */
};

/* q->list is set; c is zero at first, and to be freed in any case. */
void	 list_conditions(struct list_query *, struct list_conditions *c,
	    const struct params *);
void	 list_conditions_free(struct list_conditions *);

/* Its place in the statement, as in $1. */
int	 list_bind_number(struct list_query *, uint64_t);

#endif
