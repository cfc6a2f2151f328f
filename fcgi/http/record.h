/*
 * FastCGI records as bytes (FastCGI specification, 3.3), for what libfcgi
 * cannot do: answers in one write, and streams that hold no thread.
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

/* Writes a record's head; len bytes follow, and no padding. */
void	 record_head(unsigned char to[RECORD_HEAD], enum record_type,
	    unsigned request, size_t len);

/* The two records that end an answer. */
#define RECORD_FINISH	(RECORD_HEAD + RECORD_HEAD + 8)
void	 record_finish(unsigned char to[RECORD_FINISH], unsigned request);

/*
 * Takes records apart as bytes come.  All-zero at first; the content is
 * skipped.
 */
struct record_reader {
	unsigned char	 head[RECORD_HEAD];
	unsigned	 have;		/* of head */
	uint32_t	 skip;		/* content and padding still to come */
};

/* Has the request been aborted, or is this no FastCGI at all? */
bool	 record_aborts(struct record_reader *, const unsigned char *,
	    size_t len, unsigned request);

#endif
