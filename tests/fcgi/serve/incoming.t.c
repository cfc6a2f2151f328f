/* Requests out of bytes, as web servers and others send them. */
#include "tests/fcgi/check.h"

#include "fcgi/serve/incoming.h"

/* What is fed: records, one after another. */
static struct buf sent;
static struct incoming in;

static void
record(enum record_type type, unsigned id, const void *content, size_t len,
    size_t padding)
{
	unsigned char head[RECORD_HEAD];

	record_head(head, type, id, len);
	head[6] = (unsigned char)padding;
	buf_add(&sent, head, sizeof(head));
	buf_add(&sent, content, len);
	for (; padding > 0; padding--)
		buf_char(&sent, 'p');
}

static void
begin(unsigned id, int role, int flags)
{
	const char content[8] = { 0, (char)role, (char)flags };

	record(RECORD_BEGIN, id, content, sizeof(content), 0);
}

/* A pair with lengths of one byte. */
static void
pair(struct buf *b, const char *name, const char *value)
{
	buf_char(b, (char)strlen(name));
	buf_char(b, (char)strlen(value));
	buf_str(b, name);
	buf_str(b, value);
}

static void
params(unsigned id, const struct buf *b)
{
	record(RECORD_PARAMS, id, b->data, b->len, 3);
	record(RECORD_PARAMS, id, NULL, 0, 0);
}

static int
set_up(void **state)
{
	(void)state;
	buf_reset(&sent);
	memset(&in, 0, sizeof(in));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	incoming_free(&in);
	return 0;
}

/* Feeds all, so many bytes at a time. */
static enum incoming_state
feed(size_t step)
{
	enum incoming_state now = INCOMING_MORE;
	size_t i, n;

	assert_true(buf_ok(&sent));
	for (i = 0; i < sent.len; i += n) {
		n = sent.len - i < step ? sent.len - i : step;
		now = incoming_feed(&in, (unsigned char *)sent.data + i, n);
	}
	buf_reset(&sent);
	return now;
}

static void
in_any_pieces(void **state)
{
	static const size_t steps[] = { 1, 2, 7, 8, 9, 1000 };
	struct buf b = { 0 };
	size_t i;

	(void)state;
	pair(&b, "REQUEST_METHOD", "GET");
	pair(&b, "EMPTY", "");
	pair(&b, "PATH_INFO", "/é");
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		begin(7, 1, (int)i % 2);
		/* Once in one record, and once cut in the middle of a name. */
		if (i % 2 == 0) {
			params(7, &b);
		} else {
			record(RECORD_PARAMS, 7, b.data, 5, 250);
			record(RECORD_PARAMS, 7, b.data + 5, b.len - 5, 0);
			record(RECORD_PARAMS, 7, NULL, 0, 1);
		}
		assert_int_equal(feed(steps[i]), INCOMING_MORE);
		record(RECORD_STDIN, 7, NULL, 0, 0);
		assert_int_equal(feed(steps[i]), INCOMING_READY);
		assert_int_equal(in.request, 7);
		assert_int_equal(in.keep, i % 2);
		assert_string_equal(in.env[0], "REQUEST_METHOD=GET");
		assert_string_equal(in.env[1], "EMPTY=");
		assert_string_equal(in.env[2], "PATH_INFO=/é");
		assert_null(in.env[3]);
		assert_true(incoming_between(&in));
		incoming_next(&in);
		assert_null(in.env[0]);
	}
	buf_free(&b);
}

/* A body that is announced may never come, and is not needed. */
static void
no_body_is_waited_for(void **state)
{
	struct buf b = { 0 };

	(void)state;
	pair(&b, "CONTENT_LENGTH", "100");
	begin(1, 1, 1);
	params(1, &b);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_false(in.body_ended);
	record(RECORD_STDIN, 1, "half of it", 10, 0);
	assert_int_equal(feed(3), INCOMING_READY);
	assert_false(in.body_ended);
	record(RECORD_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(3), INCOMING_READY);
	assert_true(in.body_ended);
	/* What comes too late is skipped. */
	incoming_next(&in);
	record(RECORD_STDIN, 1, "more", 4, 4);
	record(RECORD_ABORT, 1, NULL, 0, 0);
	buf_reset(&b);
	pair(&b, "CONTENT_LENGTH", "0");
	begin(2, 1, 1);
	params(2, &b);
	assert_int_equal(feed(1000), INCOMING_MORE);
	record(RECORD_STDIN, 2, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	buf_free(&b);
}

static bool
posts(char *const *env)
{
	return strcmp(env[0], "REQUEST_METHOD=POST") == 0;
}

/* A request with a body, without the end of the body; NULL: no length. */
static void
post(const char *method, const char *length)
{
	struct buf b = { 0 };

	incoming_next(&in);
	in.needs_body = posts;
	pair(&b, "REQUEST_METHOD", method);
	if (length != NULL)
		pair(&b, "CONTENT_LENGTH", length);
	begin(3, 1, 1);
	params(3, &b);
	buf_free(&b);
}

static void
assert_body(const char *text)
{
	const struct request_body body = incoming_body(&in);

	assert_int_equal(body.err, REQUEST_BODY_OK);
	assert_int_equal(body.len, strlen(text));
	assert_true(body.len == 0 || memcmp(body.data, text, body.len) == 0);
}

static void
a_body_that_is_needed_is_kept(void **state)
{
	static const size_t steps[] = { 1, 7, 1000 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		post("POST", "8");
		assert_int_equal(feed(steps[i]), INCOMING_MORE);
		record(RECORD_STDIN, 3, "{\"a\"", 4, 5);
		record(RECORD_STDIN, 9, "of another", 10, 0);
		assert_int_equal(feed(steps[i]), INCOMING_MORE);
		record(RECORD_STDIN, 3, ":10}", 4, 0);
		assert_int_equal(feed(steps[i]), INCOMING_MORE);
		record(RECORD_STDIN, 3, NULL, 0, 3);
		assert_int_equal(feed(steps[i]), INCOMING_READY);
		assert_body("{\"a\":10}");
		/* What comes behind the end is no part of it. */
		record(RECORD_STDIN, 3, "more", 4, 0);
		assert_int_equal(feed(steps[i]), INCOMING_READY);
		assert_body("{\"a\":10}");
	}
	post("POST", NULL);
	record(RECORD_STDIN, 3, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_body("");
	/* Another method does not need it: it is not waited for. */
	post("PUT", "9");
	assert_int_equal(feed(1000), INCOMING_READY);
	record(RECORD_STDIN, 3, "{\"a\":10}", 8, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_body("");
	assert_null(in.body.data);
}

/* An answer is possible as soon as the length cannot be right any more. */
static void
a_wrong_length_is_known_at_once(void **state)
{
	static const struct {
		const char	*length, *body;
		bool		 end;
		enum request_body_err err;
	} cases[] = {
		{ "65537", "", false, REQUEST_BODY_LONG },
		{ "99999999999999999999", "", false, REQUEST_BODY_LONG },
		{ "-1", "", false, REQUEST_BODY_WRONG },
		{ "1 ", "", false, REQUEST_BODY_WRONG },
		{ "0x10", "", false, REQUEST_BODY_WRONG },
		{ "3", "four", false, REQUEST_BODY_WRONG },
		{ "5", "four", true, REQUEST_BODY_WRONG },
		{ "1", "", true, REQUEST_BODY_WRONG },
		{ NULL, "x", false, REQUEST_BODY_NO_LENGTH },
		{ "0", "x", false, REQUEST_BODY_NO_LENGTH },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		post("POST", cases[i].length);
		if (cases[i].body[0] != '\0')
			record(RECORD_STDIN, 3, cases[i].body,
			    strlen(cases[i].body), 0);
		if (cases[i].end)
			record(RECORD_STDIN, 3, NULL, 0, 0);
		assert_int_equal(feed(1), INCOMING_READY);
		assert_int_equal(in.body_ended, cases[i].end);
		assert_int_equal(incoming_body(&in).err, cases[i].err);
		assert_int_equal(incoming_body(&in).len, 0);
	}
}

/* The most that is allowed, and memory that is not kept. */
static void
a_body_is_bounded(void **state)
{
	static char full[REQUEST_BODY_MAX];

	(void)state;
	memset(full, 'a', sizeof(full));
	post("POST", "65536");
	record(RECORD_STDIN, 3, full, sizeof(full) / 2, 0);
	record(RECORD_STDIN, 3, full, sizeof(full) / 2, 0);
	record(RECORD_STDIN, 3, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_int_equal(incoming_body(&in).err, REQUEST_BODY_OK);
	assert_int_equal(incoming_body(&in).len, sizeof(full));
	incoming_next(&in);
	assert_null(in.body.data);
}

/* Lengths that lead beyond the end. */
static void
lengths_are_checked(void **state)
{
	static const struct {
		const char	*bytes;
		size_t		 len;
	} wrong[] = {
		{ "\xc0\x00\x00\x00\x01x", 6 },	/* name: 2^30 */
		{ "\xff\xff\xff\xff\xff\xff\xff\xff", 8 },
		{ "\x01\xff\xff\xff\xffx", 6 },	/* value: 2^31 - 1 */
		{ "\x80\x00\x00", 3 },		/* half a length */
		{ "\x05", 1 }, { "\x05\x05" "ab", 4 }, { "\x01\x02" "ab", 4 },
		{ "\x7f\x80\x00\x00\x01" "ab", 7 },
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		set_up(state);
		begin(1, 1, 0);
		record(RECORD_PARAMS, 1, wrong[i].bytes, wrong[i].len, 0);
		record(RECORD_PARAMS, 1, NULL, 0, 0);
		assert_int_equal(feed(1000), INCOMING_BAD);
		tear_down(state);
	}
	set_up(state);
	begin(1, 1, 0);
	record(RECORD_PARAMS, 1, "\x80\x00\x00\x01\x80\x00\x00\x02" "abc", 11,
	    0);
	record(RECORD_PARAMS, 1, NULL, 0, 0);
	record(RECORD_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_string_equal(in.env[0], "a=bc");
}

static void
numbers_are_bounded(void **state)
{
	static const char zeros[65535];
	struct buf b = { 0 };
	size_t i;

	(void)state;
	begin(1, 1, 0);
	for (i = 0; i < INCOMING_BYTES_MAX / sizeof(zeros) + 1; i++)
		record(RECORD_PARAMS, 1, zeros, sizeof(zeros), 0);
	assert_int_equal(feed(10000), INCOMING_BAD);
	tear_down(state);

	set_up(state);
	for (i = 0; i <= INCOMING_VARS_MAX; i++)
		pair(&b, "X", "");
	begin(1, 1, 0);
	params(1, &b);
	assert_int_equal(feed(10000), INCOMING_BAD);
	buf_free(&b);
}

/* No name can be read as another one. */
static void
odd_names_are_left_out(void **state)
{
	struct buf b = { 0 };

	(void)state;
	pair(&b, "REMOTE_USER=eve", "");
	pair(&b, "", "nameless");
	buf_add(&b, "\x03\x01" "A\0Bx", 6);
	pair(&b, "LAST", "1");
	begin(1, 1, 0);
	params(1, &b);
	record(RECORD_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_string_equal(in.env[0], "LAST=1");
	assert_null(in.env[1]);
	buf_free(&b);
}

static void
no_variables_at_all(void **state)
{
	(void)state;
	begin(1, 1, 0);
	record(RECORD_PARAMS, 1, NULL, 0, 0);
	record(RECORD_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_READY);
	assert_null(in.env[0]);
}

static void
what_is_not_fastcgi_is_refused(void **state)
{
	struct buf b = { 0 };

	buf_str(&sent, "GET / HTTP/1.0\r\n\r\n");
	assert_int_equal(feed(1000), INCOMING_BAD);

	set_up(state);			/* no responder */
	begin(1, 2, 0);
	assert_int_equal(feed(1000), INCOMING_BAD);

	set_up(state);			/* a second request in the first */
	begin(1, 1, 1);
	begin(2, 1, 1);
	assert_int_equal(feed(1000), INCOMING_BAD);

	set_up(state);			/* too short to begin one */
	record(RECORD_BEGIN, 1, "\0\1", 2, 0);
	assert_int_equal(feed(1000), INCOMING_BAD);

	set_up(state);			/* a body before the variables */
	begin(1, 1, 1);
	record(RECORD_STDIN, 1, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_BAD);

	set_up(state);			/* aborted */
	pair(&b, "X", "1");
	begin(1, 1, 1);
	params(1, &b);
	record(RECORD_ABORT, 1, NULL, 0, 0);
	assert_int_equal(feed(1000), INCOMING_BAD);
	buf_free(&b);
}

static void
questions_about_the_connection(void **state)
{
	static const unsigned char values[] = { 1, 10, 0, 0, 0, 18, 0, 0,
	    15, 1, 'F', 'C', 'G', 'I', '_', 'M', 'P', 'X', 'S', '_', 'C', 'O',
	    'N', 'N', 'S', '0' };
	static const unsigned char unknown[] = { 1, 11, 0, 0, 0, 8, 0, 0,
	    77, 0, 0, 0, 0, 0, 0, 0 };

	(void)state;
	record(RECORD_GET_VALUES, 0, "\x0f\x00" "FCGI_MPXS_CONNS", 17, 7);
	assert_int_equal(feed(1), INCOMING_MORE);
	assert_int_equal(in.reply_len, sizeof(values));
	assert_memory_equal(in.reply, values, sizeof(values));
	in.reply_len = 0;
	record((enum record_type)77, 0, NULL, 0, 0);
	assert_int_equal(feed(1), INCOMING_MORE);
	assert_int_equal(in.reply_len, sizeof(unknown));
	assert_memory_equal(in.reply, unknown, sizeof(unknown));
}

#define test(f)	cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		test(in_any_pieces),
		test(no_body_is_waited_for),
		test(a_body_that_is_needed_is_kept),
		test(a_wrong_length_is_known_at_once),
		test(a_body_is_bounded),
		test(lengths_are_checked),
		test(numbers_are_bounded),
		test(odd_names_are_left_out),
		test(no_variables_at_all),
		test(what_is_not_fastcgi_is_refused),
		test(questions_about_the_connection),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_free(&sent);
	return failed;
}
