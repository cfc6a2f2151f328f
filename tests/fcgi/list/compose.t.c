/* The statement of the users: constant text, values only as parameters. */
#include "tests/fcgi/check.h"

#include "fcgi/list/list.h"

static struct params ps;
static struct list_query q;

static const char *
compose(const char *query)
{
	struct param_refusal no;

	list_query_free(&q);
	q = (struct list_query){ 0 };
	assert_true(params_read(&ps, query, users_list.params,
	    users_list.nparams, &no));
	assert_true(list_compose(&q, &users_list, &ps, LIST_WHOLE));
	return q.sql.data;
}

static size_t
count(const char *in, const char *what)
{
	size_t n = 0;

	for (; (in = strstr(in, what)) != NULL; in += strlen(what))
		n++;
	return n;
}

static void
every_value_is_a_parameter(void **state)
{
	const char *sql;
	char place[16];
	int i;

	(void)state;
	sql = compose("q=dro%27p+%25tab_le&team=tea%27m%22%5C%5C,-no%7Brd"
	    "&profile=prof%24il&source=sour--ce&queue=qu%3Beue&state=held"
	    "&kind=-agent&logged=true&page=3&per_page=20");
	assert_null(strstr(sql, "dro"));
	assert_null(strstr(sql, "tab_le"));
	assert_null(strstr(sql, "tea'm"));
	assert_null(strstr(sql, "no{rd"));
	assert_null(strstr(sql, "prof$il"));
	assert_null(strstr(sql, "sour-"));
	assert_null(strstr(sql, "qu;eue"));
	assert_int_equal(q.n, 11);
	/*
	 * The page uses each but the last, for labels; the counts use all but
	 * LIMIT and OFFSET.  Both use the words once for each of the two.
	 */
	for (i = 1; i <= q.n; i++) {
		snprintf(place, sizeof(place), "$%d::", i);
		assert_int_equal(count(sql, place), i <= 7 ? 2 :
		    i == 8 ? 4 : 1);
	}
	assert_string_equal(q.bind[0], "{\"held\"}");
	assert_string_equal(q.bind[1], "{\"agent\"}");
	assert_string_equal(q.bind[2], "{\"prof$il\"}");
	assert_string_equal(q.bind[3], "{\"tea'm\\\"\\\\\"}");
	assert_string_equal(q.bind[4], "{\"no{rd\"}");
	assert_string_equal(q.bind[7], "{\"dro'p\",\"%tab_le\"}");
	assert_string_equal(q.bind[8], "21");	/* one more */
	assert_string_equal(q.bind[9], "40");
	assert_string_equal(q.bind[10], "{\"qu;eue\"}");
}

/* The text is the same for other values, so it is prepared once. */
static void
the_text_does_not_depend_on_values(void **state)
{
	char *first;

	(void)state;
	first = strdup(compose("q=zoe&state=held&page=2"));
	assert_string_equal(first, compose("q=max&state=paused,offline"
	    "&page=7&per_page=500"));
	assert_string_not_equal(first, compose("q=max&state=-paused"));
	free(first);
}

static void
every_order_ends_with_the_id(void **state)
{
	(void)state;
	assert_non_null(strstr(compose(""), " ORDER BY r.name COLLATE"
	    " cccp.french, r.id LIMIT "));
	assert_non_null(strstr(compose("sort=-state_seconds,name"),
	    " ORDER BY r.state_from NULLS LAST,"
	    " r.name COLLATE cccp.french, r.id LIMIT "));
	assert_non_null(strstr(compose("sort=state"), " ORDER BY"
	    " array_position('{\"available\",\"ringing\","));
	assert_non_null(strstr(q.sql.data, ",\"offline\",\"unknown\"}'::text[],"
	    " r.state), r.id LIMIT "));
}

/* A list can be sorted by all columns but arrays. */
static void
sort_keys_are_the_columns(void **state)
{
	const char *const *key = users_list.params[LIST_SORT].choices;
	size_t i;

	(void)state;
	for (i = 0; i < users_list.ncolumns; i++)
		if (users_list.columns[i].sort != LIST_SORT_NO)
			assert_string_equal(users_list.columns[i].key, *key++);
	assert_null(*key);
	assert_non_null(strstr(compose("sort=-id"),
	    " ORDER BY r.id DESC LIMIT "));
}

static void
a_facet_leaves_its_own_filter_out(void **state)
{
	const char *sql = compose("team=Nord");

	(void)state;
	assert_non_null(strstr(sql, "SELECT 0 + CASE WHEN true AND"
	    " coalesce(r.team, '') = ANY ($1::text[]) THEN 0 ELSE 8 END AS"
	    " failed, "));
	assert_int_equal(count(sql, "WHERE failed IN (0, 1, 2, 4, 8, 16, 32)"
	    " GROUP BY failed, GROUPING SETS ((), "), 1);
	assert_int_equal(count(compose("q=x"), "WHERE failed"), 0);
	assert_int_equal(count(q.sql.data, "'all'"), 1);
	assert_int_equal(count(compose("sort=login&page=2"), "'all'"), 0);
}

static int
finish(void **state)
{
	(void)state;
	list_query_free(&q);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_value_is_a_parameter),
		cmocka_unit_test(the_text_does_not_depend_on_values),
		cmocka_unit_test(every_order_ends_with_the_id),
		cmocka_unit_test(sort_keys_are_the_columns),
		cmocka_unit_test(a_facet_leaves_its_own_filter_out),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
