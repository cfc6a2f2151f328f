/* FastCGI: threads that accept connections, answer requests, and stop. */
#ifndef FCGI_SERVE_SERVE_H
#define FCGI_SERVE_SERVE_H

#include "fcgi/context.h"
#include "fcgi/serve/listen.h"

#define SERVE_THREADS_MAX	64

/*
 * Blocks the signals that mean "stop" (SIGTERM, SIGINT, SIGUSR1), for the
 * caller and the threads that it starts later.  Call it before any thread is
 * started.
 */
void	 serve_prepare(void);

/*
 * Answers requests on l->fd with n threads, at most SERVE_THREADS_MAX, until
 * one of these signals comes.  Connections that are open or queued by then are
 * still answered.  False when it could not start, which was logged.
 */
bool	 serve(struct listener *l, unsigned n, const struct settings *);

#endif
