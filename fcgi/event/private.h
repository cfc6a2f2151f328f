/*
 * What the two halves of the streams share: stream.c, for the others, and
 * stream_run.c, the thread.
 */
#ifndef FCGI_EVENT_PRIVATE_H
#define FCGI_EVENT_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "fcgi/event/message.h"
#include "fcgi/event/stream.h"
#include "fcgi/http/record.h"

struct stream {
	struct stream	*next;		/* on its way to the thread */
	int		 fd;		/* -1: over, to be freed */
	unsigned	 request;
	size_t		 index;		/* in the thread's list */
	bool		 blocked;	/* until it can be written again */
	int64_t		 last;		/* Last-Event-ID */
	uint64_t	 seq;		/* of the next message of the line */
	struct message	*now;		/* being sent; NULL: up to date */
	size_t		 sent;		/* bytes of it, with its record's head */
	struct record_reader reader;
};

struct streams {
	pthread_t	 thread;
	struct watch	*watch;
	size_t		 max;
	atomic_size_t	 taken;		/* places */
	atomic_bool	 stop;
	int		 wake, epoll;
	/* The thread's own. */
	struct stream	**open;
	size_t		 n, size;
	struct stream	*over;		/* freed after the round */
	struct line	 line;
	int64_t		 beat_us;
	/* Shared. */
	pthread_mutex_t	 lock;
	struct stream	*coming;
	struct message	*told, **told_end;
	struct streams_stats stats;
};

/* The thread, until s->stop; arg is the streams. */
void	*streams_run(void *arg);

#endif
