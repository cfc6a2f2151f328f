/*
 * Rendered answers, shared by all workers: nothing is computed twice for one
 * generation.
 *
 * An answer is kept by its question, a text that tells all that it depends
 * on (path, canonical parameters, format, and the reader's role or language
 * where they matter), and is good for as long as the watch sees no change.
 * When many ask the same, one computes and the others wait for it.  After a
 * change the last good answer stays until there is a newer one, or room is
 * needed: it is what can be shown while the database is away.
 *
 * Bounded in bytes; what was not asked for longest goes first.
 */
#ifndef FCGI_FRESH_CACHE_H
#define FCGI_FRESH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/fresh/live.h"
#include "fcgi/http/pack.h"
#include "sql/lib/buf.h"

struct cache;

/* Bytes that never change, as many owners as have got it from here. */
struct answer {
	int64_t		 generation;	/* that its statement saw */
	int64_t		 made_us;	/* by now_monotonic() */
	size_t		 head_len;	/* header lines, then the body */
	size_t		 len;		/* of both */
	size_t		 meta;		/* where in the body news_meta() wrote, */
	size_t		 meta_len;	/* and how much; 0: nothing */
	struct pack	 pack;		/* of what follows meta, if any */
	unsigned	 refs;		/* the cache's own */
	char		 data[];
};

/* What one answer may take of the bytes, at most. */
#define CACHE_SHARE	8

/* NULL when out of memory. */
struct cache	*cache_new(size_t bytes);
void		 cache_free(struct cache *);	/* NULL is fine */

enum cache_found {
	CACHE_HIT,	/* *answer is what was asked for */
	CACHE_OLD,	/* the database is away: *answer is the last good one */
	CACHE_MISS,	/* compute it, and then cache_give() in any case */
	CACHE_ALONE	/* somebody else could not, or is at it for too long:
			 * compute it for yourself; *answer may be the last
			 * good one */
};

/* As long as the statement that is waited for may take. */
#define CACHE_WAIT_MS	6000

/*
 * Looks for an answer, or waits for the one that somebody computes, at most
 * so long.  *answer is new, the caller's to cache_release(), or NULL.
 */
enum cache_found cache_get(struct cache *, const struct buf *question,
		    const struct live *, unsigned wait_ms, struct answer **)
		    __attribute__((warn_unused_result));

/*
 * Ends what CACHE_MISS began, and wakes those who wait.  a is stolen; NULL
 * when there is none.  *old (may be NULL) becomes the last good answer, new,
 * or NULL.
 */
void		 cache_give(struct cache *, const struct buf *question,
		    const struct live *, struct answer *a,
		    struct answer **old);

/* Generation -1 and the like are the caller's; NULL when out of memory. */
struct answer	*answer_new(int64_t generation, const struct buf *head,
		    const struct buf *body);
/* Before it is given to the cache: compresses it for those who accept that. */
void		 answer_pack(struct answer *);
void		 cache_release(struct cache *, struct answer *);	/* NULL is fine */

/*
 * For parts of answers, such as the counts that all pages of a filter share,
 * which came with another question: kept as if they had been asked for.
 */
void		 cache_keep(struct cache *, const struct buf *question,
		    const struct live *, struct answer *);	/* stolen */

struct cache_stats {
	uint64_t	 hits, misses, waits, old;
	size_t		 bytes, answers;
};
void		 cache_stats(struct cache *, struct cache_stats *);

/*
 * Makes a whole answer in ctx->res: the body and its own headers, without
 * those of live_headers().  Returns the generation that its statement saw;
 * on failure the answer is a problem, and it does not matter.
 */
typedef int64_t cache_make(struct context *, const struct live *, void *arg);

/*
 * The one way to answer with data.  A 304, an answer that was kept, or one
 * that make makes; all headers; from the last good one, with `stale` true,
 * when the database does not answer.  day is for answers that end at
 * midnight, else "", or NULL when there is to be no ETag.  Without a cache,
 * as in CGI mode, make is called.
 */
void		 cache_answer(struct context *, const struct live *,
		    const struct buf *question, const char *day, cache_make *,
		    void *arg);

#endif
