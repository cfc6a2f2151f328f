#include <stdlib.h>
#include <string.h>

#include "poller/model/gone.h"
#include "poller/model/index.h"
#include "poller/model/outbound.h"
#include "poller/model/snapshot.h"

/* Objects of a view that are over, as the last rows show. */
struct over {
	uint32_t		*id;
	size_t			 n, max;
};

struct snapshot {
	struct index		 index;
	struct gone_list	 gone;
	struct over		 over[VIEW__MAX];
	struct defects		 document;	/* snapshot_set_defects() */
	struct defects		 sum;		/* with those of index */
};

struct snapshot *
snapshot_new(void)
{
	struct snapshot *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	index_init(&s->index);
	gone_init(&s->gone);
	return s;
}

void
snapshot_clear(struct snapshot *s)
{
	enum view_id view;

	index_clear(&s->index);
	gone_clear(&s->gone);
	s->index.defects = s->document = (struct defects){ .changed = false };
	for (view = 0; view < VIEW__MAX; view++)
		s->over[view].n = 0;
}

void
snapshot_free(struct snapshot *s)
{
	enum view_id view;

	if (s == NULL)
		return;
	snapshot_clear(s);
	for (view = 0; view < VIEW__MAX; view++)
		free(s->over[view].id);
	free(s);
}

bool
snapshot_has(const struct snapshot *s, enum view_id view, uint32_t id)
{
	return index_object(&s->index, view, id) != NULL;
}

size_t
snapshot_count(const struct snapshot *s, enum view_id view)
{
	return s->index.n[view];
}

bool
snapshot_changed(const struct snapshot *s)
{
	return !TAILQ_EMPTY(&s->index.changed) || s->gone.n > 0 ||
	    s->index.defects.changed;
}

bool
snapshot_enter(struct snapshot *s, enum view_id view, uint32_t id)
{
	return snapshot_has(s, view, id) ||
	    index_add(&s->index, view, id) != NULL;
}

/* A task may have values, its end among them, that no flush has written. */
static void
note_task(struct snapshot *s, struct object *o)
{
	struct gone *gone = gone_add(&s->gone, o->view, o->value[TASK_ID],
	    o->value[TASK_QUEUED]);

	if (gone == NULL)
		return;
	rows_task(&s->index, o, false, &gone->row);
	if (!buf_ok(&gone->row))
		buf_free(&gone->row);
}

/*
 * An object loses its key: that row is no more, unless an older object has the
 * same key.
 */
static void
lose_key(struct snapshot *s, struct object *o, int64_t now)
{
	const char *key = index_key(o);

	if (o->view == VIEW_OUTBOUND && o->call_key != NULL)
		(void)gone_add_call(&s->gone, o, now);
	if (key == NULL)
		return;
	index_touch_key(&s->index, o, now);
	if (o->view == VIEW_TASK)
		note_task(s, o);
	else
		(void)gone_add(&s->gone, o->view, key, NULL);
}

void
snapshot_leave(struct snapshot *s, enum view_id view, uint32_t id,
    int64_t now)
{
	struct object *o = index_object(&s->index, view, id);

	if (o == NULL)
		return;
	index_touch(&s->index, o, now);
	lose_key(s, o, now);
	index_remove(&s->index, o);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

void
snapshot_answered(struct snapshot *s, enum view_id view, uint32_t id)
{
	struct object *o = index_object(&s->index, view, id);

	if (o != NULL && index_has_key(view) && index_key(o) == NULL)
		index_set_keyless(&s->index, o, true);
}

static bool
set(struct snapshot *s, enum view_id view, uint32_t id, size_t field,
    const char *value, bool part, int64_t now)
{
	struct object *o = index_object(&s->index, view, id), *shown = NULL;
	char *text = NULL;

	if (o == NULL || field >= views[view].n)
		return true;
	index_set_part(&s->index, o, field, part);
	if (index_is_key(o->view, field))
		index_set_keyless(&s->index, o, value == NULL);
	if (same(o->value[field], value))
		return true;
	if (value != NULL && (text = strdup(value)) == NULL)
		return false;
	/* Once for the rows that show the old value, once for the new one. */
	index_touch(&s->index, o, now);
	if (index_is_key(o->view, field))
		lose_key(s, o, now);
	if (index_is_rank(o->view, field))
		shown = index_by_key(&s->index, o->view, index_key(o));
	if (!index_set(&s->index, o, field, text))
		return false;
	index_touch(&s->index, o, now);
	if (shown != NULL) {
		index_touch(&s->index, shown, now);
		index_touch(&s->index, index_by_key(&s->index, o->view,
		    index_key(o)), now);
	}
	return true;
}

bool
snapshot_set(struct snapshot *s, enum view_id view, uint32_t id,
    size_t field, const char *value, int64_t now)
{
	return set(s, view, id, field, value, false, now);
}

bool
snapshot_set_part(struct snapshot *s, enum view_id view, uint32_t id,
    size_t field, const char *value, int64_t now)
{
	return set(s, view, id, field, value, true, now);
}

void
snapshot_set_defects(struct snapshot *s, const struct defects *defects)
{
	if (memcmp(s->document.n, defects->n, sizeof(defects->n)) != 0)
		s->index.defects.changed = true;
	s->document = *defects;
}

size_t
snapshot_hidden(const struct snapshot *s, enum defect kind, enum view_id view)
{
	return s->index.defects.n[kind][view][0] + s->document.n[kind][view][0];
}

const struct defects *
snapshot_defects(struct snapshot *s)
{
	s->sum = s->index.defects;
	defects_join(&s->sum, &s->document);
	return &s->sum;
}

void
snapshot_rows_lost(struct snapshot *s)
{
	gone_restore(&s->gone);
}

void
snapshot_settle(struct snapshot *s,
    void (*forgotten)(void *, enum view_id, uint32_t id), void *arg)
{
	struct object *o;
	enum view_id view;
	size_t i;

	gone_forget(&s->gone);
	for (view = 0; view < VIEW__MAX; view++) {
		struct over *over = &s->over[view];

		for (i = 0; i < over->n; i++) {
			o = index_object(&s->index, view, over->id[i]);
			if (o == NULL || o->changed)
				continue;
			index_remove(&s->index, o);
			if (forgotten != NULL)
				forgotten(arg, view, over->id[i]);
		}
		over->n = 0;
	}
}

/* Only one of several objects with one key has a row. */
static bool
shows(const struct snapshot *s, const struct object *o)
{
	return index_by_key(&s->index, o->view, index_key(o)) == o;
}

const char *
snapshot_double(struct snapshot *s, enum view_id view)
{
	const struct object *o;

	if (snapshot_hidden(s, DEFECT_SAME_KEY, view) > 0)
		TAILQ_FOREACH(o, &s->index.all[view], all)
			if (index_key(o) != NULL && !shows(s, o))
				return index_key(o);
	return NULL;
}

static bool
note_over(struct snapshot *s, const struct object *o)
{
	struct over *over = &s->over[o->view];
	size_t max = over->max != 0 ? over->max * 2 : 64;
	uint32_t *grown;

	if (over->n == over->max) {
		grown = realloc(over->id, max * sizeof(*grown));
		if (grown == NULL)
			return false;
		over->id = grown;
		over->max = max;
	}
	over->id[over->n++] = o->id;
	return true;
}

static void
object_row(struct snapshot *s, struct object *o, struct buf *out)
{
	size_t end = view_ended(o->view);

	switch (o->view) {
	case VIEW_USER:
		if (shows(s, o))
			rows_user(&s->index, o, &out[ROWS_AGENT]);
		return;
	case VIEW_QUEUE:
		if (shows(s, o))
			rows_queue(o, &out[ROWS_QUEUE]);
		return;
	case VIEW_TASK:
		if (!shows(s, o))
			return;
		rows_task(&s->index, o, true, &out[ROWS_CALL]);
		break;
	case VIEW_SESSION:
		break;
	case VIEW_OUTBOUND:
		outbound_row(&s->index, &s->gone, o, &out[ROWS_CALL]);
		return;
	default:
		return;
	}
	if (o->value[end] != NULL && !note_over(s, o))
		out[ROWS_CALL].failed = true;
}

/* Rows that are no more, unless another object has the key by now. */
static void
gone_rows(struct snapshot *s, bool complete, struct buf *out)
{
	static const enum rows_table table[VIEW__MAX] = {
		[VIEW_USER] = ROWS_AGENT,
		[VIEW_QUEUE] = ROWS_QUEUE,
		[VIEW_TASK] = ROWS_CALL,
		[VIEW_OUTBOUND] = ROWS_CALL,
	};
	struct gone *gone;
	bool live;

	while ((gone = TAILQ_FIRST(&s->gone.pending)) != NULL) {
		live = index_by_key(&s->index, gone->view, gone->key) != NULL;
		/* Complete rows show what is missing, but not when a call
		 * ended. */
		if (gone->row.len > 0 && !live)
			buf_add(&out[table[gone->view]], gone->row.data,
			    gone->row.len);
		else if ((!complete || gone->ended != NULL) && !live)
			rows_gone(gone, &out[table[gone->view]]);
		if (live || (gone->row.len == 0 && gone->ended == NULL))
			gone_drop(&s->gone, gone);
		else
			gone_mark_sent(&s->gone, gone);
	}
}

bool
snapshot_rows(struct snapshot *s, bool complete,
    struct buf out[ROWS_TABLE__MAX])
{
	struct object *o;
	enum view_id view;

	gone_forget(&s->gone);
	for (view = 0; view < VIEW__MAX; view++) {
		s->over[view].n = 0;
		if (complete)
			TAILQ_FOREACH(o, &s->index.all[view], all)
				object_row(s, o, out);
	}
	while ((o = TAILQ_FIRST(&s->index.changed)) != NULL) {
		if (!complete)
			object_row(s, o, out);
		TAILQ_REMOVE(&s->index.changed, o, change);
		o->changed = false;
	}
	gone_rows(s, complete, out);
	s->index.defects.changed = false;
	return buf_ok(&out[ROWS_AGENT]) && buf_ok(&out[ROWS_QUEUE]) &&
	    buf_ok(&out[ROWS_CALL]);
}
