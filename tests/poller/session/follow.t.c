/*
 * What a server does not push, and what it pushes late: counters that begin
 * anew at its midnight, values of an old session, the last value of an object
 * that has left its list, and calls that ended while nobody listened.
 */
#include <stdio.h>

#include "tests/poller/check.h"

#include "poller/session/session.h"
#include "poller/wire/object.h"

#define S		INT64_C(1000000)
#define DATE		1772405999u	/* 2026-03-01 22:59:59 UTC */
#define LOGIN		"login"
#define LAST		"sessions.last.session."
#define USERS		50
#define QUEUES		2
#define LISTS		VIEW__MAX	/* the first system ids */

/* A server's side of the conversation, and the session. */
static struct {
	struct snapshot		*snapshot;
	struct session		*s;
	struct object_names	 names;
	int64_t			 now;
	uint32_t		 system_id;	/* the last that was asked */
	uint32_t		 probe;		/* system id; 0: none */
	size_t			 asked, stopped, dated;
	char			 filter[VIEW__MAX][256];
} talk;

/* Reads what the session has sent: counts it, and notes the filters. */
static void
hear(void)
{
	struct buf *out = session_output(talk.s);
	struct cursor text;
	struct frame frame;
	uint32_t id, system_id;
	size_t at = 0;

	talk.asked = talk.stopped = talk.dated = 0;
	talk.probe = 0;
	while (frame_next(out->data + at, out->len - at, FRAME_MAX, &frame) ==
	    FRAME_OK) {
		at += frame.size;
		talk.dated += frame.method == FRAME_INITIALIZE;
		talk.stopped += frame.method == FRAME_STOP_QUERY;
		if (frame.method != FRAME_QUERY_LIST &&
		    frame.method != FRAME_QUERY_OBJECT)
			continue;
		assert_true(frame_get_u32(&frame.args, &id) &&
		    frame_get_u32(&frame.args, &system_id));
		assert_true(system_id > talk.system_id);
		talk.system_id = system_id;
		if (frame.method == FRAME_QUERY_OBJECT) {
			talk.asked++;
			continue;
		}
		assert_true(frame_get_string(&frame.args, &text) &&
		    frame_get_u32(&frame.args, &id) &&
		    frame_get_string(&frame.args, &text) &&
		    frame_get_string(&frame.args, &text));
		if (system_id > LISTS)
			talk.probe = system_id;
		else
			snprintf(talk.filter[system_id - 1],
			    sizeof(talk.filter[0]), "%.*s", (int)text.len,
			    text.p);
	}
	assert_int_equal(at, out->len);
	buf_reset(out);
}

static void
feed(struct buf *frame)
{
	assert_true(buf_ok(frame));
	assert_int_not_equal(session_feed(talk.s, frame->data, frame->len,
	    talk.now), SESSION_FAILED);
	buf_free(frame);
	hear();
}

static void
say_date(uint32_t date, int32_t zone_s)
{
	struct buf frame = { .max = 1 << 16 };
	size_t at = frame_begin(&frame, FRAME_CONNECTION_OK);

	frame_put_u32(&frame, 0x020a008c);
	frame_put_date(&frame, (struct frame_date){ date, 0, zone_s });
	frame_end(&frame, at);
	feed(&frame);
}

static void
say_item(uint32_t system_id, enum object_action action, uint32_t id)
{
	struct buf frame = { .max = 1 << 16 };
	size_t at = frame_begin(&frame, FRAME_LIST_RESPONSE);
	const struct object_item item = { .action = action, .id = id };

	frame_put_u32(&frame, 1);
	frame_put_u32(&frame, system_id);
	object_put_list(&frame, &talk.names, false, &item, id != 0);
	frame_end(&frame, at);
	feed(&frame);
}

/* Time passes.  A probe is answered, and not counted. */
static void
tick(int64_t seconds)
{
	size_t asked, stopped, dated;

	talk.now += seconds * S;
	assert_int_not_equal(session_tick(talk.s, talk.now), SESSION_FAILED);
	hear();
	asked = talk.asked;
	stopped = talk.stopped;
	dated = talk.dated;
	if (talk.probe != 0)
		say_item(talk.probe, OBJECT_ENTERED, 0);
	talk.asked = asked;
	talk.stopped = stopped;
	talk.dated = dated;
}

/* Fields of a view and their values as text; ends with NULL. */
static void
say_values(uint32_t system_id, enum view_id view, const char *const pair[])
{
	struct object_path path[VIEW_FIELDS_MAX];
	struct object_value value[8];
	struct buf frame = { .max = 1 << 16 };
	size_t at = frame_begin(&frame, FRAME_OBJECT_RESPONSE), i, n, f;

	for (i = 0; i < views[view].n; i++)
		path[i].path = views[view].field[i].path;
	object_number(path, views[view].n);
	for (n = 0; pair[2 * n] != NULL; n++) {
		assert_true(view_find_field(view, pair[2 * n], &f));
		value[n] = (struct object_value){ .index = path[f].index,
		    .type = OBJECT_STRING, .text = {
		    (const unsigned char *)pair[2 * n + 1],
		    strlen(pair[2 * n + 1]) } };
		/* An end comes as a date, in seconds since 1970. */
		if (f == view_ended(view))
			value[n] = (struct object_value){
			    .index = path[f].index, .type = OBJECT_DATE,
			    .date.s = (uint32_t)strtoul(pair[2 * n + 1], NULL,
			    10) };
	}
	frame_put_u32(&frame, 1);
	frame_put_u32(&frame, system_id);
	object_put_values(&frame, &talk.names, false, value, n);
	frame_put_u32(&frame, 0);
	frame_end(&frame, at);
	feed(&frame);
}

#define SAY(system_id, view, ...) \
	say_values(system_id, view, (const char *const[]){ __VA_ARGS__, NULL })

/* Greeted at that date; known: the end of a call that was told before. */
static void
begin(uint32_t date, int32_t zone_s, int64_t known, int32_t known_zone_s)
{
	struct buf frame = { .max = 1 << 16 };
	size_t at;

	memset(&talk, 0, sizeof(talk));
	talk.now = 1000 * S;
	assert_non_null(talk.snapshot = snapshot_new());
	assert_non_null(talk.s = session_new("test", "u", "p", talk.snapshot,
	    talk.now));
	session_resume(talk.s, known, known_zone_s);
	say_date(date, zone_s);
	at = frame_begin(&frame, FRAME_LOGIN_OK);
	frame_put_u32(&frame, 1);
	frame_put_string(&frame, "");
	frame_put_string(&frame, "");
	frame_end(&frame, at);
	feed(&frame);
	assert_int_equal(talk.system_id, LISTS);
}

/* Users 1 … USERS and queues 101 …; other lists are empty. */
static void
fill(void)
{
	char login[32];
	uint32_t id;

	for (id = 0; id < VIEW__MAX; id++)
		if (id != VIEW_USER && id != VIEW_QUEUE)
			say_item(id + 1, OBJECT_ENTERED, 0);
	for (id = 1; id <= USERS; id++) {
		say_item(VIEW_USER + 1, OBJECT_ENTERED, id);
		snprintf(login, sizeof(login), "user%u", id);
		SAY(talk.system_id, VIEW_USER, LOGIN, login,
		    "total_inbound.count('0')", "7", "name", "Zoé");
	}
	for (id = 1; id <= QUEUES; id++) {
		say_item(VIEW_QUEUE + 1, OBJECT_ENTERED, 100 + id);
		snprintf(login, sizeof(login), "queue%u", id);
		SAY(talk.system_id, VIEW_QUEUE, "name", login,
		    "managed_tasks.count('0')", "7");
	}
	assert_int_equal(session_state(talk.s), SESSION_LIVE);
}

static void
end(void)
{
	session_free(talk.s);
	snapshot_free(talk.snapshot);
}

/* The column of the only row of a table that has changed, or "\\N". */
static const char *
changed(enum rows_table table, const char *column)
{
	static char text[65536];
	struct buf rows[ROWS_TABLE__MAX] = { 0 }, columns = { 0 };
	char *names, *name, *values, *value = NULL, *save, *tab;

	assert_true(snapshot_rows(talk.snapshot, false, rows));
	rows_columns(table, &columns);
	buf_char(&columns, '\0');
	buf_char(&rows[table], '\0');
	assert_true(strlen(rows[table].data) < sizeof(text));
	strcpy(text, rows[table].data);
	values = text;
	names = strchr(columns.data, '(') + 1;
	for (name = strtok_r(names, ", )", &save); name != NULL;
	    name = strtok_r(NULL, ", )", &save)) {
		tab = values + strcspn(values, "\t\n");
		if (strcmp(name, column) == 0)
			value = values;
		values = *tab != '\0' ? tab + 1 : tab;
		*tab = '\0';
	}
	for (int i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
	buf_free(&columns);
	return value != NULL && *text != '\0' ? value : "no row";
}

static void
test_midnight(void **state)
{
	size_t asked, steps;

	(void)state;
	/* One hour east: midnight is in one second. */
	begin(DATE, 3600, 0, 0);
	fill();
	(void)changed(ROWS_AGENT, "name");
	tick(5);
	assert_int_equal(talk.dated, 0);
	tick(1);
	assert_int_equal(talk.dated, 1);	/* is it midnight there? */
	assert_int_equal(talk.asked, 0);
	say_date(DATE + 6, 3600);
	for (asked = steps = 0; asked < USERS + QUEUES; steps++) {
		assert_true(steps < 10);
		tick(steps > 0);
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
	assert_string_equal(changed(ROWS_AGENT, "name"), "\\N");
	SAY(talk.system_id - 1, VIEW_QUEUE, "name", "queue1",
	    "managed_tasks.count('0')", "7");
	assert_false(snapshot_changed(talk.snapshot));
	tick(2);
	assert_int_equal(talk.asked, 0);	/* once a night */
	end();
}

/* Answers what was asked; an answer that nobody waits for does nothing. */
static void
answer(void)
{
	const uint32_t last = talk.system_id;
	uint32_t id;

	for (id = last - (uint32_t)talk.asked; id <= last; id++)
		say_values(id, VIEW_USER, (const char *const[]){ NULL });
}

/* Tells the date when asked, until all objects were asked for again. */
static uint32_t
until_renewed(uint32_t date, int32_t zone_s)
{
	size_t asked = 0;

	do {
		date += 60;
		tick(60);
		if (talk.dated > 0)
			say_date(date, zone_s);
		tick(0);
	} while (talk.asked == 0);
	for (; talk.asked > 0; date++) {
		asked += talk.asked;
		answer();
		tick(1);
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
	begin(noon + 10 * 365 * 86400u, 3600, 0, 0);
	fill();
	date = until_renewed(noon, 3600);
	assert_in_range(date, noon, noon + 1000);
	date = until_renewed(date, 3600);
	assert_in_range(date, DATE + 1, DATE + 120);
	end();
}

/* Summer time ends while the session lasts: midnight is an hour later. */
static void
test_zone(void **state)
{
	uint32_t at, midnight = DATE + 1;

	(void)state;
	begin(midnight - 7200, 7200, 0, 0);
	fill();
	for (at = midnight - 7200; at < midnight - 60; at += 60) {
		tick(60);
		assert_int_equal(talk.asked, 0);
		if (talk.dated > 0)
			say_date(at + 60, 3600);
	}
	tick(66);
	assert_true(talk.dated == 1);
	say_date(midnight + 6, 3600);
	tick(0);
	assert_true(talk.asked > 0);
	end();
}

/* An offset that no zone has is not believed, and the one before stays. */
static void
test_no_zone(void **state)
{
	int32_t zone_s = 1;

	(void)state;
	begin(DATE - 7200, INT32_MIN, 0, 0);
	assert_false(session_zone(talk.s, &zone_s));
	assert_int_equal(zone_s, 1);
	say_date(DATE - 7200, 3600);
	assert_true(session_zone(talk.s, &zone_s));
	say_date(DATE - 7200, 86400);
	assert_true(session_zone(talk.s, &zone_s));
	assert_int_equal(zone_s, 3600);
	end();
}

static void
test_new_session(void **state)
{
	uint32_t user;

	(void)state;
	begin(DATE - 7200, 3600, 0, 0);
	fill();
	user = LISTS + 1;
	SAY(user, VIEW_USER, LAST "session_id", "a",
	    LAST "record_active.value", "3", LAST "last_record.value", "{}");
	assert_string_equal(changed(ROWS_AGENT, "record_active"), "3");
	SAY(user, VIEW_USER, LAST "current_spies.value", "[\"AGENTchef\"]");
	assert_string_equal(changed(ROWS_AGENT, "record_active"), "3");
	/* One frame of the new session, without what it does not have. */
	SAY(user, VIEW_USER, LAST "session_id", "b", LAST "logged", "1",
	    LAST "last_record.value", "{\"id\":1}");
	assert_string_equal(changed(ROWS_AGENT, "record_active"), "\\N");
	SAY(user, VIEW_USER, "busy_count", "1");
	assert_string_equal(changed(ROWS_AGENT, "spies"), "\\N");
	SAY(user, VIEW_USER, "busy_count", "0");
	assert_string_equal(changed(ROWS_AGENT, "last_record"),
	    "{\"id\":1}");
	end();
}

static void
test_last_value(void **state)
{
	const uint32_t queue = LISTS + USERS + 1;

	(void)state;
	begin(DATE - 7200, 3600, 0, 0);
	fill();
	(void)changed(ROWS_QUEUE, "name");
	say_item(VIEW_QUEUE + 1, OBJECT_LEFT, 101);
	assert_int_equal(talk.stopped, 0);
	SAY(queue, VIEW_QUEUE, "running_tasks_count", "4");
	assert_string_equal(changed(ROWS_QUEUE, "running_tasks"), "4");
	tick(1);
	assert_int_equal(talk.stopped, 0);
	/* The one that is back in time stays. */
	say_item(VIEW_QUEUE + 1, OBJECT_LEFT, 102);
	say_item(VIEW_QUEUE + 1, OBJECT_ENTERED, 102);
	assert_true(session_deadline(talk.s) <= talk.now + S);
	tick(1);
	assert_int_equal(talk.stopped, 1);
	assert_string_equal(changed(ROWS_QUEUE, "present"), "f");
	tick(3);
	assert_int_equal(talk.stopped, 0);
	assert_true(snapshot_has(talk.snapshot, VIEW_QUEUE, 102));
	/* A list without a filter: the object is gone, and says no more. */
	say_item(VIEW_USER + 1, OBJECT_LEFT, 1);
	assert_int_equal(talk.stopped, 1);
	assert_false(snapshot_has(talk.snapshot, VIEW_USER, 1));
	end();
}

/* What is asked for after a call that ended then, with that date now. */
static void
expect(int64_t ended, int32_t zone_s, uint32_t date, int32_t zone_now_s,
    const char *since)
{
	char filter[256];

	begin(date, zone_now_s, ended, zone_s);
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
	end();
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

	begin(DATE - 7200, 3600, known, 7200);
	fill();
	say_item(VIEW_TASK + 1, OBJECT_ENTERED, 201);
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
	end();
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
		cmocka_unit_test(test_midnight),
		cmocka_unit_test(test_clock_set_back),
		cmocka_unit_test(test_zone),
		cmocka_unit_test(test_no_zone),
		cmocka_unit_test(test_new_session),
		cmocka_unit_test(test_last_value),
		cmocka_unit_test(test_since),
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests_name("follow", tests, NULL, NULL);
}
