/*
 * A connection from a web server: one thread at a time has it, a worker or the
 * thread of slow.h.  Nothing here waits.
 */
#ifndef FCGI_SERVE_PEER_H
#define FCGI_SERVE_PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "fcgi/serve/incoming.h"
#include "fcgi/serve/spool.h"

enum peer_state {
	PEER_READING,		/* a request is being read */
	PEER_IDLE,		/* kept open, without a request */
	PEER_READY,		/* a request can be answered */
	PEER_WRITING,		/* the rest of an answer is in the spool */
	PEER_CLOSING,		/* answered, while a body still comes */
	PEER_OVER		/* nothing is left but to close it */
};

struct peer {
	TAILQ_ENTRY(peer) list;		/* for whoever has it */
	int		 fd;		/* non-blocking; -1: handed over */
	enum peer_state	 state;
	struct incoming	 in;
	struct spool	 spool;
	/* Only while it is slow: since when, and bytes sent or skipped. */
	int64_t		 since_us;
	size_t		 moved;
	enum peer_state	 counted;	/* as the counters know it */
};

TAILQ_HEAD(peers, peer);

/*
 * New, PEER_READING; fd is stolen, and closed when NULL: out of memory.
 * needs_body as for incoming.h.
 */
struct peer	*peer_new(int fd, incoming_needs_body *needs_body);
void		 peer_free(struct peer *);	/* closes fd, too */

/* Each of these sets the state to what is to be done next. */

/* Reads what has come; of very much, only the beginning. */
void		 peer_read(struct peer *);

/*
 * The request was answered; what is not written yet is in the spool.  With
 * failed the answer is incomplete, and its reader has to see that.
 */
void		 peer_answered(struct peer *, bool failed);

/* Sends of the spool what the web server takes. */
void		 peer_write(struct peer *);

/* Skips what has come of a body that nobody reads. */
void		 peer_skip(struct peer *);

#endif
