/*
 * What a FastCGI process has done since it started.  Its threads count
 * without a lock.  GET /metrics writes the counters in the text format of
 * Prometheus (0.0.4).
 *
 * The labels are routes, classes of status and kinds of failure, so their
 * number does not depend on what clients send.
 */
#ifndef FCGI_COUNTERS_H
#define FCGI_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"
#include "sql/lib/db.h"

struct counters;

/* The most routes that can be counted. */
#define COUNTERS_ROUTES_MAX	32

/*
 * New; NULL when out of memory.  There are n routes, COUNTERS_ROUTES_MAX at
 * most; name gives the label of each.
 */
struct counters	*counters_new(const char *(*name)(size_t), size_t n);
void		 counters_free(struct counters *);	/* NULL is fine */

/* The next five count nothing when the counters are NULL. */

/* An answered request: its route, below n, and how many microseconds. */
void		 counters_request(struct counters *, size_t route, int status,
		    int64_t us);

/* A connection to the database was opened (1) or closed (-1). */
void		 counters_connections(struct counters *, int more);

/* A statement that failed; DB_OK is not counted. */
void		 counters_failure(struct counters *, enum db_err);

/* What a connection waits for that no worker holds: see serve/slow.h. */
enum counters_wait {
	COUNTERS_REQUEST,	/* the rest of a request */
	COUNTERS_NEXT,		/* another request, if any */
	COUNTERS_READER,	/* that its answer is taken */
	COUNTERS_BODY,		/* the end of a body that nobody reads */
	COUNTERS_WAIT__MAX
};

/* A connection begins (1) or ends (-1) to wait. */
void		 counters_wait(struct counters *, enum counters_wait, int more);

/* One was closed because it waited too long, or too many did. */
void		 counters_dropped(struct counters *);

/* Appends the value of a label: quoted, its special characters escaped. */
void		 counters_label(struct buf *, const char *value);

/* Appends all that was counted. */
void		 counters_write(struct buf *, struct counters *);

#endif
