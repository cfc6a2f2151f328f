/*
 * Lines that wait to be written, and a thread that writes them: all that wait
 * go together in one batch, and the next ones gather meanwhile.  Any thread may
 * add lines.
 */
#ifndef FCGI_ACCESS_QUEUE_H
#define FCGI_ACCESS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

#define QUEUE_MAX	10000	/* lines that wait */
#define QUEUE_BATCH_MAX	500	/* lines in a batch */
#define QUEUE_AGAIN_MS	500	/* after a failure, until the next attempt */

struct queue;

/*
 * Writes a batch, a JSON array of the lines.  False: it could not be written,
 * or it is not known whether it was; it is given again.
 */
typedef bool queue_send(void *arg, const char *batch);

/* New, with its thread, which calls send; NULL: errno says why. */
struct queue	*queue_start(queue_send *send, void *arg);

/*
 * Writes what waits, and frees the queue; nobody may use it any more.  The first
 * attempt that fails is the last.  Returns how many lines were not written.
 */
size_t		 queue_stop(struct queue *);	/* NULL is fine */

enum queue_end {
	QUEUE_WRITTEN,
	QUEUE_WAITS,		/* it is to be written later */
	/* It is not, unless the attempt that is just running succeeds. */
	QUEUE_TAKEN_BACK,
	QUEUE_FULL		/* it is not: too many wait */
};

/*
 * Adds a line, a JSON object that is copied, and waits until it is written, at
 * most wait_ms milliseconds.  What is not written then stays, or, with take_back,
 * is removed.  A line that stays is not waited for while attempts fail.
 */
enum queue_end	 queue_add(struct queue *, const char *line, unsigned wait_ms,
		    bool take_back);

/* How many lines wait now. */
size_t		 queue_waiting(struct queue *);

#endif
