/* Counters that begin anew at a server's midnight, and when that is. */
#include "tests/poller/session/talk.h"

static void
test_midnight(void **state)
{
	size_t asked, steps;

	(void)state;
	/* One hour east: midnight is in one second. */
	talk_begin(DATE, 3600, 0, 0);
	talk_fill();
	(void)talk_changed(ROWS_AGENT, "name");
	talk_tick(5);
	assert_int_equal(talk.dated, 0);
	talk_tick(1);
	assert_int_equal(talk.dated, 1);	/* is it midnight there? */
	assert_int_equal(talk.asked, 0);
	talk_date(DATE + 6, 3600);
	for (asked = steps = 0; asked < USERS + QUEUES; steps++) {
		assert_true(steps < 10);
		talk_tick(steps > 0);
		assert_true(talk.asked <= 20);
		assert_int_equal(talk.stopped, talk.asked);
		asked += talk.asked;
	}
	assert_int_equal(asked, USERS + QUEUES);
	assert_true(steps > 2);
	/* Nothing has changed yet; the answer holds all that exists. */
	assert_false(snapshot_changed(talk.snapshot));
	SAY(talk.system_id - QUEUES, VIEW_USER, LOGIN, "user50",
	    "total_inbound.count('0')", "0");
	assert_true(snapshot_changed(talk.snapshot));
	assert_string_equal(talk_changed(ROWS_AGENT, "name"), "\\N");
	SAY(talk.system_id - 1, VIEW_QUEUE, "name", "queue1",
	    "managed_tasks.count('0')", "7");
	assert_false(snapshot_changed(talk.snapshot));
	talk_tick(2);
	assert_int_equal(talk.asked, 0);	/* once a night */
	talk_end();
}

/* Answers what was asked; an answer that nobody waits for does nothing. */
static void
answer(void)
{
	const uint32_t last = talk.system_id;
	uint32_t id;

	for (id = last - (uint32_t)talk.asked; id <= last; id++)
		talk_values(id, VIEW_USER, (const char *const[]){ NULL });
}

/* Tells the date when asked, until all objects were asked for again. */
static uint32_t
until_renewed(uint32_t date, int32_t zone_s)
{
	size_t asked = 0;

	do {
		date += 60;
		talk_tick(60);
		if (talk.dated > 0)
			talk_date(date, zone_s);
		talk_tick(0);
	} while (talk.asked == 0);
	for (; talk.asked > 0; date++) {
		asked += talk.asked;
		answer();
		talk_tick(1);
	}
	assert_int_equal(asked, USERS + QUEUES);
	return date;
}

/* The server's clock was years ahead when the session began. */
static void
test_clock_set_back(void **state)
{
	const uint32_t noon = DATE + 1 - 12 * 3600;
	uint32_t date;

	(void)state;
	talk_begin(noon + 10 * 365 * 86400u, 3600, 0, 0);
	talk_fill();
	date = until_renewed(noon, 3600);
	assert_in_range(date, noon, noon + 1000);
	date = until_renewed(date, 3600);
	assert_in_range(date, DATE + 1, DATE + 120);
	talk_end();
}

/* Summer time ends while the session lasts: midnight is an hour later. */
static void
test_zone(void **state)
{
	uint32_t at, midnight = DATE + 1;

	(void)state;
	talk_begin(midnight - 7200, 7200, 0, 0);
	talk_fill();
	for (at = midnight - 7200; at < midnight - 60; at += 60) {
		talk_tick(60);
		assert_int_equal(talk.asked, 0);
		if (talk.dated > 0)
			talk_date(at + 60, 3600);
	}
	talk_tick(66);
	assert_true(talk.dated == 1);
	talk_date(midnight + 6, 3600);
	talk_tick(0);
	assert_true(talk.asked > 0);
	talk_end();
}

/* An offset that no zone has is not believed, and the one before stays. */
static void
test_no_zone(void **state)
{
	int32_t zone_s = 1;

	(void)state;
	talk_begin(DATE - 7200, INT32_MIN, 0, 0);
	assert_false(session_zone(talk.s, &zone_s));
	assert_int_equal(zone_s, 1);
	talk_date(DATE - 7200, 3600);
	assert_true(session_zone(talk.s, &zone_s));
	talk_date(DATE - 7200, 86400);
	assert_true(session_zone(talk.s, &zone_s));
	assert_int_equal(zone_s, 3600);
	talk_end();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_clock_set_back),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_no_zone),
	};

	return cmocka_run_group_tests_name("midnight", tests, NULL, NULL);
}
