/* Query parameters against tables, and what is refused. */
#include "tests/fcgi/check.h"

#include "fcgi/http/param.h"
#include "fcgi/http/problem.h"

static const char *const colours[] = { "red", "green", NULL };

enum { NUMBER, BOOL, WORDS, SET, KEYS, LIST, CURSOR, N };
static const struct param table[N] = {
	[NUMBER] = { .name = "n", .type = PARAM_NUMBER, .min = 1, .max = 500 },
	[BOOL] = { .name = "b", .type = PARAM_BOOL },
	[WORDS] = { .name = "q", .type = PARAM_WORDS, .max_len = 40,
	    .max_items = 3 },
	[SET] = { .name = "set", .type = PARAM_SET, .choices = colours },
	[KEYS] = { .name = "sort", .type = PARAM_KEYS, .choices = colours },
	[LIST] = { .name = "team", .type = PARAM_LIST },
	[CURSOR] = { .name = "after", .type = PARAM_CURSOR, .max_len = 8 },
};

static struct params ps;
static struct param_refusal no;

static bool
reads(const char *query)
{
	return params_read(&ps, query, table, N, &no);
}

static enum param_err
refusal(const char *query)
{
	assert_false(reads(query));
	return no.err;
}

static void
values_are_decoded_and_checked(void **state)
{
	(void)state;
	assert_true(reads("n=500&b=true&q=a+%c3%a9%26"));
	assert_true(ps.value[NUMBER].given);
	assert_int_equal(ps.value[NUMBER].number, 500);
	assert_int_equal(ps.value[BOOL].number, 1);
	assert_string_equal(ps.value[WORDS].text, "a é&");
	assert_false(ps.value[SET].given);
	assert_true(reads(""));
	assert_false(ps.value[NUMBER].given);
	assert_true(reads("&&b=false&"));
	assert_int_equal(ps.value[BOOL].number, 0);
	/* A name may be escaped as well. */
	assert_true(reads("%6e=007"));
	assert_int_equal(ps.value[NUMBER].number, 7);
}

static void
words_are_parted_by_blanks_of_any_kind(void **state)
{
	(void)state;
	assert_true(reads("q=%20zo%C3%A9%C2%A0d%E2%80%AF33+"));
	assert_int_equal(ps.value[WORDS].n, 3);
	assert_string_equal(ps.value[WORDS].item[0].text, "zoé");
	assert_string_equal(ps.value[WORDS].item[1].text, "d");
	assert_string_equal(ps.value[WORDS].item[2].text, "33");
	/* All that Unicode calls White_Space, and nothing else. */
	assert_true(reads("q=a%C2%85b%E3%80%80c"));
	assert_int_equal(ps.value[WORDS].n, 3);
	assert_true(reads("q=a%E1%9A%80b%E2%80%80c"));
	assert_int_equal(ps.value[WORDS].n, 3);
	assert_true(reads("q=a%E2%80%8Ab%E2%81%9Fc"));
	assert_int_equal(ps.value[WORDS].n, 3);
	assert_true(reads("q=a%E2%80%A8b%E2%80%A9c"));
	assert_int_equal(ps.value[WORDS].n, 3);
	assert_true(reads("q=a%E2%80%8Bb%EF%BB%BFc"));
	assert_int_equal(ps.value[WORDS].n, 1);
	assert_true(reads("q=%09+"));
	assert_int_equal(ps.value[WORDS].n, 0);
	assert_true(reads("q="));
	assert_int_equal(ps.value[WORDS].n, 0);
	assert_true(reads("q=-%25_%5C'%22,"));
	assert_int_equal(ps.value[WORDS].n, 1);
	assert_string_equal(ps.value[WORDS].item[0].text, "-%_\\'\",");
}

static void
groups_of_a_number_are_one_word(void **state)
{
	(void)state;
	assert_true(reads("q=a+06+39+98+41+25+b"));
	assert_int_equal(ps.value[WORDS].n, 7);
	assert_string_equal(ps.value[WORDS].item[5].text, "25");
	assert_true(reads("q=06+39+98+41+25+a+%2B33+(0)6+39-98+41.25"));
	assert_int_equal(ps.value[WORDS].n, 10);
	assert_false(reads("q=06+39+a+06+39+b"));
	assert_int_equal(no.err, PARAM_MANY);
	/* Only so many groups are one number. */
	assert_true(reads("q=1+2+3+4+5+6+7+8+a+b"));
	assert_false(reads("q=1+2+3+4+5+6+7+8+9+a+b"));
	assert_false(reads("q=12a+1b+1c+1d"));
}

static void
lists_have_minus_commas_and_backslashes(void **state)
{
	(void)state;
	assert_true(reads("team=Nord,-Sud,a\\,b,\\-c,--d,,e\\\\"));
	assert_int_equal(ps.value[LIST].n, 7);
	assert_string_equal(ps.value[LIST].item[0].text, "Nord");
	assert_false(ps.value[LIST].item[0].minus);
	assert_string_equal(ps.value[LIST].item[1].text, "Sud");
	assert_true(ps.value[LIST].item[1].minus);
	assert_string_equal(ps.value[LIST].item[2].text, "a,b");
	assert_string_equal(ps.value[LIST].item[3].text, "-c");
	assert_false(ps.value[LIST].item[3].minus);
	assert_string_equal(ps.value[LIST].item[4].text, "-d");
	assert_true(ps.value[LIST].item[4].minus);
	assert_string_equal(ps.value[LIST].item[5].text, "");
	assert_string_equal(ps.value[LIST].item[6].text, "e\\");
	assert_true(reads("team="));
	assert_int_equal(ps.value[LIST].n, 1);
	assert_string_equal(ps.value[LIST].item[0].text, "");
	assert_true(reads("team=x\\"));	/* at the end it is literal */
	assert_string_equal(ps.value[LIST].item[0].text, "x\\");
	assert_true(reads("set=red,-green&sort=-green"));
	assert_true(ps.value[SET].item[1].minus);
	assert_true(ps.value[KEYS].item[0].minus);
}

static void
what_is_wrong_is_named(void **state)
{
	(void)state;
	assert_int_equal(refusal("b=true&x=1"), PARAM_UNKNOWN);
	assert_string_equal(no.name, "x");
	assert_null(no.param);
	assert_int_equal(refusal("=1"), PARAM_UNKNOWN);
	assert_int_equal(refusal("N=1"), PARAM_UNKNOWN);
	assert_int_equal(refusal("%zz=1"), PARAM_UNKNOWN);
	assert_string_equal(no.name, "%zz");
	assert_int_equal(refusal("n%00=1"), PARAM_UNKNOWN);
	assert_int_equal(refusal("n=1&n=1"), PARAM_REPEATED);
	assert_string_equal(no.name, "n");
	assert_int_equal(refusal("q=%0"), PARAM_NOT_TEXT);
	assert_int_equal(refusal("q=%00"), PARAM_NOT_TEXT);
	assert_int_equal(refusal("q=%ff"), PARAM_NOT_TEXT);
	assert_int_equal(refusal("q=%c3"), PARAM_NOT_TEXT);
	assert_int_equal(refusal("q=12345678901234567890123456789012345678901"), PARAM_LONG);
	assert_int_equal(refusal("q=a+b+c+d"), PARAM_MANY);
	assert_int_equal(refusal("set=red,,green"), PARAM_NOT_CHOICE);
	assert_string_equal(no.item, "");
	assert_int_equal(refusal("set=Red"), PARAM_NOT_CHOICE);
	assert_string_equal(no.item, "Red");
	assert_int_equal(refusal("sort=red,-red"), PARAM_TWICE);
	assert_int_equal(refusal("b=1"), PARAM_NOT_BOOL);
	assert_int_equal(refusal("b"), PARAM_NOT_BOOL);
}

static void
numbers_keep_their_bounds(void **state)
{
	static const char *const bad[] = { "n=", "n=0", "n=501", "n=-1",
	    "n=+1", "n=%201", "n=1%20", "n=1e2", "n=0x1", "n=1.0",
	    "n=99999999999999999999", "n=18446744073709551617" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(refusal(bad[i]), PARAM_NOT_NUMBER);
}

/* The longest query, all commas: nothing overflows. */
static void
the_longest_query_fits(void **state)
{
	static char query[REQUEST_QUERY_MAX + 2];

	(void)state;
	memset(query, ',', REQUEST_QUERY_MAX);
	memcpy(query, "team=", 5);
	assert_int_equal(refusal(query), PARAM_MANY);
	memset(query + 5, 'a', REQUEST_QUERY_MAX - 5);
	assert_true(reads(query));
	assert_int_equal(strlen(ps.value[LIST].item[0].text),
	    REQUEST_QUERY_MAX - 5);
	query[REQUEST_QUERY_MAX] = 'a';
	assert_int_equal(refusal(query), PARAM_LONG);
}

static void
a_cursor_has_nothing_to_escape(void **state)
{
	(void)state;
	assert_true(reads("after=aZ09-_"));
	assert_string_equal(ps.value[CURSOR].text, "aZ09-_");
	assert_int_equal(refusal("after=a+b"), PARAM_NOT_CURSOR);
	assert_int_equal(refusal("after=a%3d"), PARAM_NOT_CURSOR);
	assert_int_equal(refusal("after=%c3%a9"), PARAM_NOT_CURSOR);
	assert_int_equal(refusal("after=123456789"), PARAM_LONG);
}

static void
the_same_question_is_written_the_same(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_true(reads("q=zo%c3%a9+%26&n=07"));
	params_query(&b, &ps, table, 0, N);
	assert_buf_equal(&b, "n=07&q=zo%C3%A9%20%26");
	assert_true(reads("n=07&q=zo%C3%A9%20&team=a/b,c%5C"));
	params_query(&b, &ps, table, BOOL, N);
	assert_buf_equal(&b, "q=zo%C3%A9%20&team=a/b,c%5C");
	buf_free(&b);
}

/* The body of problem_parameter() for a query. */
static const char *
problem(struct response *res, const char *query, enum lang lang)
{
	const struct request req = { .lang = lang, .id = "0123456789abcdef" };

	assert_false(reads(query));
	problem_parameter(res, &req, &no, table, N);
	buf_char(&res->body, '\0');
	assert_true(buf_ok(&res->body));
	assert_int_equal(res->status, 400);
	return res->body.data;
}

static void
problems_say_what_is_allowed(void **state)
{
	struct response res = { 0 };
	const char *body;

	(void)state;
	body = problem(&res, "x%22=", LANG_EN);
	assert_string_equal(body, "{\"type\":\"" PROBLEM_URN
	    "unknown-parameter\",\"title\":\"Unknown parameter\","
	    "\"status\":400,\"detail\":\"There is no parameter “x\\\"” here; "
	    "allowed: n, b, q, set, sort, team, after.\","
	    "\"request_id\":\"0123456789abcdef\",\"parameter\":\"x\\\"\","
	    "\"allowed\":[\"n\",\"b\",\"q\",\"set\",\"sort\",\"team\",\"after\"]}\n");
	body = problem(&res, "set=blue", LANG_FR);
	assert_non_null(strstr(body, "«\u00a0set\u00a0»"));
	assert_non_null(strstr(body, "\"value\":\"blue\""));
	assert_non_null(strstr(body, "\"allowed\":[\"red\",\"green\"]"));
	body = problem(&res, "n=501", LANG_FR);
	assert_non_null(strstr(body, "\"minimum\":1,\"maximum\":500"));
	body = problem(&res, "b=", LANG_EN);
	assert_non_null(strstr(body, "[\"true\",\"false\"]"));
	body = problem(&res, "q=a+b+c+d", LANG_EN);
	assert_non_null(strstr(body, "more than 3 words"));
	body = problem(&res, "q=%00", LANG_EN);
	assert_null(strstr(body, "allowed"));
	response_free(&res);
}

/* Echoed text is shortened, never within a character. */
static void
echoes_are_short_and_whole(void **state)
{
	struct response res = { 0 };
	char query[600] = "";
	const char *body;
	int i;

	(void)state;
	for (i = 0; i < 90; i++)
		strcat(query, "%C3%A9");
	body = problem(&res, query, LANG_EN);
	assert_null(strstr(body, "\xef\xbf\xbd"));
	assert_true(strlen(no.name) < sizeof(no.name));
	assert_int_equal(strlen(no.name) % 2, 0);
	assert_true(strlen(no.name) > sizeof(no.name) / 2);
	body = problem(&res, "\xff\xfe=1", LANG_EN);
	assert_non_null(strstr(body, "\"parameter\":\"\""));
	response_free(&res);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_decoded_and_checked),
		cmocka_unit_test(words_are_parted_by_blanks_of_any_kind),
		cmocka_unit_test(groups_of_a_number_are_one_word),
		cmocka_unit_test(lists_have_minus_commas_and_backslashes),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(numbers_keep_their_bounds),
		cmocka_unit_test(the_longest_query_fits),
		cmocka_unit_test(a_cursor_has_nothing_to_escape),
		cmocka_unit_test(the_same_question_is_written_the_same),
		cmocka_unit_test(problems_say_what_is_allowed),
		cmocka_unit_test(echoes_are_short_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
