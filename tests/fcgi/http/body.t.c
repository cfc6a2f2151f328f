/* Bodies of requests against a table of fields. */
#include "tests/fcgi/check.h"

#include "fcgi/http/body.h"

static const char *const roles[] = { "reader", "admin", NULL };

enum { WHO, ROLE, LEVEL, DETAIL, UNTIL, FIELDS };

static const struct param table[FIELDS] = {
	[WHO] = { "who", PARAM_TEXT, .max_len = 10, .null = true },
	[ROLE] = { "role", PARAM_SET, .choices = roles, .required = true },
	[LEVEL] = { "level", PARAM_NUMBER, .min = -1, .max = 5 },
	[DETAIL] = { "detail", PARAM_BOOL, .null = true },
	[UNTIL] = { "until", PARAM_TIME },
};

static struct body body;
static struct param_refusal no;

static enum param_err
read_bytes(const char *data, size_t len)
{
	/* Not ended by a NUL: what is read beyond the end is found. */
	char *copy = malloc(len > 0 ? len : 1);
	bool ok;

	assert_non_null(copy);
	memcpy(copy, data, len);
	body_free(&body);
	ok = body_read(&body, copy, len, table, FIELDS, &no);
	free(copy);
	assert_int_equal(ok, no.err == PARAM_OK);
	return no.err;
}

static enum param_err
read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static void
all_fields_become_texts(void **state)
{
	(void)state;
	assert_int_equal(read_text("{\"who\":\"Zo\\u00e9\",\"role\":\"admin\","
	    "\"level\":-1,\"detail\":false,"
	    "\"until\":\"2026-01-31T09:00:00+01:00\"}"), PARAM_OK);
	assert_string_equal(body.value[WHO].text, "Zoé");
	assert_string_equal(body.value[ROLE].text, "admin");
	assert_string_equal(body.value[LEVEL].text, "-1");
	assert_string_equal(body.value[DETAIL].text, "false");
	assert_string_equal(body.value[UNTIL].text,
	    "2026-01-31T08:00:00.000000Z");
	assert_int_equal(read_text(" {\"role\": \"reader\", \"who\": null,\n"
	    "\"detail\": true} "), PARAM_OK);
	assert_true(body.value[WHO].given);
	assert_null(body.value[WHO].text);
	assert_string_equal(body.value[DETAIL].text, "true");
	assert_false(body.value[LEVEL].given);
	assert_null(body.value[LEVEL].text);
}

static void
wrong_values_are_named(void **state)
{
	static const struct {
		const char	*text;
		enum param_err	err;
		const char	*name, *item;
	} cases[] = {
		{ "{}", PARAM_MISSING, "role", "" },
		{ "{\"who\":\"a\"}", PARAM_MISSING, "role", "" },
		{ "{\"role\":\"Admin\"}", PARAM_NOT_CHOICE, "role", "Admin" },
		{ "{\"role\":null}", PARAM_NOT_CHOICE, "role", "null" },
		{ "{\"role\":[1, {}]}", PARAM_NOT_CHOICE, "role", "[1,{}]" },
		{ "{\"who\":5}", PARAM_NOT_STRING, "who", "" },
		{ "{\"who\":\"0123456789a\"}", PARAM_LONG, "who", "" },
		{ "{\"who\":\"ééééé.\"}", PARAM_LONG, "who", "" },
		{ "{\"level\":6}", PARAM_NOT_NUMBER, "level", "" },
		{ "{\"level\":1.0}", PARAM_NOT_NUMBER, "level", "" },
		{ "{\"level\":\"1\"}", PARAM_NOT_NUMBER, "level", "" },
		{ "{\"level\":null}", PARAM_NOT_NUMBER, "level", "" },
		{ "{\"detail\":\"true\"}", PARAM_NOT_BOOL, "detail", "" },
		{ "{\"detail\":0}", PARAM_NOT_BOOL, "detail", "" },
		{ "{\"until\":\"tomorrow\"}", PARAM_NOT_TIME, "until", "" },
		{ "{\"until\":1}", PARAM_NOT_TIME, "until", "" },
		{ "{\"rôle\":\"admin\"}", PARAM_UNKNOWN, "rôle", "" },
		{ "{\"ROLE\":\"admin\"}", PARAM_UNKNOWN, "ROLE", "" },
		{ "{\"\":\"admin\"}", PARAM_UNKNOWN, "", "" },
		{ "{\"role\":\"admin\",\"role\":\"reader\"}", PARAM_REPEATED,
		    "role", "" },
		{ "{\"x\":{\"a\":1,\"a\" :2}}", PARAM_REPEATED, "a", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(cases[i].text), cases[i].err);
		assert_string_equal(no.name, cases[i].name);
		assert_string_equal(no.item, cases[i].item);
	}
}

static void
what_is_no_object_is_refused(void **state)
{
	static const char *const cases[] = {
		"", " ", "null", "5", "\"role\"", "[{\"role\":\"admin\"}]",
		"{\"role\":\"admin\"", "{\"role\":\"admin\"} x",
		"{\"role\":\"admin\"}{}", "{'role':'admin'}",
		"{role:\"admin\"}", "{\"role\":\"admin\",}",
		"{\"role\":\"ad\\u0000min\"}", "{\"ro\\u0000le\":\"admin\"}",
		"{\"role\":\"\xff\"}", "{\"role\":\"\xed\xa0\x80\"}",
		"{\"role\":\"\\ud800\"}", "{\"level\":1e999}",
		"{\"level\":99999999999999999999}", "{\"level\":NaN}",
		"{\"level\":01}", "\xef\xbb\xbf{\"role\":\"admin\"}",
		"role=admin", "{\"role\":\"a\nb\"}",
	};
	static char deep[REQUEST_BODY_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_text(cases[i]), PARAM_NOT_OBJECT);
		assert_true(strchr(no.item, ':') != NULL);
	}
	assert_int_equal(read_bytes("{\"role\":\"ad\0min\"}", 17),
	    PARAM_NOT_OBJECT);
	assert_int_equal(read_bytes("{\"role\":\"admin\"}\0", 17),
	    PARAM_NOT_OBJECT);
	memset(deep, '[', sizeof(deep));
	assert_int_equal(read_bytes(deep, sizeof(deep)), PARAM_NOT_OBJECT);
	memcpy(deep, "{\"who\":", 7);
	assert_int_equal(read_bytes(deep, sizeof(deep)), PARAM_NOT_OBJECT);
	assert_int_equal(read_text("{\"role\":\"admin\",\n  \"who\" 5}"),
	    PARAM_NOT_OBJECT);
	assert_string_equal(no.item, "2:9");
}

static void
without_fields_it_may_be_empty(void **state)
{
	(void)state;
	body_free(&body);
	assert_true(body_read(&body, NULL, 0, NULL, 0, &no));
	assert_true(body_read(&body, "{}", 2, NULL, 0, &no));
	body_free(&body);
	assert_false(body_read(&body, "{\"a\":1}", 7, NULL, 0, &no));
	assert_int_equal(no.err, PARAM_UNKNOWN);
	assert_string_equal(no.name, "a");
}

static void
long_names_are_shortened(void **state)
{
	static char text[300] = "{\"";

	(void)state;
	memset(text + 2, 'n', 200);
	strcpy(text + 202, "\":1}");
	assert_int_equal(read_text(text), PARAM_UNKNOWN);
	assert_int_equal(strlen(no.name), sizeof(no.name) - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_fields_become_texts),
		cmocka_unit_test(wrong_values_are_named),
		cmocka_unit_test(what_is_no_object_is_refused),
		cmocka_unit_test(without_fields_it_may_be_empty),
		cmocka_unit_test(long_names_are_shortened),
	};
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);

	body_free(&body);
	return failed;
}
