/*
 * The table of all paths that can be asked for, and the way of a request: read,
 * check, answer, send.
 *
 * A row of the table states what its handler can rely on: who may ask, and
 * which parameters there are.  That is checked before the handler runs, in the
 * order method, path, user and grants, parameters.  The handler then finds the values of
 * the path's {names} in ctx->part and the parameters in ctx->params.
 *
 * For POST, PUT and DELETE a row has actions, see context.h.  There the rules
 * of http/write.h and the fields of the body are checked, too.
 */
#ifndef FCGI_ROUTE_H
#define FCGI_ROUTE_H

#include "fcgi/context.h"

enum route_end {
	ROUTE_DONE,	/* the whole answer was written */
	ROUTE_CUT,	/* the reader has gone; or see ctx->begun and why */
	ROUTE_STREAM,	/* the head was written: call route_stream() */
	ROUTE_END__MAX
};

/* Is the body of a request with these variables needed to answer it? */
bool		 route_needs_body(char *const *env);

/*
 * Answers the request in env, an array of NAME=value that a NULL ends, with
 * this body, which is borrowed.  The answer goes to write.
 */
enum route_end	 route_serve(struct context *, char *const *env,
		    const struct request_body *, response_write *write,
		    void *arg);

/*
 * After ROUTE_STREAM: hands over the connection fd, which is stolen, and the
 * number of its FastCGI request; or -1 when the reader has gone.
 */
void		 route_stream(struct context *, int fd, unsigned request);

/* The paths of the table; the last name is "none", for all other paths. */
size_t		 route_count(void);
const char	*route_name(size_t);

#endif
