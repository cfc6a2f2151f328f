/* Cursors: what was written is read again, and nothing else is. */
#include "tests/fcgi/check.h"

#include "fcgi/http/text.h"
#include "fcgi/list/list.h"

static struct params ps;
static struct list_query q;
static struct list_cursor cursor;

static void
ask(const struct list *l, const char *query)
{
	struct param_refusal no;

	assert_true(params_read(&ps, query, l->params, l->nparams, &no));
}

/* Writes the cursor of values for a query. */
static char *
write_cursor(const struct list *l, const char *query,
    const char *const *values)
{
	struct buf b = { 0 };

	ask(l, query);
	if (!list_cursor_write(&b, l, &ps, values)) {
		buf_free(&b);
		return NULL;
	}
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	return b.data;
}

static bool
read_cursor(const struct list *l, const char *query, const char *text)
{
	struct buf b = { 0 };
	bool ok;

	buf_printf(&b, "%s&after=%s", query, text);
	buf_char(&b, '\0');
	ask(l, b.data);
	ok = list_cursor_read(&cursor, l, &ps);
	buf_free(&b);
	return ok;
}

static const char *
compose(const struct list *l, const char *query, const char *const *values)
{
	char *text = write_cursor(l, query, values);

	assert_true(read_cursor(l, query, text));
	free(text);
	list_query_free(&q);
	q = (struct list_query){ 0 };
	assert_true(list_compose(&q, l, &ps, LIST_PAGE_ONLY));
	return q.sql.data;
}

static void
values_come_back(void **state)
{
	static const char *const values[] = { "available", NULL, "12.5e-3",
		"2026-01-31 09:00:00.000001+01", "7" };
	char *text = write_cursor(&users_list,
	    "sort=state,-team,held_seconds,-login_at", values);
	size_t i;

	(void)state;
	assert_true(read_cursor(&users_list,
	    "sort=state,-team,held_seconds,-login_at&per_page=3&fields=login",
	    text));
	assert_int_equal(cursor.n, 5);
	for (i = 0; i < 5; i++)
		if (values[i] == NULL)
			assert_null(cursor.value[i]);
		else
			assert_string_equal(cursor.value[i], values[i]);
	free(text);
}

static void
it_belongs_to_list_order_and_filters(void **state)
{
	static const char *const values[] = { "Zoé", "7" };
	char *text = write_cursor(&users_list, "sort=name&q=zoe", values);

	(void)state;
	assert_true(read_cursor(&users_list, "q=zoe", text));	/* the same */
	assert_false(read_cursor(&users_list, "", text));
	assert_false(read_cursor(&users_list, "q=zoe&sort=-name", text));
	assert_false(read_cursor(&users_list, "q=zoe&sort=login", text));
	assert_false(read_cursor(&users_list, "q=zoe&team=x", text));
	assert_false(read_cursor(&calls_list, "q=zoe", text));
	free(text);
}

/* With any byte missing, changed or added. */
static void
nothing_else_is_one(void **state)
{
	static const char *const values[] = { "Zoé", "7" };
	char *text = write_cursor(&users_list, "", values), *other, *extra;
	const size_t len = strlen(text);
	size_t i, read = 0;

	(void)state;
	for (i = 0; i < len; i++) {
		other = strndup(text, i);
		assert_false(read_cursor(&users_list, "", other));
		free(other);
	}
	for (i = 0; i < len; i++) {
		other = strdup(text);
		other[i] = other[i] == 'A' ? 'B' : 'A';
		/* With another letter in a value it is still a cursor. */
		read += read_cursor(&users_list, "", other) ? 1 : 0;
		free(other);
	}
	assert_true(read < len / 2);
	extra = malloc(len + 5);
	snprintf(extra, len + 5, "%sAAAA", text);
	assert_false(read_cursor(&users_list, "", extra));
	free(extra);
	free(text);
}

/* Well-formed, with values that the columns cannot have. */
static void
values_are_of_their_types(void **state)
{
	static const struct {
		const char	*sort;
		const char	*value;
		bool		 fits;
	} cases[] = {
		{ "name", "'; DROP TABLE cccp.agent; --", true },
		{ "name", "\xff", false },
		{ "name", NULL, false },
		{ "team", NULL, true },
		{ "state", "asleep", false },
		{ "busy_count", "-12", true },
		{ "busy_count", "12x", false },
		{ "busy_count", " 12", false },
		{ "busy_count", "", false },
		{ "busy_count", "9223372036854775808", false },
		{ "state_seconds", "12", false },	/* by a time */
		{ "state_seconds", "2026-01-31 09:00:00+01", true },
		{ "held_seconds", "0.1", true },
		{ "held_seconds", "1e999", false },
		{ "held_seconds", "nan", false },
		{ "held_seconds", "0x1p3", false },
		{ "held_seconds", "1-", false },
		{ "login_at", "2026-01-31 09:00:00+05:30", true },
		{ "login_at", "2026-01-31 09:00:00.5-03", true },
		{ "login_at", "1969-12-31 23:59:59.98+00", true },
		{ "login_at", "2026-02-30 09:00:00+01", false },
		{ "login_at", "2026-01-31T09:00:00+01", false },
		{ "login_at", "infinity", false },
		{ "login_at", "now", false },
		{ "login_at", "2026-01-31 09:00:00 Europe/Paris+01", false },
		{ "logged", "t", true },
		{ "logged", "true", false },
	};
	const char *values[2];
	char query[64], *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(query, sizeof(query), "sort=%s", cases[i].sort);
		values[0] = cases[i].value;
		values[1] = "7";
		text = write_cursor(&users_list, query, values);
		if (read_cursor(&users_list, query, text) != cases[i].fits)
			fail_msg("%s=%s", cases[i].sort, values[0]);
		free(text);
	}
}

static void
what_does_not_fit_is_said(void **state)
{
	char *big = malloc(LIST_CURSOR_MAX + 1);
	const char *const values[] = { big, "7" };

	(void)state;
	memset(big, 'a', LIST_CURSOR_MAX);
	big[LIST_CURSOR_MAX] = '\0';
	assert_null(write_cursor(&users_list, "", values));
	big[LIST_CURSOR_MAX / 4 * 3 - 20] = '\0';
	free(write_cursor(&users_list, "", values));
	free(big);
}

static void
what_comes_after_is_told_key_by_key(void **state)
{
	static const char *const name[] = { "Zoé", "7" };
	static const char *const id[] = { "7" };
	static const char *const team[] = { "Nord", "9", "7" };
	static const char *const none[] = { NULL, "7" };
	static const char *const call[] = { "2026-01-31 09:00:00+01", "s",
		"k" };

	(void)state;
	assert_non_null(strstr(compose(&users_list, "", name),
	    " AND r.name COLLATE cccp.french >= $1::text AND"
	    " (r.name COLLATE cccp.french > $1::text OR"
	    " (r.name COLLATE cccp.french = $1::text AND"
	    " (r.id > $2::bigint))) ORDER BY "));
	assert_string_equal(q.bind[0], "Zoé");
	assert_string_equal(q.bind[1], "7");
	assert_non_null(strstr(compose(&users_list, "sort=-id", id),
	    " AND (r.id < $1::bigint) ORDER BY r.id DESC LIMIT"));
	assert_non_null(strstr(compose(&users_list,
	    "sort=-team,total_tasks", team),
	    " AND (r.team COLLATE cccp.french < $1::text OR r.team IS NULL OR"
	    " (r.team COLLATE cccp.french = $1::text AND"
	    " (r.total_tasks > $2::bigint OR r.total_tasks IS NULL OR"
	    " (r.total_tasks = $2::bigint AND (r.id > $3::bigint))))) "));
	assert_non_null(strstr(compose(&users_list, "sort=team", none),
	    " AND (false OR (r.team IS NULL AND (r.id > $1::bigint))) "));
	assert_non_null(strstr(compose(&calls_list, "from=2026-01-01", call),
	    " AND r.queued_at <= $2::timestamptz AND"
	    " (r.queued_at < $2::timestamptz OR"
	    " (r.queued_at = $2::timestamptz AND ("));
}

static void
base64_is_what_it_encodes(void **state)
{
	static const char *const bad[] = { "A", "AB", "AAB", "AA=", "A A",
		"AAAAA", "\xc3\xa9" };
	unsigned char data[256];
	struct buf b = { 0 };
	char back[256];
	size_t i, len;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 7);
	for (i = 0; i <= sizeof(data); i++) {
		buf_reset(&b);
		text_base64(&b, data, i);
		assert_true(text_unbase64(back, &len, b.data, b.len));
		assert_int_equal(len, i);
		assert_memory_equal(back, data, i);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(text_unbase64(back, &len, bad[i],
		    strlen(bad[i])));
	buf_free(&b);
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
		cmocka_unit_test(values_come_back),
		cmocka_unit_test(it_belongs_to_list_order_and_filters),
		cmocka_unit_test(nothing_else_is_one),
		cmocka_unit_test(values_are_of_their_types),
		cmocka_unit_test(what_does_not_fit_is_said),
		cmocka_unit_test(what_comes_after_is_told_key_by_key),
		cmocka_unit_test(base64_is_what_it_encodes),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
