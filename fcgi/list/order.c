/* The order of a list, and the rows that follow a cursor. */
#include <string.h>

#include "fcgi/list/private.h"
#include "sql/lib/array.h"

/* The type of the value that a column is compared with. */
static const char *const types[LIST_SORT__MAX] = {
	[LIST_SORT_TEXT] = "text",
	[LIST_SORT_STATE] = "text",
	[LIST_SORT_STAGE] = "text",
	[LIST_SORT_WORD] = "text",
	[LIST_SORT_NUMBER] = "bigint",
	[LIST_SORT_REAL] = "double precision",
	[LIST_SORT_SECONDS] = "double precision",
	[LIST_SORT_TIME] = "timestamptz",
	[LIST_SORT_BOOL] = "boolean",
};

const struct list_column *
list_column_of(const struct list *l, const char *key)
{
	size_t i;

	for (i = 0; strcmp(l->columns[i].key, key) != 0; i++)
		;
	return &l->columns[i];
}

const char *const *
list_words(enum list_sort sort)
{
	return sort == LIST_SORT_STATE ? list_states :
	    sort == LIST_SORT_STAGE ? list_stages : NULL;
}

static bool
has_column(const struct list_key *keys, size_t n, const struct list_column *c)
{
	while (n-- > 0)
		if (keys[n].column == c)
			return true;
	return false;
}

static struct list_key
key_of(const struct list *l, const char *key, bool falling)
{
	size_t i;

	for (i = 0; i < l->nages; i++)
		if (strcmp(l->ages[i].key, key) == 0)
			return (struct list_key){ &l->ages[i].from, !falling };
	return (struct list_key){ list_column_of(l, key), falling };
}

size_t
list_keys(const struct list *l, const struct params *ps,
    struct list_key *keys)
{
	const struct param_value *v = &ps->value[LIST_SORT];
	const struct list_column *c;
	size_t i, n = 0;
	bool falling;

	if (!v->given)
		keys[n++] = key_of(l, l->order, l->falling);
	for (i = 0; i < v->n; i++)
		keys[n++] = key_of(l, v->item[i].text, v->item[i].minus);
	/* Ties have the direction of the last key: one index serves both. */
	falling = keys[n - 1].falling;
	for (i = 0; l->last[i] != NULL; i++) {
		c = list_column_of(l, l->last[i]);
		if (!has_column(keys, n, c))
			keys[n++] = (struct list_key){ c, falling };
	}
	return n;
}

/* The sort value of the column, or, with a place, of the parameter there. */
static void
add_value(struct buf *sql, const struct list_column *c, int place)
{
	const char *const *words = list_words(c->sort), *const *word;

	if (words != NULL) {			/* its position in words */
		buf_str(sql, "array_position('");
		array_begin(sql);
		for (word = words; *word != NULL; word++)
			array_add(sql, *word);
		array_end(sql);
		buf_str(sql, "'::text[], ");
	}
	if (place > 0)
		buf_printf(sql, "$%d::%s", place, types[c->sort]);
	else
		buf_printf(sql, "r.%s", c->key);
	if (words != NULL)
		buf_char(sql, ')');
	if (c->sort == LIST_SORT_TEXT && place == 0)
		buf_str(sql, " COLLATE cccp.french");
}

void
list_order(struct list_query *q)
{
	const struct list_key *k;

	buf_str(&q->sql, " ORDER BY ");
	for (k = q->key; k < q->key + q->nkeys; k++) {
		if (k > q->key)
			buf_str(&q->sql, ", ");
		add_value(&q->sql, k->column, 0);
		buf_str(&q->sql, k->falling ? " DESC" : "");
		/* Only where it is needed: no index has this order. */
		if (k->column->nulls)
			buf_str(&q->sql, " NULLS LAST");
	}
}

static void
compare(struct list_query *q, const struct list_key *k, const char *how,
    int place)
{
	add_value(&q->sql, k->column, 0);
	buf_printf(&q->sql, " %s ", how);
	add_value(&q->sql, k->column, place);
}

/* The rows that come after by this key alone. */
static void
add_beyond(struct list_query *q, const struct list_key *k, int place)
{
	if (place == 0) {		/* null is last: nothing follows */
		buf_str(&q->sql, "false");
		return;
	}
	compare(q, k, k->falling ? "<" : ">", place);
	if (k->column->nulls)
		buf_printf(&q->sql, " OR r.%s IS NULL", k->column->key);
}

/*
 * After by the first key, or equal by it and after by the second, and so on.  A
 * separate condition on the first key lets an index scan begin there.
 */
void
list_after(struct list_query *q, const struct list_cursor *cursor)
{
	const struct list_key *k = q->key;
	int place[LIST_KEYS_MAX];
	size_t i;

	if (cursor->n == 0)
		return;
	for (i = 0; i < q->nkeys; i++)
		place[i] = cursor->value[i] == NULL ? 0 :
		    list_bind_text(q, cursor->value[i]);
	buf_str(&q->sql, " AND ");
	if (place[0] > 0 && !k->column->nulls && q->nkeys > 1) {
		compare(q, k, k->falling ? "<=" : ">=", place[0]);
		buf_str(&q->sql, " AND ");
	}
	for (i = 0; i < q->nkeys; i++) {
		buf_char(&q->sql, '(');
		add_beyond(q, k + i, place[i]);
		if (i == q->nkeys - 1)
			break;
		buf_str(&q->sql, " OR (");
		if (place[i] > 0)
			compare(q, k + i, "=", place[i]);
		else
			buf_printf(&q->sql, "r.%s IS NULL",
			    k[i].column->key);
		buf_str(&q->sql, " AND ");
	}
	buf_char(&q->sql, ')');
	for (i = 1; i < q->nkeys; i++)
		buf_str(&q->sql, "))");
}
