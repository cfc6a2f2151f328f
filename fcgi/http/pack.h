/*
 * The gzip format for bodies whose end is compressed once and kept, while their
 * beginning, if any, differs each time.  The beginning is stored uncompressed
 * before the kept blocks, which refer to nothing in it.
 */
#ifndef FCGI_HTTP_PACK_H
#define FCGI_HTTP_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

/* The kept end.  All-zero: there is none. */
struct pack {
	char		*data;		/* deflate blocks, the last one final */
	size_t		 len;
	size_t		 plain_len;	/* before compression */
	uint32_t	 crc;		/* of the plain bytes */
};

/* Fewer bytes are not compressed: they would gain nothing. */
#define PACK_MIN	((size_t)1024)
/* Bytes that follow the blocks. */
#define PACK_TAIL	8

/* For files, once; for answers: half the time, and nearly as small. */
enum pack_level { PACK_BEST = 9, PACK_FAST = 5 };

/*
 * Compresses the end of a body; data is borrowed for the call only.  False, and
 * an all-zero pack, when it is too short, would grow, or memory is out: then it
 * is sent as it is.
 */
bool	 pack_make(struct pack *, const char *data, size_t len,
	    enum pack_level);
void	 pack_free(struct pack *);

/*
 * start holds the beginning of the body, perhaps nothing.  Replaces it by the
 * bytes that come before the blocks, and fills in the tail that follows them.
 */
void	 pack_begin(const struct pack *, struct buf *start,
	    char tail[PACK_TAIL]);

#endif
