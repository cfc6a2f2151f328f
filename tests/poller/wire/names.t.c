/* The namespace names that lead a blob, and the indexes they take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

#define PROTOCOL \
	"17000000 636f6d2e636f6e73697374656e742e70726f746f636f6c "
#define OTHER		"05000000 6f74686572 "
#define RESET		"01000000 31 "
#define END		"00000000 00 "
/* A list of one item, its namespaces given. */
#define LIST(outer, item) \
	outer " 07000083 00000000 0100 3200 " \
	item " 06000083 00000000 0200 0100 2a000000 0000 00000000 0000"
#define ITEM		"\n\t1 42 0"

static void
check(struct object_names *names, const char *hex, enum object_err want,
    const char *text, struct object_error *error)
{
	struct buf bytes = { 0 }, out = { 0 };

	unhex(&bytes, hex);
	assert_int_equal(dump_blob(&out, names, 'L', cursor_of(&bytes), error),
	    want);
	assert_bytes(&out, text, strlen(text));
	buf_free(&bytes);
	buf_free(&out);
}

static void
refused(struct object_names names, const char *hex, const char *what)
{
	struct object_error error = { 0 };

	check(&names, hex, OBJECT_BAD, "", &error);
	assert_string_equal(error.what, what);
	check(&names, hex, OBJECT_BAD, "", NULL);
}

static void
a_name_is_listed_once(void **state)
{
	struct object_names names = { 0 };

	(void)state;
	check(&names, PROTOCOL END LIST("01000000", "01000000"), OBJECT_OK,
	    ITEM, NULL);
	check(&names, END LIST("01000000", "01000000"), OBJECT_OK, ITEM, NULL);
	assert_true(names.n == 1 && names.protocol == 1);
}

static void
the_first_listing_keeps_its_index(void **state)
{
	struct object_names names = { 0 };

	(void)state;
	check(&names, OTHER PROTOCOL OTHER END LIST("02000000", "02000000"),
	    OBJECT_OK, ITEM, NULL);
	assert_true(names.n == 3 && names.protocol == 2);
	check(&names, PROTOCOL END LIST("02000000", "02000000"), OBJECT_OK,
	    ITEM, NULL);
	assert_true(names.n == 4 && names.protocol == 2);
}

static void
a_blob_of_names_alone_is_null_and_counts(void **state)
{
	struct object_names names = { 0 };

	(void)state;
	check(&names, PROTOCOL "00000000", OBJECT_NULL, " null", NULL);
	assert_true(names.n == 1 && names.protocol == 1);
	check(&names, END LIST("01000000", "01000000"), OBJECT_OK, ITEM, NULL);
}

static void
null_objects(void **state)
{
	static const char *const nulls[] = { "", "00000000", "00000000 00",
	    "00000000 00 00000000", "0000" };
	struct object_names names = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
		check(&names, nulls[i], OBJECT_NULL, " null", NULL);
	assert_true(names.n == 0 && names.protocol == 0);
}

static void
after_the_index_call_all_38_names_come_once(void **state)
{
	struct object_names in = { 0 }, out = { 0 };
	struct buf b = { 0 }, text = { 0 };
	struct frame f;
	size_t at;

	(void)state;
	object_names_default(&in);
	assert_true(in.n == 38 && in.protocol == 1);
	at = frame_begin(&b, FRAME_LIST_RESPONSE);
	frame_put_u32(&b, 1);
	frame_put_u32(&b, 7);
	object_put_list(&b, &out, true, NULL, 0);
	frame_end(&b, at);
	assert_int_equal(b.len, 1104);
	assert_true(out.n == 38 && out.protocol == 1);
	assert_int_equal(frame_next(b.data, b.len, FRAME_MAX, &f), FRAME_OK);
	assert_int_equal(dump_frame(&text, &in, &f, NULL), DUMP_OK);
	assert_true(in.n == 76 && in.protocol == 1);

	buf_reset(&b);
	object_put_list(&b, &out, true, NULL, 0);
	assert_int_equal(b.len, 4 + 0x1b);	/* and never again */
	buf_free(&b);
	buf_free(&text);
}

static void
the_default_names_are_those_of_the_annex(void **state)
{
	(void)state;
	assert_string_equal(object_default_names[0], OBJECT_NAME_PROTOCOL);
	assert_string_equal(object_default_names[7],
	    "com.consistent.ccenter.dispatch");
	assert_string_equal(object_default_names[20],
	    "com.consistent.ccenter.queues");
	assert_string_equal(object_default_names[37], "org.xmlsoap");
}

static void
the_name_1_resets_the_table(void **state)
{
	struct object_names names = { .n = 7, .protocol = 3 };

	(void)state;
	check(&names, RESET OTHER "05000000" PROTOCOL "09000000" OTHER
	    "02000000" END LIST("09000000", "09000000"), OBJECT_OK, ITEM,
	    NULL);
	assert_true(names.n == 9 && names.protocol == 9);
	check(&names, RESET END, OBJECT_NULL, " null", NULL);
	assert_true(names.n == 0 && names.protocol == 0);
	refused(names, RESET OTHER "00000000" END, "too many names");
	refused(names, RESET OTHER "01100000" END, "too many names");
	refused(names, RESET OTHER "010000", "name without its index");
}

static void
an_index_that_was_not_listed_is_refused(void **state)
{
	const struct object_names none = { 0 }, one = { 1, 1 };

	(void)state;
	refused(none, END LIST("01000000", "01000000"),
	    "unknown namespace index");
	refused(one, END LIST("05000000", "05000000"),
	    "unknown namespace index");
	refused(one, END LIST("01000000", "05000000"),
	    "unknown namespace index");
}

static void
a_class_of_another_namespace_is_unknown(void **state)
{
	struct object_names names = { .n = 2, .protocol = 1 };

	(void)state;
	check(&names, END LIST("01000000", "02000000"), OBJECT_OK, "", NULL);
	refused(names, END LIST("02000000", "01000000"),
	    "object of another class");
}

static void
names_are_bounded(void **state)
{
	const struct object_names full = { .n = OBJECT_NAMES_MAX };
	const struct object_names none = { 0 };

	(void)state;
	refused(full, OTHER END, "too many names");
	refused(none, "feffffff 61", "name is cut");
	refused(none, "ffffffff", "name is cut");
	refused(none, "010000", "name is cut");
}

static void
a_mode_is_refused(void **state)
{
	const struct object_names one = { 1, 1 };

	(void)state;
	refused(one, "00000000 01" LIST("01000000", "01000000"),
	    "mode is not 0");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_listed_once),
		cmocka_unit_test(the_first_listing_keeps_its_index),
		cmocka_unit_test(a_blob_of_names_alone_is_null_and_counts),
		cmocka_unit_test(null_objects),
		cmocka_unit_test(after_the_index_call_all_38_names_come_once),
		cmocka_unit_test(the_default_names_are_those_of_the_annex),
		cmocka_unit_test(the_name_1_resets_the_table),
		cmocka_unit_test(an_index_that_was_not_listed_is_refused),
		cmocka_unit_test(a_class_of_another_namespace_is_unknown),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(a_mode_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
