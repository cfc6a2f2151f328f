/* What is written: JSON, header lines, whole answers. */
#include "tests/fcgi/check.h"

#include "fcgi/http/json.h"
#include "fcgi/http/response.h"

static struct buf b;

static void
strings_are_escaped(void **state)
{
	(void)state;
	json_add_text(&b, "a\"b\\c/é😀");
	assert_buf_equal(&b, "\"a\\\"b\\\\c/é😀\"");
	json_add_string(&b, "\0\x01\b\t\n\f\r\x1f\x7f", 9);
	assert_buf_equal(&b,
	    "\"\\u0000\\u0001\\b\\t\\n\\f\\r\\u001f\x7f\"");
	json_add_text(&b, "");
	assert_buf_equal(&b, "\"\"");
	json_add_text(&b, NULL);
	assert_buf_equal(&b, "null");
}

static void
bytes_that_are_no_utf8_become_a_sign_for_it(void **state)
{
	(void)state;
	json_add_text(&b, "a\xff\xc3" "b\xed\xa0\x80");
	assert_buf_equal(&b, "\"a\xef\xbf\xbd\xef\xbf\xbd" "b"
	    "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	json_add_string(&b, "\xe2\x82", 2);
	assert_buf_equal(&b, "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

static void
commas_part_what_has_a_neighbour(void **state)
{
	(void)state;
	buf_char(&b, '{');
	json_add_key(&b, "a");
	buf_char(&b, '[');
	json_add_comma(&b);
	buf_char(&b, '1');
	json_add_comma(&b);
	json_add_text(&b, "[");
	buf_char(&b, ']');
	json_add_key(&b, "b\"");
	buf_str(&b, "{}}");
	assert_buf_equal(&b, "{\"a\":[1,\"[\"],\"b\\\"\":{}}");
}

#define TIME(text)	json_add_time(&b, text, strlen(text))
#define ARRAY(text)	json_add_array(&b, text, strlen(text))

static void
times_become_rfc_3339(void **state)
{
	(void)state;
	TIME("2026-01-10 09:12:03.12+01");
	assert_buf_equal(&b, "\"2026-01-10T09:12:03.12+01:00\"");
	TIME("2026-01-10 09:12:03-03:30");
	assert_buf_equal(&b, "\"2026-01-10T09:12:03-03:30\"");
	TIME("2026-01-10 09:12:03+00");
	assert_buf_equal(&b, "\"2026-01-10T09:12:03+00:00\"");
	TIME("infinity");
	assert_buf_equal(&b, "null");
}

static void
arrays_of_text_are_read(void **state)
{
	(void)state;
	ARRAY("{}");
	assert_buf_equal(&b, "[]");
	ARRAY("{a,\"b c\",NULL,\"NULL\",\"q\\\"\\\\\",é,\"\",\"x,y\"}");
	assert_buf_equal(&b, "[\"a\",\"b c\",null,\"NULL\",\"q\\\"\\\\\","
	    "\"é\",\"\",\"x,y\"]");
	ARRAY("[2:3]={a,b}");
	assert_buf_equal(&b, "[\"a\",\"b\"]");
	/* Incomplete arrays, which PostgreSQL never sends. */
	ARRAY("{a,\"b");
	assert_buf_equal(&b, "[\"a\",\"b\"]");
	ARRAY("{a,\"b\\");
	assert_buf_equal(&b, "[\"a\",\"b\\\\\"]");
	ARRAY("");
	assert_buf_equal(&b, "[]");
}

/* A result as PostgreSQL sends it: one row, of these types. */
static PGresult *
row(const Oid *types, const char *const *values, int n)
{
	PGresult *res = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc attrs[8] = { 0 };
	int i;

	assert_non_null(res);
	for (i = 0; i < n; i++) {
		attrs[i].name = (char *)(uintptr_t)"c";
		attrs[i].typid = types[i];
	}
	assert_true(PQsetResultAttrs(res, n, attrs));
	for (i = 0; i < n; i++)
		assert_true(PQsetvalue(res, 0, i,
		    (char *)(uintptr_t)values[i],
		    values[i] == NULL ? -1 : (int)strlen(values[i])));
	return res;
}

static void
columns_keep_their_types(void **state)
{
	static const Oid types[] = { 16, 23, 701, 25, 1009, 1184, 20 };
	static const char *const values[] = { "t", "-7",
	    "1.5e-05", "12", "{a}",
	    "2026-07-01 00:00:00+02", NULL };
	static const char *const odd[] = { "f", NULL,
	    "NaN", NULL, NULL, NULL, "-1" };
	PGresult *res;
	int i;

	(void)state;
	res = row(types, values, 7);
	for (i = 0; i < 7; i++) {
		json_add_value(&b, res, 0, i);
		buf_char(&b, ' ');
	}
	PQclear(res);
	assert_buf_equal(&b, "true -7 1.5e-05 \"12\" [\"a\"] "
	    "\"2026-07-01T00:00:00+02:00\" null ");
	res = row(types, odd, 7);
	for (i = 0; i < 7; i++) {
		json_add_value(&b, res, 0, i);
		buf_char(&b, ' ');
	}
	PQclear(res);
	assert_buf_equal(&b, "false null null null null null -1 ");
}

static void
durations_are_whole_seconds_on_the_way_out(void **state)
{
	static const Oid types[] = { 701, 701, 701, 701, 701, 701, 701 };
	static const char *const values[] = { "4.999999", "0", "1e-05",
	    "1.5e+06", NULL, "Infinity", "NaN" };
	PGresult *res = row(types, values, 7);
	int i;

	(void)state;
	for (i = 0; i < 7; i++) {
		json_add_seconds(&b, res, 0, i);
		buf_char(&b, ' ');
	}
	PQclear(res);
	assert_buf_equal(&b, "4 0 0 1500000 null null null ");
}

/* Collects what is sent, and fails after so many pieces. */
struct reader {
	struct buf	 got;
	int		 pieces;
};

static bool
append(void *arg, const char *data, size_t len)
{
	struct reader *r = arg;

	buf_add(&r->got, data, len);
	return r->pieces-- > 0;
}

/* The headers for the safety of browsers, with the policy of data. */
#define SAFE	"X-Content-Type-Options: nosniff\r\n"			\
	"Referrer-Policy: no-referrer\r\n"				\
	"Cross-Origin-Resource-Policy: same-origin\r\n"			\
	"Content-Security-Policy: "
#define DATA	SAFE "default-src 'none'; frame-ancestors 'none'\r\n\r\n"

static void
answers_have_status_headers_and_length(void **state)
{
	struct response res = { 0 };
	struct reader r = { .pieces = 9 };

	(void)state;
	response_reset(&res);
	response_header(&res, "X-A", "%s", "a\r\nSet-Cookie: x\t\x7f");
	buf_str(&res.body, "hello");
	assert_true(response_send(&res, false, append, &r));
	assert_buf_equal(&r.got, "Status: 200 OK\r\n"
	    "X-A: a  Set-Cookie: x  \r\nContent-Length: 5\r\n" DATA "hello");
	response_reset(&res);
	res.status = 404;
	res.shared = "shared";
	res.shared_len = 6;
	assert_true(response_send(&res, true, append, &r));
	assert_buf_equal(&r.got, "Status: 404 Not Found\r\n"
	    "Content-Length: 6\r\n" DATA);
	response_reset(&res);
	res.status = 304;
	buf_str(&res.body, "x");
	assert_true(response_send(&res, false, append, &r));
	assert_buf_equal(&r.got, "Status: 304 Not Modified\r\n" DATA);
	response_reset(&res);
	res.policy = "default-src 'self'";
	assert_true(response_begin(&res, append, &r));
	assert_buf_equal(&r.got, "Status: 200 OK\r\n" SAFE
	    "default-src 'self'\r\n\r\n");
	response_free(&res);
	buf_free(&r.got);
}

static void
a_body_too_large_is_no_half_answer(void **state)
{
	struct response res = { 0 };
	struct reader r = { .pieces = 9 };

	(void)state;
	response_reset(&res);
	response_header(&res, "ETag", "\"x\"");
	res.body.max = 3;
	buf_str(&res.body, "abc");
	buf_str(&res.body, "d");
	assert_true(response_send(&res, false, append, &r));
	assert_buf_equal(&r.got, "Status: 503 Service Unavailable\r\n"
	    "Retry-After: 1\r\nContent-Length: 0\r\n" DATA);
	response_free(&res);
	buf_free(&r.got);
}

static void
a_reader_who_left_ends_it(void **state)
{
	struct response res = { 0 };
	struct reader r = { .pieces = 1 };

	(void)state;
	response_reset(&res);
	buf_str(&res.body, "hello");
	assert_false(response_send(&res, false, append, &r));
	assert_int_equal(r.pieces, -1);
	response_free(&res);
	buf_free(&r.got);
}

static int
finish(void **state)
{
	(void)state;
	buf_free(&b);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped),
		cmocka_unit_test(bytes_that_are_no_utf8_become_a_sign_for_it),
		cmocka_unit_test(commas_part_what_has_a_neighbour),
		cmocka_unit_test(times_become_rfc_3339),
		cmocka_unit_test(arrays_of_text_are_read),
		cmocka_unit_test(columns_keep_their_types),
		cmocka_unit_test(durations_are_whole_seconds_on_the_way_out),
		cmocka_unit_test(answers_have_status_headers_and_length),
		cmocka_unit_test(a_body_too_large_is_no_half_answer),
		cmocka_unit_test(a_reader_who_left_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
