/*
 * FastCGI records as bytes (FastCGI specification, 3.3).  serve/incoming.c
 * reads requests, serve/outgoing.c writes an answer with few system calls, and
 * event/stream_run.c writes to thousands of streams.
 */
#ifndef FCGI_HTTP_RECORD_H
#define FCGI_HTTP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum record_type {
	RECORD_BEGIN = 1,
	RECORD_ABORT = 2,
	RECORD_END = 3,
	RECORD_PARAMS = 4,
	RECORD_STDIN = 5,
	RECORD_STDOUT = 6,
	RECORD_GET_VALUES = 9,
	RECORD_VALUES = 10,
	RECORD_UNKNOWN = 11
};

/* In the content of RECORD_BEGIN: the role, and a flag. */
#define RECORD_RESPONDER	1
#define RECORD_KEEP		1

#define RECORD_HEAD	8
#define RECORD_MAX	65528		/* bytes in one, a multiple of 8 */

/* Writes the head of a record; len bytes follow, and no padding. */
void	 record_head(unsigned char to[RECORD_HEAD], enum record_type,
	    unsigned request, size_t len);

/* Writes the two records that end an answer. */
#define RECORD_FINISH	(RECORD_HEAD + RECORD_HEAD + 8)
void	 record_finish(unsigned char to[RECORD_FINISH], unsigned request);

/*
 * Writes the answer to a record about the connection itself (4); returns its
 * length.  The one value that is told: a connection has one request at a time.
 */
#define RECORD_REPLY	(RECORD_HEAD + 24)
size_t	 record_reply(unsigned char to[RECORD_REPLY], unsigned type);

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
