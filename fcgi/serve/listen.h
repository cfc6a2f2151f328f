/*
 * The listening socket: one that it opens itself, that a service manager passes
 * or that is standard input.
 */
#ifndef FCGI_SERVE_LISTEN_H
#define FCGI_SERVE_LISTEN_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct listener {
	int		 fd;		/* non-blocking, close-on-exec */
	const char	*path;		/* of a unix socket, else NULL */
	struct stat	 st;		/* of it: whose socket is at path? */
};

/*
 * where is a path (it has a slash, or no colon) or HOST:PORT, [HOST]:PORT.
 * A socket left over at a path is replaced when nobody answers on it.  mode
 * is the new one's.  Ends the program with a message when that fails; where
 * is borrowed until listen_leave().
 */
void	 listen_open(struct listener *, const char *where, mode_t mode);

/* Nobody finds us any more; who is in the queue can still be accepted. */
void	 listen_leave(struct listener *);

/*
 * The one socket that a service manager has passed (sd_listen_fds(3)), or -1.
 * Ends the program with a message when they are several, or none that
 * connections can be accepted on.
 */
int	 listen_passed(void);

/* Is it a socket that connections can be accepted on? */
bool	 listen_is(int fd);

#endif
