/*
 * FastCGI records as bytes (FastCGI specification, 3.3), for what libfcgi
 * cannot do.  serve/outgoing.c writes an answer with few system calls and waits
 * for its reader; event/stream_run.c writes to thousands of streams and waits
 * for none.
 */
#ifndef FCGI_HTTP_RECORD_H
#define FCGI_HTTP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_type {
	RECORD_ABORT = 2,
	RECORD_END = 3,
	RECORD_STDOUT = 6
};

#define RECORD_HEAD	8
#define RECORD_MAX	65528		/* bytes in one, a multiple of 8 */

/* Writes the head of a record; len bytes follow, and no padding. */
void	 record_head(unsigned char to[RECORD_HEAD], enum record_type,
	    unsigned request, size_t len);

/* Writes the two records that end an answer. */
#define RECORD_FINISH	(RECORD_HEAD + RECORD_HEAD + 8)
void	 record_finish(unsigned char to[RECORD_FINISH], unsigned request);

/* Reads records from a stream of bytes.  All-zero at first. */
struct record_reader {
	unsigned char	 head[RECORD_HEAD];
	unsigned	 have;		/* bytes of head */
	uint32_t	 skip;		/* content and padding still to come */
};

/*
 * Reads the next bytes, skipping the content of records.  True: the request was
 * aborted, or this is not FastCGI.
 */
bool	 record_aborts(struct record_reader *, const unsigned char *,
	    size_t len, unsigned request);

#endif
