/*
 * The loop: wait, let sources work, flush, until told to stop.  Only the loop
 * decides when something is written, tried again or given up.
 */
#ifndef POLLER_LOOP_H
#define POLLER_LOOP_H

#include <signal.h>

#include "poller/source/source.h"
#include "poller/store/store.h"

#define LOOP_SOURCES_MAX	64
#define LOOP_FLUSH_MS		250	/* default of -i */
#define LOOP_ONCE_S		60	/* -1 gives up after that */

struct loop {
	struct source	*source;	/* borrowed, n of them */
	size_t		 n;
	struct store	*store;		/* borrowed; NULL: -n, print instead */
	int64_t		 interval_us;	/* between two flushes of a source */
	bool		 once;		/* -1 */
	const sigset_t	*waiting;	/* the signal mask of the wait */
	const volatile sig_atomic_t *stop;
	volatile sig_atomic_t *reopen;	/* set by SIGHUP, cleared here */
	size_t		 flushing;	/* that source, or n: none */
	size_t		 locking;	/* source whose lock is asked for */
	size_t		 next;		/* first in turn next time */
	bool		 was_whole;	/* current flush: with rows */
	bool		 was_resumed;	/* current flush: after a gap */
	bool		 cannot_wait;	/* ppoll(2) fails */
	bool		 begun;		/* the sources have */
	bool		 done[LOOP_SOURCES_MAX];	/* -1: was written */
};

/*
 * Runs until *stop, or with once until every source was written or has
 * failed.  Returns the program's exit status: 0 when asked to stop, or when
 * all sources were written; 1 otherwise.
 */
int	loop_run(struct loop *);

#endif
