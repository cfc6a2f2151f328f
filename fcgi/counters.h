/*
 * What a FastCGI process has done since it started, counted by its threads
 * without a lock, and told to Prometheus (text format 0.0.4).
 *
 * Labels are routes, classes of status, kinds of failure and the names of
 * sources: as many as there are of these, whatever clients send.
 */
#ifndef FCGI_COUNTERS_H
#define FCGI_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"
#include "sql/lib/db.h"

struct metrics;

/* Routes that can be told apart: one more than there may be. */
#define METRICS_ROUTES_MAX	32

/* NULL when out of memory. */
struct metrics	*metrics_new(void);
void		 metrics_free(struct metrics *);	/* NULL is fine */

/* All of these take NULL, and then count nothing. */

/* An answered request; route is below METRICS_ROUTES_MAX. */
void		 metrics_request(struct metrics *, size_t route, int status,
		    int64_t us);

/* Connections to the database, opened (1) or closed (-1). */
void		 metrics_connections(struct metrics *, int more);

/* A statement that failed; DB_OK is not counted. */
void		 metrics_failure(struct metrics *, enum db_err);

/* A label's value, in quotes, with what is special in one escaped. */
void		 metrics_label(struct buf *, const char *value);

/* What was counted; name gives the routes' names, up to n of them. */
void		 metrics_write(struct buf *, struct metrics *,
		    const char *(*name)(size_t), size_t n);

#endif
