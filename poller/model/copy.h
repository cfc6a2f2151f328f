/*
 * Rows in the text format of COPY; PostgreSQL manual, COPY, Text Format.
 */
#ifndef POLLER_MODEL_COPY_H
#define POLLER_MODEL_COPY_H

#include "sql/lib/buf.h"

/* One column and the tab after it; NULL is \N, the rest is escaped. */
void	copy_column(struct buf *out, const char *text);
void	copy_u64(struct buf *out, uint64_t);
/* Microseconds since 1970, UTC. */
void	copy_date(struct buf *out, int64_t us);
/* Ends a row of at least one column. */
void	copy_end(struct buf *out);

#endif
