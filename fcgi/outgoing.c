#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <string.h>

#include "fcgi/outgoing.h"

void
outgoing_begin(struct outgoing *out, int fd, unsigned request)
{
	out->fd = fd;
	out->request = request;
	out->failed = false;
	out->len = 0;
}

/* At first at once, as nearly always; then with patience, but not for ever. */
static void
write_all(struct outgoing *out, size_t len)
{
	const struct timeval limit = { .tv_sec = OUTGOING_TIMEOUT_S };
	const unsigned char *p = out->data;
	int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
	ssize_t n;

	for (; len > 0 && !out->failed; p += n, len -= (size_t)n)
		if ((n = send(out->fd, p, len, flags)) == -1) {
			n = 0;
			if (errno == EAGAIN && (flags & MSG_DONTWAIT) != 0) {
				flags = MSG_NOSIGNAL;
				setsockopt(out->fd, SOL_SOCKET, SO_SNDTIMEO,
				    &limit, sizeof(limit));
			} else if (errno != EINTR) {
				out->failed = true;
			}
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
