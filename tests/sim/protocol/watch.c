#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/protocol/server.h"
#include "tests/sim/protocol/watch.h"

struct sub {
	struct item		*item;
	struct session		*session;
	const struct format	*format;
	uint32_t		 system_id;
	uint32_t		 list_system_id;
	LIST_ENTRY(sub)		 of_item;
	LIST_ENTRY(sub)		 of_session;
};

struct list_sub {
	struct session		*session;
	struct item		*owner;		/* NULL: the whole list */
	bool			 orphan;	/* its owner is gone */
	struct filter		*filter;	/* NULL: none, or a bad one */
	bool			 bad;		/* new objects pass a bad one */
	bool			 was;		/* matched before the change */
	uint32_t		 system_id;
	LIST_ENTRY(list_sub)	 of_store;
	LIST_ENTRY(list_sub)	 of_session;
};

struct session *
session_new(struct client *client, uint32_t id)
{
	struct session *session;

	if ((session = calloc(1, sizeof(*session))) == NULL)
		err(1, NULL);
	session->id = id;
	session->client = client;
	session->size = SESSION_SUBS;
	if ((session->subs = calloc(session->size,
	    sizeof(*session->subs))) == NULL)
		err(1, NULL);
	return session;
}

static void
sub_free(struct sub *sub)
{
	LIST_REMOVE(sub, of_item);
	LIST_REMOVE(sub, of_session);
	sub->session->n_subs--;
	free(sub);
}

static void
list_sub_free(struct list_sub *sub)
{
	LIST_REMOVE(sub, of_store);
	LIST_REMOVE(sub, of_session);
	filter_free(sub->filter);
	free(sub);
}

void
session_free(struct session *session)
{
	struct format *format;

	if (session == NULL)
		return;
	while (!LIST_EMPTY(&session->lists))
		list_sub_free(LIST_FIRST(&session->lists));
	for (uint32_t i = 0; i < session->size; i++)
		while (!LIST_EMPTY(&session->subs[i]))
			sub_free(LIST_FIRST(&session->subs[i]));
	while ((format = session->formats) != NULL) {
		session->formats = format->next;
		free(format->leaf);
		free(format);
	}
	free(session->subs);
	free(session);
}

static void
push_list(struct session *session, uint32_t system_id,
    const struct object_item *item, size_t n)
{
	struct client *client = session->client;
	size_t at = frame_begin(&client->out, FRAME_LIST_RESPONSE);

	frame_put_u32(&client->out, session->id);
	frame_put_u32(&client->out, system_id);
	object_put_list(&client->out, &client->names_out, client->all38, item,
	    n);
	frame_end(&client->out, at);
}

static void
push_item(struct list_sub *sub, const struct item *item, uint32_t action)
{
	push_list(sub->session, sub->system_id, &(struct object_item){
	    .action = action, .id = item->id,
	    .rank = action == OBJECT_ENTERED ? item->rank : 0 }, 1);
}

static void
push_values(struct sub *sub, const struct object_value *value, size_t n)
{
	struct client *client = sub->session->client;
	size_t at = frame_begin(&client->out, FRAME_OBJECT_RESPONSE);

	frame_put_u32(&client->out, sub->session->id);
	frame_put_u32(&client->out, sub->system_id);
	object_put_values(&client->out, &client->names_out, client->all38,
	    value, n);
	frame_put_u32(&client->out, sub->list_system_id);
	frame_end(&client->out, at);
}

static bool
matches(const struct list_sub *sub, const struct item *item)
{
	return !sub->orphan &&
	    (sub->owner == NULL || sub->owner == item->owner) &&
	    (sub->filter == NULL || filter_match(sub->filter, item));
}

/* A state is only listed under its user. */
static bool
in_scope(const struct list_sub *sub, const struct watch_list *list,
    int window, const struct item *item)
{
	const union value *v;

	if (sub->bad || !matches(sub, item) ||
	    (list->kind == KIND_STATE && sub->owner == NULL))
		return false;
	if (list->window_from_us == 0)
		return true;
	if (window == ATTR_UNKNOWN || !item_has(item, window))
		return false;
	v = &item->value[window];
	return (uint64_t)v->date.s * 1000000 + v->date.us >=
	    list->window_from_us;
}

static void
answer_list(struct list_sub *sub, struct store *store,
    const struct watch_list *list)
{
	int window = attr_find(list->kind, list->window, list->window_len);
	struct object_item *all;
	struct item *item;
	size_t n = 0;

	if (window != ATTR_UNKNOWN &&
	    attr_table(list->kind, NULL)[window].type != OBJECT_DATE)
		window = ATTR_UNKNOWN;
	if ((all = calloc(store->n[list->kind] + 1, sizeof(*all))) == NULL)
		err(1, NULL);
	TAILQ_FOREACH(item, &store->list[list->kind], entry)
		if (in_scope(sub, list, window, item))
			all[n++] = (struct object_item){
			    .action = OBJECT_ENTERED, .id = item->id,
			    .rank = item->rank };
	push_list(sub->session, sub->system_id, all, n);
	free(all);
}

void
watch_list(struct session *session, struct store *store,
    const struct watch_list *list)
{
	struct list_sub *sub;

	if ((sub = calloc(1, sizeof(*sub))) == NULL)
		err(1, NULL);
	sub->session = session;
	sub->owner = list->owner;
	sub->system_id = list->system_id;
	if (list->filter_len > 0) {
		sub->filter = filter_parse(list->kind, list->filter,
		    list->filter_len, store->zone_s);
		sub->bad = sub->filter == NULL;
	}
	LIST_INSERT_HEAD(&store->list_subs[list->kind], sub, of_store);
	LIST_INSERT_HEAD(&session->lists, sub, of_session);
	answer_list(sub, store, list);
}

struct item *
watch_first(struct store *store, const struct watch_list *list)
{
	struct list_sub sub = { .owner = list->owner };
	struct item *item = NULL;

	if (list->filter_len > 0 && (sub.filter = filter_parse(list->kind,
	    list->filter, list->filter_len, store->zone_s)) == NULL)
		return NULL;
	TAILQ_FOREACH(item, &store->list[list->kind], entry)
		if (matches(&sub, item))
			break;
	filter_free(sub.filter);
	return item;
}

static void
grow(struct session *session)
{
	struct sub_list *old = session->subs;
	uint32_t old_size = session->size;
	struct sub *sub;

	session->size *= 4;
	if ((session->subs = calloc(session->size, sizeof(*old))) == NULL)
		err(1, NULL);
	for (uint32_t i = 0; i < old_size; i++)
		while ((sub = LIST_FIRST(&old[i])) != NULL) {
			LIST_REMOVE(sub, of_session);
			LIST_INSERT_HEAD(&session->subs[sub->system_id &
			    (session->size - 1)], sub, of_session);
		}
	free(old);
}

void
watch_object(struct session *session, struct item *item,
    const struct format *format, uint32_t system_id, uint32_t list_system_id)
{
	struct object_value *value;
	struct sub *sub;
	size_t n = 0;

	if ((sub = calloc(1, sizeof(*sub))) == NULL ||
	    (value = calloc(format->n + 1, sizeof(*value))) == NULL)
		err(1, NULL);
	*sub = (struct sub){ .item = item, .session = session,
	    .format = format, .system_id = system_id,
	    .list_system_id = list_system_id };
	if (++session->n_subs > session->size)
		grow(session);
	LIST_INSERT_HEAD(&item->subs, sub, of_item);
	LIST_INSERT_HEAD(&session->subs[system_id & (session->size - 1)], sub,
	    of_session);
	for (uint32_t i = 0; i < format->n; i++) {
		int attr = format->leaf[i].attr[item->kind];

		if (attr != ATTR_UNKNOWN && item_has(item, attr))
			value[n++] = item_value(item, attr,
			    format->leaf[i].index);
	}
	push_values(sub, value, n);
	free(value);
}

void
watch_nothing(struct session *session, uint32_t system_id,
    uint32_t list_system_id)
{
	struct sub none = { .session = session, .system_id = system_id,
	    .list_system_id = list_system_id };

	push_values(&none, NULL, 0);
}

void
watch_stop(struct session *session, uint32_t system_id)
{
	struct list_sub *list;
	struct sub *sub;

	LIST_FOREACH(list, &session->lists, of_session)
		if (list->system_id == system_id) {
			list_sub_free(list);
			return;
		}
	LIST_FOREACH(sub, &session->subs[system_id & (session->size - 1)],
	    of_session)
		if (sub->system_id == system_id) {
			sub_free(sub);
			return;
		}
}

void
watch_entered(struct item *item)
{
	struct list_sub *sub;

	LIST_FOREACH(sub, &item->store->list_subs[item->kind], of_store)
		if (matches(sub, item) &&
		    (item->kind != KIND_STATE || sub->owner != NULL))
			push_item(sub, item, OBJECT_ENTERED);
}

void
watch_left(struct item *item)
{
	struct list_sub *sub;

	LIST_FOREACH(sub, &item->store->list_subs[item->kind], of_store)
		if (matches(sub, item) &&
		    (item->kind != KIND_STATE || sub->owner != NULL))
			push_item(sub, item, OBJECT_LEFT);
	while (!LIST_EMPTY(&item->subs))
		sub_free(LIST_FIRST(&item->subs));
}

void
watch_before(struct item *item, int attr)
{
	struct list_sub *sub;

	LIST_FOREACH(sub, &item->store->list_subs[item->kind], of_store)
		if (sub->filter != NULL &&
		    (filter_mask(sub->filter) >> attr & 1) != 0)
			sub->was = matches(sub, item);
}

void
watch_values(struct item *item, uint64_t attrs)
{
	struct object_value value[ATTR_MAX];
	struct sub *sub;

	LIST_FOREACH(sub, &item->subs, of_item) {
		const struct format *format = sub->format;
		size_t n = 0;

		if ((format->mask[item->kind] & attrs) == 0)
			continue;
		for (uint32_t i = 0; i < format->n; i++) {
			int attr = format->leaf[i].attr[item->kind];

			if (attr == ATTR_UNKNOWN || (attrs >> attr & 1) == 0)
				continue;
			if (n == ATTR_MAX) {
				push_values(sub, value, n);
				n = 0;
			}
			value[n++] = item_value(item, attr,
			    format->leaf[i].index);
		}
		push_values(sub, value, n);
	}
}

/* Tells the lists that the object enters by the change, or leaves. */
static void
push_moves(struct item *item, int attr, bool enters)
{
	struct list_sub *list;
	bool is;

	LIST_FOREACH(list, &item->store->list_subs[item->kind], of_store)
		if (list->filter != NULL &&
		    (filter_mask(list->filter) >> attr & 1) != 0 &&
		    (is = matches(list, item)) != list->was && is == enters)
			push_item(list, item, is ? OBJECT_ENTERED :
			    OBJECT_LEFT);
}

/* The value that makes an object leave a list comes after that news. */
void
watch_after(struct item *item, int attr, bool told)
{
	push_moves(item, attr, false);
	if (told)
		watch_values(item, (uint64_t)1 << attr);
	push_moves(item, attr, true);
}

void
watch_orphan(struct item *owner)
{
	struct list_sub *sub;

	for (int kind = 0; kind < KIND__MAX; kind++)
		LIST_FOREACH(sub, &owner->store->list_subs[kind], of_store)
			if (sub->owner == owner) {
				sub->owner = NULL;
				sub->orphan = true;
			}
}
