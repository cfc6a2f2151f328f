/* What the client sends; cccp-protocol(7), Methods. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "poller/session/private.h"

#define CLIENT_VERSION	1234	/* not checked by the server */
#define PATH		"/dispatch"
#define PROBE_FILTER	".[login eq '']"	/* no user has that login */

/*
 * Calls that ended so long before the last known one are asked for again: a
 * call's end is known after its session's, and wrap-up lies between.
 */
#define ENDED_MARGIN_S	900

/* Every request but initialize begins with the session's id. */
static size_t
begin(struct session *s, enum frame_method method)
{
	size_t at = frame_begin(&s->out, method);

	frame_put_u32(&s->out, SESSION_ID);
	return at;
}

void
request_initialize(struct session *s)
{
	size_t at = frame_begin(&s->out, FRAME_INITIALIZE);

	frame_put_u32(&s->out, CLIENT_VERSION);
	frame_put_bool(&s->out, false);		/* no compression */
	frame_end(&s->out, at);
	if (s->greeted == 0)
		s->greeted = s->now;
}

void
request_login(struct session *s)
{
	size_t at = begin(s, FRAME_LOGIN);

	frame_put_string(&s->out, s->login);
	frame_put_string(&s->out, s->password);
	frame_put_u32(&s->out, 1);	/* instances */
	frame_put_bool(&s->out, false);
	frame_end(&s->out, at);
}

void
request_logout(struct session *s)
{
	size_t at = begin(s, FRAME_LOGOUT);

	frame_end(&s->out, at);
}

void
request_format(struct session *s, enum view_id id)
{
	const struct view *view = &views[id];
	struct object_path path[VIEW_FIELDS_MAX];
	size_t i, at;

	for (i = 0; i < view->n; i++)
		path[i].path = view->field[i].path;
	object_number(path, view->n);
	at = begin(s, FRAME_SET_OBJECT_FORMAT);
	object_put_format(&s->out, &s->names_out, false, (uint32_t)id + 1,
	    path, view->n);
	frame_end(&s->out, at);
	memset(s->field[id], 0xff, sizeof(s->field[id]));	/* all -1 */
	for (i = 0; i < view->n; i++)
		if (path[i].index < SESSION_INDEXES)
			s->field[id][path[i].index] = (int16_t)i;
}

/*
 * Calls that have not ended, or not long before the last end that is known.
 * The date is in the server's local time, by the smaller of the offsets then
 * and now.  At night an hour may come twice, so then it is an hour more.  Only
 * this form was seen to work, so it takes the place of the view's filter.
 */
static const char *
filter_since(const struct session *s, const char *path, char filter[160])
{
	int32_t zone_s = s->zone_s < s->ended_zone_s ? s->zone_s :
	    s->ended_zone_s;
	time_t since = (time_t)(s->ended / 1000000) + zone_s - ENDED_MARGIN_S;
	char date[sizeof("9999/12/31 23:59:59")];
	struct tm tm;

	gmtime_r(&since, &tm);
	if (tm.tm_hour >= 1 && tm.tm_hour < 4) {
		since -= 3600;
		gmtime_r(&since, &tm);
	}
	strftime(date, sizeof(date), "%Y/%m/%d %H:%M:%S", &tm);
	snprintf(filter, 160, ".[%s eq '' or %s gt '%s']", path, path, date);
	return filter;
}

/* After the server's clock was set back, all calls are asked for. */
static const char *
filter(const struct session *s, const struct subscription *sub,
    char text[160])
{
	const struct view *view = &views[sub->view];
	const size_t ended = view_ended(sub->view);

	if (sub->kind == SUBSCRIPTION_PROBE)
		return PROBE_FILTER;
	if (ended < view->n && s->ended != 0 && s->ended <= s->seen)
		return filter_since(s, view->field[ended].path, text);
	return view->filter;
}

void
request_list(struct session *s, const struct subscription *sub)
{
	char text[160];
	size_t at = begin(s, FRAME_QUERY_LIST);

	frame_put_u32(&s->out, sub->system_id);
	frame_put_string(&s->out, PATH);
	frame_put_u32(&s->out, 0);	/* the root object */
	frame_put_string(&s->out, views[sub->view].list);
	frame_put_string(&s->out, filter(s, sub, text));
	frame_put_u32(&s->out, 0);	/* page size */
	frame_put_string(&s->out, "");	/* window field */
	frame_put_u32(&s->out, 0);	/* window duration */
	frame_end(&s->out, at);
}

void
request_object(struct session *s, const struct subscription *sub)
{
	size_t at = begin(s, FRAME_QUERY_OBJECT);

	frame_put_u32(&s->out, sub->system_id);
	frame_put_string(&s->out, PATH);
	frame_put_u32(&s->out, sub->id);
	frame_put_u32(&s->out, (uint32_t)sub->view + 1);	/* format */
	frame_put_u32(&s->out, 0);
	frame_end(&s->out, at);
}

void
request_stop(struct session *s, const struct subscription *sub)
{
	size_t at = begin(s, FRAME_STOP_QUERY);

	frame_put_u32(&s->out, sub->system_id);
	frame_end(&s->out, at);
}
