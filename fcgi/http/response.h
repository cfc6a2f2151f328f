/*
 * An answer: built in memory, sent last, so that its status may change until
 * the end.  The only code that writes to a web server.
 *
 * All of them, whatever their status, forbid browsers to guess their type, to
 * let other sites load them, and to tell others where a link was followed;
 * unless policy says so, they are shown in no frame, and run and load nothing.
 */
#ifndef FCGI_HTTP_RESPONSE_H
#define FCGI_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lib/buf.h"

/* Bytes of a body; beyond it the answer is an empty 503. */
#define RESPONSE_MAX	((size_t)64 << 20)

/* All-zero at first, then response_reset() before each request. */
struct response {
	int		 status;
	const char	*type;		/* of a body of ours; a constant */
	struct buf	 head;		/* header lines, with CR LF */
	struct buf	 body;
	bool		 endless;	/* its length is not known */
	const char	*policy;	/* Content-Security-Policy; NULL: none */
	const char	*shared;	/* borrowed, follows body */
	size_t		 shared_len;
	char		 tail[8];	/* follows that */
	size_t		 tail_len;
};

/* Takes what response_send() writes; false: the reader has gone. */
typedef bool response_write(void *, const char *, size_t);

void	 response_reset(struct response *);
void	 response_free(struct response *);

/* Control characters become blanks: no value can start another header. */
void	 response_header(struct response *, const char *name,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Whole header lines that are constant, each with its CR LF. */
void	 response_lines(struct response *, const char *);

/*
 * Writes all, or without the body for HEAD; with the length that the body
 * has.  A body that memory did not suffice for becomes a 503 without one.
 */
bool	 response_send(struct response *, bool head_only, response_write *,
	    void *);

/*
 * Writes the head of an answer whose body follows piece by piece, of unknown
 * length: it ends when the web server is told that the request has.
 */
bool	 response_begin(struct response *, response_write *, void *);

#endif
