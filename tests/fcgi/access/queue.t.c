/* The queue of lines: batches, waiting, failures, taking back, the bound. */
#include "tests/fcgi/check.h"

#include <pthread.h>

#include "fcgi/access/queue.h"

/* What the thread sends to: it takes nothing while it is shut. */
struct sink {
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	bool		 shut;		/* each attempt fails */
	bool		 held;		/* each attempt waits */
	unsigned	 attempts;
	struct buf	 got;
};

static bool
take(void *arg, const char *batch)
{
	struct sink *s = arg;
	bool ok;

	pthread_mutex_lock(&s->lock);
	s->attempts++;
	pthread_cond_broadcast(&s->changed);
	while (s->held)
		pthread_cond_wait(&s->changed, &s->lock);
	ok = !s->shut;
	if (ok)
		buf_str(&s->got, batch);
	pthread_mutex_unlock(&s->lock);
	return ok;
}

static struct sink *
sink_new(void)
{
	struct sink *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	return s;
}

static void
sink_free(struct sink *s)
{
	buf_free(&s->got);
	free(s);
}

static void
set(struct sink *s, bool shut, bool held)
{
	pthread_mutex_lock(&s->lock);
	s->shut = shut;
	s->held = held;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void
await_attempts(struct sink *s, unsigned n)
{
	pthread_mutex_lock(&s->lock);
	while (s->attempts < n)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

static void
test_written(void **state)
{
	struct sink *s = sink_new();
	struct queue *q = queue_start(take, s);

	(void)state;
	assert_non_null(q);
	assert_int_equal(queue_add(q, "{\"a\":1}", 60000, false),
	    QUEUE_WRITTEN);
	assert_int_equal(queue_add(q, "{\"a\":2}", 60000, true),
	    QUEUE_WRITTEN);
	assert_int_equal(queue_waiting(q), 0);
	assert_int_equal(queue_stop(q), 0);
	assert_buf_equal(&s->got, "[{\"a\":1}][{\"a\":2}]");
	sink_free(s);
}

/* Those that come while a batch is being sent are the next batch. */
static void
test_batch(void **state)
{
	struct sink *s = sink_new();
	struct queue *q = queue_start(take, s);

	(void)state;
	set(s, false, true);
	assert_int_equal(queue_add(q, "1", 0, false), QUEUE_WAITS);
	await_attempts(s, 1);
	assert_int_equal(queue_add(q, "2", 0, false), QUEUE_WAITS);
	assert_int_equal(queue_add(q, "3", 0, true), QUEUE_TAKEN_BACK);
	assert_int_equal(queue_add(q, "4", 0, false), QUEUE_WAITS);
	assert_int_equal(queue_waiting(q), 3);
	set(s, false, false);
	assert_int_equal(queue_stop(q), 0);
	assert_buf_equal(&s->got, "[1][2,4]");
	sink_free(s);
}

/* What is not written stays, in its order, and is written afterwards. */
static void
test_away(void **state)
{
	struct sink *s = sink_new();
	struct queue *q = queue_start(take, s);

	(void)state;
	set(s, true, false);
	assert_int_equal(queue_add(q, "1", 0, false), QUEUE_WAITS);
	await_attempts(s, 2);
	/* It is known to fail: nobody waits for ten minutes. */
	assert_int_equal(queue_add(q, "2", 600000, false), QUEUE_WAITS);
	assert_int_equal(queue_add(q, "3", 1, true), QUEUE_TAKEN_BACK);
	set(s, false, false);
	assert_int_equal(queue_add(q, "4", 60000, true), QUEUE_WRITTEN);
	assert_int_equal(queue_stop(q), 0);
	buf_char(&s->got, '\0');
	assert_true(buf_ok(&s->got));
	assert_true(strcmp(s->got.data, "[1,2][4]") == 0 ||
	    strcmp(s->got.data, "[1,2,4]") == 0);
	sink_free(s);
}

static void *
add_and_take_back(void *queue)
{
	assert_int_equal(queue_add(queue, "1", 200, true), QUEUE_TAKEN_BACK);
	return NULL;
}

/* A line that is taken back while it is being sent in vain is not sent again. */
static void
test_taken_back(void **state)
{
	struct sink *s = sink_new();
	struct queue *q = queue_start(take, s);
	pthread_t thread;

	(void)state;
	set(s, true, true);
	assert_int_equal(pthread_create(&thread, NULL, add_and_take_back, q),
	    0);
	await_attempts(s, 1);
	assert_int_equal(pthread_join(thread, NULL), 0);
	set(s, true, false);
	await_attempts(s, 2);
	set(s, false, false);
	assert_int_equal(queue_add(q, "2", 60000, true), QUEUE_WRITTEN);
	assert_int_equal(queue_stop(q), 0);
	buf_char(&s->got, '\0');
	assert_true(buf_ok(&s->got));
	assert_non_null(strchr(s->got.data, '2'));
	assert_null(strchr(s->got.data, '1'));
	sink_free(s);
}

static void
test_bound(void **state)
{
	struct sink *s = sink_new();
	struct queue *q = queue_start(take, s);
	int i;

	(void)state;
	set(s, true, false);
	for (i = 0; i < QUEUE_MAX; i++)
		assert_int_equal(queue_add(q, "1", 0, false), QUEUE_WAITS);
	assert_int_equal(queue_add(q, "2", 0, false), QUEUE_FULL);
	assert_int_equal(queue_add(q, "2", 0, true), QUEUE_FULL);
	assert_int_equal(queue_waiting(q), QUEUE_MAX);
	assert_int_equal(queue_stop(q), QUEUE_MAX);
	assert_int_equal(s->got.len, 0);
	/* Then all are written, in several batches. */
	set(s, false, true);
	q = queue_start(take, s);
	for (i = 0; i < QUEUE_BATCH_MAX * 2; i++)
		assert_int_equal(queue_add(q, "1", 0, false), QUEUE_WAITS);
	set(s, false, false);
	assert_int_equal(queue_stop(q), 0);
	for (i = 0; s->got.len > 0; s->got.len--)
		i += s->got.data[s->got.len - 1] == '1';
	assert_int_equal(i, QUEUE_BATCH_MAX * 2);
	sink_free(s);
	assert_int_equal(queue_stop(NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_batch),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
