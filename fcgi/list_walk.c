/*
 * Keys in an order that no index of the view has, from a table that lies in
 * parts, each in that order: the first few of each part, and of these the
 * first.  However many rows there are, few are looked at; but of a part that is
 * stale all are, and a page by number takes all before it out of each part.
 */
#include "fcgi/list_private.h"

/* Nothing is asked but the walk's order, and what one facet narrows. */
static bool
suits(const struct list_query *q, const struct list_conditions *c)
{
	const struct list_walk *w = q->list->walk;
	size_t i;

	if (w == NULL || q->key[0].column != w->by || q->nkeys != 2 ||
	    c->base.len > 0)
		return false;
	for (i = 0; (i = list_facet(q->list, i)) != 0;)
		if (i != w->facet && c->facet[i].len > 0)
			return false;
	return true;
}

/*
 * Where in a part the rows begin that may follow the cursor.  list_after()
 * says it exactly, but of the moment by our clock, which no index knows.
 */
static void
add_begin(struct list_query *q, const struct list_cursor *cursor)
{
	const bool falling = q->key[0].falling;
	const bool both = q->key[1].falling == falling;
	struct buf *sql = &q->sql;

	if (cursor->n == 0 || cursor->value[0] == NULL)
		return;
	buf_str(sql, both ? " AND (r.since, r." : " AND r.since");
	if (both)
		buf_printf(sql, "%s)", q->list->id);
	buf_printf(sql, " %s %sCASE WHEN p.stale THEN '%sinfinity' ELSE"
	    " $%d::timestamptz + p.clock_skew END", falling ? "<=" : ">=",
	    both ? "(" : "", falling ? "" : "-",
	    list_bind_text(q, cursor->value[0]));
	if (both)
		buf_printf(sql, ", $%d::bigint)",
		    list_bind_text(q, cursor->value[1]));
}

bool
list_walk(struct list_query *q, const struct list_conditions *c,
    const struct list_cursor *cursor, uint64_t most)
{
	const struct list_walk *w = q->list->walk;

	if (!suits(q, c))
		return false;
	buf_printf(&q->sql, "SELECT r.%s FROM %s AS p CROSS JOIN LATERAL"
	    " (SELECT r.%s, r.%s FROM (%s) AS r WHERE true", q->list->id,
	    w->parts, q->list->id, w->by->key, w->rows);
	buf_add(&q->sql, c->facet[w->facet].data, c->facet[w->facet].len);
	add_begin(q, cursor);
	list_after(q, cursor);
	/* What is stale has one moment for all, and lies in no order. */
	buf_printf(&q->sql, " ORDER BY r.since%s, r.%s%s LIMIT CASE WHEN"
	    " p.stale THEN NULL ELSE $%d::bigint END) AS r",
	    q->key[0].falling ? " DESC" : "", q->list->id,
	    q->key[1].falling ? " DESC" : "", list_bind_number(q, most));
	list_order(q);
	return true;
}
