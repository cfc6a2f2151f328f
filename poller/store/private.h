/*
 * What store.c (the connection, and what it is asked to do) and result.c
 * (what the database answers) share.
 */
#ifndef POLLER_STORE_PRIVATE_H
#define POLLER_STORE_PRIVATE_H

#include "poller/store/flush.h"
#include "poller/store/store.h"
#include "sql/lib/dial.h"

enum store_state { OFF, CONNECTING, SETUP, READY, KEEPING, LOCKING, FLUSHING };

struct store {
	const char	*conninfo, *retention;
	int64_t		 keep_at;	/* next store_keep() */
	PGconn		*conn;
	enum store_state state;
	struct dial	*dial;		/* while CONNECTING */
	short		 events;	/* what to wait for, once connected */
	int64_t		 deadline;	/* of the query; OFF: next attempt */
	unsigned	 failures;
	bool		 failed;	/* an error in the query in hand */
	bool		 rejected;	/* and the rows are to blame */
	char		 why[160];
	bool		 refused;
	bool		 got_lock;
	unsigned	 connection;	/* number of it, from 1 */
	struct source	*locking;
	int		 copying;	/* table, or -1 */
	size_t		 sent;		/* bytes of its rows */
	struct flush	 flush;		/* the one in hand */
	struct buf	 query;		/* any other command */
};

/* One result of the query in hand. */
void	store_result(struct store *, const PGresult *);

#endif
