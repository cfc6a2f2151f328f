#include <sys/sendfile.h>

#include <errno.h>
#include <stdatomic.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/serve/spool.h"
#include "sql/lib/now.h"
#include "sql/lib/throttle.h"

/* In all spools. */
static atomic_size_t in_use;

/* Reserves room for more bytes. */
static bool
reserve(const struct spool *s, size_t len)
{
	const size_t max = s->len + len <= SPOOL_SHORT ? SPOOL_BYTES_MAX :
	    SPOOL_BYTES_MAX / 4 * 3;

	if (len > max)
		return false;
	if (atomic_fetch_add(&in_use, len) <= max - len)
		return true;
	atomic_fetch_sub(&in_use, len);
	return false;
}

/* Logs what errno says: each record of each answer would say it again. */
static void
complain(void)
{
	static struct throttle throttle;
	unsigned missed;

	if (throttle_due(&throttle, now_monotonic(), &missed))
		syslog(LOG_ERR, "a temporary file: %m");
}

static bool
write_at_end(const struct spool *s, const char *p, size_t len)
{
	const int fd = fileno(s->file);
	off_t at = (off_t)s->len;
	ssize_t n;

	for (; len > 0; p += n, at += n, len -= (size_t)n)
		if ((n = pwrite(fd, p, len, at)) == -1) {
			if (errno != EINTR)
				return false;
			n = 0;
		}
	return true;
}

bool
spool_add(struct spool *s, const void *p, size_t len)
{
	if (!reserve(s, len))
		return false;
	if ((s->file == NULL && (s->file = tmpfile()) == NULL) ||
	    !write_at_end(s, p, len)) {
		complain();
		atomic_fetch_sub(&in_use, len);
		if (s->len == 0)
			spool_free(s);
		return false;
	}
	s->len += len;
	return true;
}

bool
spool_empty(const struct spool *s)
{
	return s->file == NULL;
}

enum spool_sent
spool_send(struct spool *s, int socket, size_t *moved)
{
	off_t at = (off_t)s->sent;
	ssize_t n;

	while (s->sent < s->len) {
		n = sendfile(socket, fileno(s->file), &at, s->len - s->sent);
		if (n == -1 && errno == EAGAIN)
			return SPOOL_PART;
		if (n == 0 || (n == -1 && errno != EINTR))
			return SPOOL_GONE;
		if (n > 0)
			*moved += (size_t)n;
		s->sent = (size_t)at;
	}
	spool_free(s);
	return SPOOL_ALL;
}

void
spool_free(struct spool *s)
{
	if (s->file != NULL)
		fclose(s->file);
	atomic_fetch_sub(&in_use, s->len);
	*s = (struct spool){ 0 };
}
