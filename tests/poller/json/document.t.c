/* JSON snapshots: what is taken, and what is refused. */
#include <stdio.h>

#include "tests/poller/json/feed.h"

#define SEEN	INT64_C(1772532000000000)	/* 2026-03-03 10:00 UTC */

static void
check_golden(const char *name, const char *expected)
{
	size_t len, i;
	char *document = feed_golden(name, &len), *should, *is;

	assert_int_equal(feed_bytes(document, len, 0), DOCUMENT_ACCEPTED);
	should = feed_golden(expected, &len);
	is = feed_lines();
	for (i = 0; is[i] != '\0' && is[i] == should[i]; i++)
		;
	if (is[i] != should[i])
		fail_msg("%s: byte %zu of the rows: %.80s, should be %.80s",
		    name, i, is + i, should + i);
	free(document);
	free(should);
	free(is);
}

static void
test_bridge(void **state)
{
	int64_t us;
	bool zoned;

	(void)state;
	check_golden("bridge-output.txt", "bridge-output.rows");
	assert_false(document_updated(d, &us, &zoned));
}

static void
test_monitor(void **state)
{
	int64_t us;
	bool zoned;

	(void)state;
	check_golden("monitor.json", "monitor.rows");
	assert_true(document_updated(d, &us, &zoned));
	assert_int_equal(us, INT64_C(1772528400000000));
	assert_false(zoned);
}

/* However far it got: a text that was cut short changes nothing. */
static void
test_cut_short(void **state)
{
	size_t len, n;
	char *document = feed_golden("bridge-output.txt", &len);

	(void)state;
	while (document[len - 1] != '}')
		len--;
	/* Into an empty snapshot, and at each byte into a full one. */
	for (n = 0; n < len; n += 64)
		if (feed_bytes(document, n, 0) != DOCUMENT_REFUSED)
			fail_msg("%zu bytes were taken", n);
	assert_int_equal(snapshot_count(s, VIEW_USER), 0);
	assert_int_equal(feed_bytes(document, len, 0), DOCUMENT_ACCEPTED);
	feed_flush(true);
	for (n = 0; n < len; n++)
		if (feed_bytes(document, n, 0) != DOCUMENT_REFUSED)
			fail_msg("%zu bytes were taken", n);
	assert_false(snapshot_changed(s));
	free(document);
}

static void
test_refused(void **state)
{
	static const char *const why[][2] = {
		{ "", "empty" },
		{ " \n", "no line of it begins a JSON object" },
		{ "<html><body>Bad gateway</body></html>", "a page" },
		{ "[{\"users\": []}]", "no line of it begins" },
		{ "Traceback (most recent call last):\n  x\n", "no line" },
		{ "{}", "no list of users" },
		{ "{\"detail\": \"not found\"}", "no list of users" },
		{ "{\"users\": []}", "no users" },
		{ "{\"users\": {}}", "users are no list" },
		{ "{\"users\": null}", "users are no list" },
		{ "{\"users\": [{}, 3, {\"login\": \"\"}]}", "no users" },
		{ "{\"users\": [{\"login\": \"a\"}], \"error\": \"boom\"}",
		    "an error: boom" },
		{ "{\"error\": \"boom\\n\\u001b[1m\", \"users\": "
		    "[{\"login\": \"a\"}]}", "an error: boom [1m" },
		{ "{\"users\": [{\"login\": \"a\"}], \"error\": {\"x\": 1}}",
		    "an error" },
		{ "{\"users\": [{\"login\": \"a\"}], \"error\": [1]}",
		    "an error" },
		{ "{\"connected\": false, \"users\": [{\"login\": \"a\"}]}",
		    "lost the server" },
		{ "{\"users\": [{\"login\": \"a\"}], \"connected\": "
		    "\"False\"}", "lost the server" },
		{ "{\"users\": [{\"login\": \"a\"}], \"connected\": null}",
		    "lost the server" },
		{ "{\"users\": [{\"login\": \"a\"}], \"users\": []}",
		    "two lists" },
		{ "{\"users\": [{\"login\": \"a\"},]}", "not JSON at byte" },
		{ "{\"users\": [{\"login\": \"a\"}] \"x\": 1}",
		    "not JSON at byte" },
		{ "{\"users\": [{\"login\": \"a\"}]]", "not JSON at byte" },
		{ "{\"users\": [{\"login\": \"a\"}],}", "not JSON at byte" },
		{ "{users: [{\"login\": \"a\"}]}", "not JSON at byte" },
		{ "{\"users\": [{\"login\": \"a\"}]}\n{\"users\": []}\n",
		    "not JSON at byte" },
		{ "{\"users\": [{\"login\": \"a}]}", "cut short after" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		feed_refuse(why[i][0], why[i][1]);
	feed_accept("{\"users\": [{\"login\": \"a\"}]}");
	feed_flush(true);
	for (i = 0; i < sizeof(why) / sizeof(why[0]); i++)
		feed_refuse(why[i][0], why[i][1]);
	assert_int_equal(snapshot_count(s, VIEW_USER), 1);
}

/* Lines before and behind, a byte order mark, and no error told. */
static void
test_taken(void **state)
{
	(void)state;
	feed_accept("DEBUG: [x]\n\n  {\"users\": [{\"login\": \"a\"}]}\nbye\n");
	feed_accept("\xef\xbb\xbf{\"users\": [{\"login\": \"a\"}]}");
	feed_accept("{\"users\": [{\"login\": \"a\"}], \"error\": \"\"}");
	feed_accept("{\"users\": [{\"login\": \"a\"}], \"error\": \"None\"}");
	feed_accept("{\"users\": [{\"login\": \"a\"}], \"error\": false}");
	feed_accept("{\"connected\": \"True\", \"users\": [{\"login\": \"a\"}]}");
	feed_accept("{\"x\": {\"users\": []}, \"y\": \"]}\\\"\\\\\","
	    "\"z\": -1.5e3,\"users\": [{\"login\": \"a\"}], \"events\": [[1], {}, 2]}");
	assert_int_equal(snapshot_count(s, VIEW_USER), 1);
}

/* Only what differs from the last document is a change. */
static void
test_changes(void **state)
{
	(void)state;
	feed_accept(feed_around("users", "{\"login\": \"a\", \"id\": 1},"
	    "{\"login\": \"b\", \"id\": 2, \"name\": \"Bé\"},"
	    "{\"login\": \"c\", \"id\": 3}"));
	feed_flush(true);
	feed_accept(feed_around("users", "{\"login\": \"c\", \"id\": 3},"
	    "{\"login\": \"a\", \"id\": 1},"
	    "{\"id\": \"2\",  \"name\": \"Bé\", \"login\": \"b\"}"));
	assert_false(snapshot_changed(s));
	feed_accept(feed_around("users", "{\"login\": \"a\", \"id\": 1},"
	    "{\"login\": \"b\", \"id\": 2},"
	    "{\"login\": \"c\", \"id\": 3}"));
	feed_flush(false);
	assert_memory_equal(feed_rows[ROWS_AGENT].data, "b\t\\N\t", 5);
	assert_int_equal(strcspn(feed_rows[ROWS_AGENT].data, "\n") + 2,
	    feed_rows[ROWS_AGENT].len);
	/* Another id, as after a restart of the server: the same user. */
	feed_accept(feed_around("users", "{\"login\": \"a\", \"id\": 9},"
	    "{\"login\": \"c\", \"id\": 3}"));
	assert_int_equal(snapshot_count(s, VIEW_USER), 2);
	feed_flush(false);
	assert_non_null(strstr(feed_rows[ROWS_AGENT].data, "\t9\tt\t"));
	assert_non_null(strstr(feed_rows[ROWS_AGENT].data, "b\t"));
	assert_non_null(strstr(feed_rows[ROWS_AGENT].data, "\t\\N\tf\t"));
}

static const char *
users(size_t from, size_t to)
{
	const char *document;
	struct buf b = { 0 };
	size_t i;

	for (i = from; i < to; i++)
		buf_printf(&b, "%s{\"login\": \"u%zu\"}", i > from ? "," : "",
		    i);
	buf_char(&b, '\0');
	document = feed_around("users", b.data);
	buf_free(&b);
	return document;
}

static void
test_sudden_loss(void **state)
{
	(void)state;
	feed_accept(users(0, 100));
	feed_accept(users(0, 50));	/* half of them: believed at once */
	feed_refuse(users(0, 24), "26 of 50 users are missing");
	feed_accept(users(0, 49));		/* it was a mistake */
	feed_refuse(users(0, 10), "39 of 49");
	feed_refuse("<html>", "page");	/* no snapshot says so too */
	feed_refuse(users(0, 10), "39 of 49");
	feed_accept(users(0, 10));
	feed_refuse(users(100, 200), "10 of 10");	/* all are others */
	feed_accept(users(100, 200));
	feed_refuse("{\"users\": []}", "no users, and there were 100");
	feed_refuse("{\"users\": []}", "no users, and there were 100");
	assert_int_equal(snapshot_count(s, VIEW_USER), 100);
}

/* The same document once more is no second opinion. */
static void
test_same_once_more(void **state)
{
	const char *few = "{\"users\": [{\"login\": \"u1\"}]}";

	(void)state;
	feed_accept(users(0, 10));
	assert_int_equal(feed_bytes(few, strlen(few), 5),
	    DOCUMENT_REFUSED);
	assert_int_equal(feed_bytes(few, strlen(few), 5),
	    DOCUMENT_REFUSED);
	assert_int_equal(feed_bytes(few, strlen(few), 6), DOCUMENT_ACCEPTED);
	feed_accept(users(0, 10));
	few = "{\"users\": [{\"login\": \"u1\"}], "
	    "\"last_update\": \"2026-03-02T08:00:00\"}";
	feed_refuse(few, "9 of 10");
	feed_refuse(few, "9 of 10");
	few = "{\"users\": [{\"login\": \"u1\"}], "
	    "\"last_update\": \"2026-03-02T08:00:10\"}";
	feed_accept(few);
}

/* A large document is done in pieces, and shows when all of it is known. */
static void
test_pieces(void **state)
{
	struct buf b = { 0 };
	size_t read = 0, applied = 0;
	const char *many = users(0, 200000);

	(void)state;
	buf_str(&b, many);
	document_begin(d, &b, 0);
	while (document_read(d) == DOCUMENT_READING) {
		read++;
		assert_int_equal(snapshot_count(s, VIEW_USER), 0);
	}
	while (document_apply(d, SEEN) == DOCUMENT_APPLYING)
		applied++;
	assert_int_equal(snapshot_count(s, VIEW_USER), 200000);
	assert_true(read > 5);
	assert_true(applied > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FEED(test_bridge), FEED(test_monitor), FEED(test_cut_short),
		FEED(test_refused), FEED(test_taken), FEED(test_changes),
		FEED(test_sudden_loss), FEED(test_same_once_more),
		FEED(test_pieces),
	};

	return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
