#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/index.h"

/* Which fields are indexed; link: which of the object's links is used. */
static const struct {
	enum view_id	view;
	size_t		field;
	unsigned	link;
} slots[INDEX__MAX] = {
	[INDEX_USER_LOGIN] = { VIEW_USER, USER_LOGIN, 0 },
	[INDEX_QUEUE_NAME] = { VIEW_QUEUE, QUEUE_NAME, 0 },
	[INDEX_TASK_ID] = { VIEW_TASK, TASK_ID, 0 },
	[INDEX_TASK_SESSION] = { VIEW_TASK, TASK_SESSION, 1 },
	[INDEX_WAITING_TASK] = { VIEW_WAITING, WAITING_TASK, 0 },
	[INDEX_SESSION_ID] = { VIEW_SESSION, CALL_ID, 0 },
	[INDEX_OUTBOUND_LOGIN] = { VIEW_OUTBOUND, OUTBOUND_LOGIN, 0 },
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

/* The slot of a view's key; INDEX__MAX: its rows have none. */
static enum index_slot
key_slot(enum view_id view)
{
	switch (view) {
	case VIEW_USER:
		return INDEX_USER_LOGIN;
	case VIEW_QUEUE:
		return INDEX_QUEUE_NAME;
	case VIEW_TASK:
		return INDEX_TASK_ID;
	default:
		return INDEX__MAX;
	}
}

void
index_init(struct index *ix)
{
	enum view_id view;

	for (view = 0; view < VIEW__MAX; view++)
		TAILQ_INIT(&ix->all[view]);
	TAILQ_INIT(&ix->changed);
}

void
index_clear(struct index *ix)
{
	struct object *o;
	enum view_id view;

	for (view = 0; view < VIEW__MAX; view++)
		while ((o = TAILQ_FIRST(&ix->all[view])) != NULL)
			index_remove(ix, o);
}

struct object *
index_object(const struct index *ix, enum view_id view, uint32_t id)
{
	struct object key = { .id = id };
	void *found = tfind(&key, &ix->by_id[view], by_id);

	return found != NULL ? *(struct object **)found : NULL;
}

static struct name *
find_name(const struct index *ix, enum index_slot slot, const char *text)
{
	struct name key;
	void *found;

	if (text == NULL)
		return NULL;
	memcpy(&key.text, &text, sizeof(text));	/* only compared */
	found = tfind(&key, &ix->by_text[slot], by_text);
	return found != NULL ? *(struct name **)found : NULL;
}

static bool
is_positive(const char *number)
{
	return number != NULL && strcmp(number, "0") != 0;
}

/* Of several objects with one key, the one with the highest rank shows. */
static int
rank(const struct object *o)
{
	switch (o->view) {
	case VIEW_USER:
		return o->value[USER_LOGGED] != NULL &&
		    o->value[USER_LOGGED][0] == 't';
	case VIEW_QUEUE:
		return is_positive(o->value[QUEUE_LOGGED]) ? 2 :
		    is_positive(o->value[QUEUE_LATENT]);
	default:
		return 0;
	}
}

bool
index_is_rank(enum view_id view, size_t field)
{
	return (view == VIEW_USER && field == USER_LOGGED) ||
	    (view == VIEW_QUEUE &&
	    (field == QUEUE_LOGGED || field == QUEUE_LATENT));
}

static struct object *
choose(struct name *name)
{
	struct link *link;

	if (name->best == NULL)
		TAILQ_FOREACH(link, &name->links, next)
			if (name->best == NULL ||
			    rank(link->object) > rank(name->best))
				name->best = link->object;
	return name->best;
}

struct object *
index_find(const struct index *ix, enum index_slot slot, const char *text)
{
	struct name *name = find_name(ix, slot, text);

	return name != NULL ? choose(name) : NULL;
}

static bool
is_alone(const struct name *name)
{
	return name == NULL || TAILQ_NEXT(TAILQ_FIRST(&name->links), next) ==
	    NULL;
}

struct object *
index_outbound(const struct index *ix, const struct object *user)
{
	const char *id = user->value[USER_SESSION];
	struct name *name = find_name(ix, INDEX_OUTBOUND_LOGIN,
	    user->value[USER_LOGIN]);
	struct link *link;

	if (name == NULL)
		return NULL;
	TAILQ_FOREACH(link, &name->links, next)
		if (id != NULL && link->object->value[OUTBOUND_SESSION] !=
		    NULL && strcmp(id,
		    link->object->value[OUTBOUND_SESSION]) == 0)
			return link->object;
	return is_alone(user->link[0].name) ? choose(name) : NULL;
}

bool
index_has_key(enum view_id view)
{
	return key_slot(view) != INDEX__MAX;
}

bool
index_is_key(enum view_id view, size_t field)
{
	enum index_slot slot = key_slot(view);

	return slot != INDEX__MAX && slots[slot].field == field;
}

const char *
index_key(const struct object *o)
{
	enum index_slot slot = key_slot(o->view);

	return slot != INDEX__MAX ? o->value[slots[slot].field] : NULL;
}

struct object *
index_by_key(const struct index *ix, enum view_id view, const char *key)
{
	enum index_slot slot = key_slot(view);

	return slot != INDEX__MAX ? index_find(ix, slot, key) : NULL;
}

static void
unlink_text(struct index *ix, enum index_slot slot, struct object *o)
{
	struct link *link = &o->link[slots[slot].link];
	struct name *name = link->name;

	if (name == NULL)
		return;
	TAILQ_REMOVE(&name->links, link, next);
	link->name = NULL;
	if (name->best == o)
		name->best = NULL;
	if (!TAILQ_EMPTY(&name->links)) {
		if (slot == key_slot(o->view))
			defects_drop(&ix->defects, DEFECT_SAME_KEY, o->view,
			    slots[slot].field);
	} else {
		tdelete(name, &ix->by_text[slot], by_text);
		free(name->text);
		free(name);
	}
}

static bool
link_text(struct index *ix, enum index_slot slot, struct object *o)
{
	const char *text = o->value[slots[slot].field];
	struct link *link = &o->link[slots[slot].link];
	struct name *name = find_name(ix, slot, text);

	if (text == NULL)
		return true;
	if (name == NULL) {
		if ((name = calloc(1, sizeof(*name))) == NULL)
			return false;
		TAILQ_INIT(&name->links);
		if ((name->text = strdup(text)) == NULL ||
		    tsearch(name, &ix->by_text[slot], by_text) == NULL) {
			free(name->text);
			free(name);
			return false;
		}
	}
	if (!TAILQ_EMPTY(&name->links) && slot == key_slot(o->view))
		defects_add(&ix->defects, DEFECT_SAME_KEY, o->view,
		    slots[slot].field);
	link->name = name;
	link->object = o;
	if (TAILQ_EMPTY(&name->links) ||
	    (name->best != NULL && rank(o) >= rank(name->best)))
		name->best = o;
	TAILQ_INSERT_HEAD(&name->links, link, next);
	return true;
}

static void
mark(struct index *ix, struct object *o, int64_t now)
{
	if (now > o->seen)
		o->seen = now;
	if (o->changed)
		return;
	o->changed = true;
	TAILQ_INSERT_TAIL(&ix->changed, o, change);
}

static void
mark_all(struct index *ix, enum index_slot slot, const char *text,
    int64_t now)
{
	struct name *name = find_name(ix, slot, text);
	struct link *link;

	if (name == NULL)
		return;
	TAILQ_FOREACH(link, &name->links, next)
		mark(ix, link->object, now);
}

void
index_touch(struct index *ix, struct object *o, int64_t now)
{
	mark(ix, o, now);
	if (o->view == VIEW_OUTBOUND)
		mark_all(ix, INDEX_USER_LOGIN, o->value[OUTBOUND_LOGIN], now);
	else if (o->view == VIEW_WAITING)
		mark_all(ix, INDEX_TASK_ID, o->value[WAITING_TASK], now);
	else if (o->view == VIEW_SESSION)
		mark_all(ix, INDEX_TASK_SESSION, o->value[CALL_ID], now);
}

void
index_touch_key(struct index *ix, const struct object *o, int64_t now)
{
	const char *key = index_key(o);

	if (key != NULL)
		mark_all(ix, key_slot(o->view), key, now);
}

struct object *
index_add(struct index *ix, enum view_id view, uint32_t id)
{
	struct object *o;

	if (ix->n[view] >= VIEW_OBJECTS_MAX ||
	    (o = calloc(1, sizeof(*o) + views[view].n * sizeof(char *))) ==
	    NULL)
		return NULL;
	o->id = id;
	o->view = view;
	if (tsearch(o, &ix->by_id[view], by_id) == NULL) {
		free(o);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&ix->all[view], o, all);
	ix->n[view]++;
	return o;
}

/* The rank of an object that has that text may have changed. */
static void
reconsider(struct name *name, struct object *o)
{
	if (name->best == o)
		name->best = NULL;
	else if (name->best != NULL && rank(o) > rank(name->best))
		name->best = o;
}

bool
index_set(struct index *ix, struct object *o, size_t field, char *text)
{
	enum index_slot slot;

	for (slot = 0; slot < INDEX__MAX; slot++)
		if (slots[slot].view == o->view && slots[slot].field == field)
			break;
	if (slot < INDEX__MAX)
		unlink_text(ix, slot, o);
	free(o->value[field]);
	o->value[field] = text;
	if (index_is_rank(o->view, field) && o->link[0].name != NULL)
		reconsider(o->link[0].name, o);
	return slot == INDEX__MAX || link_text(ix, slot, o);
}

void
index_set_part(struct index *ix, struct object *o, size_t field, bool part)
{
	const uint64_t bit = UINT64_C(1) << field;

	if (part == ((o->part & bit) != 0))
		return;
	o->part ^= bit;
	if (part)
		defects_add(&ix->defects, DEFECT_UNREADABLE, o->view, field);
	else
		defects_drop(&ix->defects, DEFECT_UNREADABLE, o->view, field);
}

void
index_set_keyless(struct index *ix, struct object *o, bool keyless)
{
	if (o->keyless == keyless)
		return;
	o->keyless = keyless;
	if (keyless)
		defects_add(&ix->defects, DEFECT_LEFT_OUT, o->view,
		    slots[key_slot(o->view)].field);
	else
		defects_drop(&ix->defects, DEFECT_LEFT_OUT, o->view,
		    slots[key_slot(o->view)].field);
}

void
index_remove(struct index *ix, struct object *o)
{
	enum index_slot slot;
	size_t i;

	for (slot = 0; slot < INDEX__MAX; slot++)
		if (slots[slot].view == o->view)
			unlink_text(ix, slot, o);
	index_set_keyless(ix, o, false);
	if (o->changed)
		TAILQ_REMOVE(&ix->changed, o, change);
	TAILQ_REMOVE(&ix->all[o->view], o, all);
	tdelete(o, &ix->by_id[o->view], by_id);
	ix->n[o->view]--;
	for (i = 0; i < views[o->view].n; i++) {
		index_set_part(ix, o, i, false);
		free(o->value[i]);
	}
	free(o->caller);
	free(o->callee);
	free(o->call_key);
	free(o->call_start);
	free(o);
}
