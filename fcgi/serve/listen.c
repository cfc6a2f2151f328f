#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/serve/listen.h"

#define FIRST_PASSED	3	/* SD_LISTEN_FDS_START */
#define FLAGS	(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

/* Removes an old socket, unless a program answers on it. */
static void
remove_stale(const char *path, const struct sockaddr_un *sun)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) == -1) {
		if (errno == ENOENT)
			return;
		err(1, "%s", path);
	}
	if (!S_ISSOCK(st.st_mode))
		errx(2, "%s: exists and is no socket", path);
	if ((fd = socket(AF_UNIX, FLAGS, 0)) == -1)
		err(1, "socket");
	if (connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0 ||
	    errno == EAGAIN)
		errx(1, "%s: another program answers there", path);
	if (errno != ECONNREFUSED)
		err(1, "%s", path);
	close(fd);
	if (unlink(path) == -1 && errno != ENOENT)
		err(1, "unlink %s", path);
}

static void
open_path(struct listener *l, const char *path, mode_t mode)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	mode_t mask;

	if (strlen(path) >= sizeof(sun.sun_path))
		errx(2, "%s: longer than %zu bytes", path,
		    sizeof(sun.sun_path) - 1);
	memcpy(sun.sun_path, path, strlen(path));
	remove_stale(path, &sun);
	if ((l->fd = socket(AF_UNIX, FLAGS, 0)) == -1)
		err(1, "socket");
	mask = umask(0777 & ~mode);	/* no moment with other rights */
	if (bind(l->fd, (const struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    lstat(path, &l->st) == -1)
		err(1, "%s", path);
	umask(mask);
	l->path = path;
}

static void
open_port(struct listener *l, const char *where)
{
	const struct addrinfo hints = {
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM,
	};
	const char *colon = strrchr(where, ':'), *host = where;
	struct addrinfo *ai;
	char name[256];
	size_t len = (size_t)(colon - where);
	int rc, on = 1;

	if (len > 1 && host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof(name))
		errx(2, "%s: HOST:PORT needs a host", where);
	snprintf(name, sizeof(name), "%.*s", (int)len, host);
	if ((rc = getaddrinfo(name, colon + 1, &hints, &ai)) != 0)
		errx(rc == EAI_AGAIN || rc == EAI_FAIL || rc == EAI_MEMORY ||
		    rc == EAI_SYSTEM ? 1 : 2, "%s: %s", where,
		    gai_strerror(rc));
	l->fd = socket(ai->ai_family, FLAGS, 0);
	if (l->fd == -1 || setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) == -1 || bind(l->fd, ai->ai_addr, ai->ai_addrlen) == -1)
		err(1, "%s", where);
	freeaddrinfo(ai);
}

void
listen_open(struct listener *l, const char *where, mode_t mode)
{
	*l = (struct listener){ .fd = -1 };
	if (strchr(where, '/') != NULL || strchr(where, ':') == NULL)
		open_path(l, where, mode);
	else
		open_port(l, where);
	if (listen(l->fd, SOMAXCONN) == -1)
		err(1, "%s", where);
}

void
listen_leave(struct listener *l)
{
	struct stat st;

	/* Another may have taken our place: that is not ours to remove. */
	if (l->path != NULL && lstat(l->path, &st) == 0 &&
	    st.st_ino == l->st.st_ino && st.st_dev == l->st.st_dev)
		unlink(l->path);
	l->path = NULL;
}

int
listen_passed(void)
{
	const char *pid = getenv("LISTEN_PID"), *n = getenv("LISTEN_FDS");
	char own[16];
	bool one;

	snprintf(own, sizeof(own), "%ld", (long)getpid());
	if (pid == NULL || n == NULL || strcmp(pid, own) != 0 ||
	    strcmp(n, "0") == 0)
		return -1;
	one = strcmp(n, "1") == 0;
	unsetenv("LISTEN_PID");		/* meant for us only */
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (!one || !listen_is(FIRST_PASSED))
		errx(2, "socket activation: needs one listening stream socket");
	if (fcntl(FIRST_PASSED, F_SETFD, FD_CLOEXEC) == -1)
		err(1, "socket activation");
	return FIRST_PASSED;
}

bool
listen_is(int fd)
{
	socklen_t len = sizeof(int);
	int on = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &len) == 0 &&
	    on != 0;
}
