/*
 * The examples of cccp-protocol(7): each frame is decoded to its text, and the
 * same values are encoded to the same frame.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

#define NAME_HEX \
	"17000000 636f6d2e636f6e73697374656e742e70726f746f636f6c "

struct example {
	const char	*name;
	const char	*hex;
	const char	*text;
	uint32_t	 method;
	/* Writes the arguments; NULL: there are none. */
	void		(*put)(struct buf *, struct object_names *);
	bool		 first;	/* object of its direction: lists its names */
};

static const struct object_names known = { .n = 1, .protocol = 1 };

static void
put_initialize(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1234);
	frame_put_bool(b, true);
}

static void
put_connection_ok(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 0x020a008c);
	frame_put_date(b, (struct frame_date){ 1795354254, 605828, 0 });
}

static void
put_login(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_string(b, "admin");
	frame_put_string(b, "admin");
	frame_put_u32(b, 0);
	frame_put_bool(b, false);
}

static void
put_login_ok(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_string(b, "");
	frame_put_string(b, "");
}

static void
put_login_failed(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_string(b, "Login déjà effectué");
}

static void
put_format_1(struct buf *b, struct object_names *names)
{
	struct object_path paths[] = {
		{ .path = "login" },
		{ .path = "sessions.last.session.logged" },
		{ .path = "sessions.last.session.login_date" },
		{ .path = "busy_count" },
	};

	object_number(paths, 4);
	frame_put_u32(b, 1);
	object_put_format(b, names, false, 1, paths, 4);
}

static void
put_format_2(struct buf *b, struct object_names *names)
{
	const struct object_path paths[] = {
		{ 0, "priority" }, { 2, "contact_duration.max('0')" }
	};

	frame_put_u32(b, 1);
	object_put_format(b, names, false, 2, paths, 2);
}

static void
put_query_list(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_u32(b, 7);
	frame_put_string(b, "/dispatch");
	frame_put_u32(b, 0);
	frame_put_string(b, "users");
	frame_put_string(b, "");
	frame_put_u32(b, 0);
	frame_put_string(b, "");
	frame_put_u32(b, 0);
}

static void
put_list(struct buf *b, struct object_names *names, uint32_t system_id,
    const struct object_item *items, size_t n)
{
	frame_put_u32(b, 1);
	frame_put_u32(b, system_id);
	object_put_list(b, names, false, items, n);
}

static void
put_first_empty_list(struct buf *b, struct object_names *names)
{
	put_list(b, names, 7, NULL, 0);
}

static void
put_empty_list(struct buf *b, struct object_names *names)
{
	put_list(b, names, 8, NULL, 0);
}

static void
put_item(struct buf *b, struct object_names *names)
{
	put_list(b, names, 11,
	    &(struct object_item){ OBJECT_ENTERED, 0x2b, 1 }, 1);
}

static void
put_item_left(struct buf *b, struct object_names *names)
{
	put_list(b, names, 11,
	    &(struct object_item){ OBJECT_LEFT, 0x2b, 0 }, 1);
}

static void
put_query_object(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_u32(b, 8);
	frame_put_string(b, "/dispatch");
	frame_put_u32(b, 0x2b);
	frame_put_u32(b, 1);
	frame_put_u32(b, 0);
}

static void
put_values(struct buf *b, struct object_names *names,
    const struct object_value *values, size_t n)
{
	frame_put_u32(b, 1);
	frame_put_u32(b, 8);
	object_put_values(b, names, false, values, n);
	frame_put_u32(b, 0);
}

static void
put_user(struct buf *b, struct object_names *names)
{
	const struct object_value values[] = {
		{ .index = 0, .type = OBJECT_STRING,
		    .text = { (const unsigned char *)"agent2", 6 } },
		{ .index = 4, .type = OBJECT_BOOL, .flag = true },
		{ .index = 5, .type = OBJECT_DATE,
		    .date = { 1772438420, 9999, 0 } },
		{ .index = 6, .type = OBJECT_U32, .u32 = 0 },
	};

	put_values(b, names, values, 4);
}

static void
put_reals(struct buf *b, struct object_names *names)
{
	const struct object_value values[] = {
		{ .index = 0, .type = OBJECT_REAL, .real = 5.5 },
		{ .index = 6, .type = OBJECT_REAL, .real = 0 },
	};

	put_values(b, names, values, 2);
}

static void
put_no_values(struct buf *b, struct object_names *names)
{
	put_values(b, names, NULL, 0);
}

static void
put_stop_query(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_u32(b, 7);
}

static void
put_client_event(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_string(b, "");
	frame_put_string(b, "loader.vm");
	frame_put_string(b, "");
	frame_put_real(b, 0);
	frame_put_string(b,
	    "com.consistent.ccenter.dispatch.load_day.2026_03_02");
	object_put_null(b);
}

static void
put_server_event(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_string(b, "00001.1795354253..vm");
	frame_put_string(b, "loader.vm");
	frame_put_real(b, 0);
	frame_put_string(b, "com.consistent.ccenter.dispatch.day_loaded");
	object_put_null(b);
}

static void
put_result(struct buf *b, struct object_names *names)
{
	(void)names;
	frame_put_u32(b, 1);
	frame_put_u32(b, 1);
	frame_put_u32(b, 1);
}

#define HEADER		"00000000 00 01000000 "
#define FIELD(i)	"01000000 01000083 00000000 0100 0100 " i " "
#define VALUE(c, i)	"01000000 " c "000083 00000000 0100 0100 " i " e803 "

static const struct example examples[] = {
{ "initialize", "0d000000 67000000 d2040000 01",
    "initialize 1234 true", FRAME_INITIALIZE, put_initialize, false },
{ "connection_ok", "18000000 204e0000 8c000a02 8eee026b 843e0900 00000000",
    "connection_ok 34209932 2026-11-22T13:30:54.605828Z+0",
    FRAME_CONNECTION_OK, put_connection_ok, false },
{ "login", "23000000 10270000 01000000 05000000 61646d696e "
    "05000000 61646d696e 00000000 00",
    "login 1 \"admin\" \"admin\" 0 false", FRAME_LOGIN, put_login, false },
{ "login_ok", "14000000 214e0000 01000000 00000000 00000000",
    "login_ok 1 \"\" \"\"", FRAME_LOGIN_OK, put_login_ok, false },
{ "login_failed, Latin-1", "23000000 224e0000 01000000 13000000 "
    "4c6f67696e2064e96ae02065666665637475e9",
    "login_failed 1 \"Login déjà effectué\"", FRAME_LOGIN_FAILED,
    put_login_failed, false },
{ "use_default_namespaces_index", "08000000 41270000",
    "use_default_namespaces_index", FRAME_USE_DEFAULT_NAMESPACES_INDEX,
    NULL, false },
{ "use_default_namespaces_index_ok", "08000000 464e0000",
    "use_default_namespaces_index_ok", FRAME_USE_DEFAULT_NAMESPACES_INDEX_OK,
    NULL, false },
{ "set_object_format, first", "6a010000 1a270000 01000000 5a010000 " NAME_HEX
    HEADER "02000083 00000000 0100 0100 01000000 0200 3200 "
    FIELD("00000000") "0200 0500 05000000 6c6f67696e 0000 "
    FIELD("01000000") "0200 0500 08000000 73657373696f6e73 0300 3200 "
    FIELD("02000000") "0200 0500 04000000 6c617374 0300 3200 "
    FIELD("03000000") "0200 0500 07000000 73657373696f6e 0300 3200 "
    FIELD("04000000") "0200 0500 06000000 6c6f67676564 0000 "
    FIELD("05000000") "0200 0500 0a000000 6c6f67696e5f64617465 0000 "
    "00000000 0000 00000000 0000 00000000 0000 "
    FIELD("06000000") "0200 0500 0a000000 627573795f636f756e74 0000 "
    "00000000 0000",
    "set_object_format 1 1\n\t0 login\n\t1 sessions\n\t2   last\n"
    "\t3     session\n\t4       logged\n\t5       login_date\n\t6 busy_count",
    FRAME_SET_OBJECT_FORMAT, put_format_1, true },
{ "set_object_format, later, query", "b90000001a27000001000000a9000000000000"
    "0000010000000200008300000000010001000200000002003200010000000100008300"
    "000000010001000000000002000500080000007072696f726974790000010000000100"
    "00830000000001000100010000000200050010000000636f6e746163745f6475726174"
    "696f6e0300320001000000010000830000000001000100020000000200050003000000"
    "6d61780400050001000000300000000000000000000000000000",
    "set_object_format 1 2\n\t0 priority\n\t1 contact_duration\n"
    "\t2   max('0')", FRAME_SET_OBJECT_FORMAT, put_format_2, false },
{ "query_list", "3a000000 1b270000 01000000 07000000 09000000 "
    "2f6469737061746368 00000000 05000000 7573657273 00000000 00000000 "
    "00000000 00000000",
    "query_list 1 7 \"/dispatch\" 0 \"users\" \"\" 0 \"\" 0",
    FRAME_QUERY_LIST, put_query_list, false },
{ "list_response, first, empty", "4a000000 274e0000 01000000 07000000 "
    "36000000 " NAME_HEX HEADER
    "07000083 00000000 0100 3200 00000000 0000",
    "list_response 1 7", FRAME_LIST_RESPONSE, put_first_empty_list, true },
{ "list_response, empty", "2f000000 274e0000 01000000 08000000 1b000000 "
    HEADER "07000083 00000000 0100 3200 00000000 0000",
    "list_response 1 8", FRAME_LIST_RESPONSE, put_empty_list, false },
{ "list_response, entered", "5d000000 274e0000 01000000 0b000000 49000000 "
    HEADER "07000083 00000000 0100 3200 "
    "01000000 06000083 00000000 0100 0100 01000000 0400 0500 ffffffff "
    "0200 0100 2b000000 0300 0100 01000000 0000 00000000 0000",
    "list_response 1 11\n\t1 43 1", FRAME_LIST_RESPONSE, put_item, false },
{ "list_response, left", "5d000000 274e0000 01000000 0b000000 49000000 "
    HEADER "07000083 00000000 0100 3200 "
    "01000000 06000083 00000000 0100 0100 02000000 0400 0500 ffffffff "
    "0200 0100 2b000000 0300 0100 00000000 0000 00000000 0000",
    "list_response 1 11\n\t2 43 0", FRAME_LIST_RESPONSE, put_item_left,
    false },
{ "query_object", "29000000 1c270000 01000000 08000000 09000000 "
    "2f6469737061746368 2b000000 01000000 00000000",
    "query_object 1 8 \"/dispatch\" 43 1 0", FRAME_QUERY_OBJECT,
    put_query_object, false },
{ "object_response", "b6000000 284e0000 01000000 08000000 9e000000 "
    HEADER "08000083 00000000 0100 3200 "
    VALUE("0b", "00000000") "0500 06000000 6167656e7432 0000 "
    VALUE("19", "04000000") "0400 01 0000 "
    VALUE("0c", "05000000") "0600 9443a569 0f270000 00000000 0000 "
    VALUE("0a", "06000000") "0100 00000000 0000 "
    "00000000 0000 00000000",
    "object_response 1 8 0\n\t0 string \"agent2\"\n\t4 bool true\n"
    "\t5 date 2026-03-02T08:00:20.009999Z+0\n\t6 u32 0",
    FRAME_OBJECT_RESPONSE, put_user, false },
{ "object_response, reals", "6c000000 284e0000 01000000 08000000 54000000 "
    HEADER "08000083 00000000 0100 3200 "
    VALUE("15", "00000000") "0300 03 352e35 0000 "
    VALUE("15", "06000000") "0300 00 0000 "
    "00000000 0000 00000000",
    "object_response 1 8 0\n\t0 real 5.5\n\t6 real 0",
    FRAME_OBJECT_RESPONSE, put_reals, false },
{ "object_response, no values", "33000000 284e0000 01000000 08000000 "
    "1b000000 " HEADER "08000083 00000000 0100 3200 00000000 0000 00000000",
    "object_response 1 8 0", FRAME_OBJECT_RESPONSE, put_no_values, false },
{ "stop_query", "10000000 1d270000 01000000 07000000", "stop_query 1 7",
    FRAME_STOP_QUERY, put_stop_query, false },
{ "client_void", "08000000 40270000", "client_void", FRAME_CLIENT_VOID,
    NULL, false },
{ "server_ask_to_disconnect", "08000000 00000000",
    "server_ask_to_disconnect", FRAME_ASK_TO_DISCONNECT, NULL, false },
{ "client_event", "61000000 1e270000 01000000 00000000 "
    "09000000 6c6f616465722e766d 00000000 00 33000000 "
    "636f6d2e636f6e73697374656e742e6363656e7465722e6469737061746368"
    "2e6c6f61645f6461792e323032365f30335f3032 04000000 00000000",
    "client_event 1 \"\" \"loader.vm\" \"\" 0 "
    "\"com.consistent.ccenter.dispatch.load_day.2026_03_02\" null",
    FRAME_CLIENT_EVENT, put_client_event, false },
{ "server_event", "68000000 294e0000 01000000 14000000 "
    "30303030312e313739353335343235332e2e766d 09000000 6c6f616465722e766d "
    "00 2a000000 636f6d2e636f6e73697374656e742e6363656e7465722e646973706174"
    "63682e6461795f6c6f61646564 04000000 00000000",
    "server_event 1 \"00001.1795354253..vm\" \"loader.vm\" 0 "
    "\"com.consistent.ccenter.dispatch.day_loaded\" null",
    FRAME_SERVER_EVENT, put_server_event, false },
{ "result", "14000000 234e0000 01000000 01000000 01000000",
    "result 1 1 1", FRAME_RESULT, put_result, false },
};

#define N_EXAMPLES	(sizeof(examples) / sizeof(examples[0]))

static void
example(void **state)
{
	const struct example *ex = *state;
	struct object_names in = ex->first ? (struct object_names){ 0 } : known;
	struct object_names out = in;
	struct buf bytes = { 0 }, text = { 0 }, written = { 0 };
	struct frame f;
	size_t at;

	unhex(&bytes, ex->hex);
	assert_int_equal(frame_next(bytes.data, bytes.len, FRAME_MAX, &f),
	    FRAME_OK);
	assert_int_equal(f.size, bytes.len);
	assert_int_equal(f.method, ex->method);
	assert_int_equal(dump_frame(&text, &in, &f, NULL), DUMP_OK);
	assert_bytes(&text, ex->text, strlen(ex->text));

	at = frame_begin(&written, ex->method);
	if (ex->put != NULL)
		ex->put(&written, &out);
	frame_end(&written, at);
	assert_bytes(&written, bytes.data, bytes.len);
	if (ex->first) {
		assert_memory_equal(&in, &known, sizeof(in));
		assert_memory_equal(&out, &known, sizeof(out));
	}
	buf_free(&bytes);
	buf_free(&text);
	buf_free(&written);
}

int
main(void)
{
	struct CMUnitTest tests[N_EXAMPLES] = { 0 };

	for (size_t i = 0; i < N_EXAMPLES; i++) {
		tests[i].name = examples[i].name;
		tests[i].test_func = example;
		tests[i].initial_state = (void *)&examples[i];
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
