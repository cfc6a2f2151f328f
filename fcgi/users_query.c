#include <string.h>

#include "fcgi/users.h"

/* Who the API shows at all. */
#define SHOWN	"u.present AND NOT u.hidden"

/* Starts a value, to be added to q->text; its place in the statement. */
static int
begin_value(struct users_query *q)
{
	q->from[q->n++] = q->text.len;
	return q->n;
}

static void
end_value(struct users_query *q)
{
	buf_char(&q->text, '\0');
}

static int
bind_number(struct users_query *q, uint64_t number)
{
	int place = begin_value(q);

	buf_u64(&q->text, number);
	end_value(q);
	return place;
}

/* The items with or without a minus, as PostgreSQL writes an array. */
static int
bind_items(struct users_query *q, const struct param_value *v, bool minus)
{
	int place = begin_value(q);
	const char *p;
	size_t i;

	buf_char(&q->text, '{');
	for (i = 0; i < v->n; i++) {
		if (v->item[i].minus != minus)
			continue;
		if (q->text.data != NULL &&
		    q->text.data[q->text.len - 1] != '{')
			buf_char(&q->text, ',');
		buf_char(&q->text, '"');
		for (p = v->item[i].text; *p != '\0'; p++) {
			if (*p == '"' || *p == '\\')
				buf_char(&q->text, '\\');
			buf_char(&q->text, *p);
		}
		buf_char(&q->text, '"');
	}
	buf_char(&q->text, '}');
	end_value(q);
	return place;
}

static bool
has(const struct param_value *v, bool minus)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->item[i].minus == minus)
			return true;
	return false;
}

/*
 * A facet's column, with those who have no value as the empty text.  Byte
 * order: values are told apart, not shown in order, and it is far cheaper.
 */
static void
facet_column(struct buf *sql, enum users_param facet)
{
	buf_printf(sql, "coalesce(u.%s::text, '') COLLATE \"C\"",
	    users_params[facet].name);
}

/* "AND" what a filter asks for; there is always something before it. */
static void
facet_filter(struct users_query *q, const struct params *ps,
    enum users_param facet)
{
	const struct param_value *v = &ps->value[facet];

	buf_str(&q->sql, "true");
	if (has(v, false)) {
		buf_str(&q->sql, " AND ");
		facet_column(&q->sql, facet);
		buf_printf(&q->sql, " = ANY ($%d::text[])",
		    bind_items(q, v, false));
	}
	if (has(v, true)) {
		buf_str(&q->sql, " AND ");
		facet_column(&q->sql, facet);
		buf_printf(&q->sql, " <> ALL ($%d::text[])",
		    bind_items(q, v, true));
	}
}

/*
 * What fails: a bit for each facet whose filter the user does not pass.  So
 * one walk over the users tells the page and every facet: 0 is on the page,
 * and a facet counts those who fail nothing or its own filter only.
 */
static void
add_failed(struct users_query *q, const struct params *ps)
{
	size_t i;

	buf_str(&q->sql, "0");
	for (i = 0; i < users_nfacets; i++) {
		if (!ps->value[users_facets[i]].given)
			continue;
		buf_str(&q->sql, " + CASE WHEN ");
		facet_filter(q, ps, users_facets[i]);
		buf_printf(&q->sql, " THEN 0 ELSE %d END", 1 << i);
	}
	buf_str(&q->sql, " AS failed");
}

/* Those who fail nothing, or but the filter that bit stands for. */
static void
add_passing(struct buf *sql, const struct params *ps, int bit)
{
	size_t i;

	buf_str(sql, " FROM m");
	for (i = 0; i < users_nfacets; i++)
		if (ps->value[users_facets[i]].given)
			break;
	if (i < users_nfacets)
		buf_printf(sql, " WHERE failed IN (0, %d)", bit);
}

/* Words are escaped for LIKE once folded: folding may bring a % about. */
static void
add_words(struct users_query *q, const struct param_value *v)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		buf_printf(&q->sql, " AND u.search_key LIKE '%%' || replace("
		    "replace(replace(cccp.fold($%d::text), '\\', '\\\\'),"
		    " '%%', '\\%%'), '_', '\\_') || '%%'", begin_value(q));
		buf_str(&q->text, v->item[i].text);
		end_value(q);
	}
}

/* A state's place among all states. */
static void
add_state_order(struct buf *sql, const char *column)
{
	const char *const *state;

	buf_str(sql, ", array_position('{");
	for (state = users_states; *state != NULL; state++)
		buf_printf(sql, "%s%s", state > users_states ? "," : "",
		    *state);
	buf_printf(sql, "}'::text[], u.%s)", column);
}

/* The sort keys as columns k0, k1 …; the user's name when none is asked. */
static size_t
add_keys(struct buf *sql, const struct param_value *v)
{
	size_t i, c;

	for (i = 0; i < (v->given ? v->n : 1); i++) {
		for (c = 0; v->given && strcmp(users_columns[c].key,
		    v->item[i].text) != 0; c++)
			;
		if (!v->given)
			buf_str(sql, ", u.name COLLATE cccp.french");
		else if (users_columns[c].sort == USERS_SORT_TEXT)
			buf_printf(sql, ", u.%s COLLATE cccp.french",
			    users_columns[c].column);
		else if (users_columns[c].sort == USERS_SORT_STATE)
			add_state_order(sql, users_columns[c].column);
		else
			buf_printf(sql, ", u.%s", users_columns[c].column);
		buf_printf(sql, " AS k%zu", i);
	}
	return i;
}

static void
add_order(struct buf *sql, const struct param_value *v, size_t keys)
{
	size_t i;

	buf_str(sql, " ORDER BY ");
	for (i = 0; i < keys; i++)
		buf_printf(sql, "k%zu%s NULLS LAST, ", i,
		    v->given && v->item[i].minus ? " DESC" : "");
	buf_str(sql, "user_id");
}

/* Fills up to the width of the user's rows. */
static void
add_nulls(struct buf *sql)
{
	size_t i;

	for (i = 0; i < users_ncolumns; i++)
		buf_str(sql, ", NULL");
}

/* Places first, rows after: nothing is computed for rows that are skipped. */
static void
add_page(struct users_query *q, const struct params *ps, size_t keys)
{
	uint64_t page = 1, per_page = USERS_PER_PAGE_DEFAULT;
	size_t i;

	if (ps->value[USERS_PAGE].given)
		page = (uint64_t)ps->value[USERS_PAGE].number;
	if (ps->value[USERS_PER_PAGE].given)
		per_page = (uint64_t)ps->value[USERS_PER_PAGE].number;
	buf_str(&q->sql, "SELECT 'user', NULL, p.place");
	for (i = 0; i < users_ncolumns; i++)
		buf_printf(&q->sql, ", u.%s", users_columns[i].column);
	buf_str(&q->sql, " FROM unnest(ARRAY(SELECT user_id");
	add_passing(&q->sql, ps, 0);
	add_order(&q->sql, &ps->value[USERS_SORT], keys);
	buf_printf(&q->sql, " LIMIT $%d::bigint", bind_number(q, per_page));
	buf_printf(&q->sql, " OFFSET $%d::bigint", bind_number(q,
	    (page - 1) * per_page));
	buf_str(&q->sql, ")) WITH ORDINALITY AS p (user_id, place)"
	    " JOIN cccp_v1.user AS u USING (user_id)");
}

static void
add_counts(struct buf *sql, const struct params *ps, bool all)
{
	const char *name;
	size_t i;

	buf_str(sql, " UNION ALL SELECT 'meta', now()::text,"
	    " (SELECT generation FROM cccp.clock)");
	add_nulls(sql);
	buf_str(sql, " UNION ALL SELECT 'total', NULL, (SELECT count(*) FROM ");
	buf_str(sql, all ? "m)" : "cccp_v1.user AS u WHERE " SHOWN ")");
	add_nulls(sql);
	buf_str(sql, " UNION ALL SELECT 'filtered', NULL, count(*)");
	add_nulls(sql);
	add_passing(sql, ps, 0);
	for (i = 0; i < users_nfacets; i++) {
		name = users_params[users_facets[i]].name;
		buf_printf(sql, " UNION ALL SELECT '%s', %s, count(*)", name,
		    name);
		add_nulls(sql);
		add_passing(sql, ps, ps->value[users_facets[i]].given ?
		    1 << i : 0);
		buf_printf(sql, " GROUP BY %s", name);
	}
}

/* All who are shown, searched; the facets' filters come as what fails. */
static size_t
add_matching(struct users_query *q, const struct params *ps)
{
	const struct param_value *logged = &ps->value[USERS_LOGGED];
	size_t i, keys;

	buf_str(&q->sql, "WITH m AS MATERIALIZED (SELECT u.user_id, ");
	add_failed(q, ps);
	for (i = 0; i < users_nfacets; i++) {
		buf_str(&q->sql, ", ");
		facet_column(&q->sql, users_facets[i]);
		buf_printf(&q->sql, " AS %s",
		    users_params[users_facets[i]].name);
	}
	keys = add_keys(&q->sql, &ps->value[USERS_SORT]);
	buf_str(&q->sql, " FROM cccp_v1.user AS u WHERE " SHOWN);
	if (logged->given)
		buf_str(&q->sql, logged->number ? " AND u.logged IS TRUE" :
		    " AND u.logged IS NOT TRUE");
	add_words(q, &ps->value[USERS_Q]);
	buf_str(&q->sql, ") ");
	return keys;
}

bool
users_compose(struct users_query *q, const struct params *ps)
{
	const bool all = !ps->value[USERS_LOGGED].given &&
	    ps->value[USERS_Q].n == 0;
	const size_t keys = add_matching(q, ps);
	int i;

	/* The page comes first: it tells the UNION the columns' types. */
	add_page(q, ps, keys);
	add_counts(&q->sql, ps, all);
	buf_str(&q->sql, " ORDER BY 1, 3, 2");
	buf_char(&q->sql, '\0');
	if (!buf_ok(&q->sql) || !buf_ok(&q->text))
		return false;
	for (i = 0; i < q->n; i++)
		q->bind[i] = q->text.data + q->from[i];
	return true;
}

void
users_query_free(struct users_query *q)
{
	buf_free(&q->sql);
	buf_free(&q->text);
}
