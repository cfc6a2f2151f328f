/*
 * Reads requests from a web server: bytes of FastCGI records (FastCGI
 * specification, 3 to 5) become the variables of a request.
 *
 * Nothing here waits or knows a socket: bytes are fed as they come, in whatever
 * pieces.  Every length is checked before it is used.  The body of a request is
 * kept when its path takes one, and skipped otherwise; records of requests that
 * are over are skipped.
 */
#ifndef FCGI_SERVE_INCOMING_H
#define FCGI_SERVE_INCOMING_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/http/record.h"
#include "fcgi/http/request.h"
#include "sql/lib/buf.h"

/* A request beyond these bounds is INCOMING_BAD. */
#define INCOMING_BYTES_MAX	(256 << 10)	/* names and values */
#define INCOMING_VARS_MAX	512

enum incoming_state {
	INCOMING_MORE,		/* more bytes are needed */
	INCOMING_READY,		/* the request can be answered */
	INCOMING_BAD		/* not FastCGI, aborted, too large: close */
};

/* Is a request with these variables, ended by NULL, in need of its body? */
typedef bool incoming_needs_body(char *const *env);

/* All-zero but for the first at first; incoming_free() at the end. */
struct incoming {
	incoming_needs_body *needs_body;	/* NULL: none is */
	/* These are for the caller, once the request is ready. */
	char		*env[INCOMING_VARS_MAX + 1];	/* NAME=value */
	unsigned	 request;	/* its number in records */
	bool		 keep;		/* the connection stays open after it */
	bool		 body_ended;	/* all of it was sent */
	bool		 begun;		/* and not over */
	bool		 bad;
	/* What the caller has to send to the web server, if not empty. */
	unsigned char	 reply[RECORD_REPLY];
	size_t		 reply_len;
	/* The record that is being read. */
	unsigned char	 head[RECORD_HEAD];
	unsigned	 have;		/* bytes of head */
	size_t		 content, padding;	/* bytes still to come */
	unsigned char	 start[8];	/* content of the record that begins */
	/* The variables of the request that is being read. */
	struct buf	 params;
	size_t		 nvars;
	bool		 params_ended;
	/* Its body, where it is needed. */
	bool		 keeps_body;
	enum request_body_err body_err;
	size_t		 body_len;	/* as its variables say */
	struct buf	 body;
};

/*
 * Reads the next bytes.  A request is ready when its body has ended, or cannot
 * be right any more.  One whose variables announce a body that is not needed is
 * ready at once: it may never come.  While a request is ready, more may be fed.
 */
enum incoming_state incoming_feed(struct incoming *, const unsigned char *,
	    size_t len);

/* What the last bytes have led to. */
enum incoming_state incoming_state(const struct incoming *);

/* The body of a request that is ready, borrowed; empty where none is needed. */
struct request_body incoming_body(const struct incoming *);

/* Does a record begin with the next byte? */
bool	 incoming_between(const struct incoming *);

/* The request is over: the next may begin.  Its variables are gone. */
void	 incoming_next(struct incoming *);

void	 incoming_free(struct incoming *);

#endif
