/*
 * The dashboard's files: those below one directory.
 *
 * A file is read when it is first asked for and again when it has changed.  It
 * is compressed once and kept in memory, up to ASSETS_MAX bytes for all files.
 * Names have only letters, digits, dots, dashes and underscores; no part starts
 * with a dot; links are not followed.  Any thread may call any function.
 */
#ifndef FCGI_PAGE_ASSET_H
#define FCGI_PAGE_ASSET_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/http/pack.h"

#define ASSET_MAX	((size_t)8 << 20)	/* bytes of a file */
#define ASSETS_MAX	((size_t)32 << 20)	/* with the compressed ones */

struct assets;

struct asset {
	const char	*type;		/* media type; a constant */
	char		*data;
	size_t		 len;
	struct pack	 pack;		/* the same, or empty: not smaller */
	char		 etag[32];	/* strong, of data, with its quotes */
	char		 gzip_etag[32];	/* of the packed form */
};

enum asset_err {
	ASSET_OK,
	ASSET_NONE,		/* there is no such file to serve: 404 */
	ASSET_BUSY,		/* out of memory or descriptors: 503 */
	ASSET_ERR__MAX
};

/* Where they are: CCCP_HTDOCS, or else where "make install" puts them. */
const char	*assets_directory(void);

/* New.  NULL and errno when dir is no directory or memory is out. */
struct assets	*assets_open(const char *dir);
void		 assets_close(struct assets *);		/* NULL is fine */

/*
 * The file of a path, which starts with a slash; "/" is index.html.  On
 * ASSET_OK it stays valid until asset_release(); else it is NULL.
 */
enum asset_err	 asset_get(struct assets *, const char *path,
		    struct asset **);
/* NULL is fine. */
void		 asset_release(struct assets *, struct asset *);

/* Are these names allowed?  Pure; asset_get() checks this first. */
bool		 asset_name_ok(const char *path);

#endif
