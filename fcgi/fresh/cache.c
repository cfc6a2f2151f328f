#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/fresh/cache.h"
#include "sql/lib/hash.h"

#define BUCKETS		4096		/* a power of two */

/* A question: its answer, and whether somebody is computing one. */
struct slot {
	struct slot	*next;		/* in its bucket */
	struct slot	*newer, *older;	/* by when it was asked for last */
	uint64_t	 hash;
	uint64_t	 epoch;		/* that the answer is for */
	uint64_t	 turn;		/* computations that have ended */
	bool		 failed;	/* the last of them did */
	bool		 busy;		/* one is going on */
	unsigned	 waiting;	/* threads that wait for its end */
	struct answer	*answer;	/* NULL: none yet */
	size_t		 len;
	char		 question[];
};

struct cache {
	pthread_mutex_t	 lock;
	pthread_cond_t	 done;		/* a computation has ended */
	size_t		 max;
	struct cache_stats stats;
	struct slot	*newest, *oldest;
	struct slot	*bucket[BUCKETS];
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
cache_answer_new(int64_t generation, const struct buf *head,
    const struct buf *body)
{
	struct answer *a = malloc(sizeof(*a) + head->len + body->len);

	if (a == NULL)
		return NULL;
	*a = (struct answer){ .generation = generation,
	    .made_us = now_monotonic(), .rows = -1, .head_len = head->len,
	    .len = head->len + body->len, .refs = 1 };
	if (head->len > 0)
		memcpy(a->data, head->data, head->len);
	if (body->len > 0) {
		memcpy(a->data + head->len, body->data, body->len);
		a->meta = generation_meta_find(body, &a->meta_len);
	}
	return a;
}

void
cache_answer_pack(struct answer *a)
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
weight(const struct slot *s)
{
	return sizeof(*s) + s->len + (s->answer == NULL ? 0 :
	    sizeof(*s->answer) + s->answer->len + s->answer->pack.len);
}

static void
unlink_used(struct cache *c, struct slot *s)
{
	*(s->newer != NULL ? &s->newer->older : &c->newest) = s->older;
	*(s->older != NULL ? &s->older->newer : &c->oldest) = s->newer;
}

static void
link_used(struct cache *c, struct slot *s)
{
	s->newer = NULL;
	s->older = c->newest;
	*(c->newest != NULL ? &c->newest->newer : &c->oldest) = s;
	c->newest = s;
}

static void
drop(struct cache *c, struct slot *s)
{
	struct slot **at = &c->bucket[s->hash & (BUCKETS - 1)];

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	unlink_used(c, s);
	c->stats.bytes -= weight(s);
	c->stats.answers -= s->answer != NULL;
	unref(s->answer);
	free(s);
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

/* The slot of a question, which becomes the newest; NULL: there is none. */
static struct slot *
find(struct cache *c, const struct buf *question)
{
	const uint64_t hash = hash_add(HASH_EMPTY, question->data,
	    question->len);
	struct slot *s = c->bucket[hash & (BUCKETS - 1)];

	while (s != NULL && (s->hash != hash || s->len != question->len ||
	    memcmp(s->question, question->data, s->len) != 0))
		s = s->next;
	if (s != NULL && s != c->newest) {
		unlink_used(c, s);
		link_used(c, s);
	}
	return s;
}

static struct slot *
add(struct cache *c, const struct buf *question)
{
	struct slot *s = calloc(1, sizeof(*s) + question->len);
	struct slot **bucket;

	if (s == NULL)
		return NULL;
	s->hash = hash_add(HASH_EMPTY, question->data, question->len);
	s->len = question->len;
	memcpy(s->question, question->data, question->len);
	bucket = &c->bucket[s->hash & (BUCKETS - 1)];
	s->next = *bucket;
	*bucket = s;
	link_used(c, s);
	c->stats.bytes += weight(s);
	return s;
}

/* Drops the oldest, but none that is being computed or waited for. */
static void
make_room(struct cache *c)
{
	struct slot *s, *newer;

	for (s = c->oldest; s != NULL && c->stats.bytes > c->max; s = newer) {
		newer = s->newer;
		if (!s->busy && s->waiting == 0)
			drop(c, s);
	}
}

static void
set_answer(struct cache *c, struct slot *s, struct answer *a, uint64_t epoch)
{
	c->stats.bytes -= weight(s);
	c->stats.answers -= s->answer != NULL;
	unref(s->answer);
	s->answer = a;
	s->epoch = epoch;
	c->stats.bytes += weight(s);
	c->stats.answers++;
	make_room(c);
}

/*
 * The answer may be newer than what the one who asks knows.  It may be older
 * than its epoch when the statement saw an older generation than the watch, as
 * on a standby that lags: then it is not current for anybody.
 */
static bool
is_current(const struct slot *s, const struct live *live)
{
	return s->answer != NULL && live->epoch != 0 &&
	    s->epoch >= live->epoch &&
	    s->answer->generation >= live->generation;
}

static struct answer *
ref(struct answer *a)
{
	if (a != NULL)
		a->refs++;
	return a;
}

/* With the lock held: waits for the computation that is going on to end. */
static bool
await(struct cache *c, struct slot *s, const struct timespec *until)
{
	const uint64_t turn = s->turn;
	bool ended;

	s->waiting++;
	while (s->turn == turn &&
	    pthread_cond_timedwait(&c->done, &c->lock, until) == 0)
		;
	ended = s->turn != turn;
	s->waiting--;
	return ended;
}

static enum cache_found
get(struct cache *c, const struct buf *question, const struct live *live,
    const struct timespec *until, struct answer **answer)
{
	struct slot *s;
	bool waited = false;

	for (;;) {
		if ((s = find(c, question)) == NULL)
			s = add(c, question);
		if (s == NULL)
			return CACHE_ALONE;
		if (live->away && s->answer != NULL) {
			*answer = ref(s->answer);
			return CACHE_OLD;
		}
		if (is_current(s, live)) {
			*answer = ref(s->answer);
			return CACHE_HIT;
		}
		if (waited && s->failed) {
			*answer = ref(s->answer);
			return CACHE_ALONE;
		}
		if (!s->busy) {
			s->busy = true;
			return CACHE_MISS;
		}
		c->stats.waits++;
		waited = await(c, s, until);
		if (!waited) {
			*answer = ref(s->answer);
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
cache_finish(struct cache *c, const struct buf *question,
    const struct live *live, struct answer *a, struct answer **old)
{
	struct slot *s;

	pthread_mutex_lock(&c->lock);
	s = find(c, question);		/* not NULL: it was busy */
	s->busy = false;
	s->failed = a == NULL;
	s->turn++;
	if (old != NULL)
		*old = a == NULL ? ref(s->answer) : NULL;
	if (a == NULL || a->len > c->max / CACHE_SHARE) {
		unref(a);
	} else {
		set_answer(c, s, a, live->epoch);
		s = find(c, question);	/* NULL: there was no room */
	}
	if (s != NULL && s->answer == NULL && s->waiting == 0)
		drop(c, s);
	pthread_cond_broadcast(&c->done);
	pthread_mutex_unlock(&c->lock);
}

void
cache_store(struct cache *c, const struct buf *question,
    const struct live *live, struct answer *a)
{
	struct slot *s;

	pthread_mutex_lock(&c->lock);
	s = find(c, question);
	if (s == NULL && a->len <= c->max / CACHE_SHARE)
		s = add(c, question);
	if (s != NULL)
		set_answer(c, s, a, live->epoch);
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
