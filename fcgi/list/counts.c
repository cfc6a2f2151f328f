/*
 * What all pages of a filter share: counts of all rows, of those that are
 * filtered and of each value of a facet; labels; totals.  First the part of the
 * statement that computes them, then the text that is made of its result.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/json.h"
#include "fcgi/list/private.h"

static void
add(struct buf *to, const struct buf *b)
{
	buf_add(to, b->data, b->len);
}

/* The names of the facets' columns. */
static void
add_names(struct buf *sql, const struct list *l)
{
	const char *comma = "";
	size_t i;

	for (i = 0; (i = list_next_facet(l, i)) != 0; comma = ", ")
		buf_printf(sql, "%s%s", comma, l->filters[i].column);
}

/*
 * The values of the facets under these names, in byte order, which is far
 * cheaper to group by than French order.
 */
static void
add_values(struct buf *sql, const struct list *l)
{
	const char *comma = "";
	size_t i;

	for (i = 0; (i = list_next_facet(l, i)) != 0; comma = ", ") {
		buf_str(sql, comma);
		buf_char(sql, '(');
		list_filter_value(sql, &l->filters[i]);
		buf_printf(sql, ") COLLATE \"C\" AS %s",
		    l->filters[i].column);
	}
}

/* The parameter of the facet by source, and its bit; 0: there is none. */
static size_t
facet_by_source(const struct list *l, int *bit)
{
	size_t i;

	*bit = 1;
	for (i = 0; (i = list_next_facet(l, i)) != 0; *bit <<= 1)
		if (l->filters[i].by_source)
			return i;
	return 0;
}

/* The label of a value of it, or NULL; an index finds the queue. */
static void
add_label(struct buf *sql, const struct list *l)
{
	const char *v;
	size_t i;
	int bit;

	if ((i = facet_by_source(l, &bit)) == 0) {
		buf_str(sql, ", NULL");
		return;
	}
	v = l->filters[i].column;
	buf_printf(sql, ", (SELECT q.label FROM cccp_web.queue AS q WHERE"
	    " q.source = split_part(m.%s, '/', 1) COLLATE \"default\""
	    " AND q.name = substr(m.%s, strpos(m.%s, '/') + 1)"
	    " COLLATE \"default\")", v, v, v);
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
 * counts the rows that fail no filter or only its own.
 */
static void
add_facets(struct list_query *q, const struct list_conditions *c)
{
	const struct list *l = q->list;
	struct buf *sql = &q->sql;
	size_t i, bit = 1;

	buf_str(sql, " UNION ALL SELECT 'count', coalesce(");
	add_names(sql, l);
	/* A bit is set in grouping() when the column is not grouped by. */
	buf_str(sql, "), count(*), ");
	add_grouping(sql, l);
	buf_printf(sql, ", %s", c->facets ? "failed" : "0");
	add_label(sql, l);
	list_nulls(q);
	buf_str(sql, " FROM (SELECT ");
	add_failed(sql, l, c);
	add_values(sql, l);
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
	add_names(sql, l);
	buf_char(sql, ')');
}

/*
 * The labels of the values that are filtered by, which may have no rows.  A
 * name without a source has one if it is the same in all of them.
 */
static void
add_filter_labels(struct list_query *q, const struct params *ps)
{
	const struct param_value *v;
	size_t i;
	int bit;

	if ((i = facet_by_source(q->list, &bit)) == 0)
		return;
	v = &ps->value[i];
	for (i = 0; i < 2; i++) {
		if (!list_has_items(v, i == 1))
			continue;
		buf_printf(&q->sql, " UNION ALL SELECT 'label', v.value, 0, %d,"
		    " 0, (SELECT min(q.label) FROM cccp_web.queue AS q WHERE"
		    " q.source || '/' || q.name = v.value OR strpos(v.value,"
		    " '/') = 0 AND q.name = v.value"
		    " HAVING count(DISTINCT q.label) = 1)", bit);
		list_nulls(q);
		buf_printf(&q->sql, " FROM unnest($%d::text[]) AS v (value)",
		    list_bind_items(q, v, i == 1));
	}
}

/* The totals of the list, as a JSON object. */
static void
add_figures(struct list_query *q, const struct list_conditions *c)
{
	const char *const *key = q->list->totals;
	const char *comma = "";

	if (key == NULL)
		return;
	buf_str(&q->sql, " UNION ALL SELECT 'figures', json_build_object(");
	for (; *key != NULL; key++, comma = ", ")
		buf_printf(&q->sql, "%s'%s', sum(r.%s)", comma, *key, *key);
	buf_str(&q->sql, ")::text, 0, 0, 0, NULL");
	list_nulls(q);
	list_matches(q, c);
}

/* How many hidden rows have something that waits, and how much; as JSON. */
static void
add_hidden(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	const struct list *l = q->list;
	const char *column = NULL;
	bool asked = false;
	size_t i;

	if (l->waits == NULL)
		return;
	for (i = LIST_FILTERS; i < l->nparams; i++)
		if (l->filters[i].how == LIST_HIDDEN) {
			column = l->filters[i].column;
			asked = ps->value[i].given && ps->value[i].number;
		}
	buf_printf(&q->sql, " UNION ALL SELECT 'hidden', json_build_object("
	    "'%s', count(*), '%s', coalesce(sum(r.%s), 0))::text, 0, 0, 0,"
	    " NULL", l->name, l->waits, l->waits);
	list_nulls(q);
	buf_printf(&q->sql, " FROM %s AS r WHERE %s AND r.%s AND r.%s > 0%s",
	    l->view, l->shown, column, l->waits, asked ? " AND false" : "");
	add(&q->sql, &c->base);
	for (i = 0; (i = list_next_facet(l, i)) != 0;)
		add(&q->sql, &c->facet[i]);
}

static void
add_total(struct list_query *q, const struct list_conditions *c)
{
	if (!c->facets && c->base.len == 0)
		return;
	buf_str(&q->sql, " UNION ALL SELECT 'all', NULL, (SELECT count(*)");
	add(&q->sql, &c->shown);
	buf_str(&q->sql, "), 0, 0, NULL");
	list_nulls(q);
}

void
list_counts_select(struct list_query *q, const struct list_conditions *c,
    const struct params *ps)
{
	add_facets(q, c);
	add_filter_labels(q, ps);
	add_figures(q, c);
	add_hidden(q, c, ps);
	add_total(q, c);
}

int64_t
list_number_at(const PGresult *res, int row, int col)
{
	return strtoll(PQgetvalue(res, row, col), NULL, 10);
}

bool
list_is_kind(const PGresult *res, int row, const char *kind)
{
	return strcmp(PQgetvalue(res, row, LIST_ROW_KIND), kind) == 0;
}

/* Is it a count of the facet: of rows that fail no filter, or only its own? */
static bool
is_count(const PGresult *res, int row, int bit)
{
	int64_t failed;

	if (!list_is_kind(res, row, "count") ||
	    list_number_at(res, row, LIST_ROW_FACET) != bit)
		return false;
	failed = list_number_at(res, row, LIST_ROW_FAILED);
	return failed == 0 || failed == bit;
}

void
list_add_number(struct buf *b, const char *key, int64_t number)
{
	json_add_key(b, key);
	buf_u64(b, (uint64_t)number);
}

/*
 * One facet.  A value may have two counts, which follow one another: of the
 * rows that fail no filter, and of those that fail only this one.
 */
static void
write_facet(struct buf *b, const PGresult *res, int bit)
{
	const char *value, *last = NULL;
	int64_t n = 0;
	int row;

	for (row = 0; row < PQntuples(res); row++) {
		if (!is_count(res, row, bit))
			continue;
		value = PQgetvalue(res, row, LIST_ROW_TEXT);
		if (last == NULL || strcmp(value, last) != 0) {
			if (last != NULL)
				list_add_number(b, last, n);
			last = value;
			n = 0;
		}
		n += list_number_at(res, row, LIST_ROW_NUMBER);
	}
	if (last != NULL)
		list_add_number(b, last, n);
}

static void
write_facets(struct buf *b, const struct list *l, const PGresult *res)
{
	size_t i;
	int bit = 1;

	buf_char(b, '{');
	for (i = 0; (i = list_next_facet(l, i)) != 0; bit <<= 1) {
		json_add_key(b, l->params[i].name);
		buf_char(b, '{');
		write_facet(b, res, bit);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

static bool
is_counted(const PGresult *res, const char *value, int bit)
{
	int row;

	for (row = 0; row < PQntuples(res); row++)
		if (is_count(res, row, bit) && strcmp(PQgetvalue(res, row,
		    LIST_ROW_TEXT), value) == 0)
			return true;
	return false;
}

/*
 * The labels of the values that rows have, or of others that are filtered by;
 * each once: the rows of a value follow one another.
 */
static void
write_labels(struct buf *b, const PGresult *res, int bit, bool others)
{
	const char *value, *last = NULL;
	int row;

	for (row = 0; row < PQntuples(res); row++) {
		if (PQgetisnull(res, row, LIST_ROW_LABEL) || !(others ?
		    list_is_kind(res, row, "label") : is_count(res, row, bit)))
			continue;
		value = PQgetvalue(res, row, LIST_ROW_TEXT);
		if ((last != NULL && strcmp(value, last) == 0) ||
		    (others && is_counted(res, value, bit)))
			continue;
		json_add_key(b, value);
		json_add_text(b, PQgetvalue(res, row, LIST_ROW_LABEL));
		last = value;
	}
}

void
list_counts_write(struct buf *b, const struct list *l, const PGresult *res)
{
	const char *figures = NULL, *hidden = NULL;
	int64_t total = -1, filtered = 0;
	size_t labelled;
	int row, bit;

	for (row = 0; row < PQntuples(res); row++)
		if (list_is_kind(res, row, "all"))
			total = list_number_at(res, row, LIST_ROW_NUMBER);
		else if (list_is_kind(res, row, "figures"))
			figures = PQgetvalue(res, row, LIST_ROW_TEXT);
		else if (list_is_kind(res, row, "hidden"))
			hidden = PQgetvalue(res, row, LIST_ROW_TEXT);
		else if (is_count(res, row, 0))
			filtered = list_number_at(res, row, LIST_ROW_NUMBER);
	if (total == -1)		/* there is no filter */
		total = filtered;
	buf_printf(b, "%" PRId64 " %" PRId64 " ,\"facets\":", total, filtered);
	write_facets(b, l, res);
	if ((labelled = facet_by_source(l, &bit)) != 0) {
		buf_printf(b, ",\"labels\":{\"%s\":{",
		    l->params[labelled].name);
		write_labels(b, res, bit, false);
		write_labels(b, res, bit, true);
		buf_str(b, "}}");
	}
	if (figures != NULL)
		buf_printf(b, ",\"totals\":%s", figures);
	if (hidden != NULL)
		buf_printf(b, ",\"hidden\":%s", hidden);
}

struct list_counts
list_counts_read(const char *text, size_t len)
{
	const char *const end = text + len;
	struct list_counts c;
	char *p;

	c.total = strtoll(text, &p, 10);
	c.filtered = strtoll(p, &p, 10);
	c.members = p + 1;
	c.members_len = (size_t)(end - c.members);
	return c;
}

