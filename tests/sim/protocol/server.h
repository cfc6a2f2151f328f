/*
 * The socket side: listening, connections, their buffers and the frames that
 * come in (protocol.h answers them).
 */
#ifndef SIM_SERVER_H
#define SIM_SERVER_H

#include <sys/queue.h>

#include "poller/wire/frame.h"
#include "poller/wire/object.h"
#include "tests/sim/protocol/watch.h"

#define CLIENTS_MAX	256
#define OUT_PAUSE	((size_t)4 << 20)	/* reads no more calls beyond */
#define OUT_MAX		((size_t)256 << 20)	/* dropped as too slow */
#define SLOW_US		INT64_C(4000000)	/* FAULT_SLOW */

struct world;
struct server;

struct client {
	int			 fd;
	struct server		*server;
	struct buf		 in;
	struct buf		 out;
	size_t			 sent;		/* bytes of out already gone */
	uint64_t		 skip;	/* bytes to read and ignore */
	struct object_names	 names_in;
	struct object_names	 names_out;
	bool			 initialized;
	bool			 all38;		/* lists names in that style */
	bool			 need38;	/* objects are lost till then */
	bool			 deaf;		/* takes no format any more */
	bool			 to_close;	/* closed when its turn comes */
	bool			 closing;	/* closed once all is sent */
	int64_t			 held;	/* nothing is sent before; now_monotonic() */
	struct session		*sessions;
	TAILQ_ENTRY(client)	 entry;
};

/* How it misbehaves at the moment, bits; fault.h. */
enum {
	FAULT_SILENT = 1,	/* sends nothing */
	FAULT_DEAF = 2,		/* reads nothing */
	FAULT_BYTES = 4,	/* sends byte by byte */
	FAULT_REFUSE = 8,	/* refuses logins */
	FAULT_AWAY = 16,	/* refuses connections */
	FAULT_SLOW = 32		/* greets late */
};

struct server {
	struct world		*world;
	const char		*address;
	const char		*password;	/* NULL: any will do */
	int			 fd;		/* listening; -1: not */
	uint16_t		 port;
	unsigned		 faults;
	bool			 stopping;
	unsigned		 n_clients;
	uint64_t		 n_accepted;
	uint64_t		 n_objects;	/* that clients asked for */
	TAILQ_HEAD(, client)	 clients;
};

struct pollfd;

/* Listens; port 0 takes any and says which.  Does not return on failure. */
void	 server_listen(struct server *);
/* Stops listening; the connections stay. */
void	 server_unlisten(struct server *);
void	 server_accept(struct server *);
/* Fills in what each client waits for; returns how many. */
int	 server_poll(struct server *, struct pollfd *, struct client **);
/* ms until something that is held can be sent; -1: nothing is. */
int	 server_timeout(const struct server *);
/* Reads and answers; writes what there is to write. */
void	 client_read(struct client *);
void	 server_flush(struct server *);
/* Closes all connections at once. */
void	 server_drop(struct server *);
/* Sends ask-to-disconnect to all. */
void	 server_ask(struct server *);

#endif
