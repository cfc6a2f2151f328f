/*
 * Streams of events (Server-Sent Events), all served by one thread.
 *
 * A stream is a FastCGI connection that a worker has handed over: a descriptor
 * and the number of the next message to send.  It costs no other thread and no
 * connection to the database.  All streams are sent the same messages, the
 * latest of which are held once.  A stream that is more than RING_SIZE messages
 * behind is dropped; nothing waits for a slow reader.
 *
 * stream.c has the functions below, which other threads call; stream_run.c is
 * the thread.
 */
#ifndef FCGI_EVENT_STREAM_H
#define FCGI_EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/event/places.h"
#include "fcgi/fresh/watch.h"
#include "sql/lib/buf.h"

struct streams;

/* Seconds between heartbeats. */
#define STREAM_BEAT_S		10

/*
 * Starts the thread, for at most max streams, of which one user may have
 * per_user (0: any number); the watch, which is borrowed
 * until streams_stop(), tells it what they are sent.  The limit on descriptors
 * is raised for them; when it cannot be raised far enough there will be fewer,
 * which is logged.  New; NULL: it could not be started, which was logged.
 */
struct streams	*streams_start(size_t max, size_t per_user, struct watch *);

/* Ends every stream as FastCGI ends a request, and the thread. */
void		 streams_stop(struct streams *);	/* NULL is fine */

/* Fills the hooks for watch_start(): the streams are sent what it tells. */
void		 streams_hooks(struct streams *, struct watch_hooks *);

/*
 * Reserves a place for a stream of a user; the key tells users apart.  The
 * place is given back by streams_release(), or used by streams_park().
 */
enum place_err	 streams_reserve(struct streams *, const char *key,
		    struct holder **place) __attribute__((warn_unused_result));
void		 streams_release(struct streams *, struct holder *place);

/*
 * Uses a reserved place for a connection whose request was read and whose
 * answer's head was written; fd is stolen.  The reader has seen all up to the
 * generation last (-1: nothing).  By the grants of version access the reader
 * sees everything, or not (brief): as soon as they have another version, the
 * stream ends, so that its reader asks again.
 */
struct stream_start {
	int64_t		 last, access;
	bool		 brief;
};
void		 streams_park(struct streams *, struct holder *place, int fd,
		    unsigned request, const struct stream_start *);

struct streams_stats {
	size_t		 open;
	uint64_t	 parked, dropped, told;	/* dropped: too slow */
	uint64_t	 refused;	/* because their user had too many */
};
void		 streams_stats(struct streams *, struct streams_stats *);

#endif
