#include <sys/socket.h>

#include <err.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/lib/now.h"
#include "tests/sim/protocol/protocol.h"
#include "tests/sim/protocol/server.h"

#define IN_MAX		((size_t)4 << 20)	/* larger is ignored */
#define READ_SIZE	65536

static uint16_t
bound_port(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0)
		err(1, "getsockname");
	return ntohs(ss.ss_family == AF_INET6 ?
	    ((struct sockaddr_in6 *)&ss)->sin6_port :
	    ((struct sockaddr_in *)&ss)->sin_port);
}

void
server_listen(struct server *server)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	struct addrinfo *ai;
	char port[8];
	int rc, on = 1;

	snprintf(port, sizeof(port), "%u", server->port);
	if ((rc = getaddrinfo(server->address, port, &hints, &ai)) != 0)
		errx(1, "--address %s: %s", server->address,
		    gai_strerror(rc));
	if ((server->fd = socket(ai->ai_family, ai->ai_socktype |
	    SOCK_NONBLOCK | SOCK_CLOEXEC, ai->ai_protocol)) < 0)
		err(1, "socket");
	setsockopt(server->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(server->fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(server->fd, 64) != 0)
		err(1, "listening on %s port %s", server->address, port);
	server->port = bound_port(server->fd);
	freeaddrinfo(ai);
}

void
server_unlisten(struct server *server)
{
	if (server->fd >= 0)
		close(server->fd);
	server->fd = -1;
}

static void
client_free(struct client *client)
{
	protocol_forget(client);
	TAILQ_REMOVE(&client->server->clients, client, entry);
	client->server->n_clients--;
	close(client->fd);
	buf_free(&client->in);
	buf_free(&client->out);
	free(client);
}

void
server_accept(struct server *server)
{
	struct client *client;
	int fd, on = 1;

	if ((fd = accept4(server->fd, NULL, NULL,
	    SOCK_NONBLOCK | SOCK_CLOEXEC)) < 0)
		return;
	if (server->n_clients == CLIENTS_MAX) {
		warnx("more than %d clients: one is refused", CLIENTS_MAX);
		close(fd);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if ((client = calloc(1, sizeof(*client))) == NULL)
		err(1, NULL);
	client->fd = fd;
	client->server = server;
	client->in.max = IN_MAX + READ_SIZE;
	client->out.max = OUT_MAX;
	TAILQ_INSERT_TAIL(&server->clients, client, entry);
	server->n_clients++;
	server->n_accepted++;
}

int
server_poll(struct server *server, struct pollfd *pfd, struct client **who)
{
	struct client *client;
	int n = 0;

	TAILQ_FOREACH(client, &server->clients, entry) {
		size_t waiting = client->out.len - client->sent;

		pfd[n] = (struct pollfd){ .fd = client->fd };
		if ((server->faults & FAULT_DEAF) == 0 &&
		    waiting < OUT_PAUSE && !client->closing)
			pfd[n].events |= POLLIN;
		if (waiting > 0 && client->held == 0)
			pfd[n].events |= POLLOUT;
		who[n++] = client;
	}
	return n;
}

int
server_timeout(const struct server *server)
{
	const struct client *client;
	int64_t held = 0, left;

	TAILQ_FOREACH(client, &server->clients, entry)
		if (client->held != 0 && (held == 0 || client->held < held))
			held = client->held;
	left = (held - now_monotonic()) / 1000 + 1;
	return held == 0 ? -1 : left > 0 ? (int)left : 0;
}

/* Reads and ignores bytes of a frame that can never be complete. */
static size_t
skip(struct client *client, size_t at)
{
	size_t n = client->in.len - at;

	if (client->skip < n)
		n = (size_t)client->skip;
	client->skip -= n;
	return at + n;
}

static uint32_t
frame_size(const struct client *client, size_t at)
{
	struct cursor in = { (const unsigned char *)client->in.data + at,
	    client->in.len - at };
	uint32_t size = UINT32_MAX;

	return frame_get_u32(&in, &size) ? size : UINT32_MAX;
}

/*
 * Answers complete frames.  Size 0 closes the connection once a method has
 * followed it.  After a size that is too small or too large, all further bytes
 * of the frame are ignored.
 */
static void
answer(struct client *client)
{
	struct frame frame;
	enum frame_err rc;
	size_t at = 0;
	uint32_t size;

	while (!client->closing && at < client->in.len &&
	    client->out.len - client->sent < OUT_PAUSE) {
		if (client->skip > 0) {
			at = skip(client, at);
			continue;
		}
		rc = frame_next(client->in.data + at, client->in.len - at,
		    IN_MAX, &frame);
		if (rc == FRAME_MORE)
			break;
		if (rc == FRAME_BAD) {
			size = frame_size(client, at);
			if (size == 0 && client->in.len - at < FRAME_HEADER)
				break;
			client->closing = size == 0;
			client->skip = size < FRAME_HEADER ? UINT64_MAX :
			    size;
			continue;
		}
		protocol_call(client, &frame);
		at += frame.size;
	}
	buf_drop(&client->in, at);
}

void
client_read(struct client *client)
{
	char *to;
	ssize_t n;

	if ((to = buf_reserve(&client->in, READ_SIZE)) == NULL) {
		client->to_close = true;
		return;
	}
	if ((n = recv(client->fd, to, READ_SIZE, 0)) > 0)
		client->in.len += (size_t)n;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		client->to_close = true;
	answer(client);
	/* A client that has ended its side may still read the answers. */
	if (n == 0)
		client->closing = true;
}

static void
flush(struct client *client)
{
	size_t left = client->out.len - client->sent;
	ssize_t n;

	if (client->held != 0 && now_monotonic() < client->held)
		return;
	client->held = 0;
	if ((client->server->faults & FAULT_SILENT) != 0)
		client->sent = client->out.len;
	else if (left > 0) {
		if ((client->server->faults & FAULT_BYTES) != 0)
			left = 1;
		n = send(client->fd, client->out.data + client->sent, left,
		    MSG_NOSIGNAL);
		if (n > 0)
			client->sent += (size_t)n;
		else if (n < 0 && errno != EAGAIN && errno != EINTR)
			client->to_close = true;
	}
	if (client->sent == client->out.len) {
		if (client->closing)
			client->to_close = true;
		buf_reset(&client->out);
		client->sent = 0;
	} else if (client->sent > OUT_PAUSE) {
		buf_drop(&client->out, client->sent);
		client->sent = 0;
	}
}

void
server_flush(struct server *server)
{
	struct client *client, *next;

	for (client = TAILQ_FIRST(&server->clients); client != NULL;
	    client = next) {
		next = TAILQ_NEXT(client, entry);
		if (!buf_ok(&client->out)) {
			warnx("a client that does not read is dropped");
			client->to_close = true;
		}
		if (!client->to_close)
			flush(client);
		/* Calls that waited until there was room for answers. */
		if (!client->to_close && client->in.len > 0)
			answer(client);
		if (client->to_close)
			client_free(client);
	}
}

void
server_drop(struct server *server)
{
	while (!TAILQ_EMPTY(&server->clients))
		client_free(TAILQ_FIRST(&server->clients));
}

void
server_ask(struct server *server)
{
	struct client *client;

	TAILQ_FOREACH(client, &server->clients, entry)
		frame_end(&client->out, frame_begin(&client->out,
		    FRAME_ASK_TO_DISCONNECT));
}
