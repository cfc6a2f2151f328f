/*
 * Events as text, and the line of the latest of them.  A message is held
 * once, however many streams are being sent it.  For one thread; pure.
 */
#ifndef FCGI_EVENT_MESSAGE_H
#define FCGI_EVENT_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

struct message {
	struct message	*next;		/* whoever owns it may use it */
	unsigned	 refs;
	/* Leads a reader from since to generation; equal: nowhere. */
	int64_t		 since;		/* -1: from anywhere */
	int64_t		 generation;
	size_t		 len;
	char		 text[];
};

/* New, one reference; NULL when out of memory, or longer than a record. */
struct message	*message_new(const char *event, int64_t since,
		    int64_t generation, const struct buf *json);
/* The first that a stream gets; reload: and is told to forget all it knows. */
struct message	*message_hello(int64_t generation, const struct buf *json,
		    bool reload);
void		 message_put(struct message *);		/* NULL is fine */

#define LINE_HELD	64

/* All-zero is an empty line. */
struct line {
	uint64_t	 end;		/* number of the next message */
	struct message	*held[LINE_HELD];	/* by number, modulo */
};

void		 line_free(struct line *);
void		 line_add(struct line *, struct message *);	/* stolen */

/* Is what comes at this number, now or later, not lost yet? */
bool		 line_has(const struct line *, uint64_t number);

/* The message of that number, a new reference; NULL: not come yet, or lost. */
struct message	*line_get(const struct line *, uint64_t number);

/*
 * Where a reader goes on who has seen all until the generation `last` (-1:
 * nothing) and is told now that it is `generation`: the number of the first
 * message to be sent.  *reload when what was missed is not held any more.
 */
uint64_t	 line_after(const struct line *, int64_t last,
		    int64_t generation, bool *reload);

#endif
