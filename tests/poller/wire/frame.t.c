/* Framing, arguments and text, at and beyond their bounds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

static enum frame_err
next(const char *hex, size_t max, struct frame *f)
{
	struct buf b = { 0 };
	enum frame_err err;

	unhex(&b, hex);
	err = frame_next(b.data, b.len, max, f);
	buf_free(&b);
	return err;
}

static void
sizes_out_of_bounds_are_refused_at_once(void **state)
{
	struct frame f;

	(void)state;
	assert_int_equal(next("00000000", FRAME_MAX, &f), FRAME_BAD);
	assert_int_equal(next("07000000", FRAME_MAX, &f), FRAME_BAD);
	assert_int_equal(next("01000004", FRAME_MAX, &f), FRAME_BAD);
	assert_int_equal(next("ffffffff", FRAME_MAX, &f), FRAME_BAD);
	assert_int_equal(next("11000000", 16, &f), FRAME_BAD);
}

static void
missing_bytes_are_waited_for(void **state)
{
	struct frame f = { .method = 7 };

	(void)state;
	assert_int_equal(frame_next(NULL, 0, FRAME_MAX, &f), FRAME_MORE);
	assert_int_equal(next("ff ff ff", FRAME_MAX, &f), FRAME_MORE);
	assert_int_equal(next("08000000", FRAME_MAX, &f), FRAME_MORE);
	assert_int_equal(next("08000000 402700", FRAME_MAX, &f), FRAME_MORE);
	assert_int_equal(next("00000004", FRAME_MAX, &f), FRAME_MORE);
	assert_int_equal(next("10000000", 16, &f), FRAME_MORE);
	assert_int_equal(f.method, 7);
	assert_int_equal(next("08000000 40270000 ff", FRAME_MAX, &f),
	    FRAME_OK);
	assert_int_equal(f.method, FRAME_CLIENT_VOID);
	assert_int_equal(f.size, 8);
	assert_int_equal(f.args.len, 0);
}

/* All frames of a stream that arrives in pieces of a size. */
static void
read_in_pieces(struct buf *out, const struct buf *stream, size_t piece)
{
	struct buf in = { 0 };
	enum frame_err err;
	struct frame f;

	for (size_t at = 0; at < stream->len; at += piece) {
		if (piece > stream->len - at)
			piece = stream->len - at;
		buf_add(&in, stream->data + at, piece);
		while ((err = frame_next(in.data, in.len, FRAME_MAX, &f)) ==
		    FRAME_OK) {
			buf_printf(out, "%u %zu\n", f.method, f.args.len);
			buf_drop(&in, f.size);
		}
		assert_int_equal(err, FRAME_MORE);
	}
	assert_int_equal(in.len, 0);
	buf_free(&in);
}

static void
split_and_glued_frames_are_the_same(void **state)
{
	struct buf stream = { 0 }, whole = { 0 }, pieces = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 20; i++) {
		size_t at = frame_begin(&stream, 20000 + i);

		while (stream.len - at < FRAME_HEADER + i * 3)
			buf_char(&stream, (char)i);
		frame_end(&stream, at);
	}
	read_in_pieces(&whole, &stream, stream.len);
	for (size_t piece = 1; piece < 100; piece++) {
		buf_reset(&pieces);
		read_in_pieces(&pieces, &stream, piece);
		assert_bytes(&pieces, whole.data, whole.len);
	}
	buf_free(&stream);
	buf_free(&whole);
	buf_free(&pieces);
}

static void
arguments_read_as_written(void **state)
{
	const struct frame_date date = { 4000000000u, 999999, -12600 };
	struct buf b = { 0 };
	struct frame_date got;
	struct cursor in;
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;
	int32_t i32;
	uint8_t u8;
	bool flag;

	(void)state;
	frame_put_u8(&b, 0xfe);
	frame_put_u16(&b, 0xfedc);
	frame_put_u32(&b, 0xfedcba98);
	frame_put_i32(&b, INT32_MIN);
	frame_put_u64(&b, 0xfedcba9876543210);
	frame_put_bool(&b, true);
	frame_put_date(&b, date);
	in = cursor_of(&b);
	assert_memory_equal(b.data, "\xfe\xdc\xfe\x98\xba\xdc\xfe", 7);
	assert_true(frame_get_u8(&in, &u8) && u8 == 0xfe);
	assert_true(frame_get_u16(&in, &u16) && u16 == 0xfedc);
	assert_true(frame_get_u32(&in, &u32) && u32 == 0xfedcba98);
	assert_true(frame_get_i32(&in, &i32) && i32 == INT32_MIN);
	assert_true(frame_get_u64(&in, &u64) && u64 == 0xfedcba9876543210);
	assert_true(frame_get_bool(&in, &flag) && flag);
	assert_true(frame_get_date(&in, &got));
	assert_memory_equal(&got, &date, sizeof(date));
	assert_int_equal(in.len, 0);
	buf_free(&b);
}

/* Each reader, on one byte less than it needs. */
static void
cut_arguments_leave_all_alone(void **state)
{
	const unsigned char bytes[16] = { 5, 0, 0, 0, 1 };
	struct cursor in = { bytes, 0 }, text = { bytes + 1, 42 };
	struct frame_date date = { .s = 42 };
	uint64_t u64 = 42;
	uint32_t u32 = 42;
	uint16_t u16 = 42;
	int32_t i32 = 42;
	uint8_t u8 = 42;
	double real = 42;
	bool flag = true;

	(void)state;
	assert_false(frame_get_u8(&in, &u8));
	assert_false(frame_get_bool(&in, &flag));
	in.len = 1;
	assert_false(frame_get_u16(&in, &u16));
	in.len = 3;
	assert_false(frame_get_u32(&in, &u32));
	assert_false(frame_get_i32(&in, &i32));
	in.len = 5;
	assert_false(frame_get_real(&in, &real, &text));
	in.len = 7;
	assert_false(frame_get_u64(&in, &u64));
	in.len = 8;
	assert_false(frame_get_string(&in, &text));
	assert_false(frame_get_blob(&in, &text));
	in.len = 11;
	assert_false(frame_get_date(&in, &date));
	assert_ptr_equal(in.p, bytes);
	assert_int_equal(in.len, 11);
	assert_true(u8 == 42 && u16 == 42 && u32 == 42 && u64 == 42);
	assert_true(i32 == 42 && real == 42 && flag && date.s == 42);
	assert_true(text.p == bytes + 1 && text.len == 42);
}

static void
a_null_count_is_no_string(void **state)
{
	const unsigned char bytes[8] = { 0xff, 0xff, 0xff, 0xff };
	struct cursor in = { bytes, sizeof(bytes) }, text;

	(void)state;
	assert_false(frame_get_string(&in, &text));
	assert_false(frame_get_blob(&in, &text));
	assert_int_equal(in.len, sizeof(bytes));
}

static void
more_than_a_second_of_microseconds_is_cut(void **state)
{
	const unsigned char bytes[12] = { 1, 0, 0, 0, 0x40, 0x42, 0x0f, 0 };
	struct cursor in = { bytes, sizeof(bytes) };
	struct frame_date date;

	(void)state;
	assert_true(frame_get_date(&in, &date));
	assert_true(date.s == 1 && date.us == 999999);
}

static bool
get_real(const char *text, size_t len, double *out)
{
	struct buf b = { 0 };
	struct cursor in, digits;
	bool ok;

	frame_put_u8(&b, (uint8_t)len);
	buf_add(&b, text, len);
	in = cursor_of(&b);
	ok = frame_get_real(&in, out, &digits);
	assert_int_equal(in.len, ok ? 0 : len + 1);
	assert_true(!ok || digits.len == len);
	buf_free(&b);
	return ok;
}

static void
reals_are_decimal_text(void **state)
{
	static const char *const wrong[] = { " 1", "1 ", "0x10", "inf", "nan",
	    "1e999", "-1e999", "-", ".", "e5", "1e", "1,5", "1.5.", "--1",
	    "abc" };
	char zeros[UINT8_MAX];
	double v;

	(void)state;
	assert_true(get_real("", 0, &v) && v == 0);
	assert_true(get_real("5.5", 3, &v) && v == 5.5);
	assert_true(get_real("-0.25", 5, &v) && v == -0.25);
	assert_true(get_real("+1E3", 4, &v) && v == 1000);
	assert_true(get_real("1e-999", 6, &v) && v == 0);
	memset(zeros, '0', sizeof(zeros));
	assert_true(get_real(zeros, sizeof(zeros), &v) && v == 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (get_real(wrong[i], strlen(wrong[i]), &v))
			fail_msg("\"%s\" was read as %g", wrong[i], v);
	assert_false(get_real("1\0002", 3, &v));
}

static void
reals_are_written_short_and_exact(void **state)
{
	static const struct {
		double		 v;
		const char	*text;
	} reals[] = {
		{ 5.5, "5.5" }, { 0.1, "0.1" }, { -1234567, "-1234567" },
		{ 86399.999999, "86399.999999" }, { 0, "" }, { -0.0, "" },
		{ 1 / 3.0, "0.3333333333333333" }, { NAN, "" },
		{ INFINITY, "" }, { -1.7976931348623157e308,
		    "-1.7976931348623157e+308" }
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		buf_reset(&b);
		frame_put_real(&b, reals[i].v);
		assert_int_equal((unsigned char)b.data[0], b.len - 1);
		buf_drop(&b, 1);
		assert_bytes(&b, reals[i].text, strlen(reals[i].text));
	}
	buf_free(&b);
}

/* Every bound short of what a frame needs makes it fail, and only fail. */
static void
a_full_buffer_fails_and_stays_in_bounds(void **state)
{
	const size_t whole = 12 + 4 + 7 + 4 + 12;

	(void)state;
	for (size_t max = 1; max <= whole; max++) {
		struct buf b = { .max = max };
		size_t at = frame_begin(&b, FRAME_LOGIN), count;

		frame_put_u32(&b, 1);
		frame_put_string(&b, "pâlotte");
		count = frame_put_count(&b);
		frame_put_date(&b, (struct frame_date){ 1, 2, 3 });
		frame_fill_count(&b, count);
		frame_end(&b, at);
		assert_true(b.len <= max);
		assert_int_equal(buf_ok(&b), max == whole);
		if (buf_ok(&b)) {
			assert_int_equal(b.data[0], whole);
			assert_int_equal(b.data[count], 12);
		}
		buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_out_of_bounds_are_refused_at_once),
		cmocka_unit_test(missing_bytes_are_waited_for),
		cmocka_unit_test(split_and_glued_frames_are_the_same),
		cmocka_unit_test(arguments_read_as_written),
		cmocka_unit_test(cut_arguments_leave_all_alone),
		cmocka_unit_test(a_null_count_is_no_string),
		cmocka_unit_test(more_than_a_second_of_microseconds_is_cut),
		cmocka_unit_test(reals_are_decimal_text),
		cmocka_unit_test(reals_are_written_short_and_exact),
		cmocka_unit_test(a_full_buffer_fails_and_stays_in_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
