/* The statements of a list: a page with its counts, or all rows. */
#include <string.h>

#include "fcgi/list_private.h"

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
	for (state = list_states; *state != NULL; state++)
		buf_printf(sql, "%s%s", state > list_states ? "," : "",
		    *state);
	buf_printf(sql, "}'::text[], r.%s)", column);
}

static const struct list_column *
column_of(const struct list *l, const char *key)
{
	size_t i;

	for (i = 0; strcmp(l->columns[i].key, key) != 0; i++)
		;
	return &l->columns[i];
}

/* What is asked for; always what makes it a total order at last. */
static void
add_order(struct buf *sql, const struct list *l, const struct param_value *v)
{
	const struct list_column *c;
	size_t i;

	buf_str(sql, " ORDER BY ");
	if (!v->given)
		buf_printf(sql, "%s, ", l->order);
	for (i = 0; i < v->n; i++) {
		c = column_of(l, v->item[i].text);
		if (c->sort == LIST_SORT_STATE)
			add_state_order(sql, c->column);
		else
			buf_printf(sql, "r.%s%s", c->column,
			    c->sort == LIST_SORT_TEXT ?
			    " COLLATE cccp.french" : "");
		buf_printf(sql, "%s NULLS LAST, ",
		    v->item[i].minus ? " DESC" : "");
	}
	buf_str(sql, l->last);
}

/* All that match, in their order: what follows the select list. */
static void
add_matches(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	size_t i;

	add(&q->sql, &c->shown);
	add(&q->sql, &c->base);
	for (i = 0; (i = list_facet(q->list, i)) != 0;)
		add(&q->sql, &c->facet[i]);
	add_order(&q->sql, q->list, &ps->value[LIST_SORT]);
}

/* The rows of the page in their order, but not yet with all columns. */
static void
add_rows(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	uint64_t page = 1, per_page = LIST_PER_PAGE_DEFAULT;

	if (ps->value[LIST_PAGE].given)
		page = (uint64_t)ps->value[LIST_PAGE].number;
	if (ps->value[LIST_PER_PAGE].given)
		per_page = (uint64_t)ps->value[LIST_PER_PAGE].number;
	add_matches(q, c, ps);
	buf_printf(&q->sql, " LIMIT $%d::bigint", list_bind_number(q, per_page));
	buf_printf(&q->sql, " OFFSET $%d::bigint", list_bind_number(q,
	    (page - 1) * per_page));
}

/* Places first, rows after: nothing is computed for rows that are skipped. */
static void
add_page(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	const char *id = q->list->id;
	size_t i;

	buf_str(&q->sql, id != NULL ? "SELECT 'row', NULL, p.place, 0, 0" :
	    "SELECT 'row', NULL, row_number() OVER (), 0, 0");
	for (i = 0; i < q->ncolumns; i++)
		buf_printf(&q->sql, ", r.%s", q->column[i]->column);
	if (id != NULL)
		buf_printf(&q->sql, " FROM unnest(ARRAY(SELECT r.%s", id);
	else
		buf_str(&q->sql, " FROM (SELECT r.*");
	add_rows(q, c, ps);
	if (id != NULL)
		buf_printf(&q->sql, ")) WITH ORDINALITY AS p (%s, place)"
		    " JOIN %s AS r USING (%s)", id, q->list->view, id);
	else
		buf_str(&q->sql, ") AS r");
}

/* Fills up to the width of the page's rows. */
static void
add_nulls(struct list_query *q)
{
	size_t i;

	for (i = 0; i < q->ncolumns; i++)
		buf_str(&q->sql, ", NULL");
}

/* The facets' columns, by commas, with something before and behind each. */
static void
add_names(struct buf *sql, const struct list *l, const char *before,
    const char *behind)
{
	const char *name, *comma = "";
	size_t i;

	for (i = 0; (i = list_facet(l, i)) != 0; comma = ", ") {
		name = l->filters[i].column;
		buf_printf(sql, "%s%s%s", comma, before, name);
		if (*behind != '\0')
			buf_printf(sql, "%s%s", behind, name);
	}
}

/* A bit for each facet whose filter the row does not pass. */
static void
add_failed(struct buf *sql, const struct list *l,
    const struct list_conditions *c)
{
	size_t i, bit = 1;

	buf_str(sql, "0");
	for (i = 0; (i = list_facet(l, i)) != 0; bit <<= 1) {
		if (c->facet[i].len == 0)
			continue;
		buf_str(sql, " + CASE WHEN true");
		add(sql, &c->facet[i]);
		buf_printf(sql, " THEN 0 ELSE %zu END", bit);
	}
	buf_str(sql, " AS failed, ");
}

/* grouping() gives the column that comes last the lowest bit. */
static void
add_grouping(struct buf *sql, const struct list *l)
{
	const char *names[PARAM_MAX];
	size_t i, n = 0;

	for (i = 0; (i = list_facet(l, i)) != 0;)
		names[n++] = l->filters[i].column;
	buf_str(sql, "~grouping(");
	for (i = n; i > 0; i--)
		buf_printf(sql, "%s%s", i < n ? ", " : "", names[i - 1]);
	buf_printf(sql, ") & %d", (1 << n) - 1);
}

/*
 * One walk counts all: who fails nothing is on the page, and a facet counts
 * those who fail nothing or its own filter only.  In byte order, for values
 * are told apart here and not shown in order, which is far cheaper.
 */
static void
add_facets(struct list_query *q, const struct list_conditions *c)
{
	const struct list *l = q->list;
	struct buf *sql = &q->sql;
	size_t i, bit = 1;

	buf_str(sql, " UNION ALL SELECT 'count', coalesce(");
	add_names(sql, l, "", "");
	/* A bit is set in grouping() when the column is not grouped by. */
	buf_str(sql, "), count(*), ");
	add_grouping(sql, l);
	buf_printf(sql, ", %s", c->facets ? "failed" : "0");
	add_nulls(q);
	buf_str(sql, " FROM (SELECT ");
	add_failed(sql, l, c);
	add_names(sql, l, "r.", " COLLATE \"C\" AS ");
	add(sql, &c->shown);
	add(sql, &c->base);
	buf_str(sql, ") AS m");
	if (c->facets) {
		buf_str(sql, " WHERE failed IN (0");
		for (i = 0; (i = list_facet(l, i)) != 0; bit <<= 1)
			buf_printf(sql, ", %zu", bit);
		buf_str(sql, ") GROUP BY failed, ");
	} else {
		buf_str(sql, " GROUP BY ");
	}
	buf_str(sql, "GROUPING SETS ((), ");
	add_names(sql, l, "", "");
	buf_char(sql, ')');
}

static void
add_statement(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	/* The page comes first: it tells the UNION the columns' types. */
	add_page(q, c, ps);
	add_facets(q, c);
	buf_str(&q->sql, " UNION ALL SELECT 'meta', now()::text,"
	    " (SELECT generation FROM cccp.clock), 0, 0");
	add_nulls(q);
	if (c->facets || c->base.len > 0) {
		buf_str(&q->sql, " UNION ALL SELECT 'total', NULL,"
		    " (SELECT count(*)");
		add(&q->sql, &c->shown);
		buf_str(&q->sql, "), 0, 0");
		add_nulls(q);
	}
	buf_str(&q->sql, " ORDER BY 1, 2, 3");
}

static void
add_export(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	size_t i;

	for (i = 0; i < q->ncolumns; i++)
		buf_printf(&q->sql, "%s r.%s", i > 0 ? "," : "SELECT",
		    q->column[i]->column);
	add_matches(q, c, ps);
}

static void
choose_columns(struct list_query *q, const struct param_value *fields)
{
	const struct list *l = q->list;
	size_t i;

	q->ncolumns = fields->given ? fields->n : l->ncolumns;
	for (i = 0; i < q->ncolumns; i++)
		q->column[i] = fields->given ?
		    column_of(l, fields->item[i].text) : &l->columns[i];
}

static bool
compose(struct list_query *q, const struct list *l, const struct params *ps,
    void (*add_all)(struct list_query *, const struct list_conditions *,
    const struct params *))
{
	struct list_conditions c = { 0 };
	int i;

	q->list = l;
	choose_columns(q, &ps->value[LIST_FIELDS]);
	list_conditions(q, &c, ps);
	add_all(q, &c, ps);
	buf_char(&q->sql, '\0');
	list_conditions_free(&c);
	if (!buf_ok(&q->sql) || !buf_ok(&q->text))
		return false;
	for (i = 0; i < q->n; i++)
		q->bind[i] = q->text.data + q->from[i];
	return true;
}

bool
list_compose(struct list_query *q, const struct list *l,
    const struct params *ps)
{
	return compose(q, l, ps, add_statement);
}

bool
list_compose_all(struct list_query *q, const struct list *l,
    const struct params *ps)
{
	return compose(q, l, ps, add_export);
}

void
list_query_free(struct list_query *q)
{
	buf_free(&q->sql);
	buf_free(&q->text);
}
