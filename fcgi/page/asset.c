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
#include <zlib.h>

#include "fcgi/page/asset.h"
#include "sql/lib/hash.h"

/* Smaller files gain nothing. */
#define GZIP_MIN	512

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

/* What is kept of a file, in a list; the latest asked for comes first. */
struct entry {
	struct asset	 asset;		/* first: an asset is its entry */
	struct entry	*next;
	unsigned	 refs;		/* readers, and one for the list */
	char		 path[256];
	struct stat	 st;		/* as it was when it was read */
};

struct assets {
	int		 dir;
	pthread_mutex_t	 lock;		/* of all below */
	struct entry	*first;
	size_t		 used;		/* bytes of the list's files */
};

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
drop(struct entry *e)
{
	if (--e->refs > 0)
		return;
	free(e->asset.data);
	free(e->asset.gzip);
	free(e);
}

void
assets_close(struct assets *as)
{
	struct entry *e;

	if (as == NULL)
		return;
	while ((e = as->first) != NULL) {
		as->first = e->next;
		drop(e);
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

	if (strlen(path) >= sizeof(((struct entry *)NULL)->path))
		return false;
	do {
		if (path[0] != '/' || path[1] == '.')
			return false;
		n = strspn(path + 1, plain);
		path += 1 + n;
	} while (n > 0 && *path != '\0');
	return n > 0;
}

/* One step at a time and no links, so nothing leads out of the directory. */
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
			return false;	/* cut short meanwhile */
	}
	return true;
}

/* NULL is no failure: the file is then sent as it is. */
static char *
compress_all(const char *data, size_t len, size_t *out_len)
{
	z_stream z = { 0 };
	char *out;

	/* 16 more than the window's bits: the gzip format. */
	if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, MAX_WBITS + 16,
	    MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	if ((out = malloc(len)) != NULL) {
		z.next_in = (Bytef *)(uintptr_t)data;
		z.avail_in = (uInt)len;
		z.next_out = (Bytef *)out;
		z.avail_out = (uInt)len;
		if (deflate(&z, Z_FINISH) != Z_STREAM_END) {
			free(out);	/* it would have grown */
			out = NULL;
		}
		*out_len = out == NULL ? 0 : z.total_out;
	}
	deflateEnd(&z);
	return out;
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
	if (gzip && a->len >= GZIP_MIN)
		a->gzip = compress_all(a->data, a->len, &a->gzip_len);
	snprintf(a->etag, sizeof(a->etag), "\"%016" PRIx64 "\"", hash);
	snprintf(a->gzip_etag, sizeof(a->gzip_etag), "\"%016" PRIx64 "-gz\"",
	    hash);
}

static struct entry *
load(int fd, const char *path, const struct stat *st)
{
	struct entry *e = calloc(1, sizeof(*e));
	const size_t len = (size_t)st->st_size;

	if (e == NULL)
		return NULL;
	e->refs = 1;
	e->st = *st;
	snprintf(e->path, sizeof(e->path), "%s", path);
	e->asset.len = len;
	if ((e->asset.data = malloc(len + 1)) == NULL ||
	    !read_all(fd, e->asset.data, len)) {
		drop(e);
		return NULL;
	}
	describe(&e->asset, path);
	return e;
}

static size_t
weight(const struct entry *e)
{
	return sizeof(*e) + e->asset.len + e->asset.gzip_len;
}

/* Takes what is kept under path out of the list. */
static struct entry *
take(struct assets *as, const char *path)
{
	struct entry **p, *e;

	for (p = &as->first; (e = *p) != NULL; p = &e->next)
		if (strcmp(e->path, path) == 0) {
			*p = e->next;
			as->used -= weight(e);
			return e;
		}
	return NULL;
}

/* Puts e before all others, and lets go of the last ones while too much. */
static void
keep(struct assets *as, struct entry *e)
{
	struct entry **p;

	e->next = as->first;
	as->first = e;
	as->used += weight(e);
	while (as->used > ASSETS_MAX && as->first->next != NULL) {
		for (p = &as->first; (*p)->next != NULL; p = &(*p)->next)
			;
		as->used -= weight(*p);
		drop(*p);
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
	struct entry *e, *old = NULL;
	struct stat st;

	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return ASSET_NONE;
	if (st.st_size > (off_t)ASSET_MAX) {
		syslog(LOG_WARNING, "%s: larger than %zu bytes", path,
		    ASSET_MAX);
		return ASSET_NONE;
	}
	pthread_mutex_lock(&as->lock);
	if ((e = take(as, path)) != NULL && !unchanged(&e->st, &st)) {
		old = e;
		e = NULL;
	}
	if (e != NULL || (e = load(fd, path, &st)) != NULL) {
		e->refs++;
		*out = &e->asset;
		keep(as, e);
		err = ASSET_OK;
	}
	if (old != NULL)
		drop(old);
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
	drop((struct entry *)a);
	pthread_mutex_unlock(&as->lock);
}
