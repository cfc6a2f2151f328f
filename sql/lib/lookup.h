/*
 * Looks up the addresses of a host without blocking: getaddrinfo(3) in a
 * thread of its own, with all signals blocked.
 *
 * The thread cannot be stopped.  After lookup_free() it ends by itself, when
 * getaddrinfo() returns; it does not delay the end of the program.  At most
 * LOOKUP_MAX threads run at a time.
 */
#ifndef SQL_LIB_LOOKUP_H
#define SQL_LIB_LOOKUP_H

#include <netdb.h>
#include <stdbool.h>

#define LOOKUP_MAX	64

struct lookup;

/*
 * Begins; name is copied.  NULL: no memory or descriptor, or too many threads;
 * try again later.
 */
struct lookup	*lookup_start(const char *name);
void		 lookup_free(struct lookup *);	/* NULL is fine */

/* Readable once lookup_done() is true; borrowed. */
int		 lookup_fd(const struct lookup *);
bool		 lookup_done(const struct lookup *);
/*
 * Once lookup_done() is true, and once only: 0, and the addresses, which are
 * the caller's to freeaddrinfo(); or getaddrinfo()'s error.
 */
int		 lookup_result(struct lookup *, struct addrinfo **);

#endif
