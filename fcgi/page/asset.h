/*
 * The dashboard's files, below one directory and nowhere else.
 *
 * A file is read when it is first asked for and again when it has changed,
 * compressed once, and kept in memory, up to ASSETS_MAX in all.  Names have
 * only letters, digits, dots, dashes and underscores; no part starts with a
 * dot; links are not followed.  All functions may be called by any thread.
 */
#ifndef FCGI_PAGE_ASSET_H
#define FCGI_PAGE_ASSET_H

#include <stdbool.h>
#include <stddef.h>

#define ASSET_MAX	((size_t)8 << 20)	/* bytes of a file */
#define ASSETS_MAX	((size_t)32 << 20)	/* kept, compressed ones too */

struct assets;

struct asset {
	const char	*type;		/* media type; a constant */
	char		*data;
	size_t		 len;
	char		*gzip;		/* NULL: not worth it */
	size_t		 gzip_len;
	char		 etag[32];	/* strong, of data, with its quotes */
	char		 gzip_etag[32];
};

enum asset_err {
	ASSET_OK,
	ASSET_NONE,		/* no such file, or not one to show */
	ASSET_BUSY,		/* out of memory or descriptors: try later */
	ASSET_ERR__MAX
};

/* NULL and errno when dir is no directory or memory is out. */
struct assets	*assets_open(const char *dir);
void		 assets_close(struct assets *);		/* NULL is fine */

/* path starts with a slash; "/" is index.html.  On OK give it back. */
enum asset_err	 asset_get(struct assets *, const char *path,
		    struct asset **);
void		 asset_release(struct assets *, struct asset *); /* NULL is fine */

/* May it be asked for at all?  Pure; asset_get() asks this first. */
bool		 asset_name_ok(const char *path);

#endif
