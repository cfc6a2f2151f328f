/* The statements of a list: a page with its counts, or all rows. */
#include <string.h>

#include "fcgi/list/private.h"

/* FROM, WHERE and ORDER BY of all rows that match. */
static void
add_matches(struct list_query *q, const struct list_conditions *c,
    const struct list_cursor *cursor)
{
	list_matches(q, c);
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
	    q->bare ? 0 : per_page + 1));
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

	buf_str(&q->sql, id != NULL ?
	    "SELECT 'row', NULL, p.place, 0, 0, NULL" :
	    "SELECT 'row', NULL, row_number() OVER (), 0, 0, NULL");
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

static void
add_statement(struct list_query *q, const struct list_conditions *c,
    const struct params *ps, enum list_what what)
{
	/* The page comes first: the UNION takes the types of its columns. */
	add_page(q, c, ps);
	if (what == LIST_WHOLE)
		list_counts_select(q, c, ps);
	buf_str(&q->sql, " UNION ALL SELECT 'meta', now()::text,"
	    " (SELECT generation FROM cccp.clock), -1, 0, NULL");
	list_nulls(q);
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
	/* Of an export, the handler's own gate takes care. */
	if (what != LIST_ALL_ROWS && list_long(l, ps))
		buf_str(&c.shown, " AND (SELECT cccp.long_place())");
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
