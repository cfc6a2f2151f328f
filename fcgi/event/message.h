/*
 * Events as text, and a ring with the latest of them.  A message is in memory
 * once, however many streams it is sent to.  All pure; for one thread.
 */
#ifndef FCGI_EVENT_MESSAGE_H
#define FCGI_EVENT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

struct message {
	struct message	*next;		/* for its owner's use */
	unsigned	 refs;
	/* It brings a reader from since to generation; equal: a heartbeat. */
	int64_t		 since;		/* -1: from any generation */
	int64_t		 generation;
	/* Text for readers who see everything; then text for all others. */
	size_t		 len, brief_len;
	char		 text[];
};

/*
 * New, with one reference; json is the event's data.  Its "sources", and what
 * comes after them, are for readers who see everything only.  NULL when out of
 * memory, or when it would be longer than one FastCGI record.
 */
struct message	*message_new(const char *event, int64_t since,
		    int64_t generation, const struct buf *json);

/*
 * The same, for the first message of a stream.  reload adds an event that
 * tells the reader to ask for all data again.
 */
struct message	*message_hello(int64_t generation, const struct buf *json,
		    bool reload);

/* Ends a reference. */
void		 message_release(struct message *);	/* NULL is fine */

/* Messages in a ring. */
#define RING_SIZE	64

/* Messages are numbered from 0 on.  All-zero is an empty ring. */
struct ring {
	uint64_t	 end;		/* number of the next message */
	struct message	*held[RING_SIZE];	/* at number modulo size */
};

void		 ring_free(struct ring *);

/* Adds a message, which is stolen, in the place of the oldest. */
void		 ring_add(struct ring *, struct message *);

/* Is the message of this number in the ring, or still to come? */
bool		 ring_has(const struct ring *, uint64_t number);

/* It, a new reference; NULL when it is still to come, or not held any more. */
struct message	*ring_get(const struct ring *, uint64_t number);

/*
 * The number of the first message to send to a reader that has seen all up to
 * the generation `last` (-1: nothing) and gets `generation` as the current one.
 * *reload: what it missed is not held any more.
 */
uint64_t	 ring_after(const struct ring *, int64_t last,
		    int64_t generation, bool *reload);

#endif
