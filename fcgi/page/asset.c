#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/page/asset.h"
#include "sql/lib/hash.h"

static const struct {
	const char	*end;
	const char	*type;
	bool		 gzip;
} types[] = {
	{ ".html",	"text/html; charset=utf-8",		true },
	{ ".css",	"text/css; charset=utf-8",		true },
	{ ".js",	"text/javascript; charset=utf-8",	true },
	{ ".json",	"application/json",			true },
	{ ".svg",	"image/svg+xml",			true },
	{ ".txt",	"text/plain; charset=utf-8",		true },
	{ ".webmanifest", "application/manifest+json",		true },
	{ ".ico",	"image/vnd.microsoft.icon",		true },
	{ ".png",	"image/png",				false },
	{ ".woff2",	"font/woff2",				false },
};

/* A file that is kept, in a list; the one asked for last comes first. */
struct kept {
	struct asset	 asset;		/* first: it is cast to struct kept */
	struct kept	*next;
	unsigned	 refs;		/* its users, and one for the list */
	char		 path[256];
	struct stat	 st;		/* as it was when it was read */
};

struct assets {
	int		 dir;
	pthread_mutex_t	 lock;		/* of all below */
	struct kept	*first;
	size_t		 used;		/* bytes of all files in the list */
};

const char *
assets_directory(void)
{
	const char *dir = getenv("CCCP_HTDOCS");

	return dir != NULL && *dir != '\0' ? dir : HTDOCS;
}

struct assets *
assets_open(const char *dir)
{
	struct assets *as = calloc(1, sizeof(*as));

	if (as == NULL)
		return NULL;
	as->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (as->dir == -1 ||
	    (errno = pthread_mutex_init(&as->lock, NULL)) != 0) {
		free(as);
		return NULL;
	}
	return as;
}

static void
unref(struct kept *e)
{
	if (--e->refs > 0)
		return;
	free(e->asset.data);
	pack_free(&e->asset.pack);
	free(e);
}

void
assets_close(struct assets *as)
{
	struct kept *e;

	if (as == NULL)
		return;
	while ((e = as->first) != NULL) {
		as->first = e->next;
		unref(e);
	}
	pthread_mutex_destroy(&as->lock);
	close(as->dir);
	free(as);
}

bool
asset_name_ok(const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t n;

	if (strlen(path) >= sizeof(((struct kept *)NULL)->path))
		return false;
	do {
		if (path[0] != '/' || path[1] == '.')
			return false;
		n = strspn(path + 1, plain);
		path += 1 + n;
	} while (n > 0 && *path != '\0');
	return n > 0;
}

/*
 * Opens one part of the path after the other and follows no link, so that no
 * path leads out of the directory.
 */
static int
open_below(int dir, const char *path)
{
	char part[256];
	int fd = dir, next;
	size_t n;
	bool last;

	do {
		path++;
		n = strcspn(path, "/");
		memcpy(part, path, n);
		part[n] = '\0';
		path += n;
		last = *path == '\0';
		next = openat(fd, part, O_NOFOLLOW | O_CLOEXEC | (last ?
		    O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY));
		if (fd != dir)
			close(fd);
		fd = next;
	} while (fd != -1 && !last);
	return fd;
}

static bool
read_all(int fd, char *to, size_t len)
{
	ssize_t n;

	for (; len > 0; to += n, len -= (size_t)n) {
		n = read(fd, to, len);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n <= 0)
			return false;	/* it was truncated meanwhile */
	}
	return true;
}

static void
describe(struct asset *a, const char *path)
{
	const size_t len = strlen(path);
	uint64_t hash = hash_add(HASH_EMPTY, a->data, a->len);
	size_t i, n;
	bool gzip = false;

	a->type = "application/octet-stream";
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		n = strlen(types[i].end);
		if (len > n && strcmp(path + len - n, types[i].end) == 0) {
			a->type = types[i].type;
			gzip = types[i].gzip;
		}
	}
	if (gzip)
		pack_make(&a->pack, a->data, a->len, PACK_BEST);
	snprintf(a->etag, sizeof(a->etag), "\"%016" PRIx64 "\"", hash);
	snprintf(a->gzip_etag, sizeof(a->gzip_etag), "\"%016" PRIx64 "-gz\"",
	    hash);
}

static struct kept *
load(int fd, const char *path, const struct stat *st)
{
	struct kept *e = calloc(1, sizeof(*e));
	const size_t len = (size_t)st->st_size;

	if (e == NULL)
		return NULL;
	e->refs = 1;
	e->st = *st;
	snprintf(e->path, sizeof(e->path), "%s", path);
	e->asset.len = len;
	if ((e->asset.data = malloc(len + 1)) == NULL ||
	    !read_all(fd, e->asset.data, len)) {
		unref(e);
		return NULL;
	}
	describe(&e->asset, path);
	return e;
}

static size_t
weight(const struct kept *e)
{
	return sizeof(*e) + e->asset.len + e->asset.pack.len;
}

/* Removes the file of a path from the list; NULL when it is not there. */
static struct kept *
remove_kept(struct assets *as, const char *path)
{
	struct kept **p, *e;

	for (p = &as->first; (e = *p) != NULL; p = &e->next)
		if (strcmp(e->path, path) == 0) {
			*p = e->next;
			as->used -= weight(e);
			return e;
		}
	return NULL;
}

/* Puts e first, and drops the last ones while there are too many bytes. */
static void
add_kept(struct assets *as, struct kept *e)
{
	struct kept **p;

	e->next = as->first;
	as->first = e;
	as->used += weight(e);
	while (as->used > ASSETS_MAX && as->first->next != NULL) {
		for (p = &as->first; (*p)->next != NULL; p = &(*p)->next)
			;
		as->used -= weight(*p);
		unref(*p);
		*p = NULL;
	}
}

static bool
unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static enum asset_err
get_open(struct assets *as, int fd, const char *path, struct asset **out)
{
	enum asset_err err = ASSET_BUSY;
	struct kept *e, *old = NULL;
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return ASSET_NONE;
	if (st.st_size > (off_t)ASSET_MAX) {
		syslog(LOG_WARNING, "%s: larger than %zu bytes", path,
		    ASSET_MAX);
		return ASSET_NONE;
	}
	pthread_mutex_lock(&as->lock);
	if ((e = remove_kept(as, path)) != NULL && !unchanged(&e->st, &st)) {
		old = e;
		e = NULL;
	}
	if (e != NULL || (e = load(fd, path, &st)) != NULL) {
		e->refs++;
		*out = &e->asset;
		add_kept(as, e);
		err = ASSET_OK;
	}
	if (old != NULL)
		unref(old);
	pthread_mutex_unlock(&as->lock);
	return err;
}

enum asset_err
asset_get(struct assets *as, const char *path, struct asset **out)
{
	enum asset_err err;
	int fd;

	*out = NULL;
	if (strcmp(path, "/") == 0)
		path = "/index.html";
	if (!asset_name_ok(path))
		return ASSET_NONE;
	if ((fd = open_below(as->dir, path)) == -1)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ?
		    ASSET_BUSY : ASSET_NONE;
	err = get_open(as, fd, path, out);
	close(fd);
	return err;
}

void
asset_release(struct assets *as, struct asset *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&as->lock);
	unref((struct kept *)a);
	pthread_mutex_unlock(&as->lock);
}
