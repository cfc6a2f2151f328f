/*
 * One source: where agent data comes from.  The loop in loop.c knows only what
 * stands here; each kind of source fills in a struct source_kind.
 *
 * now is CLOCK_MONOTONIC in microseconds throughout.
 */
#ifndef POLLER_SOURCE_SOURCE_H
#define POLLER_SOURCE_SOURCE_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>

#include "poller/model/snapshot.h"
#include "poller/source/address.h"

#define SOURCE_STALE_US		(15 * INT64_C(1000000))	/* at least */
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

struct source {
	struct source_address		 at;
	const struct source_kind	*kind;
	void				*own;	/* the kind's */
	struct snapshot			*snapshot;

	enum source_status		 status;
	char				 error[256];	/* empty: none */
	char				 version[32];	/* of the server */
	int64_t				 alive;		/* last known; 0: never */
	int64_t				 skew;		/* source minus ours */
	int64_t				 stale_us;	/* silence allowed */
	bool				 whole;		/* snapshot is whole */

	/* What the database does not know yet. */
	bool				 news;		/* status, error */
	bool				 complete;	/* send all rows */
	bool				 resumed;	/* a gap may lie before */
	bool				 was_stale;
	int64_t				 flushed;	/* last flush began */
	unsigned			 locked;	/* store/store.h: connection */
	bool				 taken;		/* by another poller */
	int64_t				 lock_at;	/* when to try again */

	/* The database refused its rows; what it says is withheld till then. */
	char				 refused[256];	/* why; empty: not so */
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
	/* Says good-bye where that is possible, and frees what it owns. */
	void	(*close)(struct source *);
};

extern const struct source_kind source_cccp;	/* a live session */
extern const struct source_kind source_url;	/* snapshots by HTTP */
extern const struct source_kind source_file;	/* snapshots in a file */
extern const struct source_kind source_exec;	/* what a command prints */

/*
 * From "name=url", see address.h.  On false, error (of 256 bytes) says what is
 * wrong, without secrets.
 */
bool		source_parse(struct source *, const char *spec, char *error)
		    __attribute__((warn_unused_result));
void		source_free(struct source *);

/* For the kinds: a change of state, logged once and told to the database. */
void		source_set(struct source *, enum source_status,
		    const char *fmt, ...)
		    __attribute__((format(printf, 3, 4)));
/*
 * One more failure in a row: how long to wait before the next attempt.  1, 2,
 * 4 … 30 s, each cut by up to half at random, so that pollers that lost their
 * server together do not come back together.
 */
int64_t		source_backoff(struct source *);
/* The database refuses its rows: nothing but that is written for a while. */
void		source_refused(struct source *, int64_t now, const char *why);
bool		source_withheld(const struct source *, int64_t now);
/* They are in the database. */
void		source_taken(struct source *);
/* Down, and opened again after the back-off. */
void		source_fail(struct source *, int64_t now, const char *error);

/* For the loop. */
size_t		source_fds(const struct source *, struct pollfd *, size_t);
int64_t		source_deadline(const struct source *);
void		source_work(struct source *, int64_t now);

#endif
