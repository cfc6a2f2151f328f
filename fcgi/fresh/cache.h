/*
 * Answers kept in memory and shared by all workers, so that each is computed
 * once for a generation.
 *
 * An answer is found by its question: a text with all that it depends on (path,
 * canonical parameters, format, and the reader's role or language where they
 * matter).  It is current for as long as the watch sees no change.  When many
 * ask the same question, one computes and the others wait.  After a change the
 * last good answer stays until there is a newer one or its memory is needed: it
 * is what is shown while the database is away.
 *
 * The memory is bounded; the answers that were not asked for longest are
 * dropped first.  Any thread may call any function.
 */
#ifndef FCGI_FRESH_CACHE_H
#define FCGI_FRESH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/fresh/generation.h"
#include "fcgi/http/pack.h"
#include "sql/lib/buf.h"

struct cache;

/* Immutable once it is in the cache.  Each reference is ended by release. */
struct answer {
	int64_t		 generation;	/* that its statement saw */
	int64_t		 made_us;	/* by now_monotonic() */
	long		 rows;		/* as in struct response; -1 at first */
	size_t		 head_len;	/* header lines; then the body */
	size_t		 len;		/* of both */
	/* Where in the body generation_meta() wrote, and how much. */
	size_t		 meta, meta_len;
	struct pack	 pack;		/* of what follows meta; or empty */
	unsigned	 refs;		/* guarded by the cache's lock */
	char		 data[];
};

/* One answer may take at most this part of the bytes. */
#define CACHE_SHARE	8

/* New; NULL when out of memory. */
struct cache	*cache_new(size_t bytes);
void		 cache_free(struct cache *);	/* NULL is fine */

enum cache_found {
	CACHE_HIT,	/* *answer is current */
	CACHE_OLD,	/* the database is away: *answer is the last good one */
	CACHE_MISS,	/* compute it; then call cache_finish() in any case */
	CACHE_ALONE	/* another could not compute it, or takes too long:
			 * compute it, and do not call cache_finish();
			 * *answer is the last good one, or NULL */
};

/* Milliseconds; as long as the statement that is waited for may take. */
#define CACHE_WAIT_MS	6000

/*
 * Looks for an answer.  When another is computing it, waits for that, at most
 * wait_ms milliseconds.  *answer is new, for cache_release(), or NULL.
 */
enum cache_found cache_get(struct cache *, const struct buf *question,
		    const struct live *, unsigned wait_ms, struct answer **)
		    __attribute__((warn_unused_result));

/*
 * Ends the computation that CACHE_MISS began, and wakes those who wait for it.
 * The answer is stolen; NULL when there is none.  Then *old, unless old is
 * NULL, becomes the last good answer, new, or NULL.
 */
void		 cache_finish(struct cache *, const struct buf *question,
		    const struct live *, struct answer *, struct answer **old);

/*
 * Stores an answer that was computed without cache_get(), such as the counts
 * that all pages of a filter share.  It is stolen.
 */
void		 cache_store(struct cache *, const struct buf *question,
		    const struct live *, struct answer *);

/* Ends a reference; an answer of NULL is fine. */
void		 cache_release(struct cache *, struct answer *);

/*
 * A new answer with one reference; NULL when out of memory.  head and body are
 * copied.  It is stolen by cache_finish() or cache_store(), or freed by
 * free(3).
 */
struct answer	*cache_answer_new(int64_t generation, const struct buf *head,
		    const struct buf *body);

/* Before it is in the cache: compresses it for readers who accept gzip. */
void		 cache_answer_pack(struct answer *);

struct cache_stats {
	uint64_t	 hits, misses, waits, old;
	size_t		 bytes, answers;
};
void		 cache_stats(struct cache *, struct cache_stats *);

#endif
