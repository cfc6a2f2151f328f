/*
 * Two snapshots in a row in which the n-th allocation fails, for every n: each
 * is accepted as a whole, or refused, or the snapshot before it is cleared; and
 * once there is memory again, the next one is accepted as a whole.
 */
#include <stdio.h>

#include "tests/poller/fails.h"

#include "poller/json/document.h"

static const char first[] = "{\"users\": ["
    "{\"login\": \"a\", \"id\": 1, \"name\": \"Zoé\","
    " \"sessions.last.session.current_spies.value\": [\"AGENTb\"],"
    " \"sessions.last.session.active_queues\":"
    " \"{1:{type:'queue',queue:'q'}}\"},"
    "{\"login\": \"b\", \"busy_count\": NaN, \"group.path\": \"\\ud800\"},"
    "{\"login\": \"c\"}, {\"login\": \"c\"}, 7],"
    "\"queues\": [{\"name\": \"q\", \"logged\": 3}],"
    "\"call_history\": [{\"task_id\": \"t\", \"caller\": \"1234\","
    " \"start_date\": \"2026-03-02T08:00:00Z\", \"end_date\": null},"
    "{\"task_id\": \"u\", \"start_date_utc\": \"2026-03-02T08:00:00Z\","
    " \"total_duration\": \"1m 5s\", \"waiting_duration\": \"5s\"}],"
    "\"error\": \"None\", \"last_update\": \"2026-03-02T08:00:00\"}";
static const char second[] = "{\"users\": ["
    "{\"login\": \"a\", \"id\": 1, \"name\": \"Ève\"}, {\"login\": \"b\"},"
    "{\"login\": \"d\"}], \"queues\": [], \"call_history\": [],"
    "\"last_update\": \"2026-03-02T08:00:10\"}";

static enum document_state
feed(struct document *d, const char *json)
{
	enum document_state state;
	struct buf text = { 0 };

	/* Bytes that did not all come are never handed over. */
	buf_str(&text, json);
	if (!buf_ok(&text)) {
		buf_free(&text);
		return DOCUMENT_REFUSED;
	}
	document_begin(d, &text, 0);
	while ((state = document_read(d)) == DOCUMENT_READING)
		;
	while (state == DOCUMENT_APPLYING)
		state = document_apply(d, INT64_C(1772438400000000));
	return state;
}

/* The rows of the users, as one text; new. */
static char *
rows(struct snapshot *s)
{
	struct buf out[ROWS_TABLE__MAX] = { 0 };

	assert_true(snapshot_rows(s, true, out));
	buf_char(&out[ROWS_AGENT], '\0');
	assert_true(buf_ok(&out[ROWS_AGENT]));
	buf_free(&out[ROWS_QUEUE]);
	buf_free(&out[ROWS_CALL]);
	return out[ROWS_AGENT].data;
}

/* The same lines in any order, of which none stands there twice. */
static void
check_rows(char *is, const char *should)
{
	char *line;

	assert_int_equal(strlen(is), strlen(should));
	while ((line = strsep(&is, "\n")) != NULL)
		if (strstr(should, line) == NULL)
			fail_msg("a row that should not be: %s", line);
}

static void
check(const struct snapshot *s, enum document_state state, size_t before,
    size_t taken)
{
	size_t is = snapshot_count(s, VIEW_USER);

	assert_int_equal(is, state == DOCUMENT_ACCEPTED ? taken :
	    state == DOCUMENT_REFUSED ? before : 0);
}

/* False: no allocation failed. */
static bool
scarce(long n, const char *should)
{
	struct snapshot *s;
	struct document *d;
	enum document_state state;
	size_t before;
	bool failed = false;
	char *is;
	int i;

	fails_at(n);
	s = snapshot_new();
	d = s != NULL ? document_new("scarce", s) : NULL;
	if (d != NULL) {
		state = feed(d, first);
		check(s, state, 0, 3);
		before = snapshot_count(s, VIEW_USER);
		state = feed(d, second);
		check(s, state, before, 3);
	}
	failed = fails_end();
	if (d != NULL) {
		/* Twice, should it have been doubted. */
		for (i = 0; i < 2 && feed(d, second) != DOCUMENT_ACCEPTED; i++)
			;
		is = rows(s);
		check_rows(is, should);
		free(is);
	}
	document_free(d);
	snapshot_free(s);
	return failed;
}

static void
test_every_allocation(void **state)
{
	struct snapshot *s = snapshot_new();
	struct document *d = document_new("plenty", s);
	char *should;
	long n;

	(void)state;
	assert_int_equal(feed(d, first), DOCUMENT_ACCEPTED);
	assert_int_equal(feed(d, second), DOCUMENT_ACCEPTED);
	should = rows(s);
	document_free(d);
	snapshot_free(s);
	for (n = 0; scarce(n, should); n++)
		;
	assert_true(n > 100);
	free(should);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_allocation),
	};

	return cmocka_run_group_tests_name("scarce", tests, NULL, NULL);
}
