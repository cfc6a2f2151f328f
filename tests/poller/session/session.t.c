/* One session with a server that this test speaks for, frame by frame. */
#include "tests/poller/check.h"

#include "poller/session/session.h"
#include "poller/wire/object.h"
#include "sql/lib/now.h"

#define USER_ID		30
#define SYSTEM_USERS	1u	/* the first query: the list of users */

static struct snapshot *snapshot;
static struct session *session;
static struct object_names names;
static int64_t now;

static int
setup(void **state)
{
	(void)state;
	names = (struct object_names){ 0 };
	now = 1000000;
	snapshot = snapshot_new();
	session = session_new("test", "poller", "secret", snapshot, now);
	return snapshot == NULL || session == NULL;
}

static int
teardown(void **state)
{
	(void)state;
	session_free(session);
	snapshot_free(snapshot);
	return 0;
}

/* Ends the frame and gives it to the session. */
static void
say(struct buf *b, size_t at)
{
	frame_end(b, at);
	assert_true(buf_ok(b));
	assert_int_not_equal(session_feed(session, b->data, b->len, now),
	    SESSION_FAILED);
	buf_free(b);
}

static void
say_connection_ok(int64_t date)
{
	struct buf b = { 0 };
	size_t at = frame_begin(&b, FRAME_CONNECTION_OK);

	frame_put_u32(&b, 0x020a008c);
	frame_put_date(&b, (struct frame_date){ .s = (uint32_t)(date / 1000000),
	    .us = (uint32_t)(date % 1000000) });
	say(&b, at);
}

static void
say_login_ok(void)
{
	struct buf b = { 0 };
	size_t at = frame_begin(&b, FRAME_LOGIN_OK);

	frame_put_u32(&b, 1);
	frame_put_string(&b, "");
	frame_put_string(&b, "");
	say(&b, at);
}

static size_t
begin_response(struct buf *b, enum frame_method method, uint32_t system_id)
{
	size_t at = frame_begin(b, method);

	frame_put_u32(b, 1);
	frame_put_u32(b, system_id);
	return at;
}

/* The answer to query_list; every list but that of users is empty. */
static void
say_list(uint32_t system_id)
{
	struct object_item item = { OBJECT_ENTERED, USER_ID, 0 };
	struct buf b = { 0 };
	size_t at = begin_response(&b, FRAME_LIST_RESPONSE, system_id);

	object_put_list(&b, &names, false, &item, system_id == SYSTEM_USERS);
	say(&b, at);
}

static void
say_user(const struct object_value *value, size_t n)
{
	struct buf b = { 0 };
	size_t at = begin_response(&b, FRAME_OBJECT_RESPONSE, VIEW__MAX + 1);

	object_put_values(&b, &names, false, value, n);
	frame_put_u32(&b, SYSTEM_USERS);
	say(&b, at);
}

/* The index under which values of that path come. */
static uint32_t
index_of(const char *path)
{
	struct object_path paths[VIEW_FIELDS_MAX];
	size_t i, field = 0;

	assert_true(view_find_field(VIEW_USER, path, &field));
	for (i = 0; i < views[VIEW_USER].n; i++)
		paths[i].path = views[VIEW_USER].field[i].path;
	object_number(paths, views[VIEW_USER].n);
	return paths[field].index;
}

static struct cursor
text(const char *s)
{
	return (struct cursor){ .p = (const unsigned char *)s,
	    .len = strlen(s) };
}

static void
check_defects(const char *should)
{
	struct buf json = { 0 };

	defects_json(snapshot_defects(snapshot), &json);
	buf_char(&json, '\0');
	assert_string_equal(json.data, should);
	buf_free(&json);
}

/* A value that cannot be read is unknown and counted; the user stays. */
static void
test_unreadable(void **state)
{
	struct object_value v[] = {
		{ .index = index_of("login"), .type = OBJECT_STRING,
		    .text = text("zoe") },
		{ .index = index_of("task_state_held.duration('0')"),
		    .type = OBJECT_UNREADABLE, .text = text("nan") },
		{ .index = index_of("busy_count"), .type = OBJECT_I32,
		    .i32 = -1 },
		{ .index = index_of("name"), .type = OBJECT_STRING,
		    .text = text("Zo\xe9") },
	};
	struct buf rows[ROWS_TABLE__MAX] = { 0 };
	uint32_t id;
	size_t i;

	(void)state;
	say_connection_ok(now_real());
	say_login_ok();
	for (id = 1; id <= VIEW__MAX; id++)
		say_list(id);
	say_user(v, sizeof(v) / sizeof(v[0]));
	assert_int_equal(session_state(session), SESSION_LIVE);
	assert_int_equal(snapshot_count(snapshot, VIEW_USER), 1);
	check_defects("[{\"kind\":\"unreadable\",\"list\":\"users\",\"path\":"
	    "\"task_state_held.duration('0')\",\"field\":\"held_seconds\","
	    "\"count\":1},{\"kind\":\"unreadable\",\"list\":\"users\","
	    "\"path\":\"busy_count\",\"field\":\"busy_count\",\"count\":1}]");
	assert_true(snapshot_rows(snapshot, true, rows));
	buf_char(&rows[ROWS_AGENT], '\0');
	assert_non_null(strstr(rows[ROWS_AGENT].data, "\tZo\xc3\xa9\t"));
	/* The next values are readable, and one of them is absent. */
	v[1] = (struct object_value){ .index = v[1].index, .type = OBJECT_REAL,
	    .real = 2.5 };
	v[2] = (struct object_value){ .index = v[2].index,
	    .type = OBJECT_NONE };
	say_user(v + 1, 2);
	check_defects("[]");
	assert_true(snapshot_changed(snapshot));
	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_unreadable),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
