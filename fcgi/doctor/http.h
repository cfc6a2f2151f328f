/*
 * One HTTP request after another, by libcurl.
 */
#ifndef FCGI_DOCTOR_HTTP_H
#define FCGI_DOCTOR_HTTP_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

#include "sql/lib/buf.h"

#define HTTP_BODY_MAX	((size_t)1 << 20)

/* All-zero at first; http_free() in any case. */
struct http_answer {
	int		 status;	/* 0: there was no whole answer */
	bool		 ended;		/* the server ended it */
	double		 first_s;	/* until the first byte of the body */
	double		 second_s;	/* until the second event; 0: none */
	struct buf	 body;		/* then a NUL; at most HTTP_BODY_MAX */
	char		 error[256];	/* why there was none */
};

/*
 * GET url, with one more header line (may be NULL).  It takes timeout_s at
 * most; with events it ends after the second event.
 */
void		 http_get(CURL *, const char *url, const char *header,
		    long timeout_s, bool events, struct http_answer *);
void		 http_free(struct http_answer *);

/*
 * The value of a header of the last answer, borrowed until the next
 * http_get(); "" when there is none.
 */
const char	*http_header(CURL *, const char *name);

#endif
