/*
 * What the two halves of the watch share: watch.c, for those who ask, and
 * watch_run.c, the thread.
 */
#ifndef FCGI_FRESH_PRIVATE_H
#define FCGI_FRESH_PRIVATE_H

#include <libpq-fe.h>
#include <pthread.h>

#include "fcgi/fresh/watch.h"

#define MS			((int64_t)1000)	/* microseconds */
#define SECOND			(1000 * MS)

struct watch {
	pthread_t	 thread;
	bool		 started;
	int		 wake;		/* eventfd: look at what is below */
	const struct watch_hooks *hooks;
	/* The thread's own. */
	PGconn		*conn;
	bool		 deaf;		/* on a standby, which cannot LISTEN */
	bool		 notified;
	int64_t		 looked_us;	/* last reading began */
	int64_t		 tell_at_us;	/* not before */
	int64_t		 told;		/* generation; -1: none yet */
	uint64_t	 told_epoch;
	/* Shared. */
	pthread_mutex_t	 lock;
	pthread_cond_t	 read;		/* something of these has changed: */
	bool		 stop;
	bool		 idle;		/* the thread sleeps until woken */
	bool		 known;		/* there are news */
	bool		 away;		/* no connection can be had */
	bool		 unsure;	/* it cannot be read */
	bool		 late;		/* somebody has waited in vain */
	int64_t		 asked_us;	/* last time somebody wanted to know */
	int64_t		 wanted_us;	/* news are wanted of later than this */
	uint64_t	 epoch;
	uint64_t	 reading;
	struct news	 news;
};

/* The thread, until w->stop; arg is the watch. */
void	*watch_run(void *arg);

#endif
