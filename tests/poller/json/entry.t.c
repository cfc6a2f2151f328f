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
	feed_value("a", "talk_seconds", NULL);
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
		"{\"login\": NaN}", "{\"login\": 1e999}", "{\"login\": }",
		"{\"login\": \"a\"}",
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
	feed_accept(feed_around("users", "{\"login\": \"a\"}, 7, {\"id\": 3},"
	    "{\"login\": NaN}, {\"login\": \"a\"}"));
	feed_defects("["
	    "{\"kind\":\"same_key\",\"list\":\"users\",\"path\":\"login\","
	    "\"field\":\"login\",\"count\":1},"
	    "{\"kind\":\"left_out\",\"list\":\"users\",\"path\":\"login\","
	    "\"field\":\"login\",\"count\":3}]");
	feed_accept(feed_around("users", "{\"login\": \"a\"}"));
	feed_defects("[]");
}

/* The members of an element in both forms, and the lists that have it. */
static const struct {
	const char	*list, *key;
	const char	*member[8][2];
} elements[] = {
	{ "users", "\"login\": \"zoe\"", {
		{ "name", "\"Zoé Trois\"" },
		{ "total_inbound.count('0')", "3" },
		{ "task_state_held.duration('0')", "2.5" },
		{ "sessions.last.session.logged", "\"True\"" },
		{ "last_state_date", "\"2026-03-02T08:10:00+01:00\"" },
		{ "sessions.last.session.active_queues",
		    "\"{1:{type:'queue',queue:'nuit'}}\"" },
		{ "sessions.last.session.current_spies.value",
		    "[\"AGENTchef\"]" },
		{ "busy_count", "1" } } },
	{ "users", "\"login\": \"zoe\"", {
		{ "name", "\"Zoé\"" }, { "profile", "\"Agent\"" },
		{ "logged_in", "true" }, { "phone", "\"sip:1@x\"" },
		{ "mode", "\"inbound\"" }, { "state", "\"pause\"" },
		{ "state_start_date", "\"2026-03-02T08:10:00\"" },
		{ "busy_count", "0" } } },
	{ "queues", "\"name\": \"nuit\"", {
		{ "display_name", "\"Nuit\"" }, { "priority", "1.5" },
		{ "logged_sessions_count", "4" }, { "waiting", "2" },
		{ "oldest_waiting_date", "\"2026-03-02T08:10:00Z\"" },
		{ "contact_duration.count('0')", "9.5" } } },
	{ "calls", "\"task_id\": \"t1\"", {
		{ "start_date", "\"2026-03-02T08:10:00Z\"" },
		{ "management_date", "\"2026-03-02T08:11:00Z\"" },
		{ "queue_name", "\"nuit\"" }, { "manager_login", "\"zoe\"" },
		{ "caller", "\"0199001234\"" }, { "callee", "7" } } },
};

/* The document with member m of element e as that text, or as it is. */
static const char *
document_with(size_t e, size_t m, const char *text)
{
	static struct buf b;
	const char *document;
	size_t i;

	buf_printf(&b, "{%s", elements[e].key);
	for (i = 0; i < 8 && elements[e].member[i][0] != NULL; i++)
		buf_printf(&b, ", \"%s\": %s", elements[e].member[i][0],
		    i == m ? text : elements[e].member[i][1]);
	buf_str(&b, "}");
	buf_char(&b, '\0');
	document = feed_around(elements[e].list, b.data);
	buf_free(&b);
	return document;
}

/* All else is as if the value were null, and the defect is counted. */
static void
check_damage(size_t e, size_t m, const char *damage)
{
	struct buf json = { 0 };
	char *is, *should;

	feed_accept(document_with(e, m, "null"));
	should = feed_lines();
	feed_defects("[]");
	feed_accept(document_with(e, m, damage));
	is = feed_lines();
	if (strcmp(is, should) != 0)
		fail_msg("%s: %s: the rows are\n%s, should be\n%s",
		    elements[e].member[m][0], damage, is, should);
	defects_json(snapshot_defects(s), &json);
	buf_char(&json, '\0');
	if (strstr(json.data, "\"unreadable\"") == NULL ||
	    strstr(json.data, "\"left_out\"") != NULL)
		fail_msg("%s: %s: the defects are %s",
		    elements[e].member[m][0], damage, json.data);
	buf_free(&json);
	free(is);
	free(should);
}

static void
test_damage(void **state)
{
	static const char *const damages[] = {
		"NaN", "-Infinity", "1e999", "truth", "", "{\"x\": NaN}",
	};
	size_t e, m, i;

	(void)state;
	for (e = 0; e < sizeof(elements) / sizeof(elements[0]); e++)
		for (m = 0; m < 8 && elements[e].member[m][0] != NULL; m++)
			for (i = 0; i < sizeof(damages) / sizeof(damages[0]);
			    i++)
				check_damage(e, m, damages[i]);
}

/* Of a text, what can be read is kept; a login too tells its user apart. */
static void
test_damaged_text(void **state)
{
	(void)state;
	feed_accept(feed_around("users", "{\"login\": \"a\xe9\","
	    " \"name\": \"Zo\\udce9 Trois\", \"busy_count\": \"1\xff\"},"
	    "{\"login\": \"b\", \"name\": \"Zo\xe9\","
	    " \"group.path\": \"/n\\ud800\"}"));
	feed_value("a\xef\xbf\xbd", "name", "Zo\xef\xbf\xbd Trois");
	feed_value("a\xef\xbf\xbd", "busy_count", NULL);
	feed_value("b", "name", "Zo\xef\xbf\xbd");
	feed_value("b", "team", "n\xef\xbf\xbd");
#define UNREADABLE(path, field, n) "{\"kind\":\"unreadable\",\"list\":" \
	"\"users\",\"path\":\"" path "\",\"field\":\"" field \
	"\",\"count\":" n "}"
	feed_defects("[" UNREADABLE("login", "login", "1") ","
	    UNREADABLE("name", "name", "2") ","
	    UNREADABLE("busy_count", "busy_count", "1") ","
	    UNREADABLE("group.path", "team", "1") "]");
	feed_flush(true);
	assert_false(snapshot_changed(s));
	/* The same again is no change; without damage, there is no defect. */
	feed_accept(feed_around("users", "{\"login\": \"a\xe9\" ,"
	    " \"name\": \"Zo\\udce9 Trois\", \"busy_count\": \"1\xff\"},"
	    "{\"login\": \"b\", \"name\": \"Zo\xe9\","
	    " \"group.path\": \"/n\\ud800\"}"));
	assert_false(snapshot_changed(s));
	feed_accept(feed_around("users", "{\"login\": \"b\"}"));
	assert_true(snapshot_changed(s));
	feed_defects("[]");
}

/* The recorded cases: three users, and one defect each. */
static void
test_cases(void **state)
{
	static const struct {
		const char	*file, *column, *value, *defects;
	} cases[] = {
		{ "damaged-number.json", "total_inbound", NULL,
		    "[" UNREADABLE("total_inbound.count('0')",
		    "total_inbound", "1") "]" },
		{ "damaged-name.json", "name", "Zo\xef\xbf\xbd Trois",
		    "[" UNREADABLE("name", "name", "1") "]" },
	};
	size_t i, len;
	char *text;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		text = feed_golden(cases[i].file, &len);
		assert_int_equal(feed_bytes(text, len, 0), DOCUMENT_ACCEPTED);
		assert_int_equal(snapshot_count(s, VIEW_USER), 3);
		feed_value("zoe", cases[i].column, cases[i].value);
		feed_value("zoe", "team", "plateau");
		feed_value("paul", "total_inbound", "3");
		feed_defects(cases[i].defects);
		free(text);
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

/* Users with one id are told apart by their logins, and one keeps the id. */
static void
test_same_ids(void **state)
{
	char *first, *second;

	(void)state;
	feed_accept(feed_around("users", "{\"login\": \"a\", \"id\": 7},"
	    "{\"login\": \"b\", \"id\": 7, \"name\": \"Bé\"},"
	    "{\"login\": \"c\", \"id\": 7}"));
	assert_int_equal(snapshot_count(s, VIEW_USER), 3);
	feed_value("a", "object_id", "7");
	feed_value("b", "name", "Bé");
	first = feed_lines();
	feed_accept(feed_around("users", "{\"login\": \"c\", \"id\": 7},"
	    "{\"login\": \"a\", \"id\": 7},"
	    "{\"id\": 7, \"login\": \"b\", \"name\": \"Bé\"}"));
	second = feed_lines();
	assert_string_equal(first, second);
	free(first);
	free(second);
	/* The one with the id leaves: one of the others may take it. */
	feed_flush(true);
	feed_accept(feed_around("users",
	    "{\"login\": \"b\", \"id\": 7, \"name\": \"B\"},"
	    "{\"login\": \"c\", \"id\": 7, \"name\": \"C\"}"));
	assert_int_equal(snapshot_count(s, VIEW_USER), 2);
	feed_value("b", "name", "B");
	feed_value("c", "name", "C");
	feed_defects("[]");
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
		FEED(test_left_out), FEED(test_damage),
		FEED(test_damaged_text), FEED(test_cases),
		FEED(test_too_large), FEED(test_ids), FEED(test_same_ids),
		FEED(test_calls), FEED(test_active_calls),
		FEED(test_durations),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, NULL);
}
