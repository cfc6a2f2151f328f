/*
 * A faster way to the ids of a page, for an order that the view has no index
 * for.  The rows are in parts (one for each source and state), and an index has
 * each part in that order.  The first rows of each part are read and merged, so
 * few rows are read, whatever their number.  A stale part is read whole, and a
 * page by number reads all rows before it from each part.  After a cursor whose
 * value is null, only the parts where it may be null are read.
 */
#include "fcgi/list/private.h"

/* Is the shortcut's order asked for, with no filter but its facet? */
static bool
suits(const struct list_query *q, const struct list_conditions *c)
{
	const struct list_shortcut *s = q->list->shortcut;
	size_t i;

	if (s == NULL || q->limited || q->key[0].column != s->by ||
	    q->nkeys != 2 || c->base.len > 0)
		return false;
	for (i = 0; (i = list_next_facet(q->list, i)) != 0;)
		if (i != s->facet && c->facet[i].len > 0)
			return false;
	return true;
}

/*
 * Where in a part the rows after the cursor begin.  list_after() has the exact
 * condition, but on a time by our clock, for which there is no index.
 */
static void
add_begin(struct list_query *q, const struct list_cursor *cursor)
{
	const bool falling = q->key[0].falling;
	const bool both = q->key[1].falling == falling;
	struct buf *sql = &q->sql;

	if (cursor->n == 0)
		return;
	if (cursor->value[0] == NULL) {
		buf_printf(sql, " AND (p.stale OR NOT %s)",
		    q->list->shortcut->known);
		return;
	}
	buf_str(sql, both ? " AND (r.since, r." : " AND r.since");
	if (both)
		buf_printf(sql, "%s)", q->list->id);
	buf_printf(sql, " %s %sCASE WHEN p.stale OR NOT %s THEN"
	    " '%sinfinity' ELSE $%d::timestamptz + p.clock_skew END",
	    falling ? "<=" : ">=", both ? "(" : "",
	    q->list->shortcut->known, falling ? "" : "-",
	    list_bind_text(q, cursor->value[0]));
	if (both)
		buf_printf(sql, ", $%d::bigint)",
		    list_bind_text(q, cursor->value[1]));
}

bool
list_shortcut(struct list_query *q, const struct list_conditions *c,
    const struct list_cursor *cursor, uint64_t most)
{
	const struct list_shortcut *s = q->list->shortcut;

	if (!suits(q, c))
		return false;
	buf_printf(&q->sql, "SELECT r.%s FROM %s AS p CROSS JOIN LATERAL"
	    " (SELECT r.%s, r.%s FROM (%s) AS r WHERE true", q->list->id,
	    s->parts, q->list->id, s->by->key, s->rows);
	buf_add(&q->sql, c->facet[s->facet].data, c->facet[s->facet].len);
	add_begin(q, cursor);
	list_after(q, cursor);
	/* All rows of a stale part have one time: the index does not help. */
	buf_printf(&q->sql, " ORDER BY r.since%s, r.%s%s LIMIT CASE WHEN"
	    " p.stale THEN NULL ELSE $%d::bigint END) AS r",
	    q->key[0].falling ? " DESC" : "", q->list->id,
	    q->key[1].falling ? " DESC" : "", list_bind_number(q, most));
	list_order(q);
	return true;
}
