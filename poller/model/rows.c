#include <stdlib.h>
#include <string.h>

#include "poller/model/copy.h"
#include "poller/model/gone.h"
#include "poller/model/rows.h"

/* The columns after those of views. */
static const char *const extra[ROWS_TABLE__MAX] = {
	[ROWS_AGENT] = "object_id, present, seen_at",
	[ROWS_QUEUE] = "object_id, present",
	[ROWS_CALL] =
	    "direction, caller, callee, object_id, present",
};

static const struct {
	const char	*name;
	enum view_id	 view;
} tables[ROWS_TABLE__MAX] = {
	[ROWS_AGENT] = { "agent_in", VIEW_USER },
	[ROWS_QUEUE] = { "queue_in", VIEW_QUEUE },
	[ROWS_CALL] = { "call_in", VIEW_TASK },
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
rows_columns(enum rows_table table, struct buf *out)
{
	buf_str(out, tables[table].name);
	buf_str(out, " (");
	view_columns(tables[table].view, out);
	if (table == ROWS_AGENT)
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

void
rows_user(const struct index *ix, const struct object *o, struct buf *out)
{
	view_row(out, VIEW_USER, o);
	view_row(out, VIEW_OUTBOUND, index_outbound(ix, o));
	copy_u64(out, o->id);
	copy_column(out, "t");
	copy_date(out, o->seen);
	copy_end(out);
}

void
rows_queue(const struct object *o, struct buf *out)
{
	view_row(out, VIEW_QUEUE, o);
	copy_u64(out, o->id);
	copy_column(out, "t");
	copy_end(out);
}

/*
 * "tel:0199001234", "sip:1234@host;x=y" -> the number that people dial: new,
 * or NULL when there is none or no memory.
 */
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

/* Replaces a text by a new one, which is stolen, unless that is NULL. */
static void
replace(char **text, char *by)
{
	if (by == NULL)
		return;
	free(*text);
	*text = by;
}

/*
 * Caller and callee, from the waiting view or the call session.  Whatever names
 * the numbers, the direction of the session says which of them called; a call
 * whose session is not known is incoming.
 */
static void
join_task(const struct index *ix, struct object *o)
{
	const struct object *w, *c;
	bool incoming = o->direction == NULL ||
	    strcmp(o->direction, "inbound") == 0;

	w = index_find(ix, INDEX_WAITING_TASK, o->value[TASK_ID]);
	c = index_find(ix, INDEX_SESSION_ID, o->value[TASK_SESSION]);
	if (c != NULL && c->value[CALL_INCOMING] != NULL) {
		incoming = c->value[CALL_INCOMING][0] == 't';
		o->direction = incoming ? "inbound" : "outbound";
		replace(&o->caller, number(c->value[incoming ?
		    CALL_REMOTE : CALL_LOCAL]));
		replace(&o->callee, number(c->value[incoming ?
		    CALL_LOCAL : CALL_REMOTE]));
	}
	if (w != NULL) {
		replace(&o->caller, number(w->value[incoming ?
		    WAITING_REMOTE : WAITING_LOCAL]));
		replace(&o->callee, number(w->value[incoming ?
		    WAITING_LOCAL : WAITING_REMOTE]));
	}
}

/*
 * A task has a manager once it is answered.  While it rings, the waiting view
 * names the user, by the number of the object, and still does for a while after
 * the caller has hung up.
 */
static const char *
task_login(const struct index *ix, const struct object *o)
{
	const struct object *w, *user;
	const char *id;

	if (o->value[TASK_LOGIN] != NULL || o->value[TASK_ENDED] != NULL)
		return o->value[TASK_LOGIN];
	w = index_find(ix, INDEX_WAITING_TASK, o->value[TASK_ID]);
	id = w != NULL ? w->value[WAITING_MANAGER] : NULL;
	if (id == NULL)
		return NULL;
	user = index_object(ix, VIEW_USER, (uint32_t)strtoul(id, NULL, 10));
	return user != NULL ? user->value[USER_LOGIN] : NULL;
}

void
rows_task(const struct index *ix, struct object *o, bool present,
    struct buf *out)
{
	size_t i;

	join_task(ix, o);
	for (i = 0; i < views[VIEW_TASK].n; i++)
		copy_column(out, i == TASK_LOGIN ? task_login(ix, o) :
		    o->value[i]);
	copy_column(out, o->direction != NULL ? o->direction : "inbound");
	copy_column(out, o->caller);
	copy_column(out, o->callee);
	copy_u64(out, o->id);
	copy_column(out, present ? "t" : "f");
	copy_end(out);
}

void
rows_outbound(const struct index *ix, const struct object *o,
    struct buf *out)
{
	static const size_t from[VIEW_FIELDS_MAX] = {
		[TASK_SESSION] = OUTBOUND_SESSION + 1,
		[TASK_PROFILE] = OUTBOUND_PROFILE + 1,
		[TASK_LOGIN] = OUTBOUND_LOGIN + 1,
		[TASK_MANAGED] = OUTBOUND_CONTACT + 1,
	};
	const struct object *user = index_find(ix, INDEX_USER_LOGIN,
	    o->value[OUTBOUND_LOGIN]);
	char *caller = NULL, *callee = number(o->value[OUTBOUND_TARGET]);
	size_t i;

	if (user != NULL)
		caller = number(user->value[USER_PHONE]);
	for (i = 0; i < views[VIEW_TASK].n; i++)
		if (i == TASK_ID)
			copy_column(out, o->call_key);
		else if (i == TASK_QUEUED)
			copy_column(out, o->call_start);
		else
			copy_column(out, from[i] > 0 ? o->value[from[i] - 1] :
			    NULL);
	copy_column(out, "outbound");
	copy_column(out, caller);
	copy_column(out, callee);
	copy_u64(out, o->id);
	copy_column(out, "t");
	copy_end(out);
	free(caller);
	free(callee);
}

void
rows_gone(const struct gone *gone, struct buf *out)
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
		copy_column(out, gone->view == VIEW_TASK ? "inbound" :
		    "outbound");
		copy_column(out, NULL);
		copy_column(out, NULL);
	}
	copy_column(out, NULL);	/* object_id */
	copy_column(out, "f");
	if (view == VIEW_USER)
		copy_column(out, NULL);	/* seen_at */
	copy_end(out);
}
