/*
 * Writes the changes of a source to the database: a flush is one transaction.
 *
 * COPY fills the staging tables and cccp.flush() merges them, all as one
 * simple query, so that a flush takes one round trip.  Nothing here blocks:
 * the loop's ppoll(2) drives libpq.
 *
 * Failures are logged here.  While the database cannot be reached, sources go
 * on collecting, and the first flush after that is complete.
 * now is CLOCK_BOOTTIME in microseconds.
 */
#ifndef POLLER_STORE_STORE_H
#define POLLER_STORE_STORE_H

#include "poller/source/source.h"
#include "sql/lib/db.h"

#define STORE_TIMEOUT_US	(60 * INT64_C(1000000))	/* of one flush */

struct store;

enum store_event {
	STORE_NOTHING,
	STORE_DONE,	/* the current flush is committed */
	STORE_FAILED,	/* it is not, or that is unknown: send a complete one */
	STORE_REJECTED,	/* it is not, and its rows are to blame: store_why() */
	STORE_LOCKED,	/* the lock that was asked for is ours */
	STORE_LOCKED_OUT, /* another poller has it */
	STORE_REFUSED	/* the schema is not ours: logged; give up */
};

/*
 * conninfo and retention (an interval as PostgreSQL reads it: how long history
 * is kept) are borrowed until store_close().  NULL: out of memory.
 */
struct store	*store_open(const char *conninfo, const char *retention);
void		 store_close(struct store *);	/* NULL is fine */
/* Drops the connection, and the current flush, and connects again. */
void		 store_reopen(struct store *);

size_t		 store_fds(const struct store *, struct pollfd *, size_t);
int64_t		 store_deadline(const struct store *);
/* Continues what was begun; an event is returned once. */
enum store_event store_work(struct store *, int64_t now);

/*
 * Removes what is older than cccp.retention says (history without a time there:
 * than the retention given above), and makes partitions for the time to come.
 * This is due at the start and every STORE_PURGE_US, sooner when a part is left,
 * and begins when it has been due for the time patience.  True: it has begun, so
 * store_ready() is false for now.
 */
#define STORE_PURGE_US		(6 * 3600 * INT64_C(1000000))
bool		 store_purge(struct store *, int64_t now, int64_t patience);

/* Connected, and nothing was begun. */
bool		 store_ready(const struct store *);
/*
 * Once the database has answered for the first time or cannot be reached, a
 * source can begin; store_resume() tells it first which calls need not be read
 * again.  Both are for the start only.
 */
bool		 store_tried(const struct store *);
void		 store_resume(const struct store *, struct source *);
/* Attempts to connect or to flush that failed since the last flush. */
unsigned	 store_failures(const struct store *);
/*
 * Of several pollers for one source, one writes: the one that holds its
 * advisory lock, which ends with the connection.  store_lock() asks for it;
 * store_ready() must be true.  False: it could not be asked for.
 */
bool		 store_locked(const struct store *, const struct source *);
bool		 store_lock(struct store *, struct source *, int64_t now)
		    __attribute__((warn_unused_result));
/*
 * Begins a flush of what the source has; it must be locked, and store_ready()
 * be true.  The rows and the status count as written: on false, and on
 * STORE_FAILED or STORE_REJECTED later, the caller has to set them again.
 */
bool		 store_flush(struct store *, struct source *, int64_t now)
		    __attribute__((warn_unused_result));
/* After STORE_REJECTED: what is wrong, without values; borrowed. */
const char	*store_why(const struct store *);

#endif
