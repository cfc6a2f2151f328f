/*
 * An answer.  It is built in memory and sent at the end, so that its status may
 * change until then.
 *
 * Every answer forbids browsers to guess its type, to let other sites load it,
 * and to tell other sites which link was followed.  Unless policy says
 * otherwise, it may not be shown in a frame and may neither run nor load
 * anything.
 */
#ifndef FCGI_HTTP_RESPONSE_H
#define FCGI_HTTP_RESPONSE_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/http/pack.h"
#include "sql/lib/buf.h"

/* The largest body, in bytes.  A larger one becomes an empty 503. */
#define RESPONSE_MAX	((size_t)64 << 20)

/* All-zero at first; response_reset() before each request. */
struct response {
	int		 status;
	const char	*type;		/* a constant; NULL: JSON */
	struct buf	 head;		/* header lines, with CR LF */
	struct buf	 body;
	long		 rows;		/* that it shows; -1: not known */
	bool		 endless;	/* an event stream: it has no length */
	const char	*policy;	/* Content-Security-Policy, or NULL */
	const char	*shared;	/* follows body; borrowed */
	size_t		 shared_len;
	char		 tail[PACK_TAIL];	/* follows shared */
	size_t		 tail_len;
	/* Ends the loan of shared, if not NULL, and is called once. */
	void		(*release)(void *owner, void *loan);
	void		*owner, *loan;
};

/* Takes the bytes of an answer.  False: the reader has gone. */
typedef bool response_write(void *arg, const char *, size_t);

/* An empty answer with status 200; the memory is kept. */
void	 response_reset(struct response *);
/* Ends the loan of shared: when the answer was sent, or will not be. */
void	 response_release(struct response *);
void	 response_free(struct response *);

/*
 * Appends a header.  Control characters become blanks, so no value can start
 * another header.
 */
void	 response_header(struct response *, const char *name,
	    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* The headers of an answer of a type that nobody may keep. */
void	 response_no_store(struct response *, const char *type);

/* Appends constant header lines, each with its CR LF. */
void	 response_lines(struct response *, const char *);

/*
 * The answer in the gzip format: body, the beginning, is replaced, and the pack
 * becomes shared.
 */
void	 response_pack(struct response *, const struct pack *);

/*
 * Writes the answer with its length; for HEAD without the body.  When memory
 * ran out while the answer was built, it becomes a 503 without a body.  False:
 * the reader has gone.
 */
bool	 response_send(struct response *, bool head_only, response_write *,
	    void *);

/*
 * Writes the head of an answer whose body follows in pieces.  Its length is
 * unknown: the body ends when the request does.  False: the reader has gone.
 */
bool	 response_begin(struct response *, response_write *, void *);

#endif
