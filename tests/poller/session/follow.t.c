/*
 * What a server does not push, and what it pushes late: values of an old
 * session, the last value of an object that has left its list, and calls that
 * ended while nobody listened.
 */
#include <stdio.h>

#include "tests/poller/session/talk.h"

static void
test_new_session(void **state)
{
	uint32_t user;

	(void)state;
	talk_begin(DATE - 7200, 3600, 0, 0);
	talk_fill();
	user = LISTS + 1;
	SAY(user, VIEW_USER, LAST "session_id", "a",
	    LAST "record_active.value", "3", LAST "last_record.value", "{}");
	assert_string_equal(talk_changed(ROWS_AGENT, "record_active"), "3");
	SAY(user, VIEW_USER, LAST "current_spies.value", "[\"AGENTchef\"]");
	assert_string_equal(talk_changed(ROWS_AGENT, "record_active"), "3");
	/* One frame of the new session, without what it does not have. */
	SAY(user, VIEW_USER, LAST "session_id", "b", LAST "logged", "1",
	    LAST "last_record.value", "{\"id\":1}");
	assert_string_equal(talk_changed(ROWS_AGENT, "record_active"), "\\N");
	SAY(user, VIEW_USER, "busy_count", "1");
	assert_string_equal(talk_changed(ROWS_AGENT, "spies"), "\\N");
	SAY(user, VIEW_USER, "busy_count", "0");
	assert_string_equal(talk_changed(ROWS_AGENT, "last_record"),
	    "{\"id\":1}");
	talk_end();
}

static void
test_last_value(void **state)
{
	const uint32_t queue = LISTS + USERS + 1;

	(void)state;
	talk_begin(DATE - 7200, 3600, 0, 0);
	talk_fill();
	(void)talk_changed(ROWS_QUEUE, "name");
	talk_item(VIEW_QUEUE + 1, OBJECT_LEFT, 101);
	assert_int_equal(talk.stopped, 0);
	SAY(queue, VIEW_QUEUE, "running_tasks_count", "4");
	assert_string_equal(talk_changed(ROWS_QUEUE, "running_tasks"), "4");
	talk_tick(1);
	assert_int_equal(talk.stopped, 0);
	/* The one that is back in time stays. */
	talk_item(VIEW_QUEUE + 1, OBJECT_LEFT, 102);
	talk_item(VIEW_QUEUE + 1, OBJECT_ENTERED, 102);
	assert_true(session_deadline(talk.s) <= talk.now + S);
	talk_tick(1);
	assert_int_equal(talk.stopped, 1);
	assert_string_equal(talk_changed(ROWS_QUEUE, "present"), "f");
	talk_tick(3);
	assert_int_equal(talk.stopped, 0);
	assert_true(snapshot_has(talk.snapshot, VIEW_QUEUE, 102));
	/* A list without a filter: the object is gone, and says no more. */
	talk_item(VIEW_USER + 1, OBJECT_LEFT, 1);
	assert_int_equal(talk.stopped, 1);
	assert_false(snapshot_has(talk.snapshot, VIEW_USER, 1));
	talk_end();
}

/* What is asked for after a call that ended then, with that date now. */
static void
expect(int64_t ended, int32_t zone_s, uint32_t date, int32_t zone_now_s,
    const char *since)
{
	char filter[256];

	talk_begin(date, zone_now_s, ended, zone_s);
	if (since == NULL)
		assert_string_equal(talk.filter[VIEW_TASK], "");
	else {
		snprintf(filter, sizeof(filter), ".[end_date eq '' or "
		    "end_date gt '%s']", since);
		assert_string_equal(talk.filter[VIEW_TASK], filter);
		snprintf(filter, sizeof(filter), ".[terminate_date eq '' or "
		    "terminate_date gt '%s']", since);
		assert_string_equal(talk.filter[VIEW_SESSION], filter);
	}
	assert_string_equal(talk.filter[VIEW_USER], views[VIEW_USER].filter);
	assert_string_equal(talk.filter[VIEW_WAITING],
	    views[VIEW_WAITING].filter);
	talk_end();
}

static void
test_since(void **state)
{
	const int64_t noon = INT64_C(1772449200) * S;	/* 2026-03-02 11:00 */
	const uint32_t later = 1772449200 + 60;

	(void)state;
	expect(0, 0, later, 3600, NULL);
	/* In the server's local time, a quarter of an hour before. */
	expect(noon, 3600, later, 3600, "2026/03/02 11:45:00");
	expect(noon, 0, later, 0, "2026/03/02 10:45:00");
	/* The zone has changed: by the offset that asks for more. */
	expect(noon, 7200, later, 3600, "2026/03/02 11:45:00");
	expect(noon, 3600, later, 7200, "2026/03/02 11:45:00");
	/* At night an hour may have come twice. */
	expect(noon - 9 * 3600 * S, 3600, later, 3600, "2026/03/02 01:45:00");
	/* The server's clock was set back: nothing is known for certain. */
	expect(noon, 3600, later - 3600, 3600, NULL);
}

/* A call ends: known is the end that was known before. */
static void
check_known(int64_t known)
{
	struct buf rows[ROWS_TABLE__MAX] = { 0 };
	int32_t zone_s;

	talk_begin(DATE - 7200, 3600, known, 7200);
	talk_fill();
	talk_item(VIEW_TASK + 1, OBJECT_ENTERED, 201);
	SAY(talk.system_id, VIEW_TASK, "task_id", "t1", "end_date", "0");
	assert_true(snapshot_rows(talk.snapshot, false, rows));
	snapshot_settle(talk.snapshot, session_forgotten, talk.s);
	assert_int_equal(session_ended(talk.s, &zone_s), known);
	SAY(talk.system_id, VIEW_TASK, "end_date", "1772390000");
	/* Known once the database has it, not before. */
	assert_int_equal(session_ended(talk.s, &zone_s), known);
	assert_true(snapshot_rows(talk.snapshot, false, rows));
	assert_int_equal(session_ended(talk.s, &zone_s), known);
	snapshot_settle(talk.snapshot, session_forgotten, talk.s);
	assert_int_equal(session_ended(talk.s, &zone_s), 1772390000 * S);
	assert_int_equal(zone_s, 3600);
	for (int i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
	talk_end();
}

static void
test_known(void **state)
{
	(void)state;
	check_known(0);
	/* The server's clock was set back since. */
	check_known((DATE + 86400) * S);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_new_session),
		cmocka_unit_test(test_last_value),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
