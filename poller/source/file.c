/*
 * file:///path: a JSON snapshot in a file that another program writes.  It is
 * read when its device, inode, size or time of last change have changed, and
 * that time is its date.
 *
 * It is read in pieces with read(2): libcurl would read all of it at once, and
 * would block on a pipe.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "poller/json/document.h"
#include "poller/source/polled.h"

#define PIECE	((size_t)1 << 20)	/* bytes read at once */
#define TRIES	5	/* when it changes while it is read */

struct file {
	const char	*path;		/* borrowed */
	int		 fd;		/* -1: none */
	int		 error;		/* errno of open(2) */
	struct stat	 is;		/* of the current fetch */
	struct stat	 was;		/* of the one accepted last */
	bool		 has_was;
	unsigned	 tries;
};

static void *
file_open(const struct source *s)
{
	struct file *f = calloc(1, sizeof(*f));

	if (f != NULL) {
		f->path = s->at.path;
		f->fd = -1;
	}
	return f;
}

static void
shut(struct file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
}

static void
file_start(void *own, int64_t now)
{
	struct file *f = own;

	(void)now;
	f->tries = 0;
	f->error = 0;
	f->fd = open(f->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (f->fd == -1 || fstat(f->fd, &f->is) == -1)
		f->error = errno;
}

static size_t
file_fds(const void *own, struct pollfd *fds, size_t max)
{
	(void)own;
	(void)fds;
	(void)max;
	return 0;
}

static int64_t
file_deadline(const void *own)
{
	(void)own;
	return 0;	/* a file is always ready */
}

static bool
same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum fetch_state
fail(struct file *f, struct fetch *fetch, const char *why)
{
	shut(f);
	snprintf(fetch->error, sizeof(fetch->error), "read %.120s: %s",
	    f->path, why);
	return FETCH_FAILED;
}

/* Its end was reached; if it has changed meanwhile it is read again. */
static enum fetch_state
end(struct file *f, struct fetch *fetch)
{
	struct stat after;

	if (fstat(f->fd, &after) == -1)
		return fail(f, fetch, strerror(errno));
	if (!same(&f->is, &after)) {
		if (++f->tries == TRIES)
			return fail(f, fetch, "it does not stop changing");
		f->is = after;
		buf_reset(&fetch->text);
		if (lseek(f->fd, 0, SEEK_SET) == -1)
			return fail(f, fetch, strerror(errno));
		return FETCH_BUSY;
	}
	/* It may have been set to anything: keep it within 1970 to 2106. */
	fetch->made = after.st_mtim.tv_sec <= 0 ? 1 :
	    after.st_mtim.tv_sec > (time_t)UINT32_MAX ?
	    (int64_t)UINT32_MAX * 1000000 :
	    (int64_t)after.st_mtim.tv_sec * 1000000 +
	    after.st_mtim.tv_nsec / 1000;
	shut(f);
	return FETCH_NEW;
}

static enum fetch_state
file_step(void *own, struct fetch *fetch, int64_t now)
{
	struct file *f = own;
	ssize_t n;
	char *to;

	(void)now;
	if (f->error != 0)
		return fail(f, fetch, strerror(f->error));
	if (!S_ISREG(f->is.st_mode))
		return fail(f, fetch, "it is no plain file");
	if (f->has_was && same(&f->is, &f->was)) {
		shut(f);
		return FETCH_SAME;
	}
	if ((uint64_t)f->is.st_size > DOCUMENT_MAX)
		return fail(f, fetch, "it is too large");
	if ((to = buf_reserve(&fetch->text, PIECE)) == NULL)
		return fail(f, fetch, "it is too large");
	if ((n = read(f->fd, to, PIECE)) == -1)
		return fail(f, fetch, strerror(errno));
	fetch->text.len += (size_t)n;
	return n > 0 ? FETCH_BUSY : end(f, fetch);
}

static void
file_accepted(void *own)
{
	struct file *f = own;

	f->was = f->is;
	f->has_was = true;
}

static void
file_refused(void *own)
{
	struct file *f = own;

	f->has_was = false;
}

static void
file_close(void *own)
{
	shut(own);
	free(own);
}

const struct fetch_kind fetch_file = {
	.open = file_open,
	.start = file_start,
	.fds = file_fds,
	.deadline = file_deadline,
	.step = file_step,
	.accepted = file_accepted,
	.refused = file_refused,
	.close = file_close,
};
