/* The cache: what it finds, what it drops, which threads wait. */
#include "tests/fcgi/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "fcgi/fresh/cache.h"

static struct buf
text(const char *s)
{
	return (struct buf){ .data = (char *)(uintptr_t)s, .len = strlen(s) };
}

static struct live
at(int64_t generation, uint64_t epoch)
{
	return (struct live){ .generation = generation, .epoch = epoch };
}

static struct answer *
answer(int64_t generation, const char *body)
{
	const struct buf head = text("X: y\r\n"), b = text(body);
	struct answer *a = cache_answer_new(generation, &head, &b);

	assert_non_null(a);
	return a;
}

/* Looks without waiting; body becomes the answer's, or "". */
static enum cache_found
find(struct cache *c, const char *question, struct live live, char *body)
{
	const struct buf q = text(question);
	struct answer *a;
	const enum cache_found found = cache_get(c, &q, &live, 0, &a);

	*body = '\0';
	if (a != NULL) {
		memcpy(body, a->data + a->head_len, a->len - a->head_len);
		body[a->len - a->head_len] = '\0';
	}
	cache_release(c, a);
	return found;
}

static void
finish(struct cache *c, const char *question, struct live live,
    struct answer *a)
{
	const struct buf q = text(question);

	cache_finish(c, &q, &live, a, NULL);
}

static void
test_generations(void **state)
{
	struct cache *c = cache_new(1 << 20);
	struct live away = at(2, 2);
	char body[64];

	(void)state;
	assert_int_equal(find(c, "a", at(1, 1), body), CACHE_MISS);
	/* It is being computed; with a time of 0 ms nobody waits. */
	assert_int_equal(find(c, "a", at(1, 1), body), CACHE_ALONE);
	finish(c, "a", at(1, 1), answer(1, "one"));
	assert_int_equal(find(c, "a", at(1, 1), body), CACHE_HIT);
	assert_string_equal(body, "one");
	assert_int_equal(find(c, "b", at(1, 1), body), CACHE_MISS);
	finish(c, "b", at(1, 1), NULL);
	/* The same generation with another staleness. */
	assert_int_equal(find(c, "a", at(1, 2), body), CACHE_MISS);
	finish(c, "a", at(1, 2), NULL);
	assert_int_equal(find(c, "a", at(2, 2), body), CACHE_MISS);
	/* After a failure the last good answer is kept. */
	finish(c, "a", at(2, 2), NULL);
	away.away = true;
	assert_int_equal(find(c, "a", away, body), CACHE_OLD);
	assert_string_equal(body, "one");
	assert_int_equal(find(c, "b", away, body), CACHE_MISS);
	finish(c, "b", away, NULL);
	/* A newer answer is a hit for one who knows an older generation. */
	assert_int_equal(find(c, "a", at(3, 3), body), CACHE_MISS);
	finish(c, "a", at(3, 3), answer(4, "four"));
	assert_int_equal(find(c, "a", at(2, 2), body), CACHE_HIT);
	assert_int_equal(find(c, "a", at(4, 3), body), CACHE_HIT);
	/* An answer older than what the watch knows is not current. */
	assert_int_equal(find(c, "a", at(5, 5), body), CACHE_MISS);
	finish(c, "a", at(5, 5), answer(4, "late"));
	assert_int_equal(find(c, "a", at(5, 5), body), CACHE_MISS);
	finish(c, "a", at(5, 5), NULL);
	/* Another database, at a lower generation. */
	assert_int_equal(find(c, "a", at(1, 6), body), CACHE_MISS);
	finish(c, "a", at(1, 6), answer(1, "other"));
	assert_int_equal(find(c, "a", at(1, 6), body), CACHE_HIT);
	assert_string_equal(body, "other");
	/* Without a watch nothing is known. */
	assert_int_equal(find(c, "a", at(1, 0), body), CACHE_MISS);
	finish(c, "a", at(1, 0), NULL);
	cache_free(c);
	cache_free(NULL);
}

static void
test_old(void **state)
{
	const struct buf q = text("a");
	const struct live live = at(1, 1), next = at(2, 2);
	struct cache *c = cache_new(1 << 20);
	struct answer *old;
	char body[64];

	(void)state;
	assert_int_equal(find(c, "a", live, body), CACHE_MISS);
	cache_finish(c, &q, &live, NULL, &old);
	assert_null(old);
	assert_int_equal(find(c, "a", live, body), CACHE_MISS);
	cache_finish(c, &q, &live, answer(1, "one"), &old);
	assert_null(old);
	assert_int_equal(find(c, "a", next, body), CACHE_MISS);
	cache_finish(c, &q, &next, NULL, &old);
	assert_non_null(old);
	/* The reference outlives its place in the cache. */
	cache_store(c, &q, &next, answer(2, "two"));
	assert_memory_equal(old->data + old->head_len, "one", 3);
	cache_release(c, old);
	assert_int_equal(find(c, "a", next, body), CACHE_HIT);
	assert_string_equal(body, "two");
	assert_int_equal(find(c, "a", at(3, 3), body), CACHE_MISS);
	finish(c, "a", at(3, 3), NULL);
	cache_free(c);
}

static void
test_bounds(void **state)
{
	enum { BYTES = 1 << 16, EACH = 1000 };
	struct cache *c = cache_new(BYTES);
	struct cache_stats stats;
	char name[16], body[EACH + 1], got[BYTES];
	size_t i;

	(void)state;
	memset(body, 'x', EACH);
	body[EACH] = '\0';
	for (i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "q%zu", i);
		assert_int_equal(find(c, name, at(1, 1), got), CACHE_MISS);
		finish(c, name, at(1, 1), answer(1, body));
		cache_stats(c, &stats);
		assert_true(stats.bytes <= BYTES);
		/* The first answer is asked for each time, and stays. */
		assert_int_equal(find(c, "q0", at(1, 1), got), CACHE_HIT);
	}
	assert_true(stats.answers >= BYTES / EACH / 2);
	assert_int_equal(find(c, "q999", at(1, 1), got), CACHE_HIT);
	assert_int_equal(find(c, "q1", at(1, 1), got), CACHE_MISS);
	finish(c, "q1", at(1, 1), NULL);
	/* No answer may take all of the memory. */
	assert_int_equal(find(c, "big", at(1, 1), got), CACHE_MISS);
	{
		const struct buf head = { 0 };
		struct buf big = { 0 };

		while (big.len <= BYTES / CACHE_SHARE)
			buf_add(&big, body, EACH);
		finish(c, "big", at(1, 1), cache_answer_new(1, &head, &big));
		buf_free(&big);
	}
	assert_int_equal(find(c, "big", at(1, 1), got), CACHE_MISS);
	finish(c, "big", at(1, 1), NULL);
	assert_int_equal(find(c, "q0", at(1, 1), got), CACHE_HIT);
	cache_free(c);
}

static void
test_meta(void **state)
{
	struct answer *a;
	struct buf b = { 0 };
	const struct buf head = { 0 };
	struct live live = { .aged = true, .age_s = 0.06 };

	(void)state;
	buf_str(&b, "{\"meta\":{\"next\":\"\\\",\\\"source_age\\\":\"");
	generation_meta(&b, &live);
	buf_str(&b, "},\"users\":[{\"name\":\",\\\"source_age\\\":\"}]}");
	a = cache_answer_new(1, &head, &b);
	assert_int_equal(a->meta_len,
	    strlen(",\"source_age\":0.1,\"stale\":false"));
	assert_memory_equal(a->data + a->meta,
	    ",\"source_age\":0.1,\"stale\":false}", a->meta_len + 1);
	free(a);
	buf_reset(&b);
	buf_str(&b, "[]");
	a = cache_answer_new(1, &head, &b);
	assert_int_equal(a->meta_len, 0);
	assert_int_equal(a->meta, 0);
	free(a);
	buf_free(&b);
}

/* --- Many at once -------------------------------------------------------- */

struct crowd {
	struct cache	*cache;
	struct live	 live;
	atomic_int	 computed, hits, failed;
	bool		 fails;		/* the first computation fails */
};

static void *
ask(void *arg)
{
	const struct buf q = text("crowd");
	struct crowd *crowd = arg;
	struct answer *a;

	switch (cache_get(crowd->cache, &q, &crowd->live, 60000, &a)) {
	case CACHE_HIT:
		atomic_fetch_add(&crowd->hits, 1);
		assert_memory_equal(a->data + a->head_len, "crowd", 5);
		break;
	case CACHE_MISS:
		atomic_fetch_add(&crowd->computed, 1);
		/* Long enough for others to come; the test does not rely on it. */
		usleep(50000);
		cache_finish(crowd->cache, &q, &crowd->live,
		    crowd->fails ? NULL : answer(1, "crowd"), NULL);
		break;
	default:
		atomic_fetch_add(&crowd->failed, 1);
	}
	cache_release(crowd->cache, a);
	return NULL;
}

static void
run(struct crowd *crowd)
{
	enum { N = 20 };
	pthread_t thread[N];
	size_t i;

	crowd->cache = cache_new(1 << 20);
	crowd->live = at(1, 1);
	for (i = 0; i < N; i++)
		assert_int_equal(pthread_create(thread + i, NULL, ask,
		    crowd), 0);
	for (i = 0; i < N; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal(crowd->computed + crowd->hits + crowd->failed, N);
	cache_free(crowd->cache);
}

static void
test_crowd(void **state)
{
	struct crowd good = { 0 }, bad = { .fails = true };

	(void)state;
	run(&good);
	assert_int_equal(good.computed, 1);
	assert_int_equal(good.hits, 19);
	/* A thread that waited for a failure does not wait again. */
	run(&bad);
	assert_int_equal(bad.hits, 0);
	assert_true(bad.computed >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generations),
		cmocka_unit_test(test_old),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_meta),
		cmocka_unit_test(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
