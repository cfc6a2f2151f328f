#include <stdlib.h>
#include <string.h>

#include "poller/model/gone.h"
#include "poller/model/value.h"

void
gone_init(struct gone_list *l)
{
	TAILQ_INIT(&l->pending);
	TAILQ_INIT(&l->sent);
}

static void
gone_free(struct gone *gone)
{
	buf_free(&gone->row);
	free(gone->key);
	free(gone->queued);
	free(gone->ended);
	free(gone);
}

static void
unlist(struct gone_list *l, struct gone *gone)
{
	TAILQ_REMOVE(&l->pending, gone, next);
	l->n--;
}

void
gone_drop(struct gone_list *l, struct gone *gone)
{
	unlist(l, gone);
	gone_free(gone);
}

void
gone_mark_sent(struct gone_list *l, struct gone *gone)
{
	unlist(l, gone);
	TAILQ_INSERT_TAIL(&l->sent, gone, next);
}

void
gone_forget(struct gone_list *l)
{
	struct gone *gone;

	while ((gone = TAILQ_FIRST(&l->sent)) != NULL) {
		TAILQ_REMOVE(&l->sent, gone, next);
		gone_free(gone);
	}
}

void
gone_restore(struct gone_list *l)
{
	struct gone *gone;

	TAILQ_FOREACH(gone, &l->sent, next)
		l->n++;
	/* The oldest notes are sent first. */
	TAILQ_CONCAT(&l->sent, &l->pending, next);
	TAILQ_CONCAT(&l->pending, &l->sent, next);
}

void
gone_clear(struct gone_list *l)
{
	while (!TAILQ_EMPTY(&l->pending))
		gone_drop(l, TAILQ_FIRST(&l->pending));
	gone_forget(l);
}

struct gone *
gone_add(struct gone_list *l, enum view_id view, const char *key,
    const char *queued)
{
	struct gone *gone = calloc(1, sizeof(*gone));

	if (gone == NULL || (gone->key = strdup(key)) == NULL) {
		free(gone);
		return NULL;
	}
	gone->view = view;
	gone->queued = queued != NULL ? strdup(queued) : NULL;
	TAILQ_INSERT_TAIL(&l->pending, gone, next);
	if (++l->n > GONE_MAX)
		gone_drop(l, TAILQ_FIRST(&l->pending));
	return gone;
}

bool
gone_add_call(struct gone_list *l, const struct object *o, int64_t ended)
{
	struct gone *gone = gone_add(l, o->view, o->call_key, o->call_start);
	struct buf text = { 0 };

	if (gone == NULL)
		return false;
	value_date(&text, ended);
	buf_char(&text, '\0');
	gone->ended = buf_ok(&text) ? strdup(text.data) : NULL;
	buf_free(&text);
	return gone->ended != NULL;
}
