/*
 * active_queues: a JavaScript object literal, sometimes JSON, that is read
 * leniently and never evaluated; cccp-protocol(7), Active queues.
 */
#ifndef POLLER_MODEL_LITERAL_H
#define POLLER_MODEL_LITERAL_H

#include <stddef.h>

#define LITERAL_NAME_MAX	255	/* bytes; a longer name is left out */
#define LITERAL_QUEUES_MAX	1024	/* more than that are left out */

enum literal_err {
	LITERAL_OK,
	LITERAL_BAD,		/* the text is no literal at all */
	LITERAL_NO_MEMORY
};

struct literal_queues {
	char	*name[LITERAL_QUEUES_MAX];	/* owned */
	size_t	 n;
};

/*
 * The names of type "queue", in their order.  The caller frees them with
 * literal_free(), whatever was returned.
 */
enum literal_err	literal_queues(const char *text,
			    struct literal_queues *);
void			literal_free(struct literal_queues *);

#endif
