/*
 * The rows of a snapshot, in the text format of COPY (PostgreSQL manual,
 * COPY, Text Format).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/snapshot_private.h"
#include "poller/value.h"

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

/* One column and the tab after it; NULL is \N. */
static void
column(struct buf *out, const char *text)
{
	size_t n;

	if (text == NULL)
		buf_str(out, "\\N");
	while (text != NULL && *text != '\0') {
		n = strcspn(text, "\\\n\r\t");
		buf_add(out, text, n);
		text += n;
		if (*text == '\0')
			break;
		buf_char(out, '\\');
		buf_char(out, *text == '\n' ? 'n' : *text == '\r' ? 'r' :
		    *text == '\t' ? 't' : '\\');
		text++;
	}
	buf_char(out, '\t');
}

/* Ends a row: its last column has no tab. */
static void
end_row(struct buf *out)
{
	if (out->len > 0)
		out->data[out->len - 1] = '\n';
}

/* The columns of a view's fields; o NULL: all are absent. */
static void
view_row(struct buf *out, enum view_id view, const struct object *o)
{
	size_t i;

	for (i = 0; i < views[view].n; i++)
		if (views[view].field[i].column != NULL)
			column(out, o != NULL ? o->value[i] : NULL);
}

static void
object_id(struct buf *out, const struct object *o)
{
	buf_u64(out, o->id);
	buf_char(out, '\t');
}

static void
user_row(const struct snapshot *s, const struct object *o, struct buf *out)
{
	struct buf seen = { 0 };

	view_row(out, VIEW_USER, o);
	view_row(out, VIEW_OUTBOUND, snapshot_find(s, SLOT_OUTBOUND_LOGIN,
	    o->value[USER_LOGIN]));
	object_id(out, o);
	column(out, "t");
	value_date(&seen, o->seen);
	buf_char(&seen, '\0');
	if (buf_ok(&seen))
		column(out, seen.data);
	else
		out->failed = true;
	end_row(out);
	buf_free(&seen);
}

static void
queue_row(const struct object *o, struct buf *out)
{
	view_row(out, VIEW_QUEUE, o);
	object_id(out, o);
	column(out, "t");
	end_row(out);
}

/* "tel:0199001234", "sip:1234@host;x=y" -> what people dial; new, or NULL. */
static char *
number(const char *uri)
{
	size_t scheme;

	if (uri == NULL)
		return NULL;
	scheme = strcspn(uri, ":");
	if ((scheme == 3 && strncasecmp(uri, "tel", 3) == 0) ||
	    (scheme == 3 && strncasecmp(uri, "sip", 3) == 0) ||
	    (scheme == 4 && strncasecmp(uri, "sips", 4) == 0))
		uri += scheme + 1;
	scheme = strcspn(uri, "@;");
	return scheme > 0 ? strndup(uri, scheme) : NULL;
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
		learn(&o->caller, number(c->value[incoming ?
		    CALL_REMOTE : CALL_LOCAL]));
		learn(&o->callee, number(c->value[incoming ?
		    CALL_LOCAL : CALL_REMOTE]));
	}
	if (w != NULL) {
		learn(&o->caller, number(w->value[WAITING_REMOTE]));
		learn(&o->callee, number(w->value[WAITING_LOCAL]));
	}
}

static void
task_row(const struct snapshot *s, struct object *o, struct buf *out)
{
	join_task(s, o);
	view_row(out, VIEW_TASK, o);
	column(out, o->direction != NULL ? o->direction : "inbound");
	column(out, o->caller);
	column(out, o->callee);
	object_id(out, o);
	column(out, "t");
	end_row(out);
}

/* A row of call_in for the outbound call in hand. */
static void
call_row(const struct snapshot *s, const struct object *o, struct buf *out)
{
	static const size_t from[VIEW_FIELDS_MAX] = {
		[TASK_SESSION] = OUTBOUND_SESSION + 1,
		[TASK_PROFILE] = OUTBOUND_PROFILE + 1,
		[TASK_LOGIN] = OUTBOUND_LOGIN + 1,
		[TASK_MANAGED] = OUTBOUND_CONTACT + 1,
	};
	const struct object *user = snapshot_find(s, SLOT_USER_LOGIN,
	    o->value[OUTBOUND_LOGIN]);
	char *caller = NULL, *callee = number(o->value[OUTBOUND_TARGET]);
	int phone = view_field(VIEW_USER, "sessions.last.session.phone_uri");
	size_t i;

	if (user != NULL && phone >= 0)
		caller = number(user->value[phone]);
	for (i = 0; i < views[VIEW_TASK].n; i++)
		if (i == TASK_ID)
			column(out, o->call_key);
		else if (i == TASK_QUEUED)
			column(out, o->call_start);
		else
			column(out, from[i] > 0 ? o->value[from[i] - 1] :
			    NULL);
	column(out, "outbound");
	column(out, caller);
	column(out, callee);
	object_id(out, o);
	column(out, "t");
	end_row(out);
	free(caller);
	free(callee);
}

/* A row of which only the key is known, and that it is no more. */
static void
gone_row(const struct gone *gone, struct buf *out)
{
	enum view_id view = gone->view == VIEW_OUTBOUND ? VIEW_TASK :
	    gone->view;
	size_t i;

	for (i = 0; i < views[view].n; i++) {
		if (views[view].field[i].column == NULL)
			continue;
		if (views[view].field[i].type == VIEW_KEY)
			column(out, gone->key);
		else if (view == VIEW_TASK && i == TASK_QUEUED)
			column(out, gone->queued);
		else if (view == VIEW_TASK && i == TASK_ENDED)
			column(out, gone->ended);
		else
			column(out, NULL);
	}
	if (view == VIEW_USER)
		view_row(out, VIEW_OUTBOUND, NULL);
	if (view == VIEW_TASK) {
		column(out, gone->view == VIEW_TASK ? "inbound" : "outbound");
		column(out, NULL);
		column(out, NULL);
	}
	column(out, NULL);	/* object_id */
	column(out, "f");
	if (view == VIEW_USER)
		column(out, NULL);	/* seen_at */
	end_row(out);
}

/* cccp-protocol(7), States: what says that no outbound call is in hand. */
static bool
outbound_active(const struct object *o)
{
	const char *state = o->value[OUTBOUND_STATE];

	return state != NULL && strcmp(state, "0") != 0 &&
	    strcmp(state, "disconnected") != 0 &&
	    o->value[OUTBOUND_START] != NULL;
}

/* Notes which call is written as active; false: out of memory. */
static bool
begin_call(struct object *o, const char *id)
{
	char key[VALUE_KEY_MAX + 1];

	snprintf(key, sizeof(key), "outbound:%s", id);
	o->call_key = strdup(key);
	o->call_start = strdup(o->value[OUTBOUND_START]);
	return o->call_key != NULL && o->call_start != NULL;
}

static void
end_call(struct object *o, struct buf *out)
{
	struct buf text = { 0 };

	value_date(&text, o->seen);
	buf_char(&text, '\0');
	if (buf_ok(&text))
		gone_row(&(struct gone){ .view = VIEW_OUTBOUND,
		    .key = o->call_key, .queued = o->call_start,
		    .ended = text.data }, out);
	buf_free(&text);
	free(o->call_key);
	free(o->call_start);
	o->call_key = o->call_start = NULL;
}

/*
 * The outbound call of a session: ends the one that was written before when
 * it is another or none now, and writes the current one.
 */
static void
outbound_rows(const struct snapshot *s, struct object *o, struct buf *out)
{
	const char *id = o->value[OUTBOUND_CALL];
	bool active;

	if (id == NULL)
		id = o->value[OUTBOUND_SESSION];
	/* An id that is too long for a key is no id. */
	active = id != NULL && strlen(id) + sizeof("outbound:") <
	    VALUE_KEY_MAX && outbound_active(o);
	if (o->call_key != NULL && (!active ||
	    strcmp(o->call_start, o->value[OUTBOUND_START]) != 0))
		end_call(o, out);
	if (!active)
		return;
	if (o->call_key == NULL && !begin_call(o, id))
		out->failed = true;
	else
		call_row(s, o, out);
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
		task_row(s, o, &out[SNAPSHOT_CALL]);
		if (o->value[TASK_ENDED] != NULL && !note_over(s, o))
			out[SNAPSHOT_CALL].failed = true;
		break;
	case VIEW_OUTBOUND:
		outbound_rows(s, o, &out[SNAPSHOT_CALL]);
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

	while ((gone = TAILQ_FIRST(&s->gone)) != NULL) {
		key = snapshot_key(gone->view);
		/* In complete rows, what is missing is known to be gone. */
		if (!complete && (key.slot == SLOT__MAX ||
		    snapshot_find(s, key.slot, gone->key) == NULL))
			gone_row(gone, &out[table[gone->view]]);
		snapshot_forget_gone(s, gone);
	}
}

bool
snapshot_rows(struct snapshot *s, bool complete,
    struct buf out[SNAPSHOT_TABLE__MAX])
{
	struct object *o;
	enum view_id view;

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
