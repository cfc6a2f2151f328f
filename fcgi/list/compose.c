/* The statements of a list: a page with its counts, or all rows. */
#include <string.h>

#include "fcgi/list/private.h"

static void
add(struct buf *to, const struct buf *b)
{
	buf_add(to, b->data, b->len);
}

/* FROM, WHERE and ORDER BY of all rows that match. */
static void
add_matches(struct list_query *q, const struct list_conditions *c,
    const struct list_cursor *cursor)
{
	size_t i;

	add(&q->sql, &c->shown);
	add(&q->sql, &c->base);
	for (i = 0; (i = list_next_facet(q->list, i)) != 0;)
		add(&q->sql, &c->facet[i]);
	list_after(q, cursor);
	list_order(q);
}

/* Reads the parameter `after`; empty without it. */
static void
read_cursor(struct list_query *q, struct list_cursor *cursor,
    const struct params *ps)
{
	cursor->n = 0;
	if (ps->value[LIST_AFTER].given &&
	    !list_cursor_read(cursor, q->list, ps))
		q->sql.failed = true;
}

/*
 * Selects the rows of the page, or their ids, in order, and one row more, which
 * shows that there is a next page.
 */
static void
add_rows(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	uint64_t page = 1, per_page = LIST_PER_PAGE_DEFAULT, skipped;
	struct list_cursor cursor;

	if (ps->value[LIST_PAGE].given)
		page = (uint64_t)ps->value[LIST_PAGE].number;
	if (ps->value[LIST_PER_PAGE].given)
		per_page = (uint64_t)ps->value[LIST_PER_PAGE].number;
	skipped = (page - 1) * per_page;
	read_cursor(q, &cursor, ps);
	if (!list_shortcut(q, c, &cursor, skipped + per_page + 1)) {
		buf_printf(&q->sql, "SELECT r.%s",
		    q->list->id != NULL ? q->list->id : "*");
		add_matches(q, c, &cursor);
	}
	buf_printf(&q->sql, " LIMIT $%d::bigint", list_bind_number(q,
	    per_page + 1));
	buf_printf(&q->sql, " OFFSET $%d::bigint", list_bind_number(q,
	    skipped));
}

/* Ids first, columns after: nothing is computed for rows that are skipped. */
static void
add_page(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	const char *id = q->list->id;
	size_t i;

	buf_str(&q->sql, id != NULL ? "SELECT 'row', NULL, p.place, 0, 0" :
	    "SELECT 'row', NULL, row_number() OVER (), 0, 0");
	for (i = 0; i < q->ncolumns; i++)
		buf_printf(&q->sql, ", r.%s", q->column[i]->key);
	for (i = 0; i < q->nkeys; i++)
		if (q->key_at[i] >= q->ncolumns)
			buf_printf(&q->sql, ", r.%s",
			    q->key[i].column->key);
	buf_str(&q->sql, id != NULL ? " FROM unnest(ARRAY(" : " FROM (");
	add_rows(q, c, ps);
	if (id != NULL)
		buf_printf(&q->sql, ")) WITH ORDINALITY AS p (%s, place)"
		    " JOIN %s AS r USING (%s)", id, q->list->view, id);
	else
		buf_str(&q->sql, ") AS r");
}

/* NULL for each column that only the rows of the page have. */
static void
add_nulls(struct list_query *q)
{
	size_t i;

	for (i = 0; i < q->ncolumns; i++)
		buf_str(&q->sql, ", NULL");
	for (i = 0; i < q->nkeys; i++)
		if (q->key_at[i] >= q->ncolumns)
			buf_str(&q->sql, ", NULL");
}

/* The columns of the facets: before, name, and, unless "", behind, name. */
static void
add_names(struct buf *sql, const struct list *l, const char *before,
    const char *behind)
{
	const char *name, *comma = "";
	size_t i;

	for (i = 0; (i = list_next_facet(l, i)) != 0; comma = ", ") {
		name = l->filters[i].column;
		buf_printf(sql, "%s%s%s", comma, before, name);
		if (*behind != '\0')
			buf_printf(sql, "%s%s", behind, name);
	}
}

/* A sum with the bit of each facet whose filter the row does not pass. */
static void
add_failed(struct buf *sql, const struct list *l,
    const struct list_conditions *c)
{
	size_t i, bit = 1;

	buf_str(sql, "0");
	for (i = 0; (i = list_next_facet(l, i)) != 0; bit <<= 1) {
		if (c->facet[i].len == 0)
			continue;
		buf_str(sql, " + CASE WHEN true");
		add(sql, &c->facet[i]);
		buf_printf(sql, " THEN 0 ELSE %zu END", bit);
	}
	buf_str(sql, " AS failed, ");
}

/* The bit of the facet that is grouped by: its last column has bit 1. */
static void
add_grouping(struct buf *sql, const struct list *l)
{
	const char *names[PARAM_MAX];
	size_t i, n = 0;

	for (i = 0; (i = list_next_facet(l, i)) != 0;)
		names[n++] = l->filters[i].column;
	buf_str(sql, "~grouping(");
	for (i = n; i > 0; i--)
		buf_printf(sql, "%s%s", i < n ? ", " : "", names[i - 1]);
	buf_printf(sql, ") & %d", (1 << n) - 1);
}

/*
 * All counts in one pass.  Rows that fail no filter are in the list; a facet
 * counts the rows that fail no filter or only its own.  The values are grouped
 * in byte order, which is far cheaper than French order.
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
		for (i = 0; (i = list_next_facet(l, i)) != 0; bit <<= 1)
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
add_total(struct list_query *q, const struct list_conditions *c)
{
	if (!c->facets && c->base.len == 0)
		return;
	buf_str(&q->sql, " UNION ALL SELECT 'all', NULL, (SELECT count(*)");
	add(&q->sql, &c->shown);
	buf_str(&q->sql, "), 0, 0");
	add_nulls(q);
}

static void
add_statement(struct list_query *q, const struct list_conditions *c,
    const struct params *ps, enum list_what what)
{
	/* The page comes first: the UNION takes the types of its columns. */
	add_page(q, c, ps);
	if (what == LIST_WHOLE) {
		add_facets(q, c);
		add_total(q, c);
	}
	buf_str(&q->sql, " UNION ALL SELECT 'meta', now()::text,"
	    " (SELECT generation FROM cccp.clock), -1, 0");
	add_nulls(q);
	/*
	 * Without counts, facet -1 of meta sorts before the 0 of rows: to sort
	 * by numbers takes a tenth of the time.
	 */
	buf_str(&q->sql, what == LIST_WHOLE ? " ORDER BY 1, 2, 3" :
	    " ORDER BY 4, 3");
}

static void
add_export(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	struct list_cursor cursor;
	size_t i;

	for (i = 0; i < q->ncolumns; i++)
		buf_printf(&q->sql, "%s r.%s", i > 0 ? "," : "SELECT",
		    q->column[i]->key);
	read_cursor(q, &cursor, ps);
	add_matches(q, c, &cursor);
}

static void
choose_columns(struct list_query *q, const struct param_value *fields)
{
	const struct list *l = q->list;
	size_t i;

	for (i = 0; fields->given && i < fields->n; i++)
		q->column[q->ncolumns++] = list_column_of(l,
		    fields->item[i].text);
	for (i = 0; !fields->given && i < l->ncolumns; i++)
		if (!l->columns[i].asked)
			q->column[q->ncolumns++] = &l->columns[i];
}

static void
choose_keys(struct list_query *q, const struct params *ps)
{
	size_t i, at, more = q->ncolumns;

	q->nkeys = list_keys(q->list, ps, q->key);
	for (i = 0; i < q->nkeys; i++) {
		for (at = 0; at < q->ncolumns &&
		    q->column[at] != q->key[i].column; at++)
			;
		q->key_at[i] = at < q->ncolumns ? at : more++;
	}
}

bool
list_compose(struct list_query *q, const struct list *l,
    const struct params *ps, enum list_what what)
{
	struct list_conditions c = { 0 };
	int i;

	q->list = l;
	choose_columns(q, &ps->value[LIST_FIELDS]);
	choose_keys(q, ps);
	list_conditions(q, &c, ps);
	if (what == LIST_ALL_ROWS)
		add_export(q, &c, ps);
	else
		add_statement(q, &c, ps, what);
	buf_char(&q->sql, '\0');
	list_conditions_free(&c);
	if (!buf_ok(&q->sql) || !buf_ok(&q->text))
		return false;
	for (i = 0; i < q->n; i++)
		q->bind[i] = q->text.data + q->from[i];
	return true;
}

void
list_query_free(struct list_query *q)
{
	buf_free(&q->sql);
	buf_free(&q->text);
}
