/*
 * A body in the gzip format of which the end is compressed once and kept,
 * while the beginning is another each time: it is stored as it is before the
 * kept blocks, which refer to nothing in it.
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
	size_t		 plain_len;	/* what they stand for */
	uint32_t	 crc;		/* of that */
};

/* Less than this is not worth it. */
#define PACK_MIN	((size_t)1024)
/* What follows the blocks. */
#define PACK_TAIL	8

/*
 * Compresses what is to be the end.  False, and an all-zero pack, when it is
 * too short, would grow, or memory is out: send it as it is.
 */
bool	 pack_make(struct pack *, const char *data, size_t len);
void	 pack_free(struct pack *);

/*
 * For a body that begins with what is in start: makes start what comes before
 * the blocks, and fills in what comes behind them.
 */
void	 pack_begin(const struct pack *, struct buf *start,
	    char tail[PACK_TAIL]);

#endif
