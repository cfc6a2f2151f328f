/*
 * Streams of events (Server-Sent Events), parked in one thread.
 *
 * A stream is a FastCGI connection that its worker has let go: a descriptor,
 * a place in the line of messages, and nothing else.  All streams are sent
 * the same messages, of which the latest are held once; who does not keep up
 * with them (LINE_HELD behind) is dropped, never waited for.  A stream costs
 * no thread and no connection to the database.
 */
#ifndef FCGI_EVENT_STREAM_H
#define FCGI_EVENT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/fresh/watch.h"
#include "sql/lib/buf.h"

struct streams;

/* Seconds between heartbeats. */
#define STREAM_BEAT_S		10

/*
 * A thread for at most max streams, which are told what the watch knows.
 * The limit on descriptors is raised for them; when it cannot be raised so
 * far there may be fewer, which is logged.  NULL: it could not be started.
 */
struct streams	*streams_start(size_t max, struct watch *);

/* Ends every stream as FastCGI ends a request, and the thread. */
void		 streams_stop(struct streams *);	/* NULL is fine */

/* Hooks for watch_start(): what it tells goes to all streams. */
void		 streams_hooks(struct streams *, struct watch_hooks *);

/*
 * A place for a stream; false when all are taken.  To be given back, or used
 * by streams_park().
 */
bool		 streams_reserve(struct streams *)
		    __attribute__((warn_unused_result));
void		 streams_release(struct streams *);

/*
 * Takes a place and a connection whose request has been read and whose
 * headers have been written; fd is stolen.  The reader has seen all events
 * until last (-1: none).
 */
void		 streams_park(struct streams *, int fd, unsigned request,
		    int64_t last);

struct streams_stats {
	size_t		 open;
	uint64_t	 parked, dropped, told;	/* dropped: too slow */
};
void		 streams_stats(struct streams *, struct streams_stats *);

#endif
