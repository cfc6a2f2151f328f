/*
 * The listening socket: one that the program opens, that a service manager
 * passes, or that is standard input.
 */
#ifndef FCGI_SERVE_LISTEN_H
#define FCGI_SERVE_LISTEN_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

struct listener {
	int		 fd;		/* non-blocking, close-on-exec */
	const char	*path;		/* of a unix socket, else NULL */
	struct stat	 st;		/* of path: is it still our socket? */
};

/*
 * Opens a socket.  where is a path (it has a slash, or no colon), HOST:PORT or
 * [HOST]:PORT, and is borrowed until listen_leave().  A socket that is left at
 * the path is replaced when nobody answers on it; mode is for the new one.
 * Ends the program with a message when it fails: with status 2 when where, or
 * what is at the path, cannot be right, else with 1.
 */
void	 listen_open(struct listener *, const char *where, mode_t mode);

/* Removes the path.  Queued connections can still be accepted. */
void	 listen_leave(struct listener *);

/*
 * The socket that a service manager has passed (sd_listen_fds(3)), or -1.  Ends
 * the program with a message and status 2 when it has passed several, or one
 * that is not listening.
 */
int	 listen_passed(void);

/* Is it a listening socket? */
bool	 listen_is(int fd);

#endif
