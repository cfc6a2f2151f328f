/*
 * The hosts in libpq's settings host, hostaddr and port, which are lists
 * separated by commas (PostgreSQL manual, "Specifying Multiple Hosts").
 */
#ifndef SQL_LIB_HOSTS_H
#define SQL_LIB_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#define HOSTS_MAX	32

/* Texts are borrowed from struct hosts.  "": not set, libpq's default. */
struct host {
	const char	*name, *addr, *port;
};

struct hosts {
	struct host	 item[HOSTS_MAX];
	size_t		 n;		/* 1 to HOSTS_MAX */
	char		*text;		/* owned; the lists, cut */
};

/*
 * Cuts the three lists, each of which may be "".  When their lengths differ,
 * or there are more than HOSTS_MAX hosts, or a host of several has neither
 * name nor address, the result is one host of "" only: then libpq reads the
 * lists from the settings itself, and says what is wrong.
 * False: out of memory.  Call hosts_free() in either case.
 */
bool	hosts_split(struct hosts *, const char *names, const char *addrs,
	    const char *ports);
void	hosts_free(struct hosts *);

/* An address, a socket or libpq's default, so no name to look up? */
bool	hosts_is_address(const struct host *);

#endif
