/* JSON with damaged values: the damage is kept to the value that has it. */
#include "tests/poller/check.h"

#include "poller/json/load.h"

/* should: the value as Jansson prints it; NULL: none. */
static void
check(const char *json, size_t len, enum load_err err, const char *should)
{
	json_t *v;
	char *is = NULL;

	assert_int_equal(load_value(json, len, &v), err);
	if (v != NULL)
		is = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT);
	if (should == NULL)
		assert_null(v);
	else
		assert_string_equal(is, should);
	free(is);
	json_decref(v);
}

#define CHECK(json, err, should) check(json, sizeof(json) - 1, err, should)

static void
test_value(void **state)
{
	(void)state;
	CHECK("12", LOAD_OK, "12");
	CHECK("\"Zo\xc3\xa9\"", LOAD_OK, "\"Zo\xc3\xa9\"");
	CHECK("\"\\ud83d\\ude00\"", LOAD_OK, "\"\xf0\x9f\x98\x80\"");
	/* Too large for Jansson, but its text is whole. */
	CHECK("99999999999999999999", LOAD_OK, "\"99999999999999999999\"");
	CHECK("-99999999999999999999", LOAD_OK, "\"-99999999999999999999\"");
	/* A line break that should have been escaped. */
	CHECK("\"a\nb\"", LOAD_OK, "\"a\\nb\"");
	CHECK("{\"a\": [1, \"x\ty\"]}", LOAD_OK, "{\"a\":[1,\"x\\ty\"]}");
}

static void
test_damaged(void **state)
{
	(void)state;
	CHECK("\"Zo\xe9 T\"", LOAD_DAMAGED, "\"Zo\xef\xbf\xbd T\"");
	CHECK("\"Zo\xe9\"", LOAD_DAMAGED, "\"Zo\xef\xbf\xbd\"");
	CHECK("\"\xed\xa0\x80\"", LOAD_DAMAGED,
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
	CHECK("\"Zo\\udce9 T\"", LOAD_DAMAGED, "\"Zo\xef\xbf\xbd T\"");
	CHECK("\"\\ud83d\"", LOAD_DAMAGED, "\"\xef\xbf\xbd\"");
	CHECK("\"\\ud83d\\u0041\"", LOAD_DAMAGED, "\"\xef\xbf\xbd" "A\"");
	CHECK("\"\\ud83d\\ud83d\\ude00\"", LOAD_DAMAGED,
	    "\"\xef\xbf\xbd\xf0\x9f\x98\x80\"");
	CHECK("\"C:\\Users\\u12\"", LOAD_DAMAGED, "\"C:\\\\Users\\\\u12\"");
	CHECK("[\"a\", \"\\udc00\"]", LOAD_DAMAGED,
	    "[\"a\",\"\xef\xbf\xbd\"]");
}

static void
test_bad(void **state)
{
	(void)state;
	CHECK("NaN", LOAD_BAD, NULL);
	CHECK("-Infinity", LOAD_BAD, NULL);
	CHECK("1e999", LOAD_BAD, NULL);
	CHECK("012", LOAD_OK, "\"012\"");
	CHECK("-", LOAD_BAD, NULL);
	CHECK("", LOAD_BAD, NULL);
	CHECK("True", LOAD_BAD, NULL);
	CHECK("\"a\" \"b\"", LOAD_BAD, NULL);
	CHECK("[1, NaN]", LOAD_BAD, NULL);
	CHECK("\"a", LOAD_BAD, NULL);
	CHECK("\"a\\", LOAD_BAD, NULL);
}

static void
check_object(const char *json, enum load_err err, const char *should,
    const char *bad)
{
	json_t *v, *damaged;
	char *is, *where;

	assert_int_equal(load_object(json, strlen(json), &v, &damaged), err);
	is = json_dumps(v, JSON_ENCODE_ANY | JSON_COMPACT | JSON_SORT_KEYS);
	where = json_dumps(damaged, JSON_COMPACT | JSON_SORT_KEYS);
	if (should == NULL)
		assert_null(is);
	else
		assert_string_equal(is, should);
	if (bad == NULL)
		assert_null(where);
	else
		assert_string_equal(where, bad);
	free(is);
	free(where);
	json_decref(v);
	json_decref(damaged);
}

static void
test_object(void **state)
{
	(void)state;
	check_object("{\"a\": 1, \"b\": [2]}", LOAD_OK, "{\"a\":1,\"b\":[2]}",
	    NULL);
	check_object(" 7", LOAD_OK, "7", NULL);
	check_object("{\"a\": 1, \"b\": NaN, \"c\": [\"}\", {\"d\": \",\"}]}",
	    LOAD_DAMAGED, "{\"a\":1,\"c\":[\"}\",{\"d\":\",\"}]}",
	    "{\"b\":true}");
	check_object("{\"a\": \"\xff\", \"b\": , \"c\": 1 2, \"d\" : \"x\" }",
	    LOAD_DAMAGED, "{\"a\":\"\xef\xbf\xbd\",\"d\":\"x\"}",
	    "{\"a\":true,\"b\":true,\"c\":true}");
	/* Of two with one key the last one counts. */
	check_object("{\"a\": NaN, \"b\": 1, \"a\": 2, \"b\": NaN}",
	    LOAD_DAMAGED, "{\"a\":2}", "{\"b\":true}");
	/* A damaged key is none that anybody looks for. */
	check_object("{\"\xff\": 1, \"a\\u0000\": 2, \"\\u0061\": 3, "
	    "\"b\": NaN}", LOAD_DAMAGED, "{\"a\":3}", "{\"b\":true}");
	check_object("{\"a\": NaN}", LOAD_DAMAGED, "{}", "{\"a\":true}");
}

static void
test_no_object(void **state)
{
	static const char *const bad[] = {
		"NaN", "[NaN]", "{\"a\": NaN, 7}", "{a: NaN}", "{\"a\" NaN}",
		"{\"a\": NaN,}", "{\"a\": NaN", "{\"a\" \"b\": NaN}",
		"[NaN,\n{\"a\": NaN}]", "",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_object(bad[i], LOAD_BAD, NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value), cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_bad), cmocka_unit_test(test_object),
		cmocka_unit_test(test_no_object),
	};

	return cmocka_run_group_tests_name("load", tests, NULL, NULL);
}
