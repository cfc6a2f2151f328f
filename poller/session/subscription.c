#include <search.h>
#include <stdlib.h>

#include "poller/session/private.h"

#define PATH	"/dispatch"

static int
by_system_id(const void *a, const void *b)
{
	const struct subscription *x = a, *y = b;

	return (x->system_id > y->system_id) - (x->system_id < y->system_id);
}

static int
by_object(const void *a, const void *b)
{
	const struct subscription *x = a, *y = b;

	if (x->view != y->view)
		return x->view < y->view ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

struct subscription *
subscription_by_system_id(const struct session *s, uint32_t system_id)
{
	struct subscription key = { .system_id = system_id };
	void *found = tfind(&key, &s->by_system_id, by_system_id);

	return found != NULL ? *(struct subscription **)found : NULL;
}

struct subscription *
subscription_by_object(const struct session *s, enum view_id view,
    uint32_t id)
{
	struct subscription key = { .view = view, .id = id };
	void *found = tfind(&key, &s->by_object, by_object);

	return found != NULL ? *(struct subscription **)found : NULL;
}

struct subscription *
subscription_new(struct session *s, enum subscription_kind kind,
    enum view_id view, uint32_t id)
{
	struct subscription *sub = calloc(1, sizeof(*sub));

	if (sub == NULL)
		return NULL;
	sub->system_id = ++s->last_system_id;
	sub->kind = kind;
	sub->view = view;
	sub->id = id;
	if (tsearch(sub, &s->by_system_id, by_system_id) == NULL)
		goto fail;
	if (kind == SUBSCRIPTION_OBJECT &&
	    tsearch(sub, &s->by_object, by_object) == NULL) {
		tdelete(sub, &s->by_system_id, by_system_id);
		goto fail;
	}
	return sub;
fail:
	free(sub);
	return NULL;
}

static void
query_list(struct session *s, const struct subscription *sub)
{
	size_t at = frame_begin(&s->out, FRAME_QUERY_LIST);

	frame_put_u32(&s->out, SESSION_ID);
	frame_put_u32(&s->out, sub->system_id);
	frame_put_string(&s->out, PATH);
	frame_put_u32(&s->out, 0);	/* the root object */
	frame_put_string(&s->out, views[sub->view].list);
	frame_put_string(&s->out, sub->kind == SUBSCRIPTION_PROBE ?
	    ".[login eq '']" : views[sub->view].filter);
	frame_put_u32(&s->out, 0);	/* page size */
	frame_put_string(&s->out, "");	/* window field */
	frame_put_u32(&s->out, 0);	/* window duration */
	frame_end(&s->out, at);
}

static void
query_object(struct session *s, const struct subscription *sub)
{
	size_t at = frame_begin(&s->out, FRAME_QUERY_OBJECT);

	frame_put_u32(&s->out, SESSION_ID);
	frame_put_u32(&s->out, sub->system_id);
	frame_put_string(&s->out, PATH);
	frame_put_u32(&s->out, sub->id);
	frame_put_u32(&s->out, (uint32_t)sub->view + 1);	/* format */
	frame_put_u32(&s->out, 0);
	frame_end(&s->out, at);
}

void
subscription_ask(struct session *s, struct subscription *sub)
{
	if (sub->kind == SUBSCRIPTION_OBJECT &&
	    s->n_pending >= SESSION_WINDOW) {
		TAILQ_INSERT_TAIL(&s->todo, sub, next);
		return;
	}
	if (sub->kind == SUBSCRIPTION_OBJECT)
		query_object(s, sub);
	else
		query_list(s, sub);
	sub->asked = s->now;
	TAILQ_INSERT_TAIL(&s->pending, sub, next);
	s->n_pending++;
}

/* Takes it off todo or pending, and refills the window. */
static void
unqueue(struct session *s, struct subscription *sub)
{
	if (sub->answered)
		return;
	sub->answered = true;
	if (sub->asked == 0) {
		TAILQ_REMOVE(&s->todo, sub, next);
		return;
	}
	TAILQ_REMOVE(&s->pending, sub, next);
	s->n_pending--;
	if ((sub = TAILQ_FIRST(&s->todo)) != NULL &&
	    s->n_pending < SESSION_WINDOW) {
		TAILQ_REMOVE(&s->todo, sub, next);
		subscription_ask(s, sub);
	}
}

void
subscription_answered(struct session *s, struct subscription *sub)
{
	if (sub->system_id > s->last_answer)
		s->last_answer = sub->system_id;
	unqueue(s, sub);
}

static void
delete(struct session *s, struct subscription *sub)
{
	tdelete(sub, &s->by_system_id, by_system_id);
	if (sub->kind == SUBSCRIPTION_OBJECT)
		tdelete(sub, &s->by_object, by_object);
	free(sub);
}

void
subscription_end(struct session *s, struct subscription *sub)
{
	size_t at;

	unqueue(s, sub);
	if (sub->asked != 0) {
		at = frame_begin(&s->out, FRAME_STOP_QUERY);
		frame_put_u32(&s->out, SESSION_ID);
		frame_put_u32(&s->out, sub->system_id);
		frame_end(&s->out, at);
	}
	delete(s, sub);
}

void
subscription_free_all(struct session *s)
{
	while (s->by_system_id != NULL)
		delete(s, *(struct subscription **)s->by_system_id);
}
