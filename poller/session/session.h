/*
 * One conversation with a dispatch server, without its socket: bytes come in,
 * bytes go out, and a snapshot follows what the server says.
 * cccp-protocol(7) tells what is said and in which order.
 *
 * The session logs in, asks for the views, queries every object that enters
 * one, merges what is pushed, and proves that the server is alive when it has
 * been silent.  Nothing is read twice.  Silence is the protocol's error
 * message, so every request has a deadline.
 *
 * now is CLOCK_MONOTONIC in microseconds.
 */
#ifndef POLLER_SESSION_SESSION_H
#define POLLER_SESSION_SESSION_H

#include "poller/model/snapshot.h"
#include "poller/wire/frame.h"

#define SESSION_ANSWER_US	(10 * INT64_C(1000000))	/* to a request */
#define SESSION_QUIET_US	(5 * INT64_C(1000000))	/* then prove life */
#define SESSION_WINDOW		1000	/* object queries without an answer */

struct session;

enum session_state {
	SESSION_OPENING,	/* initialize, login */
	SESSION_SYNCING,	/* the first answers are not all there */
	SESSION_LIVE,		/* the snapshot is whole and kept so */
	SESSION_FAILED		/* close the connection; session_error() */
};

/*
 * Clears the snapshot and begins.  All pointers are borrowed until
 * session_free(); name is the source's, for the log.  NULL: out of memory.
 */
struct session	*session_new(const char *name, const char *login,
		    const char *password, struct snapshot *, int64_t now);
void		 session_free(struct session *);	/* NULL is fine */

/* What has to be sent; the caller drops what it sent with buf_drop(). */
struct buf	*session_output(struct session *);

/* len bytes have arrived, in pieces of any size. */
enum session_state	session_feed(struct session *, const void *, size_t len,
			    int64_t now);
/* Looks at the clock: deadlines, proof of life.  Call at the deadline. */
enum session_state	session_tick(struct session *, int64_t now);
int64_t			session_deadline(const struct session *);
enum session_state	session_state(const struct session *);

/* Why it failed, in words for an operator; borrowed. */
const char	*session_error(const struct session *);
/* When the last frame came; 0: none yet. */
int64_t		 session_alive(const struct session *);
/*
 * Server clock minus ours now, in microseconds: its date of connection_ok has
 * run on since then, whatever was done to our clock.
 */
int64_t		 session_skew(const struct session *);
/* "2.10.0.12"; empty until connection_ok.  Borrowed. */
const char	*session_version(const struct session *);

/* For snapshot_settle(): this object's subscription is of no use any more. */
void		 session_forgotten(void *session, enum view_id, uint32_t id);
/* Appends logout to the output: the connection may be closed once sent. */
void		 session_logout(struct session *);

#endif
