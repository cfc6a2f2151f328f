/* All times of RFC 3339, what else is taken, and what is not. */
#include "tests/fcgi/check.h"

#include <time.h>

#include "fcgi/http/moment.h"

/* Fails with the text when it is not read as that for PostgreSQL. */
static void
check(const char *text, const char *as)
{
	struct moment m;

	if (!moment_read(&m, text))
		fail_msg("%s is refused", text);
	if (strcmp(m.text, as) != 0)
		fail_msg("%s is read as %s, not as %s", text, m.text, as);
}

/* The examples of RFC 3339, section 5.8, and what its grammar allows. */
static void
all_of_the_standard_is_read(void **state)
{
	(void)state;
	check("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520000Z");
	check("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000000Z");
	check("1990-12-31T23:59:60Z", "1991-01-01T00:00:00.000000Z");
	check("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00.000000Z");
	check("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870000Z");
	check("2026-01-31t09:00:00z", "2026-01-31T09:00:00.000000Z");
	check("2026-01-31 09:00:00+01:00", "2026-01-31T08:00:00.000000Z");
	check("2026-01-31T09:00:00-00:00", "2026-01-31T09:00:00.000000Z");
	check("2026-01-31T09:00:00+23:59", "2026-01-30T09:01:00.000000Z");
	check("2026-07-01T05:29:60.5+05:30", "2026-07-01T00:00:00.500000Z");
	check("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z");
	check("0000-02-29T00:00:00Z", "0001-02-29T00:00:00.000000Z BC");
	check("0000-01-01T00:00:00+00:01", "0002-12-31T23:59:00.000000Z BC");
	check("9999-12-31T23:59:59-00:01", "10000-01-01T00:00:59.000000Z");
}

/* So that >= and < with whole microseconds say the same as with the moment. */
static void
more_digits_are_rounded_up(void **state)
{
	(void)state;
	check("2026-01-31T09:00:00.123456789Z",
	    "2026-01-31T09:00:00.123457Z");
	check("2026-01-31T09:00:00.123456000Z",
	    "2026-01-31T09:00:00.123456Z");
	check("2026-12-31T23:59:59.9999999Z", "2027-01-01T00:00:00.000000Z");
	check("2026-01-31T09:00:00.00000000000000000000000000000000001Z",
	    "2026-01-31T09:00:00.000001Z");
}

static void
less_is_read_by_the_own_clock(void **state)
{
	(void)state;
	check("2026-01-31", "2026-01-31T00:00:00.000000");
	check("2026-01-31T09:00", "2026-01-31T09:00:00.000000");
	check("2026-01-31 09:00:01.5", "2026-01-31T09:00:01.500000");
	check("2027-01-01T00:59:60", "2027-01-01T01:00:00.000000");
	check("2026-01-31T09:00+01:00", "2026-01-31T08:00:00.000000Z");
}

static void
nothing_else_is_read(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-01", "now",
	    "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-01",
	    "2026-01-00", "2026-01-32", "01/02/2026", "20260131", "-2026-01-31",
	    "2026-01-31T", "2026-01-31T9:00", "2026-01-31T24:00:00Z",
	    "2026-01-31T09:60:00Z", "2026-01-31T09:00:61Z",
	    "2026-01-31T09:00:60Z", "2026-12-31T23:59:60+01:00",
	    "2026-01-31T09:00:60", "2026-01-31T09:00:00.Z",
	    "2026-01-31T09:00:00,5Z", "2026-01-31T09:00:00Zz",
	    "2026-01-31T09:00:00+24:00", "2026-01-31T09:00:00+01:60",
	    "2026-01-31T09:00:00+01", "2026-01-31T09:00:00+0100",
	    "2026-01-31T09:00:00Z BC", "2026-01-31  09:00:00Z",
	    "2026-01-31T09:00:00 Z", "2026-01-31'" };
	struct moment m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (moment_read(&m, bad[i]))
			fail_msg("%s is read as %s", bad[i], m.text);
}

static int64_t
wall(const char *text)
{
	struct moment m;

	assert_true(moment_read(&m, text));
	return m.wall;
}

/* Paris has days of 23 and 25 hours. */
static void
the_wall_has_whole_days(void **state)
{
	(void)state;
	setenv("TZ", "Europe/Paris", 1);
	tzset();
	assert_int_equal(wall("1970-01-01"), 0);
	assert_int_equal(wall("2026-03-30") - wall("2026-03-29"), 86400);
	assert_int_equal(wall("2026-03-29T22:00:00Z") -
	    wall("2026-03-28T23:00:00Z"), 86400);
	assert_int_equal(wall("2026-10-25T23:00:00Z"), wall("2026-10-26"));
	assert_int_equal(wall("2026-07-31T09:00:00.9-05:00"),
	    wall("2026-07-31T16:00:00"));
	assert_true(moment_wall_now() >= (int64_t)time(NULL) + 3600);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_the_standard_is_read),
		cmocka_unit_test(more_digits_are_rounded_up),
		cmocka_unit_test(less_is_read_by_the_own_clock),
		cmocka_unit_test(nothing_else_is_read),
		cmocka_unit_test(the_wall_has_whole_days),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
