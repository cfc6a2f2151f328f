#include <string.h>

#include "poller/json/values.h"

#define END	0xff	/* no view: after the last value */

void
values_add(struct buf *b, enum view_id view, size_t field, const char *text)
{
	buf_char(b, (char)view);
	buf_char(b, (char)field);
	buf_add(b, text, strlen(text) + 1);
}

void
values_end(struct buf *b)
{
	buf_char(b, (char)END);
}

/* Reads one value; returns where the next one begins, or NULL at the end. */
static const char *
next(const char *at, enum view_id *view, size_t *field, const char **text)
{
	if ((unsigned char)*at == END)
		return NULL;
	*view = (enum view_id)(unsigned char)at[0];
	*field = (unsigned char)at[1];
	*text = at + 2;
	return at + 2 + strlen(at + 2) + 1;
}

static bool
apply_view(struct snapshot *s, enum view_id view, uint32_t id,
    const char *values, int64_t seen)
{
	const char *value[VIEW_FIELDS_MAX] = { NULL }, *text;
	enum view_id of;
	size_t i, n = 0;

	while ((values = next(values, &of, &i, &text)) != NULL)
		if (of == view) {
			value[i] = text;
			n++;
		}
	if (n == 0) {
		snapshot_leave(s, view, id, seen);
		return true;
	}
	if (!snapshot_enter(s, view, id))
		return false;
	for (i = 0; i < views[view].n; i++)
		if (!snapshot_set(s, view, id, i, value[i], seen))
			return false;
	return true;
}

bool
values_apply(struct snapshot *s, enum view_id view, uint32_t id,
    const char *values, int64_t seen)
{
	return apply_view(s, view, id, values, seen) && (view != VIEW_TASK ||
	    apply_view(s, VIEW_WAITING, id, values, seen));
}

void
values_leave(struct snapshot *s, enum view_id view, uint32_t id, int64_t seen)
{
	snapshot_leave(s, view, id, seen);
	if (view == VIEW_TASK)
		snapshot_leave(s, VIEW_WAITING, id, seen);
}
