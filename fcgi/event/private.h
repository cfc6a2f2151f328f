/* What stream.c, for other threads, shares with stream_run.c, the thread. */
#ifndef FCGI_EVENT_PRIVATE_H
#define FCGI_EVENT_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "fcgi/event/message.h"
#include "fcgi/event/places.h"
#include "fcgi/event/stream.h"
#include "fcgi/http/record.h"

struct stream {
	struct stream	*next;		/* in coming, or in closed */
	int		 fd;		/* -1: closed */
	struct holder	*holder;
	unsigned	 request;
	size_t		 index;		/* in open */
	bool		 brief;		/* it sees not everything */
	int64_t		 access;	/* version of the grants that say so */
	bool		 blocked;	/* its socket takes nothing now */
	int64_t		 last;		/* Last-Event-ID */
	uint64_t	 number;	/* of the next message in the ring */
	struct message	*now;		/* being sent; NULL: up to date */
	size_t		 sent;		/* bytes of its record */
	struct record_reader reader;
};

struct streams {
	pthread_t	 thread;
	struct watch	*watch;
	struct places	 places;	/* reserved or used */
	atomic_bool	 stop;
	_Atomic int64_t	 access;	/* version of the grants now */
	int		 wake, epoll;
	/* Only the thread uses these. */
	struct stream	**open;
	size_t		 n, size;
	struct stream	*closed;	/* freed after the round of events */
	struct ring	 ring;
	int64_t		 beat_us;
	int64_t		 open_access;	/* version that all of open have */
	/* Shared, guarded by lock. */
	pthread_mutex_t	 lock;
	struct stream	*coming;	/* handed over */
	struct message	*told, **told_end;
	struct streams_stats stats;
};

/* The thread, until s->stop; arg is the streams. */
void	*streams_run(void *arg);

#endif
