/* One line a minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sql/lib/throttle.h"

static void
one_line_a_minute(void **state)
{
	const int64_t second = 1000000, start = 5 * second;
	struct throttle t = { 0 };
	unsigned missed = 9, none = 9;
	int i;

	(void)state;
	assert_true(throttle_due(&t, start, &missed));
	assert_int_equal(missed, 0);
	for (i = 0; i < 59; i++)
		assert_false(throttle_due(&t, start + i * second, &none));
	assert_int_equal(none, 9);
	assert_true(throttle_due(&t, start + 60 * second, &missed));
	assert_int_equal(missed, 59);
	assert_false(throttle_due(&t, start + 61 * second, &none));
	assert_true(throttle_due(&t, start + 600 * second, &missed));
	assert_int_equal(missed, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
