#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/serve/peer.h"

#define CHUNK		(32 << 10)	/* bytes that are read at once */
#define CHUNKS		4		/* one after another */

/* Bytes of a body that are skipped at most, after the answer. */
#define SKIP_MAX	((size_t)16 << 20)

struct peer *
peer_new(int fd, incoming_needs_body *needs_body)
{
	struct peer *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		close(fd);
		return NULL;
	}
	c->fd = fd;
	c->in.needs_body = needs_body;
	return c;
}

void
peer_free(struct peer *c)
{
	if (c->fd != -1)
		close(c->fd);
	incoming_free(&c->in);
	spool_free(&c->spool);
	free(c);
}

/* Reads once.  0: it has gone; -1: nothing has come. */
static ssize_t
receive(const struct peer *c, unsigned char data[CHUNK])
{
	ssize_t n;

	do
		n = recv(c->fd, data, CHUNK, MSG_DONTWAIT);
	while (n == -1 && errno == EINTR);
	return n == -1 && errno != EAGAIN ? 0 : n;
}

/* A few bytes, which an unused connection always takes. */
static bool
reply(struct peer *c)
{
	const size_t len = c->in.reply_len;

	c->in.reply_len = 0;
	return len == 0 || send(c->fd, c->in.reply, len,
	    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

void
peer_read(struct peer *c)
{
	unsigned char data[CHUNK];
	enum incoming_state read = INCOMING_MORE;
	ssize_t n;
	int i;

	for (i = 0; i < CHUNKS && read == INCOMING_MORE &&
	    (n = receive(c, data)) != -1; i++) {
		read = n == 0 ? INCOMING_BAD :
		    incoming_feed(&c->in, data, (size_t)n);
		if (!reply(c))
			read = INCOMING_BAD;
	}
	if (read != INCOMING_MORE)
		c->state = read == INCOMING_READY ? PEER_READY : PEER_OVER;
	else if (c->in.begun || !incoming_between(&c->in))
		c->state = PEER_READING;
}

/* The answer was written to its end. */
static void
finish(struct peer *c)
{
	unsigned char data[CHUNK];
	ssize_t n;

	/* In most cases the rest of a body has come by now. */
	if (!c->in.body_ended && (n = receive(c, data)) > 0)
		incoming_feed(&c->in, data, (size_t)n);
	if (c->in.bad || (c->in.body_ended && !c->in.keep)) {
		c->state = PEER_OVER;
	} else if (c->in.body_ended) {
		incoming_next(&c->in);
		c->state = PEER_IDLE;
	} else {
		/* To close it now could discard the answer on its way. */
		shutdown(c->fd, SHUT_WR);
		c->state = PEER_CLOSING;
	}
}

void
peer_answered(struct peer *c, bool failed)
{
	if (failed)
		c->state = PEER_OVER;
	else if (!spool_empty(&c->spool))
		c->state = PEER_WRITING;
	else
		finish(c);
}

void
peer_write(struct peer *c)
{
	switch (spool_send(&c->spool, c->fd, &c->moved)) {
	case SPOOL_ALL:
		finish(c);
		break;
	case SPOOL_PART:
		break;
	case SPOOL_GONE:
		c->state = PEER_OVER;
		break;
	}
}

void
peer_skip(struct peer *c)
{
	unsigned char data[CHUNK];
	ssize_t n;

	while ((n = receive(c, data)) > 0 && c->moved <= SKIP_MAX)
		c->moved += (size_t)n;
	if (n == 0 || c->moved > SKIP_MAX)
		c->state = PEER_OVER;
}
