/* Fields and classes: what is read, what is passed over, what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

#define OBJECT(class)	"00000000 00 01000000 " class "000083 00000000 "
#define NESTED(class)	"01000000 " class "000083 00000000 "
#define VALUES(v)	OBJECT("08") "0100 3200 " v " 00000000 0000"
#define ITEMS(i)	OBJECT("07") "0100 3200 " i " 00000000 0000"
#define FORMAT(f)	OBJECT("02") "0100 0100 05000000 0200 3200 " f \
	" 00000000 0000"
#define INDEX		"0100 0100 07000000 "
#define NAME(c)		"0200 0500 01000000 " c " "

static enum object_err
decode(struct buf *out, char kind, const char *hex, struct object_error *error)
{
	struct object_names names = { .n = 1, .protocol = 1 };
	struct buf bytes = { 0 };
	enum object_err err;

	unhex(&bytes, hex);
	err = dump_blob(out, &names, kind, cursor_of(&bytes), error);
	buf_free(&bytes);
	return err;
}

static void
holds(char kind, const char *hex, const char *text)
{
	struct object_error error = { 0 };
	struct buf out = { 0 };

	if (decode(&out, kind, hex, &error) != OBJECT_OK)
		fail_msg("%s at %zu: %s", error.what, error.at, hex);
	assert_bytes(&out, text, strlen(text));
	buf_free(&out);
}

static void
refused(char kind, const char *hex, const char *what)
{
	struct object_error error = { 0 };
	struct buf out = { 0 };

	assert_int_equal(decode(&out, kind, hex, &error), OBJECT_BAD);
	assert_string_equal(error.what, what);
	buf_free(&out);
}

/* A value of a class and type, its bytes in hex, and what it reads as. */
struct typed {
	const char	*class;
	const char	*type;
	const char	*bytes;
	const char	*text;
};

static void
check_typed(const struct typed *t)
{
	char hex[512], text[64];

	snprintf(hex, sizeof(hex), VALUES("01000000 %s000083 00000000 "
	    INDEX "e803 %s %s 0000"), t->class, t->type, t->bytes);
	snprintf(text, sizeof(text), "\n\t7%s", t->text);
	holds('V', hex, text);
}

static void
values_of_every_type(void **state)
{
	static const struct typed types[] = {
		{ "0a", "0100", "ffffffff", " u32 4294967295" },
		{ "18", "0200", "ffffffff", " i32 -1" },
		{ "15", "0300", "04 2d312e35", " real -1.5" },
		{ "19", "0400", "00", " bool false" },
		{ "19", "0400", "ff", " bool true" },
		{ "0b", "0500", "00000000", " string \"\"" },
		{ "0b", "0500", "02000000 e980", " string \"é€\"" },
		{ "0b", "0900", "01000000 61", " string \"a\"" },
		{ "0b", "0a00", "01000000 61", " string \"a\"" },
		{ "0c", "0600", "00000000 00000000 00000000", " date -" },
		{ "0c", "0600", "80436d38 01000000 f0f1ffff",
		    " date 2000-01-01T00:00:00.000001Z-3600" },
		{ "1a", "0800", "ffffffff ffffffff",
		    " u64 18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		check_typed(&types[i]);
}

static void
values_that_are_none(void **state)
{
	static const struct typed types[] = {
		{ "0b", "0500", "ffffffff", "" },
		{ "0b", "0900", "ffffffff", "" },
		{ "15", "0300", "03 6e616e", " unreadable" },	/* "nan" */
		{ "15", "0300", "03 352c35", " unreadable" },	/* "5,5" */
		{ "09", "0100", "2a000000", "" },	/* base: no content */
		{ "0a", "4600", "01000000", "" },	/* references */
		{ "0a", "4700", "01000000 61 01000000", "" },
		{ "0a", "4700", "ffffffff 01000000", "" },
		{ "0a", "4800", "00000000", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		check_typed(&types[i]);
	holds('V', VALUES(NESTED("09") INDEX "0000"), "\n\t7");
	holds('V', VALUES(NESTED("0b") INDEX "0000"), "\n\t7");
}

static void
inherited_types_may_be_left_out(void **state)
{
	static const struct typed types[] = {
		{ "0a", "6500", "01 2a000000", " u32 42" },
		{ "18", "6600", "01 feffffff", " i32 -2" },
		{ "15", "6700", "01 01 37", " real 7" },
		{ "19", "6800", "01 01", " bool true" },
		{ "0b", "6900", "01 01000000 61", " string \"a\"" },
		{ "0c", "6a00", "01 00000000 00000000 00000000", " date -" },
		{ "1a", "6c00", "01 01000000 00000000", " u64 1" },
		{ "0a", "6500", "00", "" },
		{ "18", "6600", "00", "" },
		{ "15", "6700", "00", "" },
		{ "19", "6800", "00", "" },
		{ "0b", "6900", "00", "" },
		{ "0c", "6a00", "00", "" },
		{ "1a", "6c00", "00", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		check_typed(&types[i]);
}

/* The type says how long a field is: an unknown one cannot be passed over. */
static void
unknown_types_are_refused(void **state)
{
	static const char *const types[] = { "0000 ", "0700 ", "0b00 ",
	    "3100 ", "3300 ", "4900 ", "6400 ", "6b00 01 ", "6d00 00 ",
	    "9600 00 ", "ffff 00 " };
	struct object_error error;
	struct buf out = { 0 };
	char hex[512];

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		snprintf(hex, sizeof(hex), VALUES(NESTED("0a") INDEX
		    "e803 %s 01000000 01000000 0000"), types[i]);
		if (decode(&out, 'V', hex, &error) != OBJECT_BAD)
			fail_msg("type %s is not refused", types[i]);
		assert_non_null(strstr(error.what, "unknown type"));
	}
	assert_int_equal(out.len, 0);
	buf_free(&out);
}

static void
unknown_scalars_and_classes_are_passed_over(void **state)
{
	static const char every[] = "2c01 0100 01000000 2d01 0200 01000000 "
	    "2e01 0300 01 37 2f01 0400 01 3001 0500 01000000 61 "
	    "3101 0600 00000000 00000000 00000000 3201 0800 00000000 00000000 "
	    "3301 0900 ffffffff 3401 4600 01000000 3501 6500 00 "
	    "3601 6900 01 01000000 61 3701 0300 02 7878 ";
	char hex[1024];

	(void)state;
	snprintf(hex, sizeof(hex), VALUES(NESTED("0a") "%s" INDEX
	    "e803 0100 2a000000 %s 0000"), every, every);
	holds('V', hex, "\n\t7 u32 42");
	snprintf(hex, sizeof(hex), VALUES(NESTED("42") INDEX "%s 0000"
	    NESTED("0a") INDEX "e803 0100 2a000000 0000"), every);
	holds('V', hex, "\n\t7 u32 42");
	snprintf(hex, sizeof(hex), ITEMS(NESTED("42") "%s 0000"
	    NESTED("06") "%s 0200 0100 2a000000 0000"), every, every);
	holds('L', hex, "\n\t1 42 0");
	snprintf(hex, sizeof(hex), FORMAT(NESTED("42") "%s 0000" NESTED("01")
	    INDEX NAME("61") "%s 0000"), every, every);
	holds('F', hex, " 5\n\t7 a");
}

static void
lists_that_are_not_known_are_refused(void **state)
{
	static const char what[] = "list that is not known";

	(void)state;
	refused('V', VALUES(NESTED("42") "0100 3200 00000000 0000"), what);
	refused('V', VALUES(NESTED("0a") INDEX "0200 3200 00000000"), what);
	refused('L', ITEMS(NESTED("06") "0100 3200 00000000 0000"), what);
	refused('L', OBJECT("07") "0200 3200 00000000 0000", what);
	refused('F', FORMAT(NESTED("01") INDEX "0200 3200"), what);
	refused('V', VALUES(NESTED("0a") INDEX "e803 4800 01000000"),
	    "field is cut or of an unknown type");
}

static void
another_class_is_refused(void **state)
{
	static const char what[] = "object of another class";

	(void)state;
	refused('L', VALUES(""), what);
	refused('V', ITEMS(""), what);
	refused('F', VALUES(""), what);
	refused('V', OBJECT("42") "0000", what);
}

static void
fields_come_in_any_order(void **state)
{
	(void)state;
	holds('L', ITEMS(NESTED("06") "0300 0100 09000000 0200 0100 2a000000 "
	    "0100 0100 02000000 0000"), "\n\t2 42 9");
	holds('V', VALUES(NESTED("0a") "e803 0100 2a000000 " INDEX "0000"),
	    "\n\t7 u32 42");
	holds('F', OBJECT("02") "0200 3200 " NESTED("01") "0300 3200 "
	    NESTED("01") NAME("62") INDEX "0000 00000000 " NAME("61") INDEX
	    "0000 00000000 0100 0100 05000000 0000", " 5\n\t7 a\n\t7   b");
}

static void
actions_other_than_left_are_present(void **state)
{
	(void)state;
	holds('L', ITEMS(NESTED("06") "0200 0100 2a000000 0000"),
	    "\n\t1 42 0");
	holds('L', ITEMS(NESTED("06") "0100 0100 00000000 "
	    "0200 0100 2a000000 0000"), "\n\t0 42 0");
}

static void
what_must_be_there(void **state)
{
	static const char what[] = "object without its id or index";

	(void)state;
	refused('L', ITEMS(NESTED("06") "0100 0100 01000000 0000"), what);
	refused('L', ITEMS(NESTED("06") "0200 0500 00000000 0000"), what);
	refused('V', VALUES(NESTED("0a") "e803 0100 01000000 0000"), what);
	refused('F', FORMAT(NESTED("01") NAME("61") "0000"), what);
	refused('F', OBJECT("02") "0200 3200 00000000 0000", what);
	refused('F', FORMAT(NESTED("01") INDEX "0000"),
	    "format field without a name");
}

static void
field_ffff_ends_an_object(void **state)
{
	(void)state;
	holds('V', OBJECT("08") "0100 3200 " NESTED("0a") INDEX
	    "e803 0100 2a000000 ffff 00000000 ffff", "\n\t7 u32 42");
}

static void
what_follows_the_object_is_ignored(void **state)
{
	(void)state;
	holds('V', VALUES(NESTED("0a") INDEX "e803 0100 2a000000 0000")
	    "01000000 deadbeef", "\n\t7 u32 42");
	holds('L', OBJECT("07") "0000 ff", "");
}

/* 2 of the value, 4 of the list, 2 of the object: all are forgiven. */
static void
closing_zeros_may_lack(void **state)
{
	static const char whole[] = VALUES(NESTED("0a") INDEX
	    "e803 0100 2a000000 0000");
	struct buf bytes = { 0 }, out = { 0 };
	struct object_names names = { .n = 1, .protocol = 1 };
	struct cursor blob;

	(void)state;
	unhex(&bytes, whole);
	for (size_t lack = 0; lack <= 8; lack++) {
		buf_reset(&out);
		blob = cursor_of(&bytes);
		blob.len -= lack;
		assert_int_equal(dump_blob(&out, &names, 'V', blob, NULL),
		    OBJECT_OK);
		assert_bytes(&out, "\n\t7 u32 42", 10);
	}
	blob.len--;
	assert_int_equal(dump_blob(&out, &names, 'V', blob, NULL), OBJECT_BAD);
	buf_free(&bytes);
	buf_free(&out);
}

static bool
count_to_two(void *ctx, const struct object_item *item)
{
	unsigned *n = ctx;

	(void)item;
	return ++*n < 2;
}

static void
a_callback_can_stop(void **state)
{
	static const char item[] = ITEMS(
	    NESTED("06") "0200 0100 2a000000 0000"
	    NESTED("06") "0200 0100 2b000000 0000"
	    NESTED("06") "0200 0100 2c000000 0000");
	struct object_names names = { .n = 1, .protocol = 1 };
	struct buf bytes = { 0 };
	unsigned n = 0;

	(void)state;
	unhex(&bytes, item);
	assert_int_equal(object_list(&names, cursor_of(&bytes), count_to_two,
	    &n, NULL), OBJECT_STOP);
	assert_int_equal(n, 2);
	buf_free(&bytes);
}

static void
errors_tell_where(void **state)
{
	struct object_error error = { 0 };
	struct buf out = { 0 };

	(void)state;
	assert_int_equal(decode(&out, 'V', VALUES(NESTED("0a") INDEX
	    "e803 0700"), &error), OBJECT_BAD);
	assert_int_equal(error.at, 5 + 12 + 4 + 12 + 8 + 4);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_of_every_type),
		cmocka_unit_test(values_that_are_none),
		cmocka_unit_test(inherited_types_may_be_left_out),
		cmocka_unit_test(unknown_types_are_refused),
		cmocka_unit_test(unknown_scalars_and_classes_are_passed_over),
		cmocka_unit_test(lists_that_are_not_known_are_refused),
		cmocka_unit_test(another_class_is_refused),
		cmocka_unit_test(fields_come_in_any_order),
		cmocka_unit_test(actions_other_than_left_are_present),
		cmocka_unit_test(what_must_be_there),
		cmocka_unit_test(field_ffff_ends_an_object),
		cmocka_unit_test(what_follows_the_object_is_ignored),
		cmocka_unit_test(closing_zeros_may_lack),
		cmocka_unit_test(a_callback_can_stop),
		cmocka_unit_test(errors_tell_where),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
