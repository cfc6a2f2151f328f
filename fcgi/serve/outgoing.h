/*
 * Writes an answer to a web server as FastCGI records, in few system calls.
 * What its reader does not take at once is spooled, to be sent by others.
 */
#ifndef FCGI_SERVE_OUTGOING_H
#define FCGI_SERVE_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/http/record.h"
#include "fcgi/serve/spool.h"

/*
 * Bytes in a record.  Of 8, 32 and 64 kB this size took the least processor
 * time ("make bench BENCH=live").
 */
#define OUTGOING_MAX	32760

/* One record.  It is written when it is full, or with the end of the answer. */
struct outgoing {
	int		 fd;		/* non-blocking */
	unsigned	 request;
	struct spool	*spool;		/* of what the reader does not take */
	bool		 failed;
	int64_t		 waited_us;	/* for the reader, in total */
	size_t		 sent;		/* bytes, in total */
	size_t		 len;		/* of the record's content */
	unsigned char	 data[RECORD_HEAD + OUTGOING_MAX + RECORD_FINISH];
};

/*
 * How long a reader may be waited for in total: so many seconds, and one more
 * for each so many bytes that it took.  Then the answer fails.  A worker only
 * waits when the spools are full.
 */
#ifndef OUTGOING_TIMEOUT_S
#define OUTGOING_TIMEOUT_S	30
#endif
#ifndef OUTGOING_RATE
#define OUTGOING_RATE		(32 << 10)
#endif

/*
 * Begins an answer.  fd and the spool, which is empty, are borrowed until it
 * has ended.  What is in the spool then is the rest of it.
 */
void	 outgoing_begin(struct outgoing *, int fd, unsigned request,
	    struct spool *);

/* A response_write whose arg is a struct outgoing. */
bool	 outgoing_write(void *arg, const char *, size_t len);

/* Writes the record; with end also the records that end the request. */
void	 outgoing_flush(struct outgoing *, bool end);

#endif
