/*
 * The way to answer with data: with a 304, with an answer that the cache has,
 * or with a new one.
 */
#ifndef FCGI_FRESH_ANSWER_H
#define FCGI_FRESH_ANSWER_H

#include "fcgi/fresh/cache.h"
#include "fcgi/fresh/live.h"

/*
 * Makes a whole answer in ctx->res: the body and its own headers, without those
 * of live_headers().  Returns the generation that its statement saw.  When it
 * fails the answer has become a problem, and the value does not matter.
 */
typedef int64_t answer_make(struct context *, const struct live *, void *arg);

/*
 * Fills ctx->res, with all headers.  make is called when the cache has no
 * current answer, and always without a cache, as in CGI mode.  When the
 * database does not answer, the last good answer is given with "stale":true; a
 * question that takes too long is refused all the same.
 *
 * day is for answers that change at midnight, else "".  NULL: the answer
 * changes with time and gets no ETag.  When another thread makes the same
 * answer, that is waited for, at most wait_ms milliseconds (CACHE_WAIT_MS).
 */
void	 answer_fill(struct context *, const struct live *,
	    const struct buf *question, const char *day, unsigned wait_ms,
	    answer_make *make, void *arg);

#endif
