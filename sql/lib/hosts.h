/*
 * The hosts that libpq's lists name: host, hostaddr and port, separated by
 * commas (PostgreSQL manual, "Specifying Multiple Hosts").  Pure.
 */
#ifndef SQL_LIB_HOSTS_H
#define SQL_LIB_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#define HOSTS_MAX	32

/* Each is borrowed from the list; "" is libpq's default. */
struct host {
	const char	*name, *addr, *port;
};

struct hosts {
	struct host	 item[HOSTS_MAX];
	size_t		 n;
	char		*text;		/* the lists, cut */
};

/*
 * Cuts them.  Lists that do not fit together, or that are too long, or with an
 * empty item among several, give one host of "" only: libpq is left to take
 * the lists whole, and to complain.  False: out of memory.  hosts_free() after.
 */
bool	hosts_split(struct hosts *, const char *names, const char *addrs,
	    const char *ports);
void	hosts_free(struct hosts *);

/* Is there no name to look up: an address, a socket, libpq's default? */
bool	host_is_address(const struct host *);

#endif
