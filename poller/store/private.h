/*
 * What store.c (the connection and its queries) and result.c (the results of
 * queries) share.
 */
#ifndef POLLER_STORE_PRIVATE_H
#define POLLER_STORE_PRIVATE_H

#include "poller/store/flush.h"
#include "poller/store/store.h"
#include "sql/lib/dial.h"

enum store_state {
	STORE_OFF,		/* no connection */
	STORE_CONNECTING,
	STORE_SETUP,		/* connected; the set-up query runs */
	STORE_READY,		/* no query runs */
	STORE_PURGING,		/* that of store_purge() runs */
	STORE_LOCKING,
	STORE_FLUSHING
};

struct store {
	const char	*conninfo, *retention;
	int64_t		 purge_at;	/* next store_purge() */
	bool		 purge_more;	/* a part is left for it */
	PGconn		*conn;
	enum store_state state;
	struct dial	*dial;		/* while STORE_CONNECTING */
	short		 events;	/* what to wait for, once connected */
	int64_t		 deadline;	/* of the query; OFF: next try */
	unsigned	 failures;
	bool		 failed;	/* an error in the current query */
	bool		 rejected;	/* it is an error of the rows */
	char		 why[160];
	bool		 refused;	/* the schema is not ours */
	bool		 got_lock;
	unsigned	 connection;	/* number of it, from 1 */
	struct source	*locking;
	enum flush_table copying;
	size_t		 sent;		/* bytes of its rows */
	struct flush	 flush;		/* the current one */
	struct buf	 query;		/* any other command */
	PGresult	*ends;		/* of cccp.known_ends(), or NULL */
};

/* One result of the current query, which it owns from now on. */
void	store_result(struct store *, PGresult *);

#endif
