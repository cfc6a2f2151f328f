#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/outbound.h"
#include "poller/model/rows.h"
#include "poller/model/value.h"

/* cccp-protocol(7), States: when there is an outbound call. */
static bool
is_active(const struct object *o)
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
outbound_row(const struct index *ix, struct gone_list *gone, struct object *o,
    struct buf *out)
{
	const char *id = o->value[OUTBOUND_CALL];
	bool active;

	if (id == NULL)
		id = o->value[OUTBOUND_SESSION];
	/* An id that is too long for a key is no id. */
	active = id != NULL && strlen(id) + sizeof("outbound:") <
	    VALUE_KEY_MAX && is_active(o);
	if (o->call_key != NULL && (!active ||
	    strcmp(o->call_start, o->value[OUTBOUND_START]) != 0)) {
		if (!gone_add_call(gone, o, o->seen))
			out->failed = true;
		forget_call(o);
	}
	if (!active)
		return;
	if (o->call_key == NULL && !begin_call(o, id))
		out->failed = true;
	else
		rows_outbound(ix, o, out);
}
