/* Array literals; what PostgreSQL makes of them is tested with a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/lib/array.h"

static void
assert_array(const char *const *text, size_t n, const char *expected)
{
	struct buf b = { 0 };
	size_t i;

	array_begin(&b);
	for (i = 0; i < n; i++)
		array_add(&b, text[i]);
	array_end(&b);
	assert_true(buf_ok(&b));
	assert_int_equal(b.len, strlen(expected));
	assert_memory_equal(b.data, expected, b.len);
	buf_free(&b);
}

static void
elements_are_quoted(void **state)
{
	static const char *const text[] = { "", "NULL", "a,b", "{", "\"", "\\",
	    "é }" };

	(void)state;
	assert_array(text, 0, "{}");
	assert_array(text, 1, "{\"\"}");
	assert_array(text, 7, "{\"\",\"NULL\",\"a,b\",\"{\",\"\\\"\",\"\\\\\","
	    "\"é }\"}");
}

/* Nothing is written to a buffer that is full, and it says so. */
static void
a_full_buffer_stays_failed(void **state)
{
	struct buf b = { .max = 3 };

	(void)state;
	array_begin(&b);
	array_add(&b, "ab");
	array_end(&b);
	assert_false(buf_ok(&b));
	assert_true(b.len <= 3);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_quoted),
		cmocka_unit_test(a_full_buffer_stays_failed),
	};

	return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
