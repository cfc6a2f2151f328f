/*
 * Connections whose web server has to be waited for: because a request has not
 * come whole, or an answer is not taken, or a body is still sent that nobody
 * reads, or the next request has not come.  One thread waits for all of them,
 * and no worker does.
 *
 * A request has to come whole within SLOW_READ_S, and so has a body to end; an
 * answer is dropped as outgoing.h says; only the next request is waited for
 * without a bound.  Beyond SLOW_MAX connections the one that has waited longest
 * is closed.
 */
#ifndef FCGI_SERVE_SLOW_H
#define FCGI_SERVE_SLOW_H

#include "fcgi/counters.h"
#include "fcgi/serve/peer.h"

#define SLOW_READ_S	10
#define SLOW_MAX	256

struct slow;

/*
 * Starts the thread; counters are borrowed until slow_stop().  New; NULL: it
 * could not be started, which was logged.
 */
struct slow	*slow_start(struct counters *);

/* Hands a connection over, which is stolen. */
void		 slow_add(struct slow *, struct peer *);

/* Readable while there is something for slow_take(). */
int		 slow_fd(const struct slow *);

/* A connection whose request has come whole, PEER_READY; NULL: none now. */
struct peer	*slow_take(struct slow *);

/*
 * To stop: idle connections are closed from now on.  slow_wait() then waits for
 * those whose request has not come whole; NULL: there are none any more.
 */
void		 slow_close_idle(struct slow *);
struct peer	*slow_wait(struct slow *);

/*
 * Ends the thread, once the answers that were spooled are sent or dropped.
 * Nothing may be added any more.
 */
void		 slow_stop(struct slow *);	/* NULL is fine */

#endif
