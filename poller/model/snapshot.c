#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/rows.h"
#include "poller/model/value.h"

/* Which fields are indexed; a view has at most OBJECT_LINKS of them. */
static const struct {
	enum view_id	view;
	size_t		field;
	unsigned	link;
} slots[SLOT__MAX] = {
	[SLOT_USER_LOGIN] = { VIEW_USER, USER_LOGIN, 0 },
	[SLOT_QUEUE_NAME] = { VIEW_QUEUE, QUEUE_NAME, 0 },
	[SLOT_TASK_ID] = { VIEW_TASK, TASK_ID, 0 },
	[SLOT_TASK_SESSION] = { VIEW_TASK, TASK_SESSION, 1 },
	[SLOT_WAITING_TASK] = { VIEW_WAITING, WAITING_TASK, 0 },
	[SLOT_SESSION_ID] = { VIEW_SESSION, CALL_ID, 0 },
	[SLOT_OUTBOUND_LOGIN] = { VIEW_OUTBOUND, OUTBOUND_LOGIN, 0 },
};

static int
by_id(const void *a, const void *b)
{
	const struct object *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int
by_text(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static struct object *
object_by_id(const struct snapshot *s, enum view_id view, uint32_t id)
{
	struct object key = { .id = id };
	void *found = tfind(&key, &s->by_id[view], by_id);

	return found != NULL ? *(struct object **)found : NULL;
}

static struct name *
find_name(const struct snapshot *s, enum slot slot, const char *text)
{
	struct name key;
	void *found;

	if (text == NULL)
		return NULL;
	memcpy(&key.text, &text, sizeof(text));	/* only compared */
	found = tfind(&key, &s->by_text[slot], by_text);
	return found != NULL ? *(struct name **)found : NULL;
}

struct object *
snapshot_find(const struct snapshot *s, enum slot slot, const char *text)
{
	struct name *name = find_name(s, slot, text);

	return name != NULL ? TAILQ_FIRST(&name->links)->object : NULL;
}

static void
unlink_text(struct snapshot *s, enum slot slot, struct object *o)
{
	struct link *link = &o->link[slots[slot].link];
	struct name *name = link->name;

	if (name == NULL)
		return;
	TAILQ_REMOVE(&name->links, link, next);
	link->name = NULL;
	if (TAILQ_EMPTY(&name->links)) {
		tdelete(name, &s->by_text[slot], by_text);
		free(name->text);
		free(name);
	}
}

static bool
link_text(struct snapshot *s, enum slot slot, struct object *o)
{
	const char *text = o->value[slots[slot].field];
	struct link *link = &o->link[slots[slot].link];
	struct name *name = find_name(s, slot, text);

	if (text == NULL)
		return true;
	if (name == NULL) {
		if ((name = calloc(1, sizeof(*name))) == NULL)
			return false;
		TAILQ_INIT(&name->links);
		if ((name->text = strdup(text)) == NULL ||
		    tsearch(name, &s->by_text[slot], by_text) == NULL) {
			free(name->text);
			free(name);
			return false;
		}
	}
	link->name = name;
	link->object = o;
	TAILQ_INSERT_HEAD(&name->links, link, next);
	return true;
}

static void
mark(struct snapshot *s, struct object *o, int64_t now)
{
	o->seen = now;
	if (o->changed)
		return;
	o->changed = true;
	TAILQ_INSERT_TAIL(&s->changed, o, change);
}

static void
mark_all(struct snapshot *s, enum slot slot, const char *text, int64_t now)
{
	struct name *name = find_name(s, slot, text);
	struct link *link;

	if (name == NULL)
		return;
	TAILQ_FOREACH(link, &name->links, next)
		mark(s, link->object, now);
}

/* Marks an object and the rows that show it. */
static void
touch(struct snapshot *s, struct object *o, int64_t now)
{
	mark(s, o, now);
	if (o->view == VIEW_OUTBOUND)
		mark_all(s, SLOT_USER_LOGIN, o->value[OUTBOUND_LOGIN], now);
	else if (o->view == VIEW_WAITING)
		mark_all(s, SLOT_TASK_ID, o->value[WAITING_TASK], now);
	else if (o->view == VIEW_SESSION)
		mark_all(s, SLOT_TASK_SESSION, o->value[CALL_ID], now);
}

/* Takes an object out of everything and frees it. */
static void
drop(struct snapshot *s, struct object *o)
{
	enum slot slot;
	size_t i;

	for (slot = 0; slot < SLOT__MAX; slot++)
		if (slots[slot].view == o->view)
			unlink_text(s, slot, o);
	if (o->changed)
		TAILQ_REMOVE(&s->changed, o, change);
	TAILQ_REMOVE(&s->all[o->view], o, all);
	tdelete(o, &s->by_id[o->view], by_id);
	s->n[o->view]--;
	for (i = 0; i < views[o->view].n; i++)
		free(o->value[i]);
	free(o->caller);
	free(o->callee);
	free(o->call_key);
	free(o->call_start);
	free(o);
}

struct snapshot *
snapshot_new(void)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	enum view_id view;

	if (s == NULL)
		return NULL;
	for (view = 0; view < VIEW__MAX; view++)
		TAILQ_INIT(&s->all[view]);
	TAILQ_INIT(&s->changed);
	TAILQ_INIT(&s->gone);
	TAILQ_INIT(&s->told);
	return s;
}

struct key_slot
snapshot_key(enum view_id view)
{
	switch (view) {
	case VIEW_USER:
		return (struct key_slot){ SLOT_USER_LOGIN, USER_LOGIN };
	case VIEW_QUEUE:
		return (struct key_slot){ SLOT_QUEUE_NAME, QUEUE_NAME };
	case VIEW_TASK:
		return (struct key_slot){ SLOT_TASK_ID, TASK_ID };
	default:
		return (struct key_slot){ SLOT__MAX, 0 };
	}
}

static void
free_gone(struct gone *gone)
{
	buf_free(&gone->row);
	free(gone->key);
	free(gone->queued);
	free(gone->ended);
	free(gone);
}

void
snapshot_forget_gone(struct snapshot *s, struct gone *gone)
{
	TAILQ_REMOVE(&s->gone, gone, next);
	s->n_gone--;
	free_gone(gone);
}

void
snapshot_forget_told(struct snapshot *s)
{
	struct gone *gone;

	while ((gone = TAILQ_FIRST(&s->told)) != NULL) {
		TAILQ_REMOVE(&s->told, gone, next);
		free_gone(gone);
	}
}

void
snapshot_again(struct snapshot *s)
{
	struct gone *gone;

	TAILQ_FOREACH(gone, &s->told, next)
		s->n_gone++;
	/* What happened first is told first. */
	TAILQ_CONCAT(&s->told, &s->gone, next);
	TAILQ_CONCAT(&s->gone, &s->told, next);
}

void
snapshot_clear(struct snapshot *s)
{
	struct object *o;
	enum view_id view;

	for (view = 0; view < VIEW__MAX; view++) {
		while ((o = TAILQ_FIRST(&s->all[view])) != NULL)
			drop(s, o);
		s->n_over[view] = 0;
	}
	while (!TAILQ_EMPTY(&s->gone))
		snapshot_forget_gone(s, TAILQ_FIRST(&s->gone));
	snapshot_forget_told(s);
}

void
snapshot_free(struct snapshot *s)
{
	enum view_id view;

	if (s == NULL)
		return;
	snapshot_clear(s);
	for (view = 0; view < VIEW__MAX; view++)
		free(s->over[view]);
	free(s);
}

bool
snapshot_has(const struct snapshot *s, enum view_id view, uint32_t id)
{
	return object_by_id(s, view, id) != NULL;
}

size_t
snapshot_count(const struct snapshot *s, enum view_id view)
{
	return s->n[view];
}

bool
snapshot_changed(const struct snapshot *s)
{
	return !TAILQ_EMPTY(&s->changed) || !TAILQ_EMPTY(&s->gone);
}

bool
snapshot_enter(struct snapshot *s, enum view_id view, uint32_t id)
{
	struct object *o;

	if (snapshot_has(s, view, id))
		return true;
	if (s->n[view] >= SNAPSHOT_OBJECTS_MAX ||
	    (o = calloc(1, sizeof(*o) + views[view].n * sizeof(char *))) ==
	    NULL)
		return false;
	o->id = id;
	o->view = view;
	if (tsearch(o, &s->by_id[view], by_id) == NULL) {
		free(o);
		return false;
	}
	TAILQ_INSERT_TAIL(&s->all[view], o, all);
	s->n[view]++;
	return true;
}

static char *
copy(const char *text)
{
	return text != NULL ? strdup(text) : NULL;
}

/*
 * Notes that a row is no more.  Without memory for the note the row stays
 * until the next complete flush finds it missing.
 */
static struct gone *
note_gone(struct snapshot *s, enum view_id view, const char *key,
    const char *queued)
{
	struct gone *gone = calloc(1, sizeof(*gone));

	if (gone == NULL || (gone->key = strdup(key)) == NULL) {
		free(gone);
		return NULL;
	}
	gone->view = view;
	gone->queued = copy(queued);
	TAILQ_INSERT_TAIL(&s->gone, gone, next);
	if (++s->n_gone > GONE_MAX)
		snapshot_forget_gone(s, TAILQ_FIRST(&s->gone));
	return gone;
}

bool
snapshot_note_call(struct snapshot *s, const struct object *o, int64_t ended)
{
	struct gone *gone = note_gone(s, o->view, o->call_key, o->call_start);
	struct buf text = { 0 };

	if (gone == NULL)
		return false;
	value_date(&text, ended);
	buf_char(&text, '\0');
	gone->ended = buf_ok(&text) ? copy(text.data) : NULL;
	buf_free(&text);
	return gone->ended != NULL;
}

/* A task may have learnt things, its end among them, that no flush has told. */
static void
note_task_gone(struct snapshot *s, struct object *o)
{
	struct gone *gone = note_gone(s, o->view, o->value[TASK_ID],
	    o->value[TASK_QUEUED]);

	if (gone == NULL)
		return;
	rows_task(s, o, false, &gone->row);
	if (!buf_ok(&gone->row))
		buf_free(&gone->row);
}

/*
 * An object loses its key: that row is no more, unless an older object with
 * the same key shows again.
 */
static void
lose_key(struct snapshot *s, struct object *o, int64_t now)
{
	struct key_slot key = snapshot_key(o->view);
	const char *text;

	if (o->view == VIEW_OUTBOUND && o->call_key != NULL)
		(void)snapshot_note_call(s, o, now);
	if (key.slot == SLOT__MAX || (text = o->value[key.field]) == NULL)
		return;
	mark_all(s, key.slot, text, now);
	if (o->view == VIEW_TASK)
		note_task_gone(s, o);
	else
		(void)note_gone(s, o->view, text, NULL);
}

void
snapshot_leave(struct snapshot *s, enum view_id view, uint32_t id,
    int64_t now)
{
	struct object *o = object_by_id(s, view, id);

	if (o == NULL)
		return;
	touch(s, o, now);
	lose_key(s, o, now);
	drop(s, o);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool
snapshot_set(struct snapshot *s, enum view_id view, uint32_t id,
    size_t field, const char *value, int64_t now)
{
	struct object *o = object_by_id(s, view, id);
	char *text;
	enum slot slot;

	if (o == NULL || field >= views[view].n ||
	    same(o->value[field], value))
		return true;
	if ((text = copy(value)) == NULL && value != NULL)
		return false;
	for (slot = 0; slot < SLOT__MAX; slot++)
		if (slots[slot].view == view && slots[slot].field == field)
			break;
	touch(s, o, now);	/* whoever shows the old value */
	if (slot < SLOT__MAX)
		unlink_text(s, slot, o);
	if (snapshot_key(view).slot == slot && slot < SLOT__MAX)
		lose_key(s, o, now);
	free(o->value[field]);
	o->value[field] = text;
	if (slot < SLOT__MAX && !link_text(s, slot, o))
		return false;
	touch(s, o, now);
	return true;
}

void
snapshot_settle(struct snapshot *s,
    void (*forgotten)(void *, enum view_id, uint32_t id), void *arg)
{
	struct object *o;
	enum view_id view;
	size_t i;

	snapshot_forget_told(s);
	for (view = 0; view < VIEW__MAX; view++) {
		for (i = 0; i < s->n_over[view]; i++) {
			o = object_by_id(s, view, s->over[view][i]);
			if (o == NULL || o->changed)
				continue;
			drop(s, o);
			forgotten(arg, view, s->over[view][i]);
		}
		s->n_over[view] = 0;
	}
}
