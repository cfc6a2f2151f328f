/* The ring of messages, and FastCGI records. */
#include "tests/fcgi/check.h"

#include "fcgi/event/message.h"
#include "fcgi/http/record.h"

static struct message *
change(int64_t since, int64_t generation)
{
	struct buf json = { 0 };
	struct message *m;

	buf_str(&json, "{}");
	m = message_new(since == generation ? "heartbeat" : "change", since,
	    generation, &json);
	assert_non_null(m);
	buf_free(&json);
	return m;
}

static void
test_text(void **state)
{
	static const char brief[] = "retry: 2000\nevent: hello\nid: 7\n"
	    "data: {\"since\":1,\"stale\":false}\n\nevent: reload\nid: 7\n"
	    "data: {\"generation\":7}\n\n";
	struct buf json = { 0 };
	struct message *m;

	(void)state;
	buf_str(&json, "{\"a\":1}");
	m = message_new("change", 6, 7, &json);
	assert_non_null(m);
	assert_int_equal(m->len,
	    strlen("event: change\nid: 7\ndata: {\"a\":1}\n\n"));
	assert_memory_equal(m->text, "event: change\nid: 7\ndata: {\"a\":1}\n\n",
	    m->len);
	message_release(m);
	m = message_hello(7, &json, true);
	assert_non_null(m);
	assert_memory_equal(m->text, "retry: 2000\nevent: hello\nid: 7\n"
	    "data: {\"a\":1}\n\nevent: reload\nid: 7\n"
	    "data: {\"generation\":7}\n\n", m->len);
	message_release(m);
	/* Readers who do not see everything get no names. */
	buf_reset(&json);
	buf_str(&json, "{\"since\":1,\"stale\":false,\"sources\":[{\"source\":"
	    "\"prod\"}],\"users\":[{\"login\":\"zoe\"}]}");
	m = message_hello(7, &json, true);
	assert_non_null(m);
	assert_int_equal(m->brief_len, strlen(brief));
	assert_memory_equal(m->text + m->len, brief, m->brief_len);
	message_release(m);
	/* A message that does not fit in a record is refused. */
	while (json.len <= RECORD_MAX)
		buf_str(&json, "xxxxxxxxxxxxxxxx");
	assert_null(message_new("change", 6, 7, &json));
	json.failed = true;
	assert_null(message_new("change", 6, 7, &json));
	assert_null(message_hello(7, &json, false));
	buf_free(&json);
	message_release(NULL);
}

static void
test_line(void **state)
{
	struct ring ring = { 0 };
	struct message *m;
	uint64_t i;

	(void)state;
	assert_null(ring_get(&ring, 0));
	assert_true(ring_has(&ring, 0));
	for (i = 0; i < RING_SIZE + 3; i++)
		ring_add(&ring, change((int64_t)i, (int64_t)i + 1));
	assert_false(ring_has(&ring, 2));
	assert_null(ring_get(&ring, 2));
	assert_true(ring_has(&ring, 3));
	m = ring_get(&ring, 3);
	assert_int_equal(m->generation, 4);
	/* A reference stays valid after the ring has dropped the message. */
	ring_add(&ring, change(0, 1));
	assert_int_equal(m->generation, 4);
	assert_int_equal(m->refs, 1);
	message_release(m);
	assert_null(ring_get(&ring, ring.end));
	assert_true(ring_has(&ring, ring.end));
	ring_free(&ring);
}

/* Where a reader of `last` continues at `generation`; -1: reload. */
static int
after(const struct ring *ring, int64_t last, int64_t generation)
{
	bool reload;
	const uint64_t i = ring_after(ring, last, generation, &reload);

	assert_true(!reload || i == ring->end);
	return reload ? -1 : (int)i;
}

static void
test_after(void **state)
{
	struct ring ring = { 0 };

	(void)state;
	assert_int_equal(after(&ring, -1, 5), 0);
	assert_int_equal(after(&ring, 5, 5), 0);
	assert_int_equal(after(&ring, 4, 5), -1);
	ring_add(&ring, change(5, 7));		/* 0 */
	ring_add(&ring, change(7, 7));		/* 1: a heartbeat */
	ring_add(&ring, change(7, 8));		/* 2 */
	assert_int_equal(after(&ring, -1, 8), 3);
	assert_int_equal(after(&ring, 8, 8), 3);
	assert_int_equal(after(&ring, 7, 8), 2);
	assert_int_equal(after(&ring, 6, 8), 0);
	assert_int_equal(after(&ring, 5, 8), 0);
	assert_int_equal(after(&ring, 4, 8), -1);
	assert_int_equal(after(&ring, 0, 8), -1);
	assert_int_equal(after(&ring, 9, 8), -1);
	/* The change to 9 is known, but not in the ring yet. */
	assert_int_equal(after(&ring, 8, 9), 3);
	assert_int_equal(after(&ring, 9, 9), 3);
	assert_int_equal(after(&ring, 10, 9), -1);
	/* Another database: all readers have to reload. */
	ring_add(&ring, change(-1, 3));		/* 3 */
	assert_int_equal(after(&ring, 3, 3), 4);
	assert_int_equal(after(&ring, 2, 3), 3);
	ring_free(&ring);
}

static void
test_records(void **state)
{
	static const unsigned char wanted[RECORD_FINISH] = {
		1, 6, 1, 2, 0, 0, 0, 0,  1, 3, 1, 2, 0, 8, 0, 0,
		0, 0, 0, 0, 0, 0, 0, 0 };
	unsigned char bytes[RECORD_FINISH];

	(void)state;
	record_head(bytes, RECORD_STDOUT, 0x102, RECORD_MAX);
	assert_memory_equal(bytes, "\1\6\1\2\xff\xf8\0\0", RECORD_HEAD);
	record_finish(bytes, 0x102);
	assert_memory_equal(bytes, wanted, sizeof(wanted));
}

/* The bytes come in pieces of every size. */
static bool
aborts(const char *bytes, size_t len, unsigned request)
{
	bool first = false, is;
	size_t piece, at, n;

	for (piece = 1; piece <= len; piece++) {
		struct record_reader r = { 0 };

		is = false;
		for (at = 0; at < len && !is; at += n) {
			n = len - at < piece ? len - at : piece;
			is = record_aborts(&r,
			    (const unsigned char *)bytes + at, n, request);
		}
		if (piece == 1)
			first = is;
		assert_int_equal(is, first);
	}
	return first;
}

static void
test_aborts(void **state)
{
	static const char abort1[] = "\1\2\0\1\0\0\0\0";
	static const char later[] = "\1\5\0\1\0\3\2\0abcpp\1\2\0\1\0\0\0\0";
	static const char inside[] = "\1\5\0\1\0\10\0\0\1\2\0\1\0\0\0\0";

	(void)state;
	assert_true(aborts(abort1, 8, 1));
	assert_false(aborts(abort1, 7, 1));
	assert_false(aborts(abort1, 8, 2));
	assert_true(aborts(later, sizeof(later) - 1, 1));
	assert_false(aborts(inside, sizeof(inside) - 1, 1));
	assert_true(aborts("GET / HTTP/1.0\r\n", 16, 1));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_after),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_aborts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
