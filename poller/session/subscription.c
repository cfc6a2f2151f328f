#include <search.h>
#include <stdlib.h>

#include "poller/session/private.h"

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

/* New, in both trees; NULL: out of memory. */
static struct subscription *
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
ask(struct session *s, struct subscription *sub)
{
	if (sub->kind == SUBSCRIPTION_OBJECT &&
	    s->n_pending >= SESSION_WINDOW) {
		TAILQ_INSERT_TAIL(&s->queued, sub, next);
		return;
	}
	if (sub->kind == SUBSCRIPTION_OBJECT)
		request_object(s, sub);
	else
		request_list(s, sub);
	sub->asked = s->now;
	TAILQ_INSERT_TAIL(&s->pending, sub, next);
	s->n_pending++;
}

static bool
is_counted(const struct subscription *sub)
{
	return sub->kind == SUBSCRIPTION_OBJECT &&
	    (sub->view == VIEW_USER || sub->view == VIEW_QUEUE);
}

static void
start(struct session *s, enum subscription_kind kind, enum view_id view,
    uint32_t id, bool again)
{
	struct subscription *sub = subscription_new(s, kind, view, id);

	if (sub == NULL) {
		state_fail(s, "out of memory");
		return;
	}
	sub->again = again;
	if (is_counted(sub))
		TAILQ_INSERT_TAIL(&s->counted, sub, count);
	ask(s, sub);
}

void
subscription_start(struct session *s, enum subscription_kind kind,
    enum view_id view, uint32_t id)
{
	start(s, kind, view, id, false);
}

void
subscription_leave(struct session *s, struct subscription *sub)
{
	if (sub->leaving)
		return;
	sub->leaving = true;
	sub->left = s->now;
	sub->left_seen = s->seen;
	TAILQ_INSERT_TAIL(&s->leaving, sub, leave);
}

void
subscription_return(struct session *s, struct subscription *sub)
{
	if (sub->leaving)
		TAILQ_REMOVE(&s->leaving, sub, leave);
	sub->leaving = false;
}

void
subscription_renew(struct session *s, struct subscription *sub)
{
	const enum view_id view = sub->view;
	const uint32_t id = sub->id;

	/* What is about to be forgotten stays as it is. */
	if (sub->leaving) {
		TAILQ_REMOVE(&s->counted, sub, count);
		TAILQ_INSERT_TAIL(&s->counted, sub, count);
		return;
	}
	subscription_end(s, sub);
	start(s, SUBSCRIPTION_OBJECT, view, id, true);
}

/* Takes it out of queued or pending, and refills the window. */
static void
unqueue(struct session *s, struct subscription *sub)
{
	if (sub->answered)
		return;
	sub->answered = true;
	if (sub->asked == 0) {
		TAILQ_REMOVE(&s->queued, sub, next);
		return;
	}
	TAILQ_REMOVE(&s->pending, sub, next);
	s->n_pending--;
	if ((sub = TAILQ_FIRST(&s->queued)) != NULL &&
	    s->n_pending < SESSION_WINDOW) {
		TAILQ_REMOVE(&s->queued, sub, next);
		ask(s, sub);
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
	if (is_counted(sub))
		TAILQ_REMOVE(&s->counted, sub, count);
	subscription_return(s, sub);
	free(sub);
}

void
subscription_end(struct session *s, struct subscription *sub)
{
	unqueue(s, sub);
	if (sub->asked != 0)
		request_stop(s, sub);
	delete(s, sub);
}

void
subscription_free_all(struct session *s)
{
	while (s->by_system_id != NULL)
		delete(s, *(struct subscription **)s->by_system_id);
}
