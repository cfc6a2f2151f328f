/* Values on their way to the database: what becomes text, what is absent. */
#include <math.h>
#include <string.h>

#include "tests/poller/check.h"

#include "poller/model/value.h"

static void
check_text(enum view_type type, const char *in, enum value_err err,
    const char *out)
{
	struct buf b = { 0 };

	if (value_text(type, in, &b) != err)
		fail_msg("type %d: \"%s\"", type, in);
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	if (err == VALUE_OK)
		assert_string_equal(b.data, out);
	buf_free(&b);
}

static void
test_text(void **state)
{
	char longest[VALUE_TEXT_MAX + 3];

	(void)state;
	check_text(VIEW_TEXT, "Zoé", VALUE_OK, "Zoé");
	check_text(VIEW_TEXT, "", VALUE_ABSENT, NULL);
	check_text(VIEW_TEXT, "undefined", VALUE_ABSENT, NULL);
	check_text(VIEW_TEAM, "/default", VALUE_OK, "default");
	check_text(VIEW_TEAM, "/", VALUE_ABSENT, NULL);
	/* Cut short, but never inside a character. */
	memset(longest, 'x', sizeof(longest));
	memcpy(longest + VALUE_TEXT_MAX - 1, "é", 3);
	longest[VALUE_TEXT_MAX + 2] = '\0';
	struct buf b = { 0 };
	assert_int_equal(value_text(VIEW_TEXT, longest, &b), VALUE_OK);
	assert_int_equal(b.len, VALUE_TEXT_MAX - 1);
	buf_free(&b);
	/* A key is whole or is none. */
	longest[VALUE_KEY_MAX + 1] = '\0';
	check_text(VIEW_KEY, longest, VALUE_BAD, NULL);
	longest[VALUE_KEY_MAX] = '\0';
	check_text(VIEW_KEY, longest, VALUE_OK, longest);
}

static void
test_numbers(void **state)
{
	(void)state;
	check_text(VIEW_INT, "0", VALUE_OK, "0");
	check_text(VIEW_INT, "2147483647", VALUE_OK, "2147483647");
	check_text(VIEW_INT, "2147483648", VALUE_BAD, NULL);
	check_text(VIEW_INT, "-1", VALUE_BAD, NULL);
	check_text(VIEW_INT, "3.0", VALUE_OK, "3");
	check_text(VIEW_INT, "x", VALUE_BAD, NULL);
	check_text(VIEW_COUNT, "9007199254740993", VALUE_OK,
	    "9007199254740993");
	check_text(VIEW_COUNT, "99999999999999999999", VALUE_BAD, NULL);
	check_text(VIEW_REAL, "5.5", VALUE_OK, "5.5");
	check_text(VIEW_REAL, "nan", VALUE_BAD, NULL);
	check_text(VIEW_REAL, "1e999", VALUE_BAD, NULL);
	check_text(VIEW_REAL, "-inf", VALUE_BAD, NULL);
	check_text(VIEW_REAL, "1e15", VALUE_OK, "1e+15");
	check_text(VIEW_REAL, "1.1e15", VALUE_BAD, NULL);
	check_text(VIEW_REAL, "-1e300", VALUE_BAD, NULL);
	check_text(VIEW_COUNT, "-9223372036854775808", VALUE_BAD, NULL);
	check_text(VIEW_COUNT, "1e18", VALUE_OK, "1000000000000000000");
	check_text(VIEW_COUNT, "1e19", VALUE_BAD, NULL);
	check_text(VIEW_COUNT, "inf", VALUE_BAD, NULL);
	check_text(VIEW_BOOL, "True", VALUE_OK, "t");
	check_text(VIEW_BOOL, "0", VALUE_OK, "f");
	check_text(VIEW_BOOL, "maybe", VALUE_BAD, NULL);
	check_text(VIEW_HOLD, "false", VALUE_OK, "f");
	check_text(VIEW_HOLD, "0", VALUE_OK, "f");
	check_text(VIEW_HOLD, "yes", VALUE_OK, "t");
}

static void
test_dates(void **state)
{
	(void)state;
	check_text(VIEW_DATE, "2026-03-02T15:28:39+0200", VALUE_OK,
	    "2026-03-02 13:28:39.000000+00");
	check_text(VIEW_DATE, "2026-03-02T08:00:10.009999+00:00", VALUE_OK,
	    "2026-03-02 08:00:10.009999+00");
	check_text(VIEW_DATE, "2026-03-02T08:00:10Z", VALUE_OK,
	    "2026-03-02 08:00:10.000000+00");
	check_text(VIEW_DATE, "2026-03-02t08:00:10.123456789z", VALUE_OK,
	    "2026-03-02 08:00:10.123456+00");
	check_text(VIEW_DATE, "2026-12-31 23:59:60-00:00", VALUE_OK,
	    "2027-01-01 00:00:00.000000+00");
	check_text(VIEW_DATE, "stop", VALUE_ABSENT, NULL);
	check_text(VIEW_DATE, "0", VALUE_ABSENT, NULL);
	check_text(VIEW_DATE, "None", VALUE_BAD, NULL);
	check_text(VIEW_DATE, "2026-03-02T08:00:10+00:00 or so", VALUE_BAD,
	    NULL);
	check_text(VIEW_DATE, "9999999-01-01T00:00:00Z", VALUE_BAD, NULL);
	check_text(VIEW_DATE, "1970-01-01T00:00:00Z", VALUE_OK,
	    "1970-01-01 00:00:00.000000+00");
	check_text(VIEW_DATE, "1970-01-01T00:00:00+0100", VALUE_BAD, NULL);
	check_text(VIEW_DATE, "1969-12-31T23:59:59Z", VALUE_BAD, NULL);
	check_text(VIEW_DATE, "0000-00-00 00:00:00", VALUE_BAD, NULL);
	check_text(VIEW_DATE, "-4713-01-01T00:00:00Z", VALUE_BAD, NULL);
	check_text(VIEW_DATE, "1e300", VALUE_BAD, NULL);
}

static void
check_date(int64_t us, const char *out)
{
	struct buf b = { 0 };

	value_date(&b, us);
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	assert_string_equal(b.data, out);
	buf_free(&b);
}

/* Whatever was reckoned, PostgreSQL can read it. */
static void
test_bounds(void **state)
{
	int64_t s;

	(void)state;
	check_date(0, "1970-01-01 00:00:00.000000+00");
	check_date(-1, "1970-01-01 00:00:00.000000+00");
	check_date(INT64_MIN, "1970-01-01 00:00:00.000000+00");
	check_date(INT64_MAX, "9999-12-31 23:59:59.999999+00");
	check_date(INT64_C(253402300799999999),
	    "9999-12-31 23:59:59.999999+00");
	assert_false(value_seconds("10000000:00:00", &s));
	assert_false(value_seconds("9999999j9999999j9999999j", &s));
	assert_true(value_seconds("3650j", &s));
	assert_int_equal(s, 315360000);
	assert_false(value_seconds("3651j", &s));
}

static void
test_wire(void **state)
{
	struct object_value v = { .type = OBJECT_DATE,
	    .date = { 1772438410, 9999, 3600 } };
	struct buf b = { 0 };

	(void)state;
	/* The offset is the host's; the seconds are UTC already. */
	assert_int_equal(value_wire(VIEW_DATE, &v, &b), VALUE_OK);
	buf_char(&b, '\0');
	assert_string_equal(b.data, "2026-03-02 08:00:10.009999+00");
	v.date = (struct frame_date){ 0, 0, 0 };
	assert_int_equal(value_wire(VIEW_DATE, &v, &b), VALUE_ABSENT);
	v.type = OBJECT_NONE;
	assert_int_equal(value_wire(VIEW_TEXT, &v, &b), VALUE_ABSENT);
	v.type = OBJECT_U32;
	v.u32 = 4000000000u;
	assert_int_equal(value_wire(VIEW_INT, &v, &b), VALUE_BAD);
	assert_int_equal(value_wire(VIEW_COUNT, &v, &b), VALUE_OK);
	assert_int_equal(value_wire(VIEW_BOOL, &v, &b), VALUE_OK);
	assert_int_equal(value_wire(VIEW_DATE, &v, &b), VALUE_BAD);
	v.type = OBJECT_U64;
	v.u64 = UINT64_MAX;
	assert_int_equal(value_wire(VIEW_COUNT, &v, &b), VALUE_BAD);
	assert_int_equal(value_wire(VIEW_REAL, &v, &b), VALUE_BAD);
	v.type = OBJECT_I32;
	v.i32 = INT32_MIN;
	assert_int_equal(value_wire(VIEW_INT, &v, &b), VALUE_BAD);
	v.type = OBJECT_REAL;
	v.real = 1e300;
	assert_int_equal(value_wire(VIEW_INT, &v, &b), VALUE_BAD);
	assert_int_equal(value_wire(VIEW_COUNT, &v, &b), VALUE_BAD);
	assert_int_equal(value_wire(VIEW_REAL, &v, &b), VALUE_BAD);
	v.real = NAN;
	assert_int_equal(value_wire(VIEW_REAL, &v, &b), VALUE_BAD);
	v.real = -INFINITY;
	assert_int_equal(value_wire(VIEW_COUNT, &v, &b), VALUE_BAD);
	v.type = OBJECT_UNREADABLE;
	v.text = (struct cursor){ .p = (const unsigned char *)"5,5", .len = 3 };
	assert_int_equal(value_wire(VIEW_REAL, &v, &b), VALUE_BAD);
	assert_int_equal(value_wire(VIEW_TEXT, &v, &b), VALUE_BAD);
	v.type = OBJECT_DATE;
	v.date = (struct frame_date){ UINT32_MAX, UINT32_MAX, INT32_MIN };
	assert_int_equal(value_wire(VIEW_DATE, &v, &b), VALUE_OK);
	assert_true(strncmp(b.data, "2106-02-07 06:28:15.", 20) == 0);
	buf_free(&b);
}

static void
test_lists(void **state)
{
	(void)state;
	check_text(VIEW_SPIES,
	    "[\"session 1 AGENTzmartin\", \"AGENTAGENTchef\", 7, \"x\"]",
	    VALUE_OK, "{\"chef\",\"zmartin\"}");
	check_text(VIEW_SPIES, "[]", VALUE_ABSENT, NULL);
	check_text(VIEW_SPIES, "[", VALUE_BAD, NULL);
	check_text(VIEW_QUEUES, "{1:{type:'queue',queue:'support',task:''},"
	    "b:{queue:\"accueil\",type:\"queue\"},"
	    "c:{type:'user',queue:'not me'}}", VALUE_OK,
	    "{\"accueil\",\"support\"}");
	check_text(VIEW_QUEUES, "[{\"type\": \"queue\", "
	    "\"queue\": \"a\\\"b\\\\\", \"task\": {\"x\": 1}}]", VALUE_OK,
	    "{\"a\\\"b\\\\\"}");
	check_text(VIEW_QUEUES, "{}", VALUE_ABSENT, NULL);
	check_text(VIEW_QUEUES, "nonsense", VALUE_BAD, NULL);
	check_text(VIEW_QUEUES, "{a:{type:'queue',queue:'cut", VALUE_ABSENT,
	    NULL);
}

/* A name too long for a key is left out, never cut into another one. */
static void
test_long_queue(void **state)
{
	struct buf b = { 0 }, out = { 0 };
	int i;

	(void)state;
	buf_str(&b, "{a:{type:'queue',queue:'");
	for (i = 0; i < 200; i++)
		buf_str(&b, "éé");
	buf_str(&b, "'},b:{type:'queue',queue:'ok'}}");
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	assert_int_equal(value_text(VIEW_QUEUES, b.data, &out),
	    VALUE_OK);
	buf_char(&out, '\0');
	assert_string_equal(out.data, "{\"ok\"}");
	buf_free(&b);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_dates),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_wire),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_long_queue),
	};

	return cmocka_run_group_tests_name("value", tests, NULL, NULL);
}
