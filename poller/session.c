#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "poller/object.h"
#include "poller/session_private.h"
#include "poller/value.h"

#define CLIENT_VERSION	1234	/* not checked by the server */

static int64_t
realtime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
set_time(struct session *s, int64_t now)
{
	s->now = now;
	s->seen = realtime() + s->skew;
}

void
session_fail(struct session *s, const char *fmt, ...)
{
	va_list ap;

	if (s->state == SESSION_FAILED)
		return;
	s->state = SESSION_FAILED;
	va_start(ap, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, ap);
	va_end(ap);
}

/* The index that each leaf of the view's format is numbered with. */
static size_t
number_fields(const struct view *view, struct object_path *path)
{
	size_t i;

	for (i = 0; i < view->n; i++)
		path[i].path = view->field[i].path;
	object_number(path, view->n);
	return view->n;
}

static void
set_formats(struct session *s)
{
	struct object_path path[VIEW_FIELDS_MAX];
	enum view_id id;
	size_t i, n, at;

	memset(s->field, 0xff, sizeof(s->field));	/* all -1 */
	for (id = 0; id < VIEW__MAX; id++) {
		n = number_fields(&views[id], path);
		at = frame_begin(&s->out, FRAME_SET_OBJECT_FORMAT);
		frame_put_u32(&s->out, SESSION_ID);
		object_put_format(&s->out, &s->names_out, false,
		    (uint32_t)id + 1, path, n);
		frame_end(&s->out, at);
		for (i = 0; i < n; i++)
			if (path[i].index < SESSION_INDEXES)
				s->field[id][path[i].index] = (int16_t)i;
	}
}

static void
ask(struct session *s, enum subscription_kind kind, enum view_id view,
    uint32_t id)
{
	struct subscription *sub = subscription_new(s, kind, view, id);

	if (sub == NULL)
		session_fail(s, "out of memory");
	else
		subscription_ask(s, sub);
}

static void
connection_ok(struct session *s, struct cursor args)
{
	struct frame_date date;
	uint32_t v;

	if (s->logging_in)
		return;		/* the answer to a second initialize */
	if (!frame_get_u32(&args, &v) || !frame_get_date(&args, &date)) {
		session_fail(s, "connection_ok cut short");
		return;
	}
	snprintf(s->version, sizeof(s->version), "%u.%u.%u.%u", v >> 24,
	    v >> 16 & 0xff, v >> 8 & 0xff, v & 0x7f);
	if (date.s != 0)	/* half of the round trip has passed since */
		s->skew = (int64_t)date.s * 1000000 + date.us +
		    (s->now - s->opened) / 2 - realtime();
	set_time(s, s->now);

	size_t at = frame_begin(&s->out, FRAME_LOGIN);

	frame_put_u32(&s->out, SESSION_ID);
	frame_put_string(&s->out, s->login);
	frame_put_string(&s->out, s->password);
	frame_put_u32(&s->out, 1);	/* instances */
	frame_put_bool(&s->out, false);
	frame_end(&s->out, at);
	s->logging_in = true;
	s->opened = s->now;
}

static void
login_ok(struct session *s)
{
	enum view_id id;

	if (s->state != SESSION_OPENING)
		return;
	s->state = SESSION_SYNCING;
	set_formats(s);
	for (id = 0; id < VIEW__MAX; id++)
		ask(s, SUBSCRIPTION_LIST, id, 0);
}

/* What the server says goes to the log and the page: as text, bounded. */
static void
login_failed(struct session *s, struct cursor args)
{
	struct cursor reason;
	uint32_t id;

	buf_reset(&s->scratch);
	if (frame_get_u32(&args, &id) && frame_get_string(&args, &reason))
		frame_text(&s->scratch, reason);
	buf_char(&s->scratch, '\0');
	session_fail(s, "login refused: %.200s",
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
		snapshot_leave(s->snapshot, view, item->id, s->seen);
		if (sub != NULL)
			subscription_end(s, sub);
		return true;
	}
	if (sub != NULL)
		return true;
	if (!snapshot_enter(s->snapshot, view, item->id)) {
		session_fail(s, "out of memory, or more than %d objects in "
		    "view %s", SNAPSHOT_OBJECTS_MAX, views[view].name);
		return false;
	}
	ask(s, SUBSCRIPTION_OBJECT, view, item->id);
	return s->state != SESSION_FAILED;
}

static bool
object_value(void *arg, const struct object_value *v)
{
	struct session *s = ((void **)arg)[0];
	const struct subscription *sub = ((void **)arg)[1];
	const struct view_field *field;
	enum value_err err;
	int f;

	if (sub == NULL || v->index >= SESSION_INDEXES ||
	    (f = s->field[sub->view][v->index]) < 0)
		return true;
	field = &views[sub->view].field[f];
	err = value_wire(field->type, v, &s->scratch);
	if (err == VALUE_BAD && !(s->warned[sub->view] >> f & 1)) {
		s->warned[sub->view] |= UINT64_C(1) << f;
		syslog(LOG_WARNING, "%s: %s: a value of %s does not fit and "
		    "counts as absent", s->name, views[sub->view].name,
		    field->path);
	}
	buf_char(&s->scratch, '\0');
	if (!buf_ok(&s->scratch) ||
	    !snapshot_set(s->snapshot, sub->view, sub->id, (size_t)f,
	    err == VALUE_OK ? s->scratch.data : NULL, s->seen)) {
		session_fail(s, "out of memory");
		return false;
	}
	return true;
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
		session_fail(s, "%s cut short",
		    list ? "list_response" : "object_response");
		return;
	}
	/* A subscription may have ended while this was on its way: the names
	 * that its blob lists count all the same. */
	sub = subscription_by_system_id(s, system_id);
	if (sub != NULL && (sub->kind == SUBSCRIPTION_OBJECT) == list)
		sub = NULL;
	arg[0] = s;
	arg[1] = sub;
	if (list)
		err = object_list(&s->names_in, blob, list_item, arg, &why);
	else
		err = object_values(&s->names_in, blob, object_value, arg,
		    &why);
	if (err == OBJECT_BAD)
		session_fail(s, "malformed %s: %s at byte %zu",
		    list ? "list_response" : "object_response", why.what,
		    why.at);
	if (sub == NULL || s->state == SESSION_FAILED)
		return;
	subscription_answered(s, sub);
	if (sub->kind == SUBSCRIPTION_PROBE) {
		s->probing = false;
		subscription_end(s, sub);
	}
}

static void
handle(struct session *s, const struct frame *frame)
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
		session_logout(s);
		session_fail(s, "the server asked to disconnect");
		break;
	case FRAME_RESTART_CONNECTION:
		session_fail(s, "the server asked to connect again");
		break;
	default:	/* server_void, results, events: signs of life */
		break;
	}
}

enum session_state
session_feed(struct session *s, const void *bytes, size_t len, int64_t now)
{
	struct frame frame;
	enum frame_err err;
	size_t at = 0;

	set_time(s, now);
	buf_add(&s->in, bytes, len);
	while (s->state != SESSION_FAILED && buf_ok(&s->in) &&
	    (err = frame_next(s->in.data + at, s->in.len - at, FRAME_MAX,
	    &frame)) != FRAME_MORE) {
		if (err == FRAME_BAD) {
			session_fail(s, "a frame of an impossible size");
			break;
		}
		s->alive = now;
		handle(s, &frame);
		at += frame.size;
	}
	buf_drop(&s->in, at);
	if (!buf_ok(&s->in) || !buf_ok(&s->out))
		session_fail(s, "out of memory");
	if (s->state == SESSION_SYNCING && TAILQ_EMPTY(&s->pending) &&
	    TAILQ_EMPTY(&s->todo))
		s->state = SESSION_LIVE;
	return s->state;
}

/*
 * A request went unanswered.  When later ones were answered the server passed
 * over this one: it does not know what was asked for, and we go on without.
 * Nobody can go on without the users, and nothing at all is a dead server.
 */
static void
unanswered(struct session *s, struct subscription *sub)
{
	const struct view *view = &views[sub->view];

	if (sub->kind == SUBSCRIPTION_PROBE)
		session_fail(s, "no answer to the proof of life within %d s",
		    (int)(SESSION_ANSWER_US / 1000000));
	else if (sub->kind == SUBSCRIPTION_LIST &&
	    (sub->view == VIEW_USER || s->last_answer < sub->system_id))
		session_fail(s, "no answer to query_list %s within %d s",
		    view->list, (int)(SESSION_ANSWER_US / 1000000));
	else if (s->last_answer < sub->system_id)
		session_fail(s, "no answer to query_object %" PRIu32 " of %s "
		    "within %d s", sub->id, view->list,
		    (int)(SESSION_ANSWER_US / 1000000));
	if (s->state == SESSION_FAILED)
		return;
	if (sub->kind == SUBSCRIPTION_LIST)
		syslog(LOG_WARNING, "%s: no answer to query_list %s: going "
		    "on without view %s", s->name, view->list, view->name);
	else
		syslog(LOG_WARNING, "%s: no answer to query_object %" PRIu32
		    " of %s", s->name, sub->id, view->list);
	if (sub->kind == SUBSCRIPTION_OBJECT)
		snapshot_leave(s->snapshot, sub->view, sub->id, s->seen);
	subscription_end(s, sub);
}

enum session_state
session_tick(struct session *s, int64_t now)
{
	struct subscription *sub;

	set_time(s, now);
	if (s->state == SESSION_OPENING &&
	    now - s->opened >= SESSION_ANSWER_US)
		session_fail(s, "no answer to %s within %d s",
		    s->logging_in ? "login" : "initialize",
		    (int)(SESSION_ANSWER_US / 1000000));
	while (s->state != SESSION_FAILED &&
	    (sub = TAILQ_FIRST(&s->pending)) != NULL &&
	    now - sub->asked >= SESSION_ANSWER_US)
		unanswered(s, sub);
	if (s->state == SESSION_LIVE && !s->probing &&
	    now - s->alive >= SESSION_QUIET_US) {
		s->probing = true;
		ask(s, SUBSCRIPTION_PROBE, VIEW_USER, 0);
	}
	return session_feed(s, NULL, 0, now);
}

int64_t
session_deadline(const struct session *s)
{
	const struct subscription *sub = TAILQ_FIRST(&s->pending);
	int64_t at = INT64_MAX;

	if (s->state == SESSION_OPENING)
		return s->opened + SESSION_ANSWER_US;
	if (sub != NULL)
		at = sub->asked + SESSION_ANSWER_US;
	if (s->state == SESSION_LIVE && !s->probing &&
	    s->alive + SESSION_QUIET_US < at)
		at = s->alive + SESSION_QUIET_US;
	return at;
}

struct session *
session_new(const char *name, const char *login, const char *password,
    struct snapshot *snapshot, int64_t now)
{
	struct session *s = calloc(1, sizeof(*s));
	size_t at;

	if (s == NULL)
		return NULL;
	s->name = name;
	s->login = login;
	s->password = password;
	s->snapshot = snapshot;
	s->opened = now;
	s->in.max = 2 * FRAME_MAX;
	TAILQ_INIT(&s->todo);
	TAILQ_INIT(&s->pending);
	snapshot_clear(snapshot);
	at = frame_begin(&s->out, FRAME_INITIALIZE);
	frame_put_u32(&s->out, CLIENT_VERSION);
	frame_put_bool(&s->out, false);		/* no compression */
	frame_end(&s->out, at);
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	subscription_free_all(s);
	buf_free(&s->in);
	buf_free(&s->out);
	buf_free(&s->scratch);
	free(s);
}

void
session_forgotten(void *arg, enum view_id view, uint32_t id)
{
	struct session *s = arg;
	struct subscription *sub = subscription_by_object(s, view, id);

	if (sub != NULL)
		subscription_end(s, sub);
}

void
session_logout(struct session *s)
{
	size_t at = frame_begin(&s->out, FRAME_LOGOUT);

	frame_put_u32(&s->out, SESSION_ID);
	frame_end(&s->out, at);
}

struct buf *
session_output(struct session *s)
{
	return &s->out;
}

enum session_state
session_state(const struct session *s)
{
	return s->state;
}

const char *
session_error(const struct session *s)
{
	return s->error;
}

int64_t
session_alive(const struct session *s)
{
	return s->alive;
}

int64_t
session_skew(const struct session *s)
{
	return s->skew;
}

const char *
session_version(const struct session *s)
{
	return s->version;
}
