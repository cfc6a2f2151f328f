/*
 * Writes an answer to a web server as FastCGI records.  libfcgi would write
 * every 8 kB, and the web server would wake up for each write.
 */
#ifndef FCGI_SERVE_OUTGOING_H
#define FCGI_SERVE_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/http/record.h"

/*
 * Bytes in a record.  Of 8, 32 and 64 kB this size took the least processor
 * time ("make bench BENCH=live").
 */
#define OUTGOING_MAX	32760

/* One record.  It is written when it is full, or with the end of the answer. */
struct outgoing {
	int		 fd;
	unsigned	 request;
	bool		 failed;
	int64_t		 waited_us;	/* for the reader, in total */
	size_t		 sent;		/* bytes, in total */
	size_t		 len;		/* of the record's content */
	unsigned char	 data[RECORD_HEAD + OUTGOING_MAX + RECORD_FINISH];
};

/*
 * How long the reader may make the worker wait in total: so many seconds, and
 * one more for each so many bytes that it took.  Then the answer fails, because
 * the worker and its transaction are needed by others.
 */
#ifndef OUTGOING_TIMEOUT_S
#define OUTGOING_TIMEOUT_S	30
#endif
#ifndef OUTGOING_RATE
#define OUTGOING_RATE		(32 << 10)
#endif

/* Begins an answer.  fd is borrowed until it has ended. */
void	 outgoing_begin(struct outgoing *, int fd, unsigned request);

/* A response_write whose arg is a struct outgoing. */
bool	 outgoing_write(void *arg, const char *, size_t len);

/* Writes the record; with end also the records that end the request. */
void	 outgoing_flush(struct outgoing *, bool end);

#endif
