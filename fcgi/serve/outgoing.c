#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "fcgi/serve/outgoing.h"
#include "sql/lib/now.h"

void
outgoing_begin(struct outgoing *out, int fd, unsigned request,
    struct spool *spool)
{
	out->fd = fd;
	out->request = request;
	out->spool = spool;
	out->failed = false;
	out->len = 0;
	out->waited_us = 0;
	out->sent = 0;
}

/* Microseconds that the worker may still wait for the reader. */
static int64_t
patience(const struct outgoing *out)
{
	return (OUTGOING_TIMEOUT_S + (int64_t)(out->sent / OUTGOING_RATE)) *
	    1000000 - out->waited_us;
}

/*
 * Waits until the reader takes more, and sends what was kept for it.  False:
 * that takes too long, or it has gone.
 */
static bool
wait_for_reader(struct outgoing *out)
{
	struct pollfd pfd = { .fd = out->fd, .events = POLLOUT };
	const int64_t start = now_monotonic(), left = patience(out);
	int n;

	n = left <= 0 ? 0 : poll(&pfd, 1, (int)(left / 1000) + 1);
	out->waited_us += now_monotonic() - start;
	if (n == 0 || (n == -1 && errno != EINTR))
		return false;
	return spool_send(out->spool, out->fd, &out->sent) != SPOOL_GONE;
}

/*
 * Writes without waiting.  What the reader does not take is kept for it; only
 * when there is no room for that, this waits.
 */
static void
write_all(struct outgoing *out, size_t len)
{
	const unsigned char *p = out->data;
	bool full;
	ssize_t n;

	for (; len > 0 && !out->failed; p += n, len -= (size_t)n) {
		full = !spool_empty(out->spool);
		n = full ? 0 : send(out->fd, p, len,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n == -1) {
			n = 0;
			full = errno == EAGAIN;
			out->failed = !full && errno != EINTR;
		}
		out->sent += (size_t)n;
		if (full && spool_add(out->spool, p, len))
			return;
		if (full)
			out->failed = !wait_for_reader(out);
	}
}

void
outgoing_flush(struct outgoing *out, bool end)
{
	size_t len = out->len > 0 ? RECORD_HEAD + out->len : 0;

	if (out->len > 0)
		record_head(out->data, RECORD_STDOUT, out->request, out->len);
	if (end) {
		record_finish(out->data + len, out->request);
		len += RECORD_FINISH;
	}
	write_all(out, len);
	out->len = 0;
}

bool
outgoing_write(void *arg, const char *data, size_t len)
{
	struct outgoing *out = arg;
	size_t n;

	while (len > 0 && !out->failed) {
		if (out->len == OUTGOING_MAX)
			outgoing_flush(out, false);
		n = OUTGOING_MAX - out->len;
		if (n > len)
			n = len;
		memcpy(out->data + RECORD_HEAD + out->len, data, n);
		out->len += n;
		data += n;
		len -= n;
	}
	return !out->failed;
}
