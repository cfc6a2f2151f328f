#include "poller/model/defects.h"

static const char *const kinds[DEFECT__MAX] = {
	[DEFECT_UNREADABLE] = "unreadable",
	[DEFECT_SAME_KEY] = "same_key",
	[DEFECT_LEFT_OUT] = "left_out",
};

/* The lists of the board that show the objects of a view. */
static const char *const lists[VIEW__MAX] = {
	[VIEW_USER] = "users",
	[VIEW_QUEUE] = "queues",
	[VIEW_TASK] = "calls",
	[VIEW_WAITING] = "calls",
	[VIEW_SESSION] = "calls",
	[VIEW_OUTBOUND] = "calls",
};

void
defects_add(struct defects *d, enum defect kind, enum view_id view,
    size_t field)
{
	d->n[kind][view][field]++;
	d->changed = true;
}

void
defects_drop(struct defects *d, enum defect kind, enum view_id view,
    size_t field)
{
	d->n[kind][view][field]--;
	d->changed = true;
}

void
defects_join(struct defects *d, const struct defects *other)
{
	enum defect kind;
	enum view_id view;
	size_t field;

	for (kind = 0; kind < DEFECT__MAX; kind++)
		for (view = 0; view < VIEW__MAX; view++)
			for (field = 0; field < views[view].n; field++)
				d->n[kind][view][field] +=
				    other->n[kind][view][field];
}

/* Paths and columns are constants of view.c, and need no escapes in JSON. */
static void
add_json(struct buf *out, enum defect kind, enum view_id view, size_t field,
    size_t n)
{
	const struct view_field *f = &views[view].field[field];

	if (out->data[out->len - 1] == '}')
		buf_char(out, ',');
	buf_printf(out, "{\"kind\":\"%s\",\"list\":\"%s\",\"path\":\"%s\","
	    "\"field\":", kinds[kind], lists[view], f->path);
	if (f->column != NULL)
		buf_printf(out, "\"%s\"", f->column);
	else
		buf_str(out, "null");
	buf_printf(out, ",\"count\":%zu}", n);
}

void
defects_json(const struct defects *d, struct buf *out)
{
	enum defect kind;
	enum view_id view;
	size_t field;

	buf_char(out, '[');
	for (kind = 0; kind < DEFECT__MAX; kind++)
		for (view = 0; view < VIEW__MAX; view++)
			for (field = 0; field < views[view].n; field++)
				if (d->n[kind][view][field] > 0 && buf_ok(out))
					add_json(out, kind, view, field,
					    d->n[kind][view][field]);
	buf_char(out, ']');
}
