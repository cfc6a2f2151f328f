/* Which rows a change makes: joins, keys, what is gone, what is over. */
#include <stdio.h>

#include "tests/poller/check.h"

#include "poller/model/snapshot.h"

static struct snapshot *s;
static struct buf rows[ROWS_TABLE__MAX];

static int
setup(void **state)
{
	(void)state;
	return (s = snapshot_new()) == NULL;
}

static int
teardown(void **state)
{
	int i;

	(void)state;
	snapshot_free(s);
	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
	return 0;
}

static void
set(enum view_id view, uint32_t id, const char *path, const char *value)
{
	size_t field = 0;

	assert_true(view_find_field(view, path, &field));
	assert_true(snapshot_enter(s, view, id));
	assert_true(snapshot_set(s, view, id, field, value, 1000000));
}

static void
flush(bool complete)
{
	int i;

	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_reset(&rows[i]);
	assert_true(snapshot_rows(s, complete, rows));
	for (i = 0; i < ROWS_TABLE__MAX; i++) {
		buf_char(&rows[i], '\0');
		assert_true(buf_ok(&rows[i]));
	}
	assert_false(snapshot_changed(s));
}

static size_t
count(enum rows_table table)
{
	const char *p = rows[table].data;
	size_t n = 0;

	for (; *p != '\0'; p++)
		n += *p == '\n';
	return n;
}

/* The text of a column in the first row of a table. */
static const char *
cell(enum rows_table table, const char *column)
{
	static char text[512];
	struct buf names = { 0 };
	char *name, *rest, *copy, *line;
	const char *found = NULL;

	rows_columns(table, &names);
	buf_char(&names, '\0');
	rest = strchr(names.data, '(') + 1;
	snprintf(text, sizeof(text), "%s", rows[table].data);
	copy = text;
	copy[strcspn(copy, "\n")] = '\0';
	while ((name = strsep(&rest, ", )")) != NULL) {
		if (*name == '\0')
			continue;
		line = strsep(&copy, "\t");
		assert_non_null(line);
		if (strcmp(name, column) == 0) {
			found = line;
			break;
		}
	}
	buf_free(&names);
	assert_non_null(found);
	return found;
}

static void
test_unchanged(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	set(VIEW_USER, 1, "name", "Zoé\tMartin\\");
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "name"),
	    "Zoé\\tMartin\\\\");
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	assert_string_equal(cell(ROWS_AGENT, "logged"), "\\N");
	set(VIEW_USER, 1, "login", "zmartin");
	assert_false(snapshot_changed(s));
	flush(true);
	assert_int_equal(count(ROWS_AGENT), 1);
}

static void
test_without_key(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "name", "Nobody yet");
	flush(true);
	assert_int_equal(count(ROWS_AGENT), 0);
}

/* The outbound view tells what the user has in hand. */
static void
test_outbound(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	set(VIEW_USER, 1, "sessions.last.session.phone_uri",
	    "sip:1234@192.0.2.1");
	flush(true);
	set(VIEW_OUTBOUND, 9, "user.login", "zmartin");
	set(VIEW_OUTBOUND, 9, "session_id", "s9");
	set(VIEW_OUTBOUND, 9, "outbound_state.value", "connected");
	set(VIEW_OUTBOUND, 9, "last_outbound_call_start.value",
	    "2026-03-02 08:00:00+00");
	set(VIEW_OUTBOUND, 9, "last_outbound_call_target.value",
	    "tel:+33199001234");
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "outbound_state"),
	    "connected");
	assert_int_equal(count(ROWS_CALL), 1);
	assert_string_equal(cell(ROWS_CALL, "call_key"), "outbound:s9");
	assert_string_equal(cell(ROWS_CALL, "caller"), "1234");
	assert_string_equal(cell(ROWS_CALL, "callee"), "+33199001234");
	assert_string_equal(cell(ROWS_CALL, "present"), "t");
	set(VIEW_OUTBOUND, 9, "outbound_state.value", "disconnected");
	flush(false);
	assert_int_equal(count(ROWS_CALL), 1);
	assert_string_equal(cell(ROWS_CALL, "present"), "f");
	assert_string_equal(cell(ROWS_CALL, "ended_at"),
	    "1970-01-01 00:00:01.000000+00");
	snapshot_leave(s, VIEW_OUTBOUND, 9, 1000000);
	flush(false);
	assert_int_equal(count(ROWS_CALL), 0);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "outbound_state"), "\\N");
}

static void
forgotten(void *n, enum view_id view, uint32_t id)
{
	(void)view;
	(void)id;
	++*(int *)n;
}

/* Caller and callee stay after the objects that told them have gone. */
static void
test_call(void **state)
{
	int n = 0;

	(void)state;
	set(VIEW_TASK, 1, "task_id", "t1");
	set(VIEW_TASK, 1, "parent_call_session_id", "c1");
	set(VIEW_TASK, 1, "start_date", "2026-03-02 08:00:00+00");
	flush(true);
	assert_string_equal(cell(ROWS_CALL, "caller"), "\\N");
	set(VIEW_SESSION, 2, "session_id", "c1");
	set(VIEW_SESSION, 2, "connections.last.incoming", "t");
	set(VIEW_SESSION, 2, "connections.last.remote_address",
	    "tel:+33199005678");
	set(VIEW_SESSION, 2, "connections.last.local_address",
	    "tel:0199000000");
	flush(false);
	assert_int_equal(count(ROWS_CALL), 1);
	assert_string_equal(cell(ROWS_CALL, "caller"), "+33199005678");
	assert_string_equal(cell(ROWS_CALL, "callee"), "0199000000");
	snapshot_leave(s, VIEW_SESSION, 2, 1000000);
	flush(false);
	assert_string_equal(cell(ROWS_CALL, "caller"), "+33199005678");
	/* Once it has ended and is written, it is forgotten. */
	set(VIEW_TASK, 1, "end_date", "2026-03-02 08:01:00+00");
	flush(false);
	snapshot_settle(s, forgotten, &n);
	assert_int_equal(n, 1);
	assert_false(snapshot_has(s, VIEW_TASK, 1));
	assert_false(snapshot_changed(s));
}

/* While it rings, only the waiting entry tells whose it is. */
static void
test_call_rings(void **state)
{
	(void)state;
	set(VIEW_USER, 77, "login", "zmartin");
	set(VIEW_TASK, 1, "task_id", "t1");
	set(VIEW_WAITING, 3, "task_id", "t1");
	set(VIEW_WAITING, 3, "manager_user_id", "0");
	flush(true);
	assert_string_equal(cell(ROWS_CALL, "agent_login"), "\\N");
	set(VIEW_WAITING, 3, "manager_user_id", "77");
	flush(false);
	assert_string_equal(cell(ROWS_CALL, "agent_login"), "zmartin");
	set(VIEW_TASK, 1, "manager_session.user.login", "atillac");
	flush(false);
	assert_string_equal(cell(ROWS_CALL, "agent_login"), "atillac");
}

/* The direction says who called, whatever names the numbers and when. */
static void
test_call_outgoing(void **state)
{
	(void)state;
	set(VIEW_TASK, 1, "task_id", "t1");
	set(VIEW_TASK, 1, "parent_call_session_id", "c1");
	set(VIEW_WAITING, 3, "task_id", "t1");
	set(VIEW_WAITING, 3, "attributes.remote_number.value",
	    "+33199005678");
	set(VIEW_WAITING, 3, "attributes.local_number.value", "0199000000");
	flush(true);
	assert_string_equal(cell(ROWS_CALL, "caller"), "+33199005678");
	set(VIEW_SESSION, 2, "session_id", "c1");
	set(VIEW_SESSION, 2, "connections.last.incoming", "f");
	flush(false);
	assert_string_equal(cell(ROWS_CALL, "direction"), "outbound");
	assert_string_equal(cell(ROWS_CALL, "caller"), "0199000000");
	assert_string_equal(cell(ROWS_CALL, "callee"), "+33199005678");
	snapshot_leave(s, VIEW_SESSION, 2, 1000000);
	set(VIEW_WAITING, 3, "attributes.remote_number.value",
	    "+33199005679");
	flush(false);
	assert_string_equal(cell(ROWS_CALL, "direction"), "outbound");
	assert_string_equal(cell(ROWS_CALL, "caller"), "0199000000");
	assert_string_equal(cell(ROWS_CALL, "callee"), "+33199005679");
}

/* What changes while its end is being written is kept. */
static void
test_call_changes_late(void **state)
{
	int n = 0;

	(void)state;
	set(VIEW_TASK, 1, "task_id", "t1");
	set(VIEW_TASK, 1, "end_date", "2026-03-02 08:01:00+00");
	flush(false);
	set(VIEW_TASK, 1, "end_date", "2026-03-02 08:01:01+00");
	snapshot_settle(s, forgotten, &n);
	assert_int_equal(n, 0);
	flush(false);
	assert_string_equal(cell(ROWS_CALL, "ended_at"),
	    "2026-03-02 08:01:01+00");
	snapshot_settle(s, forgotten, &n);
	assert_int_equal(n, 1);
}

/* What a task learnt last is not lost when it leaves in the same moment. */
static void
test_call_ends_and_leaves(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		set(VIEW_TASK, 1, "task_id", "t1");
		set(VIEW_TASK, 1, "start_date", "2026-03-02 08:00:00+00");
		flush(false);
		set(VIEW_TASK, 1, "manager_session.user.login", "zmartin");
		set(VIEW_TASK, 1, "end_date", "2026-03-02 08:00:09+00");
		snapshot_leave(s, VIEW_TASK, 1, 1000000);
		flush(i == 1);
		assert_int_equal(count(ROWS_CALL), 1);
		assert_string_equal(cell(ROWS_CALL, "agent_login"),
		    "zmartin");
		assert_string_equal(cell(ROWS_CALL, "ended_at"),
		    "2026-03-02 08:00:09+00");
		assert_string_equal(cell(ROWS_CALL, "present"), "f");
	}
}

/* A flush that failed: how calls ended that are gone is told once more. */
static void
test_again(void **state)
{
	int i;

	(void)state;
	set(VIEW_TASK, 1, "task_id", "t1");
	set(VIEW_TASK, 1, "start_date", "2026-03-02 08:00:00+00");
	set(VIEW_OUTBOUND, 2, "session_id", "s2");
	set(VIEW_OUTBOUND, 2, "outbound_state.value", "connected");
	set(VIEW_OUTBOUND, 2, "last_outbound_call_start.value",
	    "2026-03-02 08:00:00+00");
	flush(false);
	snapshot_settle(s, NULL, NULL);
	/* One leaves with its end, the other one's session only says so. */
	set(VIEW_TASK, 1, "end_date", "2026-03-02 08:01:00+00");
	snapshot_leave(s, VIEW_TASK, 1, 1000000);
	set(VIEW_OUTBOUND, 2, "outbound_state.value", "disconnected");
	for (i = 0; i < 3; i++) {
		flush(i > 0);
		assert_int_equal(count(ROWS_CALL), 2);
		assert_string_equal(cell(ROWS_CALL, "present"), "f");
		assert_non_null(strstr(rows[ROWS_CALL].data,
		    "08:01:00"));
		assert_non_null(strstr(rows[ROWS_CALL].data,
		    "1970-01-01 00:00:01"));
		snapshot_rows_lost(s);
		assert_true(snapshot_changed(s));
	}
	flush(true);
	snapshot_settle(s, NULL, NULL);
	snapshot_rows_lost(s);
	flush(true);
	assert_int_equal(count(ROWS_CALL), 0);
}

static void
test_leave(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	set(VIEW_QUEUE, 2, "name", "accueil");
	flush(true);
	snapshot_leave(s, VIEW_USER, 1, 1000000);
	snapshot_leave(s, VIEW_QUEUE, 2, 1000000);
	flush(false);
	assert_string_equal(cell(ROWS_AGENT, "login"), "zmartin");
	assert_string_equal(cell(ROWS_AGENT, "present"), "f");
	assert_string_equal(cell(ROWS_QUEUE, "name"), "accueil");
	assert_string_equal(cell(ROWS_QUEUE, "present"), "f");
}

/* Deleted and made again between two flushes: one row, present. */
static void
test_made_again(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	flush(true);
	snapshot_leave(s, VIEW_USER, 1, 1000000);
	set(VIEW_USER, 7, "login", "zmartin");
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "present"), "t");
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "7");
}

/* Two objects with one login: the latest shows, and the other comes back. */
static void
test_twice(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	set(VIEW_USER, 7, "login", "zmartin");
	flush(true);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "7");
	snapshot_leave(s, VIEW_USER, 7, 1000000);
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	assert_string_equal(cell(ROWS_AGENT, "present"), "t");
}

/* How many objects of a view have no row. */
static size_t
wrong(enum defect kind, enum view_id view)
{
	return snapshot_defects(s)->n[kind][view][0];
}

/* Who is at work shows, whichever is later; the others are counted. */
static void
test_twice_logged(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	set(VIEW_USER, 1, "sessions.last.session.logged", "t");
	assert_null(snapshot_double(s, VIEW_USER));
	set(VIEW_USER, 7, "login", "zmartin");
	set(VIEW_USER, 7, "sessions.last.session.logged", "f");
	set(VIEW_USER, 8, "login", "atillac");
	flush(true);
	assert_int_equal(count(ROWS_AGENT), 2);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	assert_int_equal(wrong(DEFECT_SAME_KEY, VIEW_USER), 1);
	assert_string_equal(snapshot_double(s, VIEW_USER), "zmartin");
	/* The other one logs in too: the one that shows goes on. */
	set(VIEW_USER, 7, "sessions.last.session.logged", "t");
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	set(VIEW_USER, 1, "sessions.last.session.logged", "f");
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "7");
	snapshot_leave(s, VIEW_USER, 7, 1000000);
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	assert_string_equal(cell(ROWS_AGENT, "present"), "t");
	assert_int_equal(wrong(DEFECT_SAME_KEY, VIEW_USER), 0);
	assert_null(snapshot_double(s, VIEW_USER));
}

static void
test_twice_queue(void **state)
{
	(void)state;
	set(VIEW_QUEUE, 1, "name", "accueil");
	set(VIEW_QUEUE, 1, "latent_sessions_count", "4");
	set(VIEW_QUEUE, 2, "name", "accueil");
	set(VIEW_QUEUE, 2, "latent_sessions_count", "0");
	flush(true);
	assert_int_equal(count(ROWS_QUEUE), 1);
	assert_string_equal(cell(ROWS_QUEUE, "object_id"), "1");
	assert_int_equal(wrong(DEFECT_SAME_KEY, VIEW_QUEUE), 1);
	set(VIEW_QUEUE, 2, "logged_sessions_count", "1");
	flush(false);
	assert_int_equal(count(ROWS_QUEUE), 1);
	assert_string_equal(cell(ROWS_QUEUE, "object_id"), "2");
}

/* Each of two users with one login has the outbound call of his session. */
static void
test_twice_outbound(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	set(VIEW_USER, 1, "sessions.last.session.session_id", "s1");
	set(VIEW_USER, 1, "sessions.last.session.logged", "t");
	set(VIEW_USER, 2, "login", "zmartin");
	set(VIEW_USER, 2, "sessions.last.session.session_id", "s2");
	set(VIEW_OUTBOUND, 8, "user.login", "zmartin");
	set(VIEW_OUTBOUND, 8, "session_id", "s1");
	set(VIEW_OUTBOUND, 8, "outbound_state.value", "connected");
	set(VIEW_OUTBOUND, 9, "user.login", "zmartin");
	set(VIEW_OUTBOUND, 9, "session_id", "s2");
	set(VIEW_OUTBOUND, 9, "outbound_state.value", "dialing");
	flush(true);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	assert_string_equal(cell(ROWS_AGENT, "outbound_state"),
	    "connected");
	snapshot_leave(s, VIEW_OUTBOUND, 8, 1000000);
	flush(false);
	assert_string_equal(cell(ROWS_AGENT, "object_id"), "1");
	assert_string_equal(cell(ROWS_AGENT, "outbound_state"), "\\N");
}

/* A key that is none is counted, and so is one that never comes. */
static void
test_keyless(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", NULL);
	set(VIEW_USER, 1, "name", "Sans login");
	set(VIEW_USER, 2, "name", "Pas encore");
	assert_int_equal(wrong(DEFECT_LEFT_OUT, VIEW_USER), 1);
	snapshot_answered(s, VIEW_USER, 2);
	snapshot_answered(s, VIEW_USER, 2);
	assert_int_equal(wrong(DEFECT_LEFT_OUT, VIEW_USER), 2);
	flush(true);
	assert_int_equal(count(ROWS_AGENT), 0);
	set(VIEW_USER, 1, "login", "zmartin");
	snapshot_answered(s, VIEW_USER, 1);
	snapshot_leave(s, VIEW_USER, 2, 1000000);
	assert_int_equal(wrong(DEFECT_LEFT_OUT, VIEW_USER), 0);
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 1);
	set(VIEW_USER, 1, "login", NULL);
	assert_int_equal(wrong(DEFECT_LEFT_OUT, VIEW_USER), 1);
	/* Other views have no key. */
	assert_true(snapshot_enter(s, VIEW_WAITING, 5));
	snapshot_answered(s, VIEW_WAITING, 5);
	assert_int_equal(wrong(DEFECT_LEFT_OUT, VIEW_WAITING), 0);
}

static void
test_renamed_login(void **state)
{
	(void)state;
	set(VIEW_USER, 1, "login", "zmartin");
	flush(true);
	set(VIEW_USER, 1, "login", "zdurand");
	flush(false);
	assert_int_equal(count(ROWS_AGENT), 2);
	assert_non_null(strstr(rows[ROWS_AGENT].data, "zmartin"));
	assert_non_null(strstr(rows[ROWS_AGENT].data, "zdurand"));
}

static void
test_views(void **state)
{
	enum view_id id;

	(void)state;
	for (id = 0; id < VIEW__MAX; id++)
		assert_true(views[id].n <= VIEW_FIELDS_MAX);
	assert_string_equal(views[VIEW_USER].field[USER_LOGIN].path,
	    "login");
	assert_string_equal(views[VIEW_QUEUE].field[QUEUE_NAME].path,
	    "name");
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

static void
set_part(uint32_t id, const char *path, const char *value)
{
	size_t field = 0;

	assert_true(view_find_field(VIEW_USER, path, &field));
	assert_true(snapshot_enter(s, VIEW_USER, id));
	assert_true(snapshot_set_part(s, VIEW_USER, id, field, value,
	    1000000));
}

static void
check_defects(const char *should)
{
	struct buf json = { 0 };

	defects_json(snapshot_defects(s), &json);
	buf_char(&json, '\0');
	assert_string_equal(json.data, should);
	buf_free(&json);
}

/* Values that cannot be read are counted as long as they are the current ones. */
static void
test_defects(void **state)
{
	static const char two[] = "[{\"kind\":\"unreadable\",\"list\":"
	    "\"users\",\"path\":\"name\",\"field\":\"name\",\"count\":2}]";
	static const char same[] = "[{\"kind\":\"same_key\",\"list\":"
	    "\"queues\",\"path\":\"name\",\"field\":\"name\",\"count\":3}]";

	struct defects other = { .changed = false };

	(void)state;
	check_defects("[]");
	set(VIEW_USER, 1, "login", "a");
	set_part(1, "name", "A\xef\xbf\xbd");
	set_part(2, "name", NULL);
	set_part(2, "name", NULL);
	check_defects(two);
	flush(false);
	assert_string_equal(cell(ROWS_AGENT, "name"), "A\xef\xbf\xbd");
	set_part(1, "name", "A\xef\xbf\xbd");
	assert_false(snapshot_changed(s));
	/* Readable again, though there is still no value: that is news. */
	set(VIEW_USER, 2, "name", NULL);
	assert_true(snapshot_changed(s));
	flush(false);
	snapshot_leave(s, VIEW_USER, 1, 1000000);
	check_defects("[]");
	other.n[DEFECT_SAME_KEY][VIEW_QUEUE][QUEUE_NAME] = 3;
	snapshot_set_defects(s, &other);
	check_defects(same);
	assert_true(snapshot_changed(s));
	flush(false);
	snapshot_set_defects(s, &other);
	assert_false(snapshot_changed(s));
	set_part(3, "name", NULL);
	snapshot_clear(s);
	check_defects("[]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_unchanged), T(test_without_key), T(test_outbound),
		T(test_call), T(test_call_changes_late),
		T(test_call_ends_and_leaves), T(test_again), T(test_leave),
		T(test_made_again), T(test_twice), T(test_twice_logged),
		T(test_twice_queue), T(test_twice_outbound), T(test_keyless),
		T(test_renamed_login), T(test_call_rings),
		T(test_call_outgoing), T(test_views), T(test_defects),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
