/* What watch.c, for other threads, shares with watch_run.c, the thread. */
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
	int		 wake;		/* eventfd: see the shared part */
	const struct watch_hooks *hooks;
	/* Only the thread uses these. */
	PGconn		*conn;
	bool		 standby;	/* it cannot LISTEN */
	bool		 notified;
	int64_t		 began_us;	/* the last reading, its beginning */
	int64_t		 tell_at_us;	/* not before */
	uint64_t	 told_epoch;
	/* Shared, guarded by lock. */
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;	/* something of what follows */
	bool		 stop;
	bool		 idle;		/* the thread waits to be woken */
	bool		 known;		/* gen was read */
	bool		 away;		/* there is no connection */
	bool		 unsure;	/* it cannot be read */
	bool		 late;		/* a wait has timed out */
	int64_t		 asked_us;	/* when somebody asked last */
	int64_t		 wanted_us;	/* a later reading is waited for */
	uint64_t	 epoch;		/* as in struct live */
	uint64_t	 reading;
	struct generation gen;
	int64_t		 told;		/* the hooks know of this one */
};

/* The thread, until w->stop; arg is the watch. */
void	*watch_run(void *arg);

#endif
