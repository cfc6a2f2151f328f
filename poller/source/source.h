/*
 * One source of agent data.  The loop knows only what is declared here; each
 * kind of source has a struct source_kind.
 *
 * All times are CLOCK_BOOTTIME in microseconds.
 */
#ifndef POLLER_SOURCE_SOURCE_H
#define POLLER_SOURCE_SOURCE_H

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "poller/model/snapshot.h"
#include "poller/source/address.h"

#define SOURCE_STALE_US		(15 * INT64_C(1000000))	/* at least */
/* A sign of life is in the database after this at the latest, mostly. */
#define SOURCE_UNTOLD_US	(3 * INT64_C(1000000))
#define SOURCE_BACKOFF_US	(30 * INT64_C(1000000))	/* at most */
#define SOURCE_FDS		16			/* of one source */

/* The words of cccp.source.status. */
enum source_status {
	SOURCE_CONNECTING,
	SOURCE_LIVE,
	SOURCE_STALE,		/* connected, but silent for too long */
	SOURCE_DOWN,		/* no connection; error says why */
	SOURCE_STATUS__MAX
};

extern const char *const source_status_names[SOURCE_STATUS__MAX];

/*
 * Which rows the next flush has to write.  Legal transitions:
 *
 *	NONE -> RESUMED		source_in_step(): the first whole snapshot
 *	CHANGED -> ALL		source_need_rows(): a flush failed, or another
 *				poller wrote this source meanwhile
 *	CHANGED, ALL -> RESUMED	source_need_rows(): heard of again after a
 *				silence, or the database refused its rows
 *	ALL, RESUMED -> CHANGED	flush_prepare(): the rows are on their way
 *	any -> NONE		source_fail(), source_reopen(), or no memory
 */
enum source_rows {
	SOURCE_ROWS_NONE,	/* none: the snapshot is not whole */
	SOURCE_ROWS_CHANGED,	/* what changed: the database has the rest */
	SOURCE_ROWS_ALL,	/* all: the database may lack some */
	SOURCE_ROWS_RESUMED	/* all, and a gap may lie before them */
};

/* Of the lock: another poller writes this source. */
#define SOURCE_LOCKED_OUT	UINT_MAX

struct source {
	struct source_address		 at;
	const struct source_kind	*kind;
	const struct fetch_kind		*fetch;	/* NULL: not polled */
	void				*own;	/* the kind's; NULL: closed */
	struct snapshot			*snapshot;

	enum source_status		 status;
	char				 error[256];	/* empty: none */
	char				 version[32];	/* of the server */
	int64_t				 alive;		/* 0: never heard of */
	int64_t				 skew;		/* its clock - ours */
	int64_t				 skew_error;	/* at most so wrong */
	bool				 zoned;		/* zone_s is known */
	int32_t				 zone_s;	/* east of UTC */
	int64_t				 ended;		/* session_ended() */
	int32_t				 ended_zone_s;
	int64_t				 stale_us;	/* silence allowed */
	int64_t				 stale_at;	/* INT64_MAX: it is */
	int64_t				 worked;	/* last source_work() */

	/* For the database. */
	enum source_rows		 rows;
	bool				 changing;	/* snapshot half done */
	bool				 unwritten;	/* status or error */
	int64_t				 flushed;	/* last flush began */
	unsigned			 locked;	/* by that connection */
	int64_t				 lock_at;	/* when to try again */

	/* The database refused its rows: none until refused_until. */
	char				 refused[256];	/* why; empty: no */
	unsigned			 refusals;	/* in a row */
	int64_t				 refused_until;

	unsigned			 failures;	/* in a row */
	int64_t				 retry_at;	/* when down */
};

struct source_kind {
	/* Begins to connect: status becomes connecting, or down at once. */
	void	(*open)(struct source *, int64_t now);
	/* What to wait for, and when to call work() at the latest. */
	size_t	(*fds)(const struct source *, struct pollfd *, size_t max);
	int64_t	(*deadline)(const struct source *);
	/* Does what can be done without waiting, and not too much of it. */
	void	(*work)(struct source *, int64_t now);
	/* A flush is in the database: see snapshot_settle(). */
	void	(*settled)(struct source *);
	/* Logs out where that is possible, and frees what it owns. */
	void	(*close)(struct source *);
};

extern const struct source_kind source_cccp;	/* a live session */
extern const struct source_kind source_polled;	/* JSON snapshots: polled.h */

/*
 * From "name=url", see address.h.  On false, error (of 256 bytes) says what is
 * wrong, without secrets.  This is in kinds.c, which knows all kinds.
 */
bool		source_parse(struct source *, const char *spec, char *error)
		    __attribute__((warn_unused_result));
void		source_free(struct source *);

/* For the kinds.  A change of status, logged once and written by a flush. */
void		source_set_status(struct source *, enum source_status,
		    const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));
/* A sign of life of the time at, which may be long ago. */
void		source_heard(struct source *, int64_t at, int64_t now);
/* The snapshot is whole for the first time since the source was opened. */
void		source_in_step(struct source *);
/*
 * One more failure in a row: how long to wait before the next attempt.  1, 2,
 * 4 … 30 s, each cut by up to half at random, so that pollers that lost their
 * server together do not come back together.
 */
int64_t		source_backoff(struct source *);
/* Down, and opened again after the back-off. */
void		source_fail(struct source *, int64_t now, const char *error);

/* For the loop. */
size_t		source_fds(const struct source *, struct pollfd *, size_t);
int64_t		source_deadline(const struct source *);
void		source_work(struct source *, int64_t now);
/* Closes the connection, to be opened again at once. */
void		source_reopen(struct source *);

/* For the flush.  Is the snapshot whole, so that its rows can be written? */
bool		source_whole(const struct source *);
/* The next flush has to write at least these; nothing while there are none. */
void		source_need_rows(struct source *, enum source_rows);
/* The database refuses its rows: only its status is written for a while. */
void		source_refused(struct source *, int64_t now, const char *why);
bool		source_withheld(const struct source *, int64_t now);
/* The database has its rows. */
void		source_accepted(struct source *);

#endif
