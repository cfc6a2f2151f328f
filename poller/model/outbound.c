/*
 * Outbound calls: the source tells of one as fields of the agent's session,
 * we keep it as a row of cccp.call.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/copy.h"
#include "poller/model/rows.h"
#include "poller/model/value.h"

char *
rows_number(const char *uri)
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
	char *caller = NULL, *callee = rows_number(o->value[OUTBOUND_TARGET]);
	int phone = view_field(VIEW_USER, "sessions.last.session.phone_uri");
	size_t i;

	if (user != NULL && phone >= 0)
		caller = rows_number(user->value[phone]);
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

/* cccp-protocol(7), States: what says that no outbound call is in hand. */
static bool
outbound_active(const struct object *o)
{
	const char *state = o->value[OUTBOUND_STATE];

	return state != NULL && strcmp(state, "0") != 0 &&
	    strcmp(state, "disconnected") != 0 &&
	    o->value[OUTBOUND_START] != NULL;
}

static void
forget_call(struct object *o)
{
	free(o->call_key);
	free(o->call_start);
	o->call_key = o->call_start = NULL;
}

/* Notes which call is written as active; false: out of memory. */
static bool
begin_call(struct object *o, const char *id)
{
	char key[VALUE_KEY_MAX + 1];

	snprintf(key, sizeof(key), "outbound:%s", id);
	o->call_key = strdup(key);
	o->call_start = strdup(o->value[OUTBOUND_START]);
	if (o->call_key != NULL && o->call_start != NULL)
		return true;
	forget_call(o);
	return false;
}

void
rows_outbound(struct snapshot *s, struct object *o, struct buf *out)
{
	const char *id = o->value[OUTBOUND_CALL];
	bool active;

	if (id == NULL)
		id = o->value[OUTBOUND_SESSION];
	/* An id that is too long for a key is no id. */
	active = id != NULL && strlen(id) + sizeof("outbound:") <
	    VALUE_KEY_MAX && outbound_active(o);
	if (o->call_key != NULL && (!active ||
	    strcmp(o->call_start, o->value[OUTBOUND_START]) != 0)) {
		if (!snapshot_note_call(s, o, o->seen))
			out->failed = true;
		forget_call(o);
	}
	if (!active)
		return;
	if (o->call_key == NULL && !begin_call(o, id))
		out->failed = true;
	else
		call_row(s, o, out);
}

