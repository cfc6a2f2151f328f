/*
 * Answers on their way to a web server, as FastCGI records.  libfcgi would
 * write every 8 kB, and the web server would wake up for each.
 */
#ifndef FCGI_SERVE_OUTGOING_H
#define FCGI_SERVE_OUTGOING_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/http/record.h"

/*
 * Bytes in a record; "make bench BENCH=live" tells what another size costs.
 * Of 8, 32 and 64 kB, this one took the least of the processor.
 */
#define OUTGOING_MAX	32760

/* One record, written when it is full, or together with what ends it all. */
struct outgoing {
	int		 fd;
	unsigned	 request;
	bool		 failed;
	int64_t		 waited_us;	/* for the reader, in all */
	size_t		 sent;
	size_t		 len;
	unsigned char	 data[RECORD_HEAD + OUTGOING_MAX + RECORD_FINISH];
};

/*
 * A reader may have us wait for so long, and a second more for each so many
 * bytes that it took: else it keeps a worker and a transaction from others, and
 * is left.
 */
#ifndef OUTGOING_TIMEOUT_S
#define OUTGOING_TIMEOUT_S	30
#endif
#ifndef OUTGOING_RATE
#define OUTGOING_RATE		(32 << 10)
#endif

/* fd is borrowed until the answer has ended, and blocks. */
void	 outgoing_begin(struct outgoing *, int fd, unsigned request);

/* A response_write; arg is a struct outgoing. */
bool	 outgoing_write(void *arg, const char *, size_t len);

/* Writes what has gathered, and, at the end, what ends the request. */
void	 outgoing_flush(struct outgoing *, bool end);

#endif
