/* Elements of JSON snapshots: what they say, and what is left out. */
#include <stdio.h>

#include "tests/poller/json/feed.h"

/* Strings that mean something else, and values of any type. */
static void
test_values(void **state)
{
	(void)state;
	feed_accept(feed_around("users",
	    "{\"login\": 1001, \"name\": \"None\", \"busy_count\": \"1\","
	    " \"sessions.last.session.logged\": true,"
	    " \"sessions.last.session.session_id\": 77,"
	    " \"last_state_name\": \"undefined\","
	    " \"last_state_date\": \"stop\","
	    " \"group.path\": \"/jour\","
	    " \"total_tasks.count('0')\": 3.0,"
	    " \"task_state_held.duration('0')\": \"2.5\","
	    " \"sessions.last.session.current_spies.value\":"
	    " [\"x AGENTchef\"],"
	    " \"sessions.last.session.active_queues\":"
	    " \"{1:{type:'queue',queue:'nuit'}}\","
	    " \"sessions.last.session.profile_name\":"
	    " \"a\\u0000b\\u001bc\\td\\u0085e\"},"
	    "{\"login\": \"b\", \"busy_count\": \"x\", \"name\": {},"
	    " \"last_state_date\": 12}"));
	feed_value("1001", "name", NULL);
	feed_value("1001", "logged", "t");
	feed_value("1001", "session_id", "77");
	feed_value("1001", "mode", NULL);
	feed_value("1001", "mode_since", NULL);
	feed_value("1001", "team", "jour");
	feed_value("1001", "total_tasks", "3");
	feed_value("1001", "held_seconds", "2.5");
	feed_value("1001", "spies", "{\"chef\"}");
	feed_value("1001", "queues", "{\"nuit\"}");
	feed_value("1001", "profile", "abc de");
	feed_value("b", "busy_count", NULL);
	feed_value("b", "name", NULL);
	feed_value("b", "mode_since", NULL);
}

/* A number that nothing holds is absent; its user is there all the same. */
static void
test_numbers(void **state)
{
	(void)state;
	feed_accept(feed_around("users",
	    "{\"login\": \"a\", \"busy_count\": 99999999999999999999,"
	    " \"name\": \"Zoé \\\\\", \"unknown\": -1e999,"
	    " \"total_tasks.count('0')\": 1e999,"
	    " \"lost_inbound.count('0')\": 1e19,"
	    " \"managed_inbound.count('0')\": 7,"
	    " \"task_state_held.duration('0')\": -1E+400,"
	    " \"task_state_contact.duration('0')\": 1e300,"
	    " \"task_state_ringing.duration('0')\": \"1e400\","
	    " \"last_state_date\": \"1969-12-31T23:59:59Z\"},"
	    "{\"login\": \"b\", \"busy_count\": 3000000000}"));
	feed_value("a", "name", "Zoé \\\\");
	feed_value("a", "busy_count", NULL);
	feed_value("a", "total_tasks", NULL);
	feed_value("a", "lost_inbound", NULL);
	feed_value("a", "managed_inbound", "7");
	feed_value("a", "held_seconds", NULL);
	feed_value("a", "contact_seconds", NULL);
	feed_value("a", "ringing_seconds", NULL);
	feed_value("a", "mode_since", NULL);
	feed_value("b", "busy_count", NULL);
}

/* The monitor's own keys; without busy_count a task in hand makes busy. */
static void
test_monitor_keys(void **state)
{
	(void)state;
	feed_accept(feed_around("users",
	    "{\"login\": \"a\", \"state\": \"pause\", \"logged_in\": \"True\","
	    " \"last_state_name\": \"None\", \"last_task_name\": \"managing\","
	    " \"last_task_display_name\": \"Traitement d'appel\"},"
	    "{\"login\": \"b\", \"state\": \"plugged\", \"logged_in\": true,"
	    " \"last_state_name\": \"inbound\","
	    " \"last_task_name\": \"managing\","
	    " \"last_task_display_name\": \"libre\"},"
	    "{\"login\": \"c\", \"last_task_name\": \"managing\","
	    " \"busy_count\": \"0\"}"));
	feed_value("a", "mode", "pause");
	feed_value("a", "logged", "t");
	feed_value("a", "busy_count", "1");
	feed_value("b", "mode", "inbound");
	feed_value("b", "busy_count", "0");
	feed_value("c", "busy_count", "0");
}

/* What makes no sense is left out; what stands around it is kept. */
static void
test_left_out(void **state)
{
	static const char *const bad[] = {
		"7", "null", "\"zoe\"", "[]", "{}", "{\"login\": null}",
		"{\"login\": \"\"}", "{\"login\": [\"x\"]}",
		"{\"login\": \"x\" \"y\"}", "{\"login\": \"x\", 7}",
		"{\"login\": \"\xff\"}", "{\"login\": \"\\ud800\"}",
		"{\"login\": \"a\"}", "{\"login\": \"x\", \"id\": 1}",
		"{\"login\": 99999999999999999999}",
		"{\"login\": \"x\", \"y\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
		"]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
	};
	char both[400];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(both, sizeof(both), "{\"login\": \"a\", \"id\": 1},"
		    "%s,{\"login\": \"b\", \"id\": \"2\"}", bad[i]);
		feed_accept(feed_around("users", both));
		if (snapshot_count(s, VIEW_USER) != 2)
			fail_msg("%s: %zu users", bad[i],
			    snapshot_count(s, VIEW_USER));
		feed_value("a", "object_id", "1");
		feed_value("b", "object_id", "2");
	}
}

static void
test_too_large(void **state)
{
	struct buf b = { 0 };
	size_t i;

	(void)state;
	buf_str(&b, "{\"users\": [{\"login\": \"a\"}, {\"login\": \"b\","
	    "\"name\": \"");
	for (i = 0; i < 1 << 20; i++)
		buf_char(&b, 'x');
	buf_str(&b, "\"}, {\"login\": \"c\"}]}");
	assert_int_equal(feed_bytes(b.data, b.len, 0), DOCUMENT_ACCEPTED);
	assert_int_equal(snapshot_count(s, VIEW_USER), 2);
	buf_free(&b);
}

/* An id of our own stays the same, from document to document. */
static void
test_ids(void **state)
{
	char *first, *second;

	(void)state;
	feed_accept(feed_around("users", "{\"login\": \"a\"},"
	    "{\"login\": \"b\", \"id\": \"none\"},"
	    "{\"login\": \"c\", \"id\": -1}, {\"login\": \"d\", \"id\": 1e3},"
	    "{\"login\": \"e\", \"id\": \"4294967296\"},"
	    "{\"login\": \"f\", \"id\": 4294967295}"));
	assert_int_equal(snapshot_count(s, VIEW_USER), 6);
	feed_value("d", "object_id", "1000");
	feed_value("f", "object_id", "4294967295");
	first = feed_lines();
	feed_accept(feed_around("users", "{\"id\": 4294967295, \"login\": \"f\"},"
	    "{\"login\": \"e\"}, {\"id\": 1000, \"login\": \"d\"},"
	    "{\"login\": \"c\"}, {\"login\": \"b\"}, {\"login\": \"a\" }"));
	assert_false(snapshot_changed(s));
	second = feed_lines();
	assert_string_equal(first, second);
	free(first);
	free(second);
}

static void
forgotten(void *n, enum view_id view, uint32_t id)
{
	(void)view;
	(void)id;
	++*(size_t *)n;
}

static void
test_calls(void **state)
{
	const char *history = feed_around("call_history",
	    "{\"task_id\": \"t1\", \"start_date\": \"2026-03-02T08:00:00Z\","
	    " \"parent_session_id\": \"s1\", \"end_date\": \"None\","
	    " \"manager_login\": \"zoe\", \"caller\": \"+33199001234\","
	    " \"callee\": \"\"},"
	    "{\"task_id\": \"t2\", \"start_date\": \"2026-03-02T08:00:00Z\","
	    " \"end_date\": \"2026-03-02T08:01:00Z\"}");
	size_t n = 0;

	(void)state;
	feed_accept(history);
	feed_value("t1", "session_id", "s1");
	feed_value("t1", "agent_login", "zoe");
	feed_value("t1", "caller", "+33199001234");
	feed_value("t1", "callee", NULL);
	feed_value("t1", "ended_at", NULL);
	feed_value("t2", "ended_at", "2026-03-02 08:01:00.000000+00");
	/* A call that is over and written is forgotten, and stays so. */
	snapshot_settle(s, forgotten, &n);
	assert_int_equal(n, 1);
	feed_accept(history);
	assert_false(snapshot_changed(s));
	feed_accept(feed_around("call_history", ""));
	feed_flush(false);
	assert_non_null(strstr(feed_rows[ROWS_CALL].data, "t1\t"));
	assert_null(strstr(feed_rows[ROWS_CALL].data, "t2\t"));
	assert_int_equal(snapshot_count(s, VIEW_WAITING), 0);
}

/* Sessions tell who calls; a task may stand in both lists. */
static void
test_active_calls(void **state)
{
	(void)state;
	feed_accept("{\"users\": [{\"login\": \"zoe\"}], \"calls\": ["
	    "{\"session_id\": \"s1\", \"connections.last.incoming\": \"True\","
	    " \"connections.last.remote_address\": \"tel:+33199001234\","
	    " \"connections.last.local_address\": \"tel:0199000000\"},"
	    "{\"task_id\": \"t1\", \"parent_session_id\": \"s1\","
	    " \"start_date\": \"2026-03-02T08:00:00Z\"}], \"call_history\":"
	    "[{\"task_id\": \"t1\", \"end_date\": \"2026-03-02T08:01:00Z\"}]"
	    "}");
	feed_value("t1", "caller", "+33199001234");
	feed_value("t1", "callee", "0199000000");
	feed_value("t1", "ended_at", NULL);
}

/* The monitor's history tells durations; without one, of no end. */
static void
test_durations(void **state)
{
	(void)state;
	feed_accept(feed_around("call_history",
	    "{\"task_id\": \"t1\", \"start_date\": \"02/03/2026\","
	    " \"start_date_utc\": \"2026-03-02T08:00:00+00:00\","
	    " \"waiting_duration\": \"5s\", \"managing_duration\": \"1m 3s\","
	    " \"post_management_duration\": \"10s\","
	    " \"total_duration\": \"1m 18s\", \"manager_login\": \"zoe\"},"
	    "{\"task_id\": \"t2\", \"start_date\": \"02/03/2026\","
	    " \"start_date_utc\": \"2026-03-02T08:00:00+00:00\","
	    " \"waiting_duration\": \"1h 0m 5s\", \"managing_duration\":"
	    " \"0s\", \"total_duration\": \"1h 0m 5s\","
	    " \"manager_login\": \"\"},"
	    "{\"task_id\": \"t3\", \"start_date\": \"02/03/2026\","
	    " \"start_date_utc\": \"2026-03-02T08:00:00+00:00\","
	    " \"total_duration\": \"0s\"}"));
	feed_value("t1", "queued_at", "2026-03-02 08:00:00.000000+00");
	feed_value("t1", "unqueued_at", "2026-03-02 08:00:05.000000+00");
	feed_value("t1", "managed_at", "2026-03-02 08:00:05.000000+00");
	feed_value("t1", "post_managed_at",
	    "2026-03-02 08:01:08.000000+00");
	feed_value("t1", "ended_at", "2026-03-02 08:01:18.000000+00");
	feed_value("t2", "managed_at", NULL);
	feed_value("t2", "ended_at", "2026-03-02 09:00:05.000000+00");
	feed_value("t3", "queued_at", NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FEED(test_values),
		FEED(test_numbers), FEED(test_monitor_keys),
		FEED(test_left_out), FEED(test_too_large), FEED(test_ids),
		FEED(test_calls), FEED(test_active_calls),
		FEED(test_durations),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
