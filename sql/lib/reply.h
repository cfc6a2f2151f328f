/* Waits for what PostgreSQL answers, with a time limit. */
#ifndef SQL_LIB_REPLY_H
#define SQL_LIB_REPLY_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Did the statement succeed, with rows or without?  NULL: false. */
bool		 reply_ok(const PGresult *);

/*
 * Both wait until a time by now_monotonic(); 0: for ever.  The result is new,
 * successful or not.  NULL: the connection is lost, or the time is over; then
 * the connection is of no further use.
 *
 * The last result of what was sent outside of a pipeline.
 */
PGresult	*reply_await(PGconn *, int64_t until_us);

/*
 * The result of a pipeline that PQpipelineSync() has ended: of its first
 * statement that failed, or else of its last one.  *done is how many of its
 * statements succeeded.  The connection leaves pipeline mode.
 */
PGresult	*reply_await_pipeline(PGconn *, int64_t until_us,
		    size_t *done);

#endif
