/*
 * One CCCP session with a dispatch server, without its socket: the caller moves
 * the bytes, and the session keeps a snapshot equal to what the server has.
 * cccp-protocol(7) describes the messages and their order.
 *
 * The session logs in, subscribes to the views, queries every object that
 * enters one, and merges what is pushed.  A server does not answer a request
 * that it cannot serve, so every request has a deadline.  When the server has
 * been silent, a query proves that it is alive.
 *
 * now is CLOCK_BOOTTIME in microseconds.
 */
#ifndef POLLER_SESSION_SESSION_H
#define POLLER_SESSION_SESSION_H

#include "poller/model/snapshot.h"
#include "poller/wire/frame.h"

#define SESSION_ANSWER_US	(10 * INT64_C(1000000))	/* to a request */
#define SESSION_QUIET_US	(5 * INT64_C(1000000))	/* until a query */
#define SESSION_LEAVE_US	(2 * INT64_C(1000000))	/* last values take */
#define SESSION_WINDOW		1000	/* object queries without an answer */

struct session;

enum session_state {
	SESSION_OPENING,	/* initialize, login */
	SESSION_SYNCING,	/* first answers are missing */
	SESSION_LIVE,		/* the snapshot is whole */
	SESSION_FAILED		/* close the connection; session_error() */
};

/*
 * Clears the snapshot and begins.  All pointers are borrowed until
 * session_free(); name is the source's, for the log.  NULL: out of memory.
 */
struct session	*session_new(const char *name, const char *login,
		    const char *password, struct snapshot *, int64_t now);
void		 session_free(struct session *);	/* NULL is fine */

/*
 * Calls that ended up to that time on the server's clock are in the database:
 * only later ones are asked for, with a margin.  ended and zone_s are those of
 * session_ended(), which an earlier session of the same server gave.  To be
 * called before session_feed().
 */
void		 session_resume(struct session *, int64_t ended,
		    int32_t zone_s);
/*
 * The latest end of a call that snapshot_settle() found in the database, in
 * microseconds since 1970 on the server's clock; 0: none.  zone_s: the offset
 * of the server's zone then, east of UTC.
 */
int64_t		 session_ended(const struct session *, int32_t *zone_s);

/*
 * The offset of the server's zone, in seconds east of UTC.  False, and *zone_s
 * unchanged: the server has told none that can be one.
 */
bool		 session_zone(const struct session *, int32_t *zone_s);

/* Bytes to send; the caller removes what it sent with buf_drop(). */
struct buf	*session_output(struct session *);

/* len bytes have arrived, in pieces of any size. */
enum session_state	session_feed(struct session *, const void *, size_t len,
			    int64_t now);
/* Acts on deadlines; to be called at session_deadline() at the latest. */
enum session_state	session_tick(struct session *, int64_t now);
int64_t			session_deadline(const struct session *);
enum session_state	session_state(const struct session *);

/* Why it failed, in words for an operator; borrowed. */
const char	*session_error(const struct session *);
/* When the last frame came; 0: none yet. */
int64_t		 session_alive(const struct session *);
/*
 * Server clock minus ours now, in microseconds.  Its date of connection_ok is
 * continued by CLOCK_BOOTTIME, so it follows changes of our clock.
 */
int64_t		 session_skew(const struct session *);
/*
 * By how much that may be wrong: half the time that the server took to answer.
 * When that is long, the server is asked again, before the login and with each
 * query that proves that it is alive.
 */
int64_t		 session_skew_error(const struct session *);
/*
 * Right after session_new(): what both were in the last session.  This skew
 * stays as long as the server's dates agree with it.
 */
void		 session_know_skew(struct session *, int64_t skew,
		    int64_t error);
/* "2.10.0.12"; empty until connection_ok.  Borrowed. */
const char	*session_version(const struct session *);

/* For snapshot_settle(): ends the subscription of an object. */
void		 session_forgotten(void *session, enum view_id, uint32_t id);
/* Appends logout to the output; once it is sent the connection may close. */
void		 session_logout(struct session *);

#endif
