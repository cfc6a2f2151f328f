/*
 * The filters of a list as SQL conditions with bound values, and what the other
 * parts of a statement are made with.
 */
#include <string.h>

#include "fcgi/list/private.h"
#include "sql/lib/array.h"

/* Starts a value, to be appended to q->text; returns its number. */
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

int
list_bind_number(struct list_query *q, uint64_t number)
{
	int place = begin_value(q);

	buf_u64(&q->text, number);
	end_value(q);
	return place;
}

int
list_bind_text(struct list_query *q, const char *text)
{
	int place = begin_value(q);

	buf_str(&q->text, text);
	end_value(q);
	return place;
}

int
list_bind_items(struct list_query *q, const struct param_value *v, bool minus)
{
	int place = begin_value(q);
	size_t i;

	array_begin(&q->text);
	for (i = 0; i < v->n; i++)
		if (v->item[i].minus == minus)
			array_add(&q->text, v->item[i].text);
	array_end(&q->text);
	end_value(q);
	return place;
}

bool
list_has_items(const struct param_value *v, bool minus)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->item[i].minus == minus)
			return true;
	return false;
}

void
list_filter_value(struct buf *b, const struct list_filter *f)
{
	if (f->by_source)
		buf_printf(b, "r.source || '/' || r.%s", f->column);
	else
		buf_printf(b, "r.%s", f->column);
}

/* An item without a slash is a name in any source. */
static void
name_condition(struct list_query *q, struct buf *b,
    const struct param_value *v, const char *column, bool minus)
{
	if (list_has_items(v, minus))
		buf_printf(b, " AND %sARRAY[coalesce(r.source || '/' || r.%s,"
		    " ''), CASE WHEN strpos(r.%s, '/') = 0 THEN r.%s END]"
		    " && $%d::text[]", minus ? "NOT " : "", column, column,
		    column, list_bind_items(q, v, minus));
}

/* An empty item means "without a value", which is NULL in the database. */
static void
values_condition(struct list_query *q, struct buf *b,
    const struct param_value *v, const struct list_filter *f)
{
	if (f->by_source) {
		name_condition(q, b, v, f->column, false);
		name_condition(q, b, v, f->column, true);
		return;
	}
	if (list_has_items(v, false))
		buf_printf(b, " AND coalesce(r.%s, '') = ANY ($%d::text[])",
		    f->column, list_bind_items(q, v, false));
	if (list_has_items(v, true))
		buf_printf(b, " AND coalesce(r.%s, '') <> ALL ($%d::text[])",
		    f->column, list_bind_items(q, v, true));
}

/* Is there a digit, also one of full width? */
static bool
has_digits(const struct param_value *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (strpbrk(v->item[i].text, "0123456789\xef") != NULL)
			return true;
	return false;
}

/*
 * The words become patterns once, in a sub-select, and all together: several
 * may be one phone number.  When many rows match, "|| ''" keeps the index for
 * words from being used: the index of the order is faster then.
 */
static void
word_conditions(struct list_query *q, struct buf *b,
    const struct param_value *v)
{
	const struct list *l = q->list;
	const char *search = l->numbers != NULL && has_digits(v) ?
	    l->numbers : l->search;
	const int words = v->n > 0 ? list_bind_items(q, v, false) : 0;
	size_t i;

	for (i = 1; i <= v->n; i++)
		buf_printf(b, " AND %s%s LIKE"
		    " (SELECT (cccp.patterns($%d::text[]))[%zu])",
		    search, q->common ? " || ''" : "", words, i);
}

/*
 * By default: rows of today and active rows.  The oldest active row is a lower
 * bound, so that partitions of other months are not read.
 */
static void
since_condition(struct list_query *q, struct buf *b,
    const struct param_value *v, const char *column)
{
	if (v->given) {
		buf_printf(b, " AND r.%s >= $%d::timestamptz", column,
		    list_bind_text(q, v->item[0].text));
		return;
	}
	buf_printf(b, " AND (r.active OR r.%s >= date_trunc('day', now()))"
	    " AND r.%s >= least(date_trunc('day', now()), (SELECT min(a.%s)"
	    " FROM %s AS a WHERE a.active))", column, column, column,
	    q->list->view);
}

static void
filter_condition(struct list_query *q, struct list_conditions *c,
    const struct param_value *v, const struct list_filter *f)
{
	switch (f->how) {
	case LIST_VALUES:
		values_condition(q, &c->base, v, f);
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
			/* By what is shown: whole seconds. */
			buf_printf(&c->base, " AND floor(r.%s) %c $%d::bigint",
			    f->column, f->how == LIST_ABOVE ? '>' : '<',
			    list_bind_number(q, (uint64_t)v->number));
		break;
	case LIST_SINCE:
		since_condition(q, &c->shown, v, f->column);
		break;
	case LIST_UNTIL:
		if (v->given)
			buf_printf(&c->shown, " AND r.%s < $%d::timestamptz",
			    f->column, list_bind_text(q, v->item[0].text));
		break;
	case LIST_NOT:
	case LIST_FACET:
		break;
	}
}

void
list_conditions(struct list_query *q, struct list_conditions *c,
    const struct params *ps)
{
	const struct list *l = q->list;
	size_t i;

	buf_printf(&c->shown, " FROM %s AS r WHERE %s", l->view, l->shown);
	for (i = 0; (i = list_next_facet(l, i)) != 0;) {
		values_condition(q, &c->facet[i], &ps->value[i],
		    &l->filters[i]);
		c->facets |= ps->value[i].given;
	}
	word_conditions(q, &c->base, &ps->value[LIST_Q]);
	for (i = LIST_FILTERS; i < l->nparams; i++)
		filter_condition(q, c, &ps->value[i], &l->filters[i]);
	q->sql.failed |= c->shown.failed || c->base.failed;
	for (i = 0; i < PARAM_MAX; i++)
		q->sql.failed |= c->facet[i].failed;
}

void
list_conditions_free(struct list_conditions *c)
{
	size_t i;

	buf_free(&c->shown);
	buf_free(&c->base);
	for (i = 0; i < PARAM_MAX; i++)
		buf_free(&c->facet[i]);
}

size_t
list_next_facet(const struct list *l, size_t after)
{
	while (++after < l->nparams)
		if (l->filters[after].how == LIST_FACET)
			return after;
	return 0;
}

void
list_matches(struct list_query *q, const struct list_conditions *c)
{
	size_t i;

	buf_add(&q->sql, c->shown.data, c->shown.len);
	buf_add(&q->sql, c->base.data, c->base.len);
	for (i = 0; (i = list_next_facet(q->list, i)) != 0;)
		buf_add(&q->sql, c->facet[i].data, c->facet[i].len);
}

void
list_nulls(struct list_query *q)
{
	size_t i;

	for (i = 0; i < q->ncolumns; i++)
		buf_str(&q->sql, ", NULL");
	for (i = 0; i < q->nkeys; i++)
		if (q->key_at[i] >= q->ncolumns)
			buf_str(&q->sql, ", NULL");
}
