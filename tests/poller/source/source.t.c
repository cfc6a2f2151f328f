/* A source of which nothing is heard, or whose poller does not run. */
#include "tests/poller/check.h"

#include "poller/source/source.h"

#define S		INT64_C(1000000)
#define START		(1000 * S)

static struct source s;
static bool speaks;	/* the source is heard of whenever it is asked */

static void
kind_open(struct source *source, int64_t now)
{
	(void)now;
	source->own = &speaks;
	source_set_status(source, SOURCE_CONNECTING, "%s", "");
}

static void
kind_work(struct source *source, int64_t now)
{
	if (!speaks)
		return;
	source_heard(source, now, now);
	if (source->rows == SOURCE_ROWS_NONE) {
		source_in_step(source);
		source_set_status(source, SOURCE_LIVE, "%s", "");
	}
}

static int64_t
kind_deadline(const struct source *source)
{
	(void)source;
	return INT64_MAX;
}

static const struct source_kind kind = {
	.open = kind_open, .work = kind_work, .deadline = kind_deadline,
};

static int
setup(void **state)
{
	static char name[] = "test";

	(void)state;
	s = (struct source){ .kind = &kind, .snapshot = snapshot_new(),
	    .stale_us = SOURCE_STALE_US, .stale_at = INT64_MAX };
	s.at.name = name;
	speaks = true;
	source_work(&s, START);
	assert_int_equal(s.status, SOURCE_LIVE);
	assert_int_equal(s.rows, SOURCE_ROWS_RESUMED);
	s.rows = SOURCE_ROWS_CHANGED;	/* as after a flush */
	s.unwritten = false;
	return s.snapshot == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	snapshot_free(s.snapshot);
	return 0;
}

static void
test_heard(void **state)
{
	(void)state;
	source_work(&s, START + 10 * S);
	source_work(&s, START + 20 * S);
	assert_int_equal(s.status, SOURCE_LIVE);
	assert_int_equal(s.rows, SOURCE_ROWS_CHANGED);
	assert_int_equal(source_deadline(&s), START + 35 * S);
}

static void
test_silent(void **state)
{
	(void)state;
	speaks = false;
	source_work(&s, START + 7 * S);	/* the loop works all the time */
	source_work(&s, START + 15 * S - 1);
	assert_int_equal(s.status, SOURCE_LIVE);
	source_work(&s, START + 15 * S);
	assert_int_equal(s.status, SOURCE_STALE);
	assert_true(s.unwritten);
	assert_int_equal(s.rows, SOURCE_ROWS_CHANGED);
	speaks = true;
	source_work(&s, START + 16 * S);
	assert_int_equal(s.status, SOURCE_LIVE);
	assert_int_equal(s.rows, SOURCE_ROWS_RESUMED);
}

/*
 * Nobody worked for 31 s, as when the process is suspended.  What came is read
 * at once, but a gap is before it all the same.
 */
static void
test_suspended(void **state)
{
	(void)state;
	source_work(&s, START + 11 * S);
	assert_int_equal(s.rows, SOURCE_ROWS_CHANGED);
	source_work(&s, START + 42 * S);
	assert_int_equal(s.status, SOURCE_LIVE);
	assert_int_equal(s.rows, SOURCE_ROWS_RESUMED);
	assert_true(s.unwritten);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_heard), T(test_silent), T(test_suspended),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
