#include <string.h>

#include "fcgi/list.h"

/* Starts a value, to be added to q->text; its place in the statement. */
static int
begin_value(struct list_query *q)
{
	q->from[q->n++] = q->text.len;
	return q->n;
}

static void
end_value(struct list_query *q)
{
	buf_char(&q->text, '\0');
}

static int
bind_number(struct list_query *q, uint64_t number)
{
	int place = begin_value(q);

	buf_u64(&q->text, number);
	end_value(q);
	return place;
}

static int
bind_text(struct list_query *q, const char *text)
{
	int place = begin_value(q);

	buf_str(&q->text, text);
	end_value(q);
	return place;
}

/* The items with or without a minus, as PostgreSQL writes an array. */
static int
bind_items(struct list_query *q, const struct param_value *v, bool minus)
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
	struct buf	 shown;		/* what there is at all */
	struct buf	 base;		/* what narrows it, but for facets */
	struct buf	 facet[PARAM_MAX];	/* of each; empty: no filter */
	bool		 facets;	/* some are not */
};

/* The empty text stands for no value, which is NULL in the database. */
static void
values_condition(struct list_query *q, struct buf *b,
    const struct param_value *v, const char *column)
{
	if (has(v, false))
		buf_printf(b, " AND coalesce(r.%s, '') = ANY ($%d::text[])",
		    column, bind_items(q, v, false));
	if (has(v, true))
		buf_printf(b, " AND coalesce(r.%s, '') <> ALL ($%d::text[])",
		    column, bind_items(q, v, true));
}

/* Words are escaped for LIKE once folded: folding may bring a % about. */
static void
word_conditions(struct list_query *q, struct buf *b,
    const struct param_value *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		buf_printf(b, " AND %s LIKE '%%' || replace("
		    "replace(replace(cccp.fold($%d::text), '\\', '\\\\'),"
		    " '%%', '\\%%'), '_', '\\_') || '%%'", q->list->search,
		    bind_text(q, v->item[i].text));
}

/*
 * Without a beginning: what is of today, or goes on.  That nothing is older
 * than the oldest that goes on is said to leave other months unread.
 */
static void
since_condition(struct list_query *q, struct buf *b,
    const struct param_value *v, const char *column)
{
	if (v->given) {
		buf_printf(b, " AND r.%s >= $%d::timestamptz", column,
		    bind_text(q, v->text));
		return;
	}
	buf_printf(b, " AND (r.active OR r.%s >= date_trunc('day', now()))"
	    " AND r.%s >= least(date_trunc('day', now()), (SELECT min(a.%s)"
	    " FROM %s AS a WHERE a.active))", column, column, column,
	    q->list->view);
}

static void
filter_condition(struct list_query *q, struct conditions *c,
    const struct param_value *v, const struct list_filter *f)
{
	switch (f->how) {
	case LIST_VALUES:
		values_condition(q, &c->base, v, f->column);
		break;
	case LIST_TRUE:
		if (v->given)
			buf_printf(&c->base, " AND r.%s IS %sTRUE", f->column,
			    v->number ? "" : "NOT ");
		break;
	case LIST_HIDDEN:
		if (!v->given || !v->number)
			buf_printf(&c->shown, " AND NOT r.%s", f->column);
		break;
	case LIST_ABOVE:
	case LIST_BELOW:
		if (v->given)
			buf_printf(&c->base, " AND r.%s %c $%d::bigint",
			    f->column, f->how == LIST_ABOVE ? '>' : '<',
			    bind_number(q, (uint64_t)v->number));
		break;
	case LIST_SINCE:
		since_condition(q, &c->shown, v, f->column);
		break;
	case LIST_UNTIL:
		if (v->given)
			buf_printf(&c->shown, " AND r.%s < $%d::timestamptz",
			    f->column, bind_text(q, v->text));
		break;
	case LIST_NOT:
	case LIST_FACET:
		break;
	}
}

static void
make_conditions(struct list_query *q, struct conditions *c,
    const struct params *ps)
{
	const struct list *l = q->list;
	size_t i;

	buf_printf(&c->shown, " FROM %s AS r WHERE %s", l->view, l->shown);
	for (i = 0; (i = list_facet(l, i)) != 0;) {
		values_condition(q, &c->facet[i], &ps->value[i],
		    l->filters[i].column);
		c->facets |= ps->value[i].given;
	}
	word_conditions(q, &c->base, &ps->value[LIST_Q]);
	for (i = LIST_FILTERS; i < l->nparams; i++)
		filter_condition(q, c, &ps->value[i], &l->filters[i]);
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
add_matches(struct list_query *q, const struct conditions *c,
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
add_rows(struct list_query *q, const struct conditions *c,
    const struct params *ps)
{
	uint64_t page = 1, per_page = LIST_PER_PAGE_DEFAULT;

	if (ps->value[LIST_PAGE].given)
		page = (uint64_t)ps->value[LIST_PAGE].number;
	if (ps->value[LIST_PER_PAGE].given)
		per_page = (uint64_t)ps->value[LIST_PER_PAGE].number;
	add_matches(q, c, ps);
	buf_printf(&q->sql, " LIMIT $%d::bigint", bind_number(q, per_page));
	buf_printf(&q->sql, " OFFSET $%d::bigint", bind_number(q,
	    (page - 1) * per_page));
}

/* Places first, rows after: nothing is computed for rows that are skipped. */
static void
add_page(struct list_query *q, const struct conditions *c,
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
add_failed(struct buf *sql, const struct list *l, const struct conditions *c)
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
add_facets(struct list_query *q, const struct conditions *c)
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
add_statement(struct list_query *q, const struct conditions *c,
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
add_export(struct list_query *q, const struct conditions *c,
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
    void (*add_all)(struct list_query *, const struct conditions *,
    const struct params *))
{
	struct conditions c = { 0 };
	size_t i;
	int k;

	q->list = l;
	choose_columns(q, &ps->value[LIST_FIELDS]);
	make_conditions(q, &c, ps);
	add_all(q, &c, ps);
	buf_char(&q->sql, '\0');
	buf_free(&c.shown);
	buf_free(&c.base);
	for (i = 0; i < PARAM_MAX; i++)
		buf_free(&c.facet[i]);
	if (!buf_ok(&q->sql) || !buf_ok(&q->text))
		return false;
	for (k = 0; k < q->n; k++)
		q->bind[k] = q->text.data + q->from[k];
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

size_t
list_facet(const struct list *l, size_t after)
{
	while (++after < l->nparams)
		if (l->filters[after].how == LIST_FACET)
			return after;
	return 0;
}
