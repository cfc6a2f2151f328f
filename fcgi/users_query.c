#include <string.h>

#include "fcgi/users.h"

/* Who the API shows at all. */
#define FROM_SHOWN	" FROM cccp_v1.user AS u" \
	" WHERE u.present AND NOT u.hidden"

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

/* What each part of the statement needs; all start with " AND ". */
struct conditions {
	struct buf	 base;			/* search and logged */
	struct buf	 facet[USERS__MAX];	/* empty: no such filter */
	bool		 facets;		/* some are not */
};

/* The empty text stands for no value, which is NULL in the database. */
static void
facet_condition(struct users_query *q, struct buf *b,
    const struct param_value *v, const char *column)
{
	if (has(v, false))
		buf_printf(b, " AND coalesce(u.%s, '') = ANY ($%d::text[])",
		    column, bind_items(q, v, false));
	if (has(v, true))
		buf_printf(b, " AND coalesce(u.%s, '') <> ALL ($%d::text[])",
		    column, bind_items(q, v, true));
}

/* Words are escaped for LIKE once folded: folding may bring a % about. */
static void
word_conditions(struct users_query *q, struct buf *b,
    const struct param_value *v)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		buf_printf(b, " AND u.search_key LIKE '%%' || replace("
		    "replace(replace(cccp.fold($%d::text), '\\', '\\\\'),"
		    " '%%', '\\%%'), '_', '\\_') || '%%'", begin_value(q));
		buf_str(&q->text, v->item[i].text);
		end_value(q);
	}
}

static void
make_conditions(struct users_query *q, struct conditions *c,
    const struct params *ps)
{
	const struct param_value *logged = &ps->value[USERS_LOGGED];
	enum users_param facet;
	size_t i;

	for (i = 0; i < users_nfacets; i++) {
		facet = users_facets[i];
		facet_condition(q, &c->facet[i], &ps->value[facet],
		    users_params[facet].name);
		c->facets |= ps->value[facet].given;
	}
	word_conditions(q, &c->base, &ps->value[USERS_Q]);
	if (logged->given)
		buf_str(&c->base, logged->number ? " AND u.logged IS TRUE" :
		    " AND u.logged IS NOT TRUE");
}

static void
add(struct buf *to, const struct buf *b)
{
	buf_add(to, b->data, b->len);
	to->failed |= b->failed;
}

/* A state's place among all states. */
static void
add_state_order(struct buf *sql, const char *column)
{
	const char *const *state;

	buf_str(sql, "array_position('{");
	for (state = users_states; *state != NULL; state++)
		buf_printf(sql, "%s%s", state > users_states ? "," : "",
		    *state);
	buf_printf(sql, "}'::text[], u.%s)", column);
}

/* By the user's name when nothing else is asked; always by the id at last. */
static void
add_order(struct buf *sql, const struct param_value *v)
{
	size_t i, c;

	buf_str(sql, " ORDER BY ");
	if (!v->given)
		buf_str(sql, "u.name COLLATE cccp.french, ");
	for (i = 0; i < v->n; i++) {
		for (c = 0; strcmp(users_columns[c].key, v->item[i].text) != 0;
		    c++)
			;
		if (users_columns[c].sort == USERS_SORT_STATE)
			add_state_order(sql, users_columns[c].column);
		else
			buf_printf(sql, "u.%s%s", users_columns[c].column,
			    users_columns[c].sort == USERS_SORT_TEXT ?
			    " COLLATE cccp.french" : "");
		buf_printf(sql, "%s NULLS LAST, ",
		    v->item[i].minus ? " DESC" : "");
	}
	buf_str(sql, "u.user_id");
}

/* Places first, rows after: nothing is computed for rows that are skipped. */
static void
add_page(struct users_query *q, const struct conditions *c,
    const struct params *ps)
{
	uint64_t page = 1, per_page = USERS_PER_PAGE_DEFAULT;
	size_t i;

	if (ps->value[USERS_PAGE].given)
		page = (uint64_t)ps->value[USERS_PAGE].number;
	if (ps->value[USERS_PER_PAGE].given)
		per_page = (uint64_t)ps->value[USERS_PER_PAGE].number;
	buf_str(&q->sql, "SELECT 'user', NULL, p.place, 0, 0");
	for (i = 0; i < users_ncolumns; i++)
		buf_printf(&q->sql, ", u.%s", users_columns[i].column);
	buf_str(&q->sql, " FROM unnest(ARRAY(SELECT u.user_id" FROM_SHOWN);
	add(&q->sql, &c->base);
	for (i = 0; i < users_nfacets; i++)
		add(&q->sql, &c->facet[i]);
	add_order(&q->sql, &ps->value[USERS_SORT]);
	buf_printf(&q->sql, " LIMIT $%d::bigint", bind_number(q, per_page));
	buf_printf(&q->sql, " OFFSET $%d::bigint", bind_number(q,
	    (page - 1) * per_page));
	buf_str(&q->sql, ")) WITH ORDINALITY AS p (user_id, place)"
	    " JOIN cccp_v1.user AS u USING (user_id)");
}

/* Fills up to the width of the user's rows. */
static void
add_nulls(struct buf *sql)
{
	size_t i;

	for (i = 0; i < users_ncolumns; i++)
		buf_str(sql, ", NULL");
}

/* The facets' columns, by commas, with something before and behind each. */
static void
add_names(struct buf *sql, const char *before, const char *behind)
{
	const char *name;
	size_t i;

	for (i = 0; i < users_nfacets; i++) {
		name = users_params[users_facets[i]].name;
		buf_printf(sql, "%s%s%s", i > 0 ? ", " : "", before, name);
		if (*behind != '\0')
			buf_printf(sql, "%s%s", behind, name);
	}
}

/* A bit for each facet whose filter the user does not pass. */
static void
add_failed(struct buf *sql, const struct conditions *c)
{
	size_t i;

	buf_str(sql, "0");
	for (i = 0; i < users_nfacets; i++) {
		if (c->facet[i].len == 0)
			continue;
		buf_str(sql, " + CASE WHEN true");
		add(sql, &c->facet[i]);
		buf_printf(sql, " THEN 0 ELSE %d END", 1 << i);
	}
	buf_str(sql, " AS failed, ");
}

/*
 * One walk counts all: who fails nothing is on the page, and a facet counts
 * those who fail nothing or its own filter only.  In byte order, for values
 * are told apart here and not shown in order, which is far cheaper.
 */
static void
add_facets(struct buf *sql, const struct conditions *c)
{
	size_t i;

	buf_str(sql, " UNION ALL SELECT 'count', coalesce(");
	add_names(sql, "", "");
	/* A bit is set in grouping() when the column is not grouped by. */
	buf_printf(sql, "), count(*), ~grouping(");
	for (i = users_nfacets; i > 0; i--)
		buf_printf(sql, "%s%s", i < users_nfacets ? ", " : "",
		    users_params[users_facets[i - 1]].name);
	buf_printf(sql, ") & %d, %s", (1 << users_nfacets) - 1,
	    c->facets ? "failed" : "0");
	add_nulls(sql);
	buf_str(sql, " FROM (SELECT ");
	add_failed(sql, c);
	add_names(sql, "u.", " COLLATE \"C\" AS ");
	buf_str(sql, FROM_SHOWN);
	add(sql, &c->base);
	buf_str(sql, ") AS m");
	for (i = 0; c->facets && i < users_nfacets; i++)
		buf_printf(sql, i == 0 ? " WHERE failed IN (0, %d" : ", %d",
		    1 << i);
	buf_str(sql, c->facets ? ") GROUP BY failed, " : " GROUP BY ");
	buf_str(sql, "GROUPING SETS ((), ");
	add_names(sql, "", "");
	buf_char(sql, ')');
}

static bool
join(struct users_query *q, const struct conditions *c,
    const struct params *ps)
{
	int i;

	/* The page comes first: it tells the UNION the columns' types. */
	add_page(q, c, ps);
	add_facets(&q->sql, c);
	buf_str(&q->sql, " UNION ALL SELECT 'meta', now()::text,"
	    " (SELECT generation FROM cccp.clock), 0, 0");
	add_nulls(&q->sql);
	if (c->facets || c->base.len > 0) {
		buf_str(&q->sql, " UNION ALL SELECT 'total', NULL,"
		    " (SELECT count(*)" FROM_SHOWN "), 0, 0");
		add_nulls(&q->sql);
	}
	buf_str(&q->sql, " ORDER BY 1, 2, 3");
	buf_char(&q->sql, '\0');
	if (!buf_ok(&q->sql) || !buf_ok(&q->text))
		return false;
	for (i = 0; i < q->n; i++)
		q->bind[i] = q->text.data + q->from[i];
	return true;
}

bool
users_compose(struct users_query *q, const struct params *ps)
{
	struct conditions c = { 0 };
	bool ok;
	size_t i;

	make_conditions(q, &c, ps);
	ok = join(q, &c, ps);
	buf_free(&c.base);
	for (i = 0; i < users_nfacets; i++)
		buf_free(&c.facet[i]);
	return ok;
}

void
users_query_free(struct users_query *q)
{
	buf_free(&q->sql);
	buf_free(&q->text);
}
