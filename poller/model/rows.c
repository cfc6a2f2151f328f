/*
 * The rows of a snapshot, in the text format of COPY (PostgreSQL manual,
 * COPY, Text Format).
 */
#include <stdlib.h>
#include <string.h>

#include "poller/model/copy.h"
#include "poller/model/rows.h"
#include "poller/model/value.h"

/* What stands after the columns that views fill. */
static const char *const extra[SNAPSHOT_TABLE__MAX] = {
	[SNAPSHOT_AGENT] = "object_id, present, seen_at",
	[SNAPSHOT_QUEUE] = "object_id, present",
	[SNAPSHOT_CALL] =
	    "direction, caller, callee, object_id, present",
};

static const struct {
	const char	*name;
	enum view_id	 view;
} tables[SNAPSHOT_TABLE__MAX] = {
	[SNAPSHOT_AGENT] = { "agent_in", VIEW_USER },
	[SNAPSHOT_QUEUE] = { "queue_in", VIEW_QUEUE },
	[SNAPSHOT_CALL] = { "call_in", VIEW_TASK },
};

static void
view_columns(enum view_id view, struct buf *out)
{
	size_t i;

	for (i = 0; i < views[view].n; i++)
		if (views[view].field[i].column != NULL) {
			buf_str(out, views[view].field[i].column);
			buf_str(out, ", ");
		}
}

void
snapshot_columns(enum snapshot_table table, struct buf *out)
{
	buf_str(out, tables[table].name);
	buf_str(out, " (");
	view_columns(tables[table].view, out);
	if (table == SNAPSHOT_AGENT)
		view_columns(VIEW_OUTBOUND, out);
	buf_str(out, extra[table]);
	buf_char(out, ')');
}

/* The columns of a view's fields; o NULL: all are absent. */
static void
view_row(struct buf *out, enum view_id view, const struct object *o)
{
	size_t i;

	for (i = 0; i < views[view].n; i++)
		if (views[view].field[i].column != NULL)
			copy_column(out, o != NULL ? o->value[i] : NULL);
}

static void
user_row(const struct snapshot *s, const struct object *o, struct buf *out)
{
	view_row(out, VIEW_USER, o);
	view_row(out, VIEW_OUTBOUND, snapshot_find(s, SLOT_OUTBOUND_LOGIN,
	    o->value[USER_LOGIN]));
	copy_u64(out, o->id);
	copy_column(out, "t");
	copy_date(out, o->seen);
	copy_end(out);
}

static void
queue_row(const struct object *o, struct buf *out)
{
	view_row(out, VIEW_QUEUE, o);
	copy_u64(out, o->id);
	copy_column(out, "t");
	copy_end(out);
}

static void
learn(char **known, char *told)
{
	if (told == NULL)
		return;
	free(*known);
	*known = told;
}

/* Who calls whom, from the waiting view or the call session. */
static void
join_task(const struct snapshot *s, struct object *o)
{
	const struct object *w, *c;
	bool incoming;

	w = snapshot_find(s, SLOT_WAITING_TASK, o->value[TASK_ID]);
	c = snapshot_find(s, SLOT_SESSION_ID, o->value[TASK_SESSION]);
	if (c != NULL && c->value[CALL_INCOMING] != NULL) {
		incoming = c->value[CALL_INCOMING][0] == 't';
		o->direction = incoming ? "inbound" : "outbound";
		learn(&o->caller, rows_number(c->value[incoming ?
		    CALL_REMOTE : CALL_LOCAL]));
		learn(&o->callee, rows_number(c->value[incoming ?
		    CALL_LOCAL : CALL_REMOTE]));
	}
	if (w != NULL) {
		learn(&o->caller, rows_number(w->value[WAITING_REMOTE]));
		learn(&o->callee, rows_number(w->value[WAITING_LOCAL]));
	}
}

void
rows_task(const struct snapshot *s, struct object *o, bool present,
    struct buf *out)
{
	join_task(s, o);
	view_row(out, VIEW_TASK, o);
	copy_column(out, o->direction != NULL ? o->direction : "inbound");
	copy_column(out, o->caller);
	copy_column(out, o->callee);
	copy_u64(out, o->id);
	copy_column(out, present ? "t" : "f");
	copy_end(out);
}

/* A row of which only the key is known, and that it is no more. */
static void
row_gone(const struct gone *gone, struct buf *out)
{
	enum view_id view = gone->view == VIEW_OUTBOUND ? VIEW_TASK :
	    gone->view;
	size_t i;

	for (i = 0; i < views[view].n; i++) {
		if (views[view].field[i].column == NULL)
			continue;
		if (views[view].field[i].type == VIEW_KEY)
			copy_column(out, gone->key);
		else if (view == VIEW_TASK && i == TASK_QUEUED)
			copy_column(out, gone->queued);
		else if (view == VIEW_TASK && i == TASK_ENDED)
			copy_column(out, gone->ended);
		else
			copy_column(out, NULL);
	}
	if (view == VIEW_USER)
		view_row(out, VIEW_OUTBOUND, NULL);
	if (view == VIEW_TASK) {
		copy_column(out, gone->view == VIEW_TASK ? "inbound" : "outbound");
		copy_column(out, NULL);
		copy_column(out, NULL);
	}
	copy_column(out, NULL);	/* object_id */
	copy_column(out, "f");
	if (view == VIEW_USER)
		copy_column(out, NULL);	/* seen_at */
	copy_end(out);
}

/* Only the latest of several objects with one key has a row. */
static bool
is_latest(const struct snapshot *s, const struct object *o)
{
	struct key_slot key = snapshot_key(o->view);

	return o->value[key.field] != NULL &&
	    snapshot_find(s, key.slot, o->value[key.field]) == o;
}

static bool
note_over(struct snapshot *s, const struct object *o)
{
	uint32_t *ids = s->over[o->view];
	size_t max = s->max_over[o->view];

	if (s->n_over[o->view] == max) {
		max = max != 0 ? max * 2 : 64;
		if ((ids = realloc(ids, max * sizeof(*ids))) == NULL)
			return false;
		s->over[o->view] = ids;
		s->max_over[o->view] = max;
	}
	ids[s->n_over[o->view]++] = o->id;
	return true;
}

static void
object_row(struct snapshot *s, struct object *o, struct buf *out)
{
	switch (o->view) {
	case VIEW_USER:
		if (is_latest(s, o))
			user_row(s, o, &out[SNAPSHOT_AGENT]);
		break;
	case VIEW_QUEUE:
		if (is_latest(s, o))
			queue_row(o, &out[SNAPSHOT_QUEUE]);
		break;
	case VIEW_TASK:
		if (!is_latest(s, o))
			break;
		rows_task(s, o, true, &out[SNAPSHOT_CALL]);
		if (o->value[TASK_ENDED] != NULL && !note_over(s, o))
			out[SNAPSHOT_CALL].failed = true;
		break;
	case VIEW_OUTBOUND:
		rows_outbound(s, o, &out[SNAPSHOT_CALL]);
		break;
	case VIEW_SESSION:
		if (o->value[CALL_TERMINATED] != NULL && !note_over(s, o))
			out[SNAPSHOT_CALL].failed = true;
		break;
	default:
		break;
	}
}

/* Rows that went, unless another object has the key by now. */
static void
gone_rows(struct snapshot *s, bool complete, struct buf *out)
{
	static const enum snapshot_table table[VIEW__MAX] = {
		[VIEW_USER] = SNAPSHOT_AGENT,
		[VIEW_QUEUE] = SNAPSHOT_QUEUE,
		[VIEW_TASK] = SNAPSHOT_CALL,
		[VIEW_OUTBOUND] = SNAPSHOT_CALL,
	};
	struct gone *gone;
	struct key_slot key;
	bool live;

	while ((gone = TAILQ_FIRST(&s->gone)) != NULL) {
		key = snapshot_key(gone->view);
		live = key.slot != SLOT__MAX &&
		    snapshot_find(s, key.slot, gone->key) != NULL;
		/* In complete rows, what is missing is known to be gone; but
		 * not when a call ended. */
		if (gone->row.len > 0 && !live)
			buf_add(&out[table[gone->view]], gone->row.data,
			    gone->row.len);
		else if ((!complete || gone->ended != NULL) && !live)
			row_gone(gone, &out[table[gone->view]]);
		if (live || (gone->row.len == 0 && gone->ended == NULL)) {
			snapshot_forget_gone(s, gone);
		} else {
			TAILQ_REMOVE(&s->gone, gone, next);
			s->n_gone--;
			TAILQ_INSERT_TAIL(&s->told, gone, next);
		}
	}
}

bool
snapshot_rows(struct snapshot *s, bool complete,
    struct buf out[SNAPSHOT_TABLE__MAX])
{
	struct object *o;
	enum view_id view;

	snapshot_forget_told(s);
	for (view = 0; view < VIEW__MAX; view++)
		s->n_over[view] = 0;
	if (complete)
		for (view = 0; view < VIEW__MAX; view++)
			TAILQ_FOREACH(o, &s->all[view], all)
				object_row(s, o, out);
	while ((o = TAILQ_FIRST(&s->changed)) != NULL) {
		if (!complete)
			object_row(s, o, out);
		TAILQ_REMOVE(&s->changed, o, change);
		o->changed = false;
	}
	gone_rows(s, complete, out);
	return buf_ok(&out[SNAPSHOT_AGENT]) && buf_ok(&out[SNAPSHOT_QUEUE]) &&
	    buf_ok(&out[SNAPSHOT_CALL]);
}
