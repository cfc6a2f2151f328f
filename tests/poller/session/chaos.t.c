/*
 * A conversation in which the n-th allocation fails, for every n: the session
 * ends with a reason or goes on, rows are whole or refused, nothing leaks.
 */
#include "tests/poller/fails.h"

#include "poller/session/session.h"
#include "poller/wire/object.h"

/* What the server sends, built once while allocations succeed. */
static struct buf script;

static void
say_list(struct object_names *names, uint32_t system_id, uint32_t n,
    uint32_t first)
{
	struct object_item items[8];
	size_t at = frame_begin(&script, FRAME_LIST_RESPONSE);
	uint32_t i;

	for (i = 0; i < n; i++)
		items[i] = (struct object_item){ OBJECT_ENTERED, first + i, i };
	frame_put_u32(&script, 1);
	frame_put_u32(&script, system_id);
	object_put_list(&script, names, false, items, n);
	frame_end(&script, at);
}

/* Every field of the view, as texts that most types read. */
static void
say_object(struct object_names *names, uint32_t system_id,
    enum view_id view, const char *key)
{
	struct object_path path[VIEW_FIELDS_MAX];
	struct object_value value[VIEW_FIELDS_MAX];
	size_t at = frame_begin(&script, FRAME_OBJECT_RESPONSE), i;

	for (i = 0; i < views[view].n; i++)
		path[i].path = views[view].field[i].path;
	object_number(path, views[view].n);
	for (i = 0; i < views[view].n; i++) {
		const char *text = i == 0 ? key :
		    views[view].field[i].type == VIEW_QUEUES ?
		    "{a:{type:'queue',queue:'accueil'}}" :
		    views[view].field[i].type == VIEW_SPIES ?
		    "[\"AGENTchef\"]" :
		    views[view].field[i].type == VIEW_DATE ?
		    "2026-03-02T08:00:00Z" : "1";

		value[i] = (struct object_value){ .index = path[i].index,
		    .type = OBJECT_STRING, .text = {
		    (const unsigned char *)text, strlen(text) } };
	}
	frame_put_u32(&script, 1);
	frame_put_u32(&script, system_id);
	object_put_values(&script, names, false, value, views[view].n);
	frame_put_u32(&script, 0);
	frame_end(&script, at);
}

static void
write_script(void)
{
	struct object_names names = { 0 };
	size_t at = frame_begin(&script, FRAME_CONNECTION_OK);
	uint32_t list;

	frame_put_u32(&script, 0x020a008c);
	frame_put_date(&script, (struct frame_date){ 1772438410, 0, 0 });
	frame_end(&script, at);
	at = frame_begin(&script, FRAME_LOGIN_OK);
	frame_put_u32(&script, 1);
	frame_put_string(&script, "");
	frame_put_string(&script, "");
	frame_end(&script, at);
	for (list = 1; list <= VIEW__MAX; list++)
		say_list(&names, list, list == 1 ? 2 : 1, list * 100);
	say_object(&names, 7, VIEW_USER, "zmartin");
	say_object(&names, 8, VIEW_USER, "atillac");
	say_object(&names, 9, VIEW_QUEUE, "accueil");
	say_object(&names, 10, VIEW_TASK, "t1");
	say_object(&names, 11, VIEW_WAITING, "t1");
	say_object(&names, 12, VIEW_SESSION, "1");
	say_object(&names, 13, VIEW_OUTBOUND, "zmartin");
	assert_true(buf_ok(&script));
}

/* Returns how far it got; everything is freed whatever happened. */
static enum session_state
converse(bool *written)
{
	struct snapshot *snapshot = snapshot_new();
	struct session *s = NULL;
	struct buf rows[ROWS_TABLE__MAX] = { 0 };
	enum session_state state = SESSION_FAILED;
	int i;

	*written = false;
	if (snapshot != NULL && (s = session_new("chaos", "u", "p", snapshot,
	    1)) != NULL)
		state = session_feed(s, script.data, script.len, 2);
	if (state == SESSION_FAILED && s != NULL)
		assert_string_not_equal(session_error(s), "");
	if (state == SESSION_LIVE) {
		*written = snapshot_rows(snapshot, true, rows);
		snapshot_settle(snapshot, session_forgotten, s);
	}
	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
	session_free(s);
	snapshot_free(snapshot);
	return state;
}

static void
test_every_allocation(void **state)
{
	bool written;
	long n;

	(void)state;
	write_script();
	assert_int_equal(converse(&written), SESSION_LIVE);
	assert_true(written);
	for (n = 0;; n++) {
		fails_at(n);
		converse(&written);
		if (!fails_end())
			break;
	}
	/* Hundreds of places, and at last none of them failed. */
	assert_true(n > 300);
	assert_true(written);
	buf_free(&script);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests_name("chaos", tests, NULL, NULL);
}
