/*
 * FastCGI: threads that accept, answer, and stop when they are told to.
 */
#ifndef FCGI_SERVE_SERVE_H
#define FCGI_SERVE_SERVE_H

#include "fcgi/context.h"
#include "fcgi/serve/listen.h"

#define SERVE_THREADS_MAX	64

/*
 * Blocks the signals that mean "stop", for the caller and all threads that
 * it starts: SIGTERM, SIGINT and SIGUSR1.  To be called before any thread.
 */
void	 serve_prepare(void);

/*
 * Answers on l->fd with n threads until one of them comes.  Who is connected
 * by then, or waits to be, is still answered.  False when it could not start.
 */
bool	 serve(struct listener *l, unsigned n, const struct settings *);

#endif
