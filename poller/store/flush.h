/*
 * The contents of a flush: the rows of the staging tables, and one query that
 * copies them and calls cccp.flush().
 */
#ifndef POLLER_STORE_FLUSH_H
#define POLLER_STORE_FLUSH_H

#include <stdio.h>

#include "poller/source/source.h"

/* The staging tables, in the order of the query's COPY commands. */
enum flush_table {
	FLUSH_NONE,	/* before the first table; it has no rows */
	FLUSH_SOURCE,	/* one row: the source itself */
	FLUSH_AGENT,
	FLUSH_QUEUE,
	FLUSH_CALL,
	FLUSH__MAX
};

/* All-zero is an empty one. */
struct flush {
	struct buf	rows[FLUSH__MAX];	/* text format of COPY */
	struct buf	query;			/* ends with a zero byte */
};

/*
 * Collects what the source has for the database, which then counts as
 * written, also on false: out of memory.
 */
bool	flush_prepare(struct flush *, struct source *, int64_t now)
	    __attribute__((warn_unused_result));
/* The next table with rows, after FLUSH_NONE the first; FLUSH__MAX: no more. */
enum flush_table	flush_next(const struct flush *, enum flush_table);
/* Frees the memory of a large flush. */
void	flush_trim(struct flush *);
void	flush_free(struct flush *);

/*
 * Prepares a flush and writes it on a stream, as a script for psql.  False:
 * out of memory, or the stream cannot be written.
 */
bool	flush_print(struct source *, int64_t now, FILE *)
	    __attribute__((warn_unused_result));

#endif
