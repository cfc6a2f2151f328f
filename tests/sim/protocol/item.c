#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/protocol/item.h"
#include "tests/sim/protocol/watch.h"

void
store_init(struct store *store, int32_t zone_s)
{
	*store = (struct store){ .next_id = 1, .zone_s = zone_s,
	    .hash_size = 1024 };
	for (int i = 0; i < KIND__MAX; i++)
		TAILQ_INIT(&store->list[i]);
	if ((store->hash = calloc(store->hash_size,
	    sizeof(*store->hash))) == NULL)
		err(1, NULL);
}

static void
hash_add(struct store *store, struct item *item)
{
	uint32_t at = item->id & (store->hash_size - 1);

	item->hash_next = store->hash[at];
	store->hash[at] = item;
}

static void
hash_remove(struct store *store, struct item *item)
{
	struct item **p = &store->hash[item->id & (store->hash_size - 1)];

	while (*p != item)
		p = &(*p)->hash_next;
	*p = item->hash_next;
}

/* Makes a new table of all objects: it has to grow, or their ids changed. */
static void
hash_fill(struct store *store, uint32_t size)
{
	struct item **old = store->hash;
	uint32_t old_size = store->hash_size;

	if ((store->hash = calloc(size, sizeof(*store->hash))) == NULL)
		err(1, NULL);
	store->hash_size = size;
	for (uint32_t i = 0; i < old_size; i++)
		for (struct item *item = old[i], *next; item != NULL;
		    item = next) {
			next = item->hash_next;
			hash_add(store, item);
		}
	free(old);
}

void
store_renumber(struct store *store)
{
	/* The gap makes sure that no earlier id is that of an object now. */
	store->next_id += 1000;
	for (uint32_t i = 0; i < store->hash_size; i++)
		for (struct item *item = store->hash[i]; item != NULL;
		    item = item->hash_next)
			item->id = store->next_id++;
	hash_fill(store, store->hash_size);
}

struct item *
store_find(const struct store *store, uint32_t id)
{
	struct item *item = store->hash[id & (store->hash_size - 1)];

	while (item != NULL && item->id != id)
		item = item->hash_next;
	return item != NULL && item->published ? item : NULL;
}

struct item *
item_new(struct store *store, enum kind kind, struct item *owner)
{
	struct item *item;
	int n;

	attr_table(kind, &n);
	if ((item = calloc(1, sizeof(*item) +
	    (size_t)n * sizeof(item->value[0]))) == NULL)
		err(1, NULL);
	item->id = store->next_id++;
	item->kind = kind;
	item->store = store;
	item->owner = owner;
	if (++store->n_all > store->hash_size)
		hash_fill(store, store->hash_size * 2);
	hash_add(store, item);
	return item;
}

static void
free_item(struct item *item)
{
	const struct attr *attr;
	int n;

	attr = attr_table(item->kind, &n);
	for (int i = 0; i < n; i++)
		if (attr[i].type == OBJECT_STRING)
			free(item->value[i].text);
	free(item);
}

void
store_free(struct store *store)
{
	for (uint32_t i = 0; i < store->hash_size; i++)
		for (struct item *item = store->hash[i], *next; item != NULL;
		    item = next) {
			next = item->hash_next;
			free_item(item);
		}
	free(store->hash);
}

void
item_publish(struct item *item)
{
	struct store *store = item->store;

	item->rank = store->n[item->kind]++;
	TAILQ_INSERT_TAIL(&store->list[item->kind], item, entry);
	item->published = true;
	store->changes++;
	store->steps++;
	watch_entered(item);
}

void
item_purge(struct item *item)
{
	struct store *store;

	if (item == NULL)
		return;
	store = item->store;
	if (item->published) {
		watch_left(item);
		TAILQ_REMOVE(&store->list[item->kind], item, entry);
		store->n[item->kind]--;
		store->changes++;
		store->steps++;
	}
	hash_remove(store, item);
	store->n_all--;
	free_item(item);
}

/* Before a value is written: notes which subscriptions will get it. */
static void
before(struct item *item, int attr)
{
	if (item->published)
		watch_before(item, attr);
}

/* Whether such a value changes depends on how long something took. */
static bool
is_measured(const struct item *item, int attr)
{
	return attr_table(item->kind, NULL)[attr].type == OBJECT_REAL ||
	    (item->kind == KIND_SESSION &&
	    (attr == SESSION_OUT_S || attr == SESSION_OUT_MAX));
}

static void
after(struct item *item, int attr, bool told)
{
	item->present |= (uint64_t)1 << attr;
	if (!item->published)
		return;
	item->store->changes++;
	if (!is_measured(item, attr))
		item->store->steps++;
	if (told && item->held)
		item->changed |= (uint64_t)1 << attr;
	watch_after(item, attr, told && !item->held);
}

void
item_hold(struct item *item)
{
	item->held = true;
}

void
item_release(struct item *item)
{
	item->held = false;
	if (item->changed != 0)
		watch_values(item, item->changed);
	item->changed = 0;
}

void
item_forget(struct item *item, int attr)
{
	item->present &= ~((uint64_t)1 << attr);
	item->changed &= ~((uint64_t)1 << attr);
}

void
item_set_u32(struct item *item, int attr, uint32_t u32)
{
	if (item_has(item, attr) && item->value[attr].u32 == u32)
		return;
	before(item, attr);
	item->value[attr].u32 = u32;
	after(item, attr, true);
}

void
item_add_u32(struct item *item, int attr, int n)
{
	item_set_u32(item, attr, item_u32(item, attr) + (uint32_t)n);
}

void
item_set_real(struct item *item, int attr, double real)
{
	/* In milliseconds: truth.c and the wire then have the same number. */
	real = round(real * 1000) / 1000;
	if (item_has(item, attr) && item->value[attr].real == real)
		return;
	before(item, attr);
	item->value[attr].real = real;
	after(item, attr, true);
}

void
item_add_real(struct item *item, int attr, double real)
{
	item_set_real(item, attr, item_real(item, attr) + real);
}

void
item_max_real(struct item *item, int attr, double real)
{
	if (!item_has(item, attr) || item_real(item, attr) < real)
		item_set_real(item, attr, real);
}

void
item_set_bool(struct item *item, int attr, bool flag)
{
	if (item_has(item, attr) && item->value[attr].flag == flag)
		return;
	before(item, attr);
	item->value[attr].flag = flag;
	after(item, attr, true);
}

static void
set_wire(struct item *item, int attr, const char *text, size_t len)
{
	const char *old = item->value[attr].text;
	char *new;

	if (item_has(item, attr) && strlen(old) == len &&
	    memcmp(old, text, len) == 0)
		return;
	if ((new = strndup(text, len)) == NULL)
		err(1, NULL);
	before(item, attr);
	free(item->value[attr].text);
	item->value[attr].text = new;
	after(item, attr, true);
}

void
item_set_text(struct item *item, int attr, const char *utf8)
{
	struct buf wire = { .max = 1 << 16 };

	frame_put_string(&wire, utf8);
	if (!buf_ok(&wire))
		errx(1, "a text of %zu bytes is too long", strlen(utf8));
	set_wire(item, attr, wire.data + 4, wire.len - 4);
	buf_free(&wire);
}

void
item_copy_text(struct item *item, int attr, const struct item *from_item,
    int from)
{
	const char *text = item_text(from_item, from);

	set_wire(item, attr, text, strlen(text));
}

/* Does the date of a state move by less than a second? */
static bool
is_nudge(const struct item *item, int attr, uint64_t us)
{
	const uint64_t told_us = item->value[attr].date.told_us;

	return item->published && item->kind == KIND_USER &&
	    (attr == USER_MODE_START || attr == USER_MODE_DATE ||
	    attr == USER_TASK_STATE_START) &&
	    told_us != 0 && us >= told_us && us - told_us < 1000000;
}

void
item_set_date(struct item *item, int attr, uint64_t us)
{
	union value *value = &item->value[attr];
	const uint32_t s = (uint32_t)(us / 1000000);
	const uint32_t fraction = (uint32_t)(us % 1000000);
	bool told = !is_nudge(item, attr, us);

	if (item_has(item, attr) && value->date.s == s &&
	    value->date.us == fraction)
		return;
	before(item, attr);
	value->date.s = s;
	value->date.us = fraction;
	if (told)
		value->date.told_us = us;
	after(item, attr, told);
}

uint32_t
item_u32(const struct item *item, int attr)
{
	return item_has(item, attr) ? item->value[attr].u32 : 0;
}

double
item_real(const struct item *item, int attr)
{
	return item_has(item, attr) ? item->value[attr].real : 0;
}

const char *
item_text(const struct item *item, int attr)
{
	return item_has(item, attr) ? item->value[attr].text : "";
}

struct object_value
item_value(const struct item *item, int attr, uint32_t index)
{
	const union value *v = &item->value[attr];
	struct object_value out = { .index = index,
	    .type = attr_table(item->kind, NULL)[attr].type };

	switch (out.type) {
	case OBJECT_U32:
		out.u32 = v->u32;
		break;
	case OBJECT_REAL:
		out.real = v->real;
		break;
	case OBJECT_BOOL:
		out.flag = v->flag;
		break;
	case OBJECT_STRING:
		out.text.p = (const unsigned char *)v->text;
		out.text.len = strlen(v->text);
		break;
	default:
		out.date.s = v->date.s;
		out.date.us = v->date.us;
		if (v->date.s != 0 || v->date.us != 0)
			out.date.offset_s = item->store->zone_s;
	}
	return out;
}
