#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/fresh/cache.h"
#include "sql/lib/hash.h"

#define BUCKETS		4096		/* a power of two */

/* A question that somebody computes, or that has an answer, or both. */
struct entry {
	struct entry	*next;		/* in its bucket */
	struct entry	*newer, *older;	/* by when it was asked for */
	uint64_t	 hash;
	uint64_t	 epoch;		/* that the answer is for */
	uint64_t	 turn;		/* of the last computation that ended */
	bool		 failed;	/* that one did */
	bool		 busy;		/* one is going on */
	unsigned	 waiting;	/* who wait for it */
	struct answer	*answer;	/* NULL: none yet */
	size_t		 len;
	char		 question[];
};

struct cache {
	pthread_mutex_t	 lock;
	pthread_cond_t	 done;		/* a computation has ended */
	size_t		 max;
	struct cache_stats stats;
	struct entry	*newest, *oldest;
	struct entry	*bucket[BUCKETS];
};

struct cache *
cache_new(size_t bytes)
{
	struct cache *c = calloc(1, sizeof(*c));
	pthread_condattr_t attr;

	if (c == NULL)
		return NULL;
	c->max = bytes;
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&c->done, &attr);
	pthread_condattr_destroy(&attr);
	return c;
}

struct answer *
answer_new(int64_t generation, const struct buf *head, const struct buf *body)
{
	struct answer *a = malloc(sizeof(*a) + head->len + body->len);

	if (a == NULL)
		return NULL;
	*a = (struct answer){ .generation = generation,
	    .made_us = now_monotonic(), .head_len = head->len,
	    .len = head->len + body->len, .refs = 1 };
	if (head->len > 0)
		memcpy(a->data, head->data, head->len);
	if (body->len > 0) {
		memcpy(a->data + head->len, body->data, body->len);
		a->meta = news_meta_find(body, &a->meta_len);
	}
	return a;
}

void
answer_pack(struct answer *a)
{
	const size_t from = a->head_len + a->meta + a->meta_len;

	pack_make(&a->pack, a->data + from, a->len - from, PACK_FAST);
}

static void
unref(struct answer *a)
{
	if (a != NULL && --a->refs == 0) {
		pack_free(&a->pack);
		free(a);
	}
}

void
cache_release(struct cache *c, struct answer *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&c->lock);
	unref(a);
	pthread_mutex_unlock(&c->lock);
}

static size_t
weight(const struct entry *e)
{
	return sizeof(*e) + e->len + (e->answer == NULL ? 0 :
	    sizeof(*e->answer) + e->answer->len + e->answer->pack.len);
}

static void
unlink_used(struct cache *c, struct entry *e)
{
	*(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
	*(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void
link_used(struct cache *c, struct entry *e)
{
	e->newer = NULL;
	e->older = c->newest;
	*(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
	c->newest = e;
}

static void
drop(struct cache *c, struct entry *e)
{
	struct entry **at = &c->bucket[e->hash & (BUCKETS - 1)];

	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	unlink_used(c, e);
	c->stats.bytes -= weight(e);
	c->stats.answers -= e->answer != NULL;
	unref(e->answer);
	free(e);
}

void
cache_free(struct cache *c)
{
	if (c == NULL)
		return;
	while (c->newest != NULL)
		drop(c, c->newest);
	pthread_cond_destroy(&c->done);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* The entry of a question, as the newest; NULL when there is none. */
static struct entry *
find(struct cache *c, const struct buf *question)
{
	const uint64_t hash = hash_add(HASH_EMPTY, question->data,
	    question->len);
	struct entry *e = c->bucket[hash & (BUCKETS - 1)];

	while (e != NULL && (e->hash != hash || e->len != question->len ||
	    memcmp(e->question, question->data, e->len) != 0))
		e = e->next;
	if (e != NULL && e != c->newest) {
		unlink_used(c, e);
		link_used(c, e);
	}
	return e;
}

static struct entry *
add(struct cache *c, const struct buf *question)
{
	struct entry *e = calloc(1, sizeof(*e) + question->len);
	struct entry **bucket;

	if (e == NULL)
		return NULL;
	e->hash = hash_add(HASH_EMPTY, question->data, question->len);
	e->len = question->len;
	memcpy(e->question, question->data, question->len);
	bucket = &c->bucket[e->hash & (BUCKETS - 1)];
	e->next = *bucket;
	*bucket = e;
	link_used(c, e);
	c->stats.bytes += weight(e);
	return e;
}

/* Nobody's is dropped while it is being computed or waited for. */
static void
make_room(struct cache *c)
{
	struct entry *e, *newer;

	for (e = c->oldest; e != NULL && c->stats.bytes > c->max; e = newer) {
		newer = e->newer;
		if (!e->busy && e->waiting == 0)
			drop(c, e);
	}
}

static void
set_answer(struct cache *c, struct entry *e, struct answer *a, uint64_t epoch)
{
	c->stats.bytes -= weight(e);
	c->stats.answers -= e->answer != NULL;
	unref(e->answer);
	e->answer = a;
	e->epoch = epoch;
	c->stats.bytes += weight(e);
	c->stats.answers++;
	make_room(c);
}

/*
 * Who asks may have learnt less than who computed.  But a statement may have
 * seen an older generation than the watch, on a standby that lags: then its
 * answer is good for nobody else.
 */
static bool
is_current(const struct entry *e, const struct live *live)
{
	return e->answer != NULL && live->epoch != 0 &&
	    e->epoch >= live->epoch &&
	    e->answer->generation >= live->generation;
}

static struct answer *
ref(struct answer *a)
{
	if (a != NULL)
		a->refs++;
	return a;
}

/* With the lock held: until the computation that is going on has ended. */
static bool
await(struct cache *c, struct entry *e, const struct timespec *until)
{
	const uint64_t turn = e->turn;
	bool ended;

	e->waiting++;
	while (e->turn == turn &&
	    pthread_cond_timedwait(&c->done, &c->lock, until) == 0)
		;
	ended = e->turn != turn;
	e->waiting--;
	return ended;
}

static enum cache_found
get(struct cache *c, const struct buf *question, const struct live *live,
    const struct timespec *until, struct answer **answer)
{
	struct entry *e;
	bool waited = false;

	for (;;) {
		if ((e = find(c, question)) == NULL)
			e = add(c, question);
		if (e == NULL)
			return CACHE_ALONE;
		if (live->away && e->answer != NULL) {
			*answer = ref(e->answer);
			return CACHE_OLD;
		}
		if (is_current(e, live)) {
			*answer = ref(e->answer);
			return CACHE_HIT;
		}
		if (waited && e->failed) {
			*answer = ref(e->answer);
			return CACHE_ALONE;
		}
		if (!e->busy) {
			e->busy = true;
			return CACHE_MISS;
		}
		c->stats.waits++;
		waited = await(c, e, until);
		if (!waited) {
			*answer = ref(e->answer);
			return CACHE_ALONE;
		}
	}
}

enum cache_found
cache_get(struct cache *c, const struct buf *question,
    const struct live *live, unsigned wait_ms, struct answer **answer)
{
	const int64_t until_us = now_monotonic() + (int64_t)wait_ms * 1000;
	const struct timespec until = { .tv_sec = until_us / 1000000,
	    .tv_nsec = until_us % 1000000 * 1000 };
	enum cache_found found;

	*answer = NULL;
	pthread_mutex_lock(&c->lock);
	found = get(c, question, live, &until, answer);
	c->stats.hits += found == CACHE_HIT;
	c->stats.old += found == CACHE_OLD;
	c->stats.misses += found == CACHE_MISS;
	pthread_mutex_unlock(&c->lock);
	return found;
}

void
cache_give(struct cache *c, const struct buf *question,
    const struct live *live, struct answer *a, struct answer **old)
{
	struct entry *e;

	pthread_mutex_lock(&c->lock);
	e = find(c, question);		/* it is there: it was busy */
	e->busy = false;
	e->failed = a == NULL;
	e->turn++;
	if (old != NULL)
		*old = a == NULL ? ref(e->answer) : NULL;
	if (a == NULL || a->len > c->max / CACHE_SHARE) {
		unref(a);
	} else {
		set_answer(c, e, a, live->epoch);
		e = find(c, question);	/* perhaps there was no room */
	}
	if (e != NULL && e->answer == NULL && e->waiting == 0)
		drop(c, e);
	pthread_cond_broadcast(&c->done);
	pthread_mutex_unlock(&c->lock);
}

void
cache_keep(struct cache *c, const struct buf *question,
    const struct live *live, struct answer *a)
{
	struct entry *e;

	pthread_mutex_lock(&c->lock);
	e = find(c, question);
	if (e == NULL && a->len <= c->max / CACHE_SHARE)
		e = add(c, question);
	if (e != NULL)
		set_answer(c, e, a, live->epoch);
	else
		unref(a);
	pthread_mutex_unlock(&c->lock);
}

void
cache_stats(struct cache *c, struct cache_stats *stats)
{
	pthread_mutex_lock(&c->lock);
	*stats = c->stats;
	pthread_mutex_unlock(&c->lock);
}
