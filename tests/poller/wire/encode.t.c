/* Encoding that no example of the manual covers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))

static struct cursor
wire(const char *s)
{
	return (struct cursor){ (const unsigned char *)s, strlen(s) };
}

/* The buffer holds one blob, with its count, of this text. */
static void
reads_back(const struct buf *b, char kind, const char *text)
{
	struct object_names names = { 0 };
	struct cursor in = cursor_of(b), blob;
	struct buf out = { 0 };

	assert_true(buf_ok(b));
	assert_true(frame_get_blob(&in, &blob));
	assert_int_equal(in.len, 0);
	assert_int_equal(dump_blob(&out, &names, kind, blob, NULL), OBJECT_OK);
	assert_bytes(&out, text, strlen(text));
	assert_int_equal(names.protocol, 1);
	buf_free(&out);
}

static void
values_read_back(void **state)
{
	const struct object_value values[] = {
		{ .index = 0, .type = OBJECT_U32, .u32 = UINT32_MAX },
		{ .index = 1, .type = OBJECT_I32, .i32 = INT32_MIN },
		{ .index = 2, .type = OBJECT_REAL, .real = 1234.0625 },
		{ .index = 3, .type = OBJECT_BOOL, .flag = true },
		{ .index = 4, .type = OBJECT_STRING, .text = wire("\xe9t\xe9") },
		{ .index = 5, .type = OBJECT_STRING },
		{ .index = 6, .type = OBJECT_DATE, .date = { 1, 2, -3600 } },
		{ .index = 7, .type = OBJECT_U64, .u64 = UINT64_MAX },
		{ .index = UINT32_MAX, .type = OBJECT_NONE },
	};
	struct object_names names = { 0 };
	struct buf b = { 0 };

	(void)state;
	object_put_values(&b, &names, false, values, N(values));
	reads_back(&b, 'V', "\n\t0 u32 4294967295\n\t1 i32 -2147483648"
	    "\n\t2 real 1234.0625\n\t3 bool true\n\t4 string \"été\""
	    "\n\t5 string \"\"\n\t6 date 1970-01-01T00:00:01.000002Z-3600"
	    "\n\t7 u64 18446744073709551615\n\t4294967295");
	buf_free(&b);
}

static void
items_read_back(void **state)
{
	const struct object_item items[] = {
		{ OBJECT_ENTERED, 30, 0 }, { OBJECT_LEFT, UINT32_MAX, 0 },
		{ OBJECT_ENTERED, 43, 6 }
	};
	struct object_names names = { 0 };
	struct buf b = { 0 };

	(void)state;
	object_put_list(&b, &names, true, items, N(items));
	reads_back(&b, 'L', "\n\t1 30 0\n\t2 4294967295 0\n\t1 43 6");
	assert_int_equal(names.n, OBJECT_DEFAULT_NAMES);
	buf_free(&b);
}

static void
check_format(struct object_path *paths, size_t n, const char *text)
{
	struct object_names names = { 0 };
	struct buf b = { 0 };

	object_number(paths, n);
	object_put_format(&b, &names, false, 9, paths, n);
	reads_back(&b, 'F', text);
	buf_free(&b);
}

static void
paths_share_the_nodes_before_them(void **state)
{
	struct object_path paths[] = {
		{ 0, "a.b.c" }, { 0, "a.b.d" }, { 0, "a.e" }, { 0, "f" },
		{ 0, "a.b.g" }, { 0, "ab.c" }, { 0, "a.b" }
	};

	(void)state;
	check_format(paths, N(paths), " 9\n\t0 a\n\t1   b\n\t2     c\n\t3     d"
	    "\n\t4   e\n\t5 f\n\t6 a\n\t7   b\n\t8     g\n\t9 ab\n\t10   c"
	    "\n\t11 a\n\t12   b");
	assert_int_equal(paths[0].index, 2);
	assert_int_equal(paths[4].index, 8);
	assert_int_equal(paths[6].index, 12);
}

/* A node that has sub-fields yields nothing itself. */
static void
a_leaf_is_never_a_node(void **state)
{
	struct object_path paths[] = {
		{ 0, "a" }, { 0, "a" }, { 0, "a.b" }, { 0, "a.b.c" },
		{ 0, "a.b" }
	};

	(void)state;
	check_format(paths, N(paths), " 9\n\t0 a\n\t1 a\n\t2 a\n\t3   b"
	    "\n\t4   b\n\t5     c\n\t6   b");
}

static void
calls_are_names_with_a_query(void **state)
{
	struct object_path paths[] = {
		{ 0, "x.count('0')" }, { 0, "x.max('0')" },
		{ 0, "y.get('a.b').z" }, { 0, "y.get('a.b').w" },
		{ 0, "y.get('c').w" }, { 0, "z.all('')" }, { 0, "z.none()" }
	};

	(void)state;
	check_format(paths, N(paths), " 9\n\t0 x\n\t1   count('0')"
	    "\n\t2   max('0')\n\t3 y\n\t4   get('a.b')\n\t5     z"
	    "\n\t6     w\n\t7   get('c')\n\t8     w\n\t9 z\n\t10   all('')"
	    "\n\t11   none");
}

static void
a_format_may_be_empty(void **state)
{
	(void)state;
	check_format(NULL, 0, " 9");
}

/* What we can write nests as deep as what we read, and no deeper. */
static void
nesting_has_one_bound(void **state)
{
	char path[2 * (OBJECT_DEPTH_MAX + 1)];	/* "a.a ... a" */
	struct object_path deep = { .path = path };
	struct object_names in = { 0 }, out = { 0 };
	struct buf b = { 0 }, text = { 0 };
	struct cursor args, blob;

	(void)state;
	for (size_t n = OBJECT_DEPTH_MAX; n <= OBJECT_DEPTH_MAX + 1; n++) {
		for (size_t i = 0; i < 2 * n; i++)
			path[i] = i % 2 == 0 ? 'a' : '.';
		path[2 * n - 1] = '\0';
		buf_reset(&b);
		object_number(&deep, 1);
		object_put_format(&b, &out, false, 1, &deep, 1);
		args = cursor_of(&b);
		assert_true(frame_get_blob(&args, &blob));
		assert_int_equal(dump_blob(&text, &in, 'F', blob, NULL),
		    n > OBJECT_DEPTH_MAX ? OBJECT_BAD : OBJECT_OK);
	}
	buf_free(&b);
	buf_free(&text);
}

/* Every bound short of what a blob needs makes it fail, and only fail. */
static void
a_full_buffer_fails_and_stays_in_bounds(void **state)
{
	const struct object_path paths[] = {
		{ 1, "a.b" }, { 3, "a.c('0')" }, { 4, "d" }
	};
	const struct object_value value = { .type = OBJECT_U64 };
	const struct object_item item = { OBJECT_ENTERED, 1, 2 };
	struct object_names names;
	struct buf whole = { 0 };

	(void)state;
	for (size_t max = SIZE_MAX; max > 0; max = max > whole.len ?
	    whole.len : max - 1) {
		struct buf b = { .max = max == SIZE_MAX ? 0 : max };

		names = (struct object_names){ 0 };
		object_put_format(&b, &names, true, 1, paths, N(paths));
		object_put_list(&b, &names, true, &item, 1);
		object_put_values(&b, &names, true, &value, 1);
		object_put_null(&b);
		if (max == SIZE_MAX)
			buf_add(&whole, b.data, b.len);
		assert_true(b.len <= max);
		assert_int_equal(buf_ok(&b), max >= whole.len);
		if (buf_ok(&b))
			assert_bytes(&b, whole.data, whole.len);
		buf_free(&b);
	}
	buf_free(&whole);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_read_back),
		cmocka_unit_test(items_read_back),
		cmocka_unit_test(paths_share_the_nodes_before_them),
		cmocka_unit_test(a_leaf_is_never_a_node),
		cmocka_unit_test(calls_are_names_with_a_query),
		cmocka_unit_test(a_format_may_be_empty),
		cmocka_unit_test(nesting_has_one_bound),
		cmocka_unit_test(a_full_buffer_fails_and_stays_in_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
