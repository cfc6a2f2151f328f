/* GET /api/v1/events: the handler of event streams. */
#ifndef FCGI_EVENT_EVENT_H
#define FCGI_EVENT_EVENT_H

#include "fcgi/context.h"

/* Makes the head of the stream.  For GET it reserves a place for it. */
void	 events_answer(struct context *);

/*
 * Hands the connection of such a stream to the thread of streams; fd is stolen.
 * With fd -1 the reader has gone, and the place is given back.
 */
void	 events_stream(struct context *, int fd, unsigned request);

#endif
