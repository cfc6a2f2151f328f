#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sql/lib/now.h"
#include "tests/sim/protocol/protocol.h"
#include "tests/sim/world/world.h"

#define SERVER_VERSION	0x020a008cu	/* 2.10.0.12 */
#define SESSIONS_MAX	64		/* of a connection */
#define EVENT		"com.consistent.ccenter.dispatch."
#define EX_DEADLY	76		/* exit status: EX_PROTOCOL */

static struct session *
find_session(const struct client *client, uint32_t id)
{
	struct session *session = client->sessions;

	while (session != NULL && session->id != id)
		session = session->next;
	return session;
}

/* The session id is the first argument of most calls.  NULL: do not answer. */
static struct session *
take_session(struct client *client, struct cursor *args)
{
	uint32_t id;

	return frame_get_u32(args, &id) ? find_session(client, id) : NULL;
}

/*
 * This count makes a real server crash.  So that a test notices it, the
 * simulator ends too.
 */
static bool
take_string(struct cursor *args, struct cursor *text)
{
	struct cursor at = *args;
	uint32_t len;

	if (frame_get_u32(&at, &len) && len == UINT32_MAX)
		errx(EX_DEADLY, "a client sent a string count of 0xFFFFFFFF "
		    "as an argument: a real server dies of it, so do I");
	return frame_get_string(args, text);
}

/* A blob that is cut short is ignored; one that is far too long ends it. */
static bool
take_blob(struct cursor *args, struct cursor *blob)
{
	struct cursor at = *args;
	uint32_t len;

	if (frame_get_u32(&at, &len) && len > at.len &&
	    len - at.len > 0xffff)
		errx(EX_DEADLY, "a client sent an object of %u bytes in a "
		    "frame with %zu left: a real server dies of it, so do I",
		    len, at.len);
	return frame_get_blob(args, blob);
}

static void
call_initialize(struct client *client, struct cursor *args)
{
	uint32_t version;
	bool compress;
	size_t at;

	if (!frame_get_u32(args, &version) || !frame_get_bool(args, &compress))
		return;
	if (!client->initialized && (client->server->faults & FAULT_SLOW) != 0)
		client->held = now_monotonic() + SLOW_US;
	client->initialized = true;
	at = frame_begin(&client->out, FRAME_CONNECTION_OK);
	frame_put_u32(&client->out, SERVER_VERSION);
	frame_put_date(&client->out, world_date(client->server->world));
	frame_end(&client->out, at);
}

static void
login_failed(struct client *client, uint32_t id, const char *reason)
{
	size_t at = frame_begin(&client->out, FRAME_LOGIN_FAILED);

	frame_put_u32(&client->out, id);
	frame_put_string(&client->out, reason);
	frame_end(&client->out, at);
}

static bool
is_password(const struct server *server, struct cursor password)
{
	struct buf wire = { .max = 1 << 16 };
	bool same;

	if (server->password == NULL)
		return true;
	frame_put_string(&wire, server->password);
	same = buf_ok(&wire) && wire.len - 4 == password.len &&
	    memcmp(wire.data + 4, password.p, password.len) == 0;
	buf_free(&wire);
	return same;
}

static void
call_login(struct client *client, struct cursor *args)
{
	struct cursor login, password;
	struct session *session;
	uint32_t id, instances, n = 0;
	bool again;
	size_t at;

	if (!frame_get_u32(args, &id) || !take_string(args, &login) ||
	    !take_string(args, &password) ||
	    !frame_get_u32(args, &instances) || !frame_get_bool(args, &again))
		return;
	for (session = client->sessions; session != NULL;
	    session = session->next)
		n++;
	if (find_session(client, id) != NULL) {
		login_failed(client, id, "Login déjà effectué");
		return;
	}
	if (n == SESSIONS_MAX || !is_password(client->server, password) ||
	    (client->server->faults & FAULT_REFUSE) != 0) {
		login_failed(client, id,
		    "Identifiant ou mot de passe refusé");
		return;
	}
	session = session_new(client, id);
	session->next = client->sessions;
	client->sessions = session;
	at = frame_begin(&client->out, FRAME_LOGIN_OK);
	frame_put_u32(&client->out, id);
	frame_put_string(&client->out, "");
	frame_put_string(&client->out, "");
	frame_end(&client->out, at);
}

/*
 * Both tables get the 38 names.  The next object of the server lists them
 * nevertheless, and the next object of the client has to.
 */
static void
call_default_names(struct client *client, struct cursor *args)
{
	size_t at;

	(void)args;
	client->all38 = true;
	client->need38 = true;
	client->names_out = (struct object_names){ 0 };
	at = frame_begin(&client->out,
	    FRAME_USE_DEFAULT_NAMESPACES_INDEX_OK);
	frame_end(&client->out, at);
}

static void
call_set_object_format(struct client *client, struct cursor *args)
{
	struct session *session = take_session(client, args);
	struct cursor blob;

	if (session != NULL && take_blob(args, &blob))
		format_define(session, blob);
}

/* What query_list and select_and_query_object have in common. */
static bool
take_list(struct client *client, struct cursor *args, struct watch_list *list)
{
	struct cursor path, field, filter;
	uint32_t object_id;

	if (!frame_get_u32(args, &list->system_id) ||
	    !take_string(args, &path) || !frame_get_u32(args, &object_id) ||
	    !take_string(args, &field) || !take_string(args, &filter))
		return false;
	list->kind = attr_list_kind((const char *)field.p, field.len);
	list->filter = (const char *)filter.p;
	list->filter_len = filter.len;
	if (list->kind == KIND__MAX)
		return false;
	if (object_id == 0)
		return list->kind != KIND_STATE;
	list->owner = store_find(&client->server->world->store, object_id);
	return list->owner != NULL && list->owner->kind == KIND_USER &&
	    (list->kind == KIND_SESSION || list->kind == KIND_STATE);
}

static void
call_query_list(struct client *client, struct cursor *args)
{
	struct session *session = take_session(client, args);
	struct world *world = client->server->world;
	struct watch_list list = { 0 };
	uint32_t page_size, window_s;
	struct cursor window;

	if (session == NULL || !take_list(client, args, &list) ||
	    !frame_get_u32(args, &page_size) || !take_string(args, &window) ||
	    !frame_get_u32(args, &window_s))
		return;
	list.window = (const char *)window.p;
	list.window_len = window.len;
	if (window.len > 0 && window_s > 0)
		list.window_from_us = world_clock(world) -
		    (uint64_t)window_s * 1000000;
	watch_list(session, &world->store, &list);
}

static void
call_query_object(struct client *client, struct cursor *args)
{
	struct session *session = take_session(client, args);
	uint32_t system_id, object_id, format_id, list_system_id;
	const struct format *format;
	struct cursor path;
	struct item *item;

	if (session == NULL || !frame_get_u32(args, &system_id) ||
	    !take_string(args, &path) || !frame_get_u32(args, &object_id) ||
	    !frame_get_u32(args, &format_id) ||
	    !frame_get_u32(args, &list_system_id))
		return;
	client->server->n_objects++;
	item = store_find(&client->server->world->store, object_id);
	format = format_find(session, format_id);
	if (object_id == 0 && format != NULL)
		watch_nothing(session, system_id, list_system_id);
	if (item != NULL && format != NULL)
		watch_object(session, item, format, system_id,
		    list_system_id);
}

static void
call_select(struct client *client, struct cursor *args)
{
	struct session *session = take_session(client, args);
	struct store *store = &client->server->world->store;
	struct watch_list list = { 0 };
	uint32_t format_id, list_system_id;
	const struct format *format;
	struct item *item;

	if (session == NULL || !take_list(client, args, &list) ||
	    !frame_get_u32(args, &format_id) ||
	    !frame_get_u32(args, &list_system_id) ||
	    (format = format_find(session, format_id)) == NULL)
		return;
	if ((item = watch_first(store, &list)) != NULL)
		watch_object(session, item, format, list.system_id,
		    list_system_id);
}

static void
call_stop_query(struct client *client, struct cursor *args)
{
	struct session *session = take_session(client, args);
	uint32_t system_id;

	if (session != NULL && frame_get_u32(args, &system_id))
		watch_stop(session, system_id);
}

static void
call_logout(struct client *client, struct cursor *args)
{
	struct session *session = take_session(client, args);
	struct session **p = &client->sessions;

	if (session == NULL)
		return;
	while (*p != session)
		p = &(*p)->next;
	*p = session->next;
	session_free(session);
}

static void
put_event(struct client *client, uint32_t id, struct cursor target,
    const char *name)
{
	struct buf *out = &client->out;
	size_t at = frame_begin(out, FRAME_SERVER_EVENT), count;

	frame_put_u32(out, id);
	frame_put_string(out, "00001.1795354253..vm");
	count = frame_put_count(out);
	buf_add(out, target.p, target.len);
	frame_fill_count(out, count);
	frame_put_real(out, 0);
	frame_put_string(out, name);
	object_put_null(out);
	frame_end(out, at);
}

/*
 * No client can load a day while one client has sent the index call but not
 * yet a full list of names; it is the same on a real server.
 */
static bool
is_blocked(const struct server *server)
{
	const struct client *client;

	TAILQ_FOREACH(client, &server->clients, entry)
		if (client->need38)
			return true;
	return false;
}

/* There is no log to load here: the answer is as for a day without logs. */
static void
call_client_event(struct client *client, struct cursor *args)
{
	struct cursor path, source, target, name, blob, text;
	struct session *session = take_session(client, args);
	char day[sizeof("2026_03_02")];
	struct tm tm = { 0 };
	const char *end;
	double delay;

	if (session == NULL || !take_string(args, &path) ||
	    !take_string(args, &source) || !take_string(args, &target) ||
	    !frame_get_real(args, &delay, &text) ||
	    !take_string(args, &name) || !take_blob(args, &blob))
		return;
	if (name.len < strlen(EVENT "load_day.") || memcmp(name.p,
	    EVENT "load_day.", strlen(EVENT "load_day.")) != 0 ||
	    is_blocked(client->server))
		return;
	snprintf(day, sizeof(day), "%.*s",
	    (int)(name.len - strlen(EVENT "load_day.")),
	    name.p + strlen(EVENT "load_day."));
	end = strptime(day, "%Y_%m_%d", &tm);
	put_event(client, session->id, source,
	    end != NULL && *end == '\0' ? EVENT "day_loaded" :
	    EVENT "bad_day");
}

static const struct {
	uint32_t	 method;
	void		(*call)(struct client *, struct cursor *);
} calls[] = {
	{ FRAME_LOGIN, call_login },
	{ FRAME_SET_OBJECT_FORMAT, call_set_object_format },
	{ FRAME_QUERY_LIST, call_query_list },
	{ FRAME_QUERY_OBJECT, call_query_object },
	{ FRAME_SELECT_AND_QUERY_OBJECT, call_select },
	{ FRAME_STOP_QUERY, call_stop_query },
	{ FRAME_CLIENT_EVENT, call_client_event },
	{ FRAME_USE_DEFAULT_NAMESPACES_INDEX, call_default_names },
	{ FRAME_LOGOUT, call_logout },
};

void
protocol_call(struct client *client, const struct frame *frame)
{
	struct cursor args = frame->args;

	if (frame->method == FRAME_INITIALIZE) {
		call_initialize(client, &args);
		return;
	}
	if (!client->initialized)
		return;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].method == frame->method) {
			calls[i].call(client, &args);
			return;
		}
}

void
protocol_forget(struct client *client)
{
	struct session *session;

	while ((session = client->sessions) != NULL) {
		client->sessions = session->next;
		session_free(session);
	}
}
