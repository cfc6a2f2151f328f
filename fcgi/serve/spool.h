/*
 * The part of an answer that its reader has not taken yet, in a temporary file,
 * so that no worker waits for the reader.
 */
#ifndef FCGI_SERVE_SPOOL_H
#define FCGI_SERVE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes of all spools of this process together. */
#ifndef SPOOL_BYTES_MAX
#define SPOOL_BYTES_MAX	((size_t)256 << 20)
#endif

/*
 * The last quarter of that is for spools of up to so many bytes: an export
 * leaves room for pages.
 */
#ifndef SPOOL_SHORT
#define SPOOL_SHORT	((size_t)4 << 20)
#endif

/* All-zero is an empty spool. */
struct spool {
	FILE		*file;		/* NULL: empty */
	size_t		 len, sent;	/* bytes written to it, and sent */
};

/*
 * Appends bytes.  False, and nothing added: there is no room, or no temporary
 * file can be written, which is logged once a minute.
 */
bool	 spool_add(struct spool *, const void *, size_t len)
	    __attribute__((warn_unused_result));

bool	 spool_empty(const struct spool *);

enum spool_sent {
	SPOOL_ALL,		/* it is empty */
	SPOOL_PART,		/* the socket takes no more now */
	SPOOL_GONE		/* the reader has gone, or reading failed */
};

/*
 * Sends what the socket, which must be non-blocking, takes, and adds the number
 * of its bytes to *moved.
 */
enum spool_sent spool_send(struct spool *, int socket, size_t *moved);

/* Drops what is left. */
void	 spool_free(struct spool *);

#endif
