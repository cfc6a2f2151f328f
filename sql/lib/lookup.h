/*
 * Looking up the addresses of a host without waiting: getaddrinfo(3) in a
 * thread of its own, which takes no signals.  What cannot be waited for is left
 * to end by itself.
 */
#ifndef SQL_LIB_LOOKUP_H
#define SQL_LIB_LOOKUP_H

#include <netdb.h>
#include <stdbool.h>

struct lookup;

/* Begins; the name is copied.  NULL: no memory, descriptor or thread. */
struct lookup	*lookup_start(const char *name);
/* Whoever still looks is let go.  NULL is fine. */
void		 lookup_free(struct lookup *);

/* Readable from when it is done. */
int		 lookup_fd(const struct lookup *);
bool		 lookup_done(const struct lookup *);
/*
 * Once it is done: 0, and the addresses, the caller's to freeaddrinfo(); or
 * getaddrinfo()'s error.
 */
int		 lookup_take(struct lookup *, struct addrinfo **);

#endif
