/* What a server says, frame by frame. */
#include <stdio.h>
#include <syslog.h>

#include "poller/model/value.h"
#include "poller/session/private.h"

/*
 * The server took its date at some time between our question and now.  A clock
 * that was known before stays when that agrees with it, else the nearest one
 * that agrees is taken: the longer the answer took, the less it says.
 */
static void
measure_clock(struct session *s, int64_t date)
{
	const int64_t low = date - s->now, high = date - s->greeted;
	const int64_t error = (high - low) / 2;

	if (s->clock_known && s->clock >= low && s->clock <= high) {
		if (error < s->clock_error)
			s->clock_error = error;
		return;
	}
	s->clock = !s->clock_known ? low + error : s->clock < low ? low : high;
	s->clock_error = error;
	s->clock_known = true;
	state_set_time(s, s->now);
}

static void
connection_ok(struct session *s, struct cursor args)
{
	struct frame_date date;
	int64_t us;
	uint32_t v;

	if (!frame_get_u32(&args, &v) || !frame_get_date(&args, &date)) {
		state_fail(s, "connection_ok cut short");
		return;
	}
	us = (int64_t)date.s * 1000000 + date.us;
	/* No zone is a day or more away from UTC. */
	if (date.s != 0 && date.offset_s > -86400 && date.offset_s < 86400) {
		s->zone_s = date.offset_s;
		s->zoned = true;
	}
	if (date.s != 0 && s->greeted != 0)
		measure_clock(s, us);
	s->greeted = 0;
	if (s->logging_in) {	/* the answer to a second initialize */
		midnight_date(s, date.s != 0 ? us : s->seen);
		return;
	}
	snprintf(s->version, sizeof(s->version), "%u.%u.%u.%u", v >> 24,
	    v >> 16 & 0xff, v >> 8 & 0xff, v & 0x7f);
	s->opened = s->now;
	if (s->clock_error > SESSION_CLOCK_US / 2 &&
	    ++s->greetings < SESSION_CLOCK_TRIES) {
		request_initialize(s);
		return;
	}
	midnight_start(s, s->seen);
	request_login(s);
	s->logging_in = true;
}

static void
login_ok(struct session *s)
{
	enum view_id id;

	if (s->state != SESSION_OPENING)
		return;
	s->state = SESSION_SYNCING;
	for (id = 0; id < VIEW__MAX; id++)
		request_format(s, id);
	for (id = 0; id < VIEW__MAX; id++)
		subscription_start(s, SUBSCRIPTION_LIST, id, 0);
}

/* The reason is shown to people: as text, and bounded. */
static void
login_failed(struct session *s, struct cursor args)
{
	struct cursor reason;
	uint32_t id;

	buf_reset(&s->scratch);
	if (frame_get_u32(&args, &id) && frame_get_string(&args, &reason))
		frame_text(&s->scratch, reason);
	buf_char(&s->scratch, '\0');
	state_fail(s, "login refused: %.200s",
	    buf_ok(&s->scratch) ? s->scratch.data : "");
}

static bool
list_item(void *arg, const struct object_item *item)
{
	struct session *s = ((void **)arg)[0];
	const struct subscription *list = ((void **)arg)[1];
	struct subscription *sub;
	enum view_id view;

	if (list == NULL || list->kind == SUBSCRIPTION_PROBE)
		return true;
	view = list->view;
	sub = subscription_by_object(s, view, item->id);
	if (item->action == OBJECT_LEFT) {
		/* The value that no longer matches the filter is to come. */
		if (sub != NULL && views[view].filter[0] != '\0') {
			subscription_leave(s, sub);
			return true;
		}
		snapshot_leave(s->snapshot, view, item->id, s->seen);
		if (sub != NULL)
			subscription_end(s, sub);
		return true;
	}
	if (sub != NULL) {
		subscription_return(s, sub);
		return true;
	}
	if (!snapshot_enter(s->snapshot, view, item->id)) {
		state_fail(s, "out of memory, or more than %d objects in "
		    "view %s", VIEW_OBJECTS_MAX, views[view].name);
		return false;
	}
	subscription_start(s, SUBSCRIPTION_OBJECT, view, item->id);
	return s->state != SESSION_FAILED;
}

static bool
object_value(void *arg, const struct object_value *v)
{
	struct session *s = ((void **)arg)[0];
	struct subscription *sub = ((void **)arg)[1];
	const struct view_field *field;
	enum value_err err;
	int f;

	if (sub == NULL || v->index >= SESSION_INDEXES ||
	    (f = s->field[sub->view][v->index]) < 0)
		return true;
	field = &views[sub->view].field[f];
	s->told |= UINT64_C(1) << f;
	if (v->type == OBJECT_DATE && (size_t)f == view_ended(sub->view))
		sub->ended = (int64_t)v->date.s * 1000000 + v->date.us;
	err = value_wire(field->type, v, &s->scratch);
	if (err == VALUE_BAD && !(s->warned[sub->view] >> f & 1)) {
		s->warned[sub->view] |= UINT64_C(1) << f;
		syslog(LOG_WARNING, "%s: %s: a value of %s cannot be read",
		    s->name, views[sub->view].name, field->path);
	}
	buf_char(&s->scratch, '\0');
	if (!buf_ok(&s->scratch) ||
	    !(err == VALUE_BAD ? snapshot_set_part : snapshot_set)(s->snapshot,
	    sub->view, sub->id, (size_t)f,
	    err == VALUE_OK ? s->scratch.data : NULL, s->seen)) {
		state_fail(s, "out of memory");
		return false;
	}
	return true;
}

/*
 * Forgets the fields that exist no more.  The server does not push that: a new
 * session of a user just lacks what the old one had.  And the first answer to a
 * query holds all that exists.
 */
static void
forget_absent(struct session *s, const struct subscription *sub)
{
	uint64_t absent = 0;
	size_t f;

	if (sub->again && !sub->answered)
		absent = ~s->told;
	else if (sub->view == VIEW_USER && (s->told >> USER_SESSION & 1) != 0)
		absent = s->of_session & ~s->told;
	for (f = 0; f < views[sub->view].n; f++)
		if ((absent >> f & 1) != 0 && !snapshot_set(s->snapshot,
		    sub->view, sub->id, f, NULL, s->seen))
			state_fail(s, "out of memory");
}

/* A list_response or an object_response. */
static void
response(struct session *s, const struct frame *frame)
{
	bool list = frame->method == FRAME_LIST_RESPONSE;
	struct cursor args = frame->args, blob;
	struct object_error why = { 0, "" };
	struct subscription *sub;
	enum object_err err;
	uint32_t session_id, system_id;
	void *arg[2];

	if (!frame_get_u32(&args, &session_id) ||
	    !frame_get_u32(&args, &system_id) ||
	    !frame_get_blob(&args, &blob)) {
		state_fail(s, "%s cut short",
		    list ? "list_response" : "object_response");
		return;
	}
	/* Also read when the subscription has ended meanwhile: the names that
	 * its blob lists count for later ones. */
	sub = subscription_by_system_id(s, system_id);
	if (sub != NULL && (sub->kind == SUBSCRIPTION_OBJECT) == list)
		sub = NULL;
	arg[0] = s;
	arg[1] = sub;
	s->told = 0;
	if (list)
		err = object_list(&s->names_in, blob, list_item, arg, &why);
	else
		err = object_values(&s->names_in, blob, object_value, arg,
		    &why);
	if (err == OBJECT_BAD)
		state_fail(s, "malformed %s: %s at byte %zu",
		    list ? "list_response" : "object_response", why.what,
		    why.at);
	if (sub == NULL || s->state == SESSION_FAILED)
		return;
	if (!list)
		forget_absent(s, sub);
	if (!list && !sub->answered)
		snapshot_answered(s->snapshot, sub->view, sub->id);
	subscription_answered(s, sub);
	if (sub->kind == SUBSCRIPTION_PROBE) {
		s->probing = false;
		subscription_end(s, sub);
	}
}

void
receive_frame(struct session *s, const struct frame *frame)
{
	switch (frame->method) {
	case FRAME_CONNECTION_OK:
		connection_ok(s, frame->args);
		break;
	case FRAME_LOGIN_OK:
		login_ok(s);
		break;
	case FRAME_LOGIN_FAILED:
		login_failed(s, frame->args);
		break;
	case FRAME_LIST_RESPONSE:
	case FRAME_OBJECT_RESPONSE:
		response(s, frame);
		break;
	case FRAME_ASK_TO_DISCONNECT:
		request_logout(s);
		state_fail(s, "the server asked to disconnect");
		break;
	case FRAME_RESTART_CONNECTION:
		state_fail(s, "the server asked to connect again");
		break;
	default:	/* server_void, results, events: signs of life */
		break;
	}
}
