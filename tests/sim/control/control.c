#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/lib/now.h"
#include "tests/sim/control/control.h"

#define LINE_MAX_	65536
#define GRACE_MS	2000

static uint64_t
steady_ms(void)
{
	return (uint64_t)now_monotonic() / 1000;
}

static struct sockaddr_un
address(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(sun.sun_path))
		errx(1, "--list-socket %s: path is too long", path);
	strcpy(sun.sun_path, path);
	return sun;
}

static int
try_connect(const char *path)
{
	struct sockaddr_un sun = address(path);
	int fd;

	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) < 0)
		err(1, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	close(fd);
	return -1;
}

void
control_listen(struct control *control)
{
	struct sockaddr_un sun;
	int fd;

	control->fd = -1;
	for (int i = 0; i < CONTROLS_MAX; i++)
		control->peer[i].fd = -1;
	if (control->path == NULL)
		return;
	sun = address(control->path);
	if ((fd = try_connect(control->path)) >= 0)
		errx(1, "--list-socket %s: another simulator serves it",
		    control->path);
	if (errno == ECONNREFUSED)
		unlink(control->path);
	if ((control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0)) < 0)
		err(1, "socket");
	if (bind(control->fd, (struct sockaddr *)&sun, sizeof(sun)) != 0 ||
	    listen(control->fd, CONTROLS_MAX) != 0)
		err(1, "--list-socket %s", control->path);
}

static void
peer_close(struct control *control, int i)
{
	close(control->peer[i].fd);
	control->peer[i].fd = -1;
	buf_free(&control->peer[i].in);
	buf_free(&control->peer[i].out);
	control->peer[i].sent = 0;
	control->peer[i].answered = false;
}

void
control_close(struct control *control)
{
	if (control->fd < 0)
		return;
	for (int i = 0; i < CONTROLS_MAX; i++)
		if (control->peer[i].fd >= 0)
			peer_close(control, i);
	close(control->fd);
	unlink(control->path);
}

int
control_poll(struct control *control, struct pollfd *pfd)
{
	int n = 0, used = 0;

	if (control->fd < 0)
		return 0;
	for (int i = 0; i < CONTROLS_MAX; i++) {
		if (control->peer[i].fd < 0)
			continue;
		used++;
		pfd[n++] = (struct pollfd){ .fd = control->peer[i].fd,
		    .events = control->peer[i].answered ? POLLOUT : POLLIN };
	}
	if (used < CONTROLS_MAX)
		pfd[n++] = (struct pollfd){ .fd = control->fd,
		    .events = POLLIN };
	return n;
}

static void
accept_peer(struct control *control)
{
	int fd;

	if ((fd = accept4(control->fd, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC)) < 0)
		return;
	for (int i = 0; i < CONTROLS_MAX; i++)
		if (control->peer[i].fd < 0) {
			control->peer[i].fd = fd;
			control->peer[i].in.max = LINE_MAX_;
			control->peer[i].until_ms = steady_ms() + GRACE_MS;
			return;
		}
	close(fd);
}

static void
answer(struct control *control, int i, const char *line)
{
	control->peer[i].answered = true;
	command_run(control, line, &control->peer[i].out);
	if (!buf_ok(&control->peer[i].out))
		errx(1, "out of memory");
}

/* Answers as soon as a line has come, or the end of file. */
static void
read_command(struct control *control, int i)
{
	struct buf *in = &control->peer[i].in;
	char *to, *end;
	ssize_t n;

	if ((to = buf_reserve(in, 4096)) == NULL) {
		peer_close(control, i);
		return;
	}
	if ((n = recv(control->peer[i].fd, to, 4095, 0)) < 0) {
		if (errno != EAGAIN && errno != EINTR)
			peer_close(control, i);
		return;
	}
	in->len += (size_t)n;
	in->data[in->len] = '\0';
	if ((end = strpbrk(in->data, "\r\n")) != NULL)
		*end = '\0';
	else if (n > 0)
		return;
	answer(control, i, in->data);
}

static void
write_answer(struct control *control, int i)
{
	struct buf *out = &control->peer[i].out;
	ssize_t n;

	n = send(control->peer[i].fd, out->data + control->peer[i].sent,
	    out->len - control->peer[i].sent, MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		control->peer[i].sent += (size_t)n;
	if (n < 0 || control->peer[i].sent == out->len)
		peer_close(control, i);
}

int
control_timeout(const struct control *control)
{
	uint64_t now = steady_ms();
	int ms = -1;

	for (int i = 0; control->fd >= 0 && i < CONTROLS_MAX; i++) {
		uint64_t until = control->peer[i].until_ms;
		int left = until > now ? (int)(until - now) : 0;

		if (control->peer[i].fd >= 0 && !control->peer[i].answered &&
		    control->peer[i].in.len == 0 && (ms < 0 || left < ms))
			ms = left;
	}
	return ms;
}

void
control_work(struct control *control, const struct pollfd *pfd, int n)
{
	for (int k = 0; k < n; k++) {
		if (pfd[k].revents == 0)
			continue;
		if (pfd[k].fd == control->fd) {
			accept_peer(control);
			continue;
		}
		for (int i = 0; i < CONTROLS_MAX; i++) {
			if (control->peer[i].fd != pfd[k].fd)
				continue;
			if (control->peer[i].answered)
				write_answer(control, i);
			else
				read_command(control, i);
			break;
		}
	}
	for (int i = 0; control_timeout(control) == 0 && i < CONTROLS_MAX;
	    i++)
		if (control->peer[i].fd >= 0 && !control->peer[i].answered &&
		    control->peer[i].in.len == 0 &&
		    control->peer[i].until_ms <= steady_ms())
			answer(control, i, "");
}

int
control_ask(const char *path, int argc, char **argv)
{
	char bytes[65536];
	bool refused = false, first = true;
	ssize_t n;
	int fd;

	if ((fd = try_connect(path)) < 0)
		err(1, "%s", path);
	for (int i = 0; i < argc; i++)
		dprintf(fd, "%s%s", i > 0 ? " " : "", argv[i]);
	shutdown(fd, SHUT_WR);
	while ((n = read(fd, bytes, sizeof(bytes))) > 0) {
		if (first)
			refused = strncmp(bytes, "error", n < 5 ? (size_t)n :
			    5) == 0;
		first = false;
		fwrite(bytes, 1, (size_t)n, stdout);
	}
	if (n < 0)
		err(1, "%s", path);
	if (first)
		errx(1, "%s: no answer", path);
	return refused || fflush(stdout) != 0;
}
