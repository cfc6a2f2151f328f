/* UTF-8: every code point, and every way not to be one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/lib/utf8.h"

/* One after another, each as long as the standard says. */
static void
every_code_point_is_written_and_read(void **state)
{
	struct buf b = { 0 };
	uint32_t c, point;
	size_t n, i;

	(void)state;
	for (c = 0; c <= 0x10ffff; c++) {
		n = c <= 0x7f ? 1 : c <= 0x7ff ? 2 : c <= 0xffff ? 3 : 4;
		point = ~c;
		buf_reset(&b);
		utf8_add(&b, c);
		assert_int_equal(b.len, n);
		assert_int_equal(utf8_length(b.data[0]), n);
		if (c >= 0xd800 && c <= 0xdfff) {
			assert_int_equal(utf8_char(b.data, n, &point), 0);
			assert_int_equal(point, ~c);
			continue;
		}
		assert_int_equal(utf8_char(b.data, n, &point), n);
		assert_int_equal(point, c);
		assert_int_equal(utf8_valid(b.data, n), c != 0);
		for (i = 0; i < n; i++)		/* truncated */
			assert_int_equal(utf8_char(b.data, i, NULL), 0);
	}
	buf_free(&b);
}

static void
boundaries_have_their_bytes(void **state)
{
	static const struct {
		uint32_t	 point;
		const char	*bytes;
	} known[] = {
		{ 0x7f, "\x7f" }, { 0x80, "\xc2\x80" },
		{ 0x7ff, "\xdf\xbf" }, { 0x800, "\xe0\xa0\x80" },
		{ 0xd7ff, "\xed\x9f\xbf" }, { 0xe000, "\xee\x80\x80" },
		{ 0xffff, "\xef\xbf\xbf" }, { 0x10000, "\xf0\x90\x80\x80" },
		{ 0x10ffff, "\xf4\x8f\xbf\xbf" }, { 0x20ac, "€" },
	};
	struct buf b = { 0 };
	uint32_t point;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		const size_t n = strlen(known[i].bytes);

		buf_reset(&b);
		utf8_add(&b, known[i].point);
		assert_int_equal(b.len, n);
		assert_memory_equal(b.data, known[i].bytes, n);
		/* What follows is not looked at. */
		assert_int_equal(utf8_char(known[i].bytes, n + 1, &point), n);
		assert_int_equal(point, known[i].point);
	}
	buf_free(&b);
}

static void
other_bytes_are_no_character(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf",				/* continues nothing */
		"\xc0\x80", "\xc0\xaf", "\xc1\xbf",	/* overlong */
		"\xe0\x80\x80", "\xe0\x9f\xbf",
		"\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
		"\xed\xa0\x80", "\xed\xbf\xbf",		/* surrogates */
		"\xed\xa0\xbd\xed\xb8\x80",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80",	/* too high */
		"\xf8\x88\x80\x80\x80", "\xfe", "\xff",
		"\xc3", "\xe2\x82", "\xf0\x9f\x98",	/* cut by the end */
		"\xc3(", "\xe2\x82(", "\xe2(\xac",	/* or by another */
		"\xf0\x9f\x98(", "\xf0(\x98\x80", "\xc3\xc3",
	};
	char first;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(utf8_char(bad[i], strlen(bad[i]), NULL), 0);
		assert_int_equal(utf8_char(bad[i], UTF8_MAX, NULL), 0);
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	}
	for (i = 0x80; i <= 0xff; i++) {
		first = (char)i;
		assert_int_equal(utf8_length(first), i < 0xc2 ? 0 :
		    i < 0xe0 ? 2 : i < 0xf0 ? 3 : i < 0xf5 ? 4 : 0);
	}
}

static void
a_text_is_valid_as_a_whole(void **state)
{
	(void)state;
	assert_true(utf8_valid("", 0));
	assert_true(utf8_valid("Zoé – 5 € 😀", strlen("Zoé – 5 € 😀")));
	assert_false(utf8_valid("a\0b", 3));
	assert_false(utf8_valid("Zoé", 3));		/* half of the é */
	assert_false(utf8_valid("é\xe9", 3));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_is_written_and_read),
		cmocka_unit_test(boundaries_have_their_bytes),
		cmocka_unit_test(other_bytes_are_no_character),
		cmocka_unit_test(a_text_is_valid_as_a_whole),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
