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

/* How many initialize and login requests wait to be sent; they are dropped. */
static void
sent(unsigned *initialize, unsigned *login)
{
	struct buf *out = session_output(session);
	struct frame frame;
	size_t at = 0;

	*initialize = *login = 0;
	while (frame_next(out->data + at, out->len - at, FRAME_MAX, &frame) ==
	    FRAME_OK) {
		*initialize += frame.method == FRAME_INITIALIZE;
		*login += frame.method == FRAME_LOGIN;
		at += frame.size;
	}
	assert_int_equal(at, out->len);
	buf_drop(out, at);
}

static void
check_sent(unsigned initialize, unsigned login)
{
	unsigned i, l;

	sent(&i, &l);
	assert_int_equal(i, initialize);
	assert_int_equal(l, login);
}

/* The server's clock now, as the session has it. */
static void
check_clock(int64_t should)
{
	/* The session compares with our clock, between these two. */
	int64_t before = now_real(), skew = session_skew(session),
	    after = now_real();

	assert_true(skew + before <= should && skew + after >= should);
}

#define DATE	INT64_C(1795355990000000)	/* any time of the server */

static void
test_clock_quick(void **state)
{
	(void)state;
	check_sent(1, 0);
	now += 20000;
	say_connection_ok(DATE);
	check_sent(0, 1);
	check_clock(DATE + 10000);
	assert_int_equal(session_skew_error(session), 10000);
}

/* A date that was taken long ago is not believed before a quick answer. */
static void
test_clock_slow(void **state)
{
	(void)state;
	check_sent(1, 0);
	now += 4000000;
	say_connection_ok(DATE);	/* taken at the beginning */
	check_sent(1, 0);
	now += 20000;
	say_connection_ok(DATE + 4000000 + 5000);
	check_sent(0, 1);
	assert_int_equal(session_skew_error(session), 10000);
	check_clock(DATE + 4005000);	/* the nearest to the first one */
}

/* Always slow: the login does not wait for ever; the probe asks again. */
static void
test_clock_always_slow(void **state)
{
	unsigned i, l, n;
	uint32_t id;

	(void)state;
	for (n = 0; n < 3; n++) {
		check_sent(1, 0);
		now += 4000000;
		say_connection_ok(DATE + n * 4000000);
	}
	check_sent(0, 1);
	say_login_ok();
	for (id = 1; id <= VIEW__MAX; id++)
		say_list(id);
	say_user(NULL, 0);
	assert_int_equal(session_state(session), SESSION_LIVE);
	sent(&i, &l);
	now += SESSION_QUIET_US;
	(void)session_tick(session, now);
	check_sent(1, 0);
	now += 20000;
	say_connection_ok(DATE);
	assert_int_equal(session_skew_error(session), 10000);
	check_sent(0, 0);
}

/* What was known before stays while the dates agree with it. */
static void
test_clock_known(void **state)
{
	const int64_t minute = 60000000, first = now_real();
	int64_t last, before, skew;

	(void)state;
	session_know_skew(session, DATE - first, 10000);
	last = now_real();
	check_sent(1, 0);
	now += 10 * minute;	/* so that this test may be slow */
	say_connection_ok(DATE + 5 * minute);
	check_sent(0, 1);	/* it is known well enough */
	assert_int_equal(session_skew_error(session), 10000);
	before = now_real();
	skew = session_skew(session);
	assert_true(skew + before <= DATE + 10 * minute + last - first);
	assert_true(skew + now_real() >= DATE + 10 * minute);
}

/* A clock that was set meanwhile: the nearest that agrees, then a quick one. */
static void
test_clock_set(void **state)
{
	(void)state;
	session_know_skew(session, DATE - 3600000000 - now_real(), 10000);
	check_sent(1, 0);
	now += 4000000;
	say_connection_ok(DATE);
	assert_int_equal(session_skew_error(session), 2000000);
	check_clock(DATE);		/* the nearest one */
	check_sent(1, 0);
	now += 20000;
	say_connection_ok(DATE + 3000000);
	check_clock(DATE + 3000000);
	check_sent(0, 1);
}

static void
check_stranger(const char *bytes, size_t len, const char *error)
{
	size_t i;

	/* In one piece, and byte by byte. */
	session_free(session);
	session = session_new("test", "poller", "secret", snapshot, now);
	assert_int_equal(session_feed(session, bytes, len, now),
	    SESSION_FAILED);
	assert_string_equal(session_error(session), error);
	session_free(session);
	session = session_new("test", "poller", "secret", snapshot, now);
	for (i = 0; i < len && session_feed(session, bytes + i, 1, now) !=
	    SESSION_FAILED; i++)
		;
	assert_string_equal(session_error(session), error);
}

#define STRANGER(bytes, error) check_stranger(bytes, sizeof(bytes) - 1, error)

static void
test_strangers(void **state)
{
	static const char http[] = "this is an HTTP server, not a CCCP server";
	static const char tls[] = "this server speaks TLS: use cccps://";

	(void)state;
	STRANGER("HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n", http);
	STRANGER("HTTP/", http);
	STRANGER("<html><body>400</body></html>", http);
	STRANGER("<!DOCTYPE html>", http);
	STRANGER("\x15\x03\x03\0\x02\x02\x28", tls);
	STRANGER("SSH-2.0-OpenSSH_9.2\r\n",
	    "this is an SSH server, not a CCCP server");
	STRANGER("\xff\xff\xff\xff\x20\x4e\0\0",
	    "a frame of an impossible size");
}

#define T(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_unreadable), T(test_clock_quick), T(test_clock_slow),
		T(test_clock_always_slow), T(test_clock_known),
		T(test_clock_set), T(test_strangers),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
