#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/session/private.h"
#include "sql/lib/now.h"

/*
 * What a server speaks, by the first bytes it sent, when that is not CCCP; or
 * NULL.  None of them begins a connection_ok.
 */
static const char *
other_protocol(const struct buf *in)
{
	static const struct {
		const char	*begin, *what;
	} others[] = {
		{ "HTTP", "this is an HTTP server, not a CCCP server" },
		{ "<!", "this is an HTTP server, not a CCCP server" },
		{ "<h", "this is an HTTP server, not a CCCP server" },
		{ "<H", "this is an HTTP server, not a CCCP server" },
		{ "SSH-", "this is an SSH server, not a CCCP server" },
		/* Records of TLS: alert, handshake. */
		{ "\x15\x03", "this server speaks TLS: use cccps://" },
		{ "\x16\x03", "this server speaks TLS: use cccps://" },
	};
	size_t i, n;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		n = strlen(others[i].begin);
		if (in->len >= n && memcmp(in->data, others[i].begin, n) == 0)
			return others[i].what;
	}
	return NULL;
}

/* Logs that there are more objects than before which have no row. */
static void
log_hidden(struct session *s)
{
	enum view_id view;
	size_t same, out;

	for (view = VIEW_USER; view <= VIEW_TASK; view++) {
		same = snapshot_hidden(s->snapshot, DEFECT_SAME_KEY, view);
		out = snapshot_hidden(s->snapshot, DEFECT_LEFT_OUT, view);
		if (same > s->logged[DEFECT_SAME_KEY][view])
			syslog(LOG_WARNING, "%s: %zu of %s are not shown, as "
			    "another one has their %s, such as %s", s->name,
			    same, views[view].list, views[view].field[0].path,
			    snapshot_double(s->snapshot, view));
		if (out > s->logged[DEFECT_LEFT_OUT][view])
			syslog(LOG_WARNING, "%s: %zu of %s are not shown, as "
			    "their %s is empty or too long", s->name, out,
			    views[view].list, views[view].field[0].path);
		s->logged[DEFECT_SAME_KEY][view] = same;
		s->logged[DEFECT_LEFT_OUT][view] = out;
	}
}

enum session_state
session_feed(struct session *s, const void *bytes, size_t len, int64_t now)
{
	struct frame frame;
	enum frame_err err;
	const char *other;
	size_t at = 0;

	state_set_time(s, now);
	buf_add(&s->in, bytes, len);
	if (s->alive == 0 && buf_ok(&s->in) &&
	    (other = other_protocol(&s->in)) != NULL)
		state_fail(s, "%s", other);
	while (s->state != SESSION_FAILED && buf_ok(&s->in) &&
	    (err = frame_next(s->in.data + at, s->in.len - at, FRAME_MAX,
	    &frame)) != FRAME_MORE) {
		if (err == FRAME_BAD) {
			state_fail(s, "a frame of an impossible size");
			break;
		}
		s->alive = now;
		receive_frame(s, &frame);
		at += frame.size;
	}
	buf_drop(&s->in, at);
	if (!buf_ok(&s->in) || !buf_ok(&s->out))
		state_fail(s, "out of memory");
	if (s->state == SESSION_SYNCING && TAILQ_EMPTY(&s->pending) &&
	    TAILQ_EMPTY(&s->queued))
		s->state = SESSION_LIVE;
	if (s->state == SESSION_LIVE && at > 0)
		log_hidden(s);
	return s->state;
}

/*
 * A request was not answered in time.  If later ones were answered, the server
 * ignored this one, and the session goes on without it, unless it was for the
 * users.  If none was answered, the server is dead.
 */
static void
unanswered(struct session *s, struct subscription *sub)
{
	const struct view *view = &views[sub->view];

	if (sub->kind == SUBSCRIPTION_PROBE)
		state_fail(s, "no answer to the probe within %d s",
		    (int)(SESSION_ANSWER_US / 1000000));
	else if (sub->kind == SUBSCRIPTION_LIST &&
	    (sub->view == VIEW_USER || s->last_answer < sub->system_id))
		state_fail(s, "no answer to query_list %s within %d s",
		    view->list, (int)(SESSION_ANSWER_US / 1000000));
	else if (s->last_answer < sub->system_id)
		state_fail(s, "no answer to query_object %" PRIu32 " of %s "
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

/* Forgets the objects that left their lists some moments ago. */
static void
forget_left(struct session *s)
{
	struct subscription *sub;

	while ((sub = TAILQ_FIRST(&s->leaving)) != NULL &&
	    s->now - sub->left >= SESSION_LEAVE_US) {
		snapshot_leave(s->snapshot, sub->view, sub->id,
		    sub->left_seen);
		subscription_end(s, sub);
	}
}

enum session_state
session_tick(struct session *s, int64_t now)
{
	struct subscription *sub;

	state_set_time(s, now);
	if (s->state == SESSION_OPENING &&
	    now - s->opened >= SESSION_ANSWER_US)
		state_fail(s, "no answer to %s within %d s",
		    s->logging_in ? "login" : "initialize",
		    (int)(SESSION_ANSWER_US / 1000000));
	while (s->state != SESSION_FAILED &&
	    (sub = TAILQ_FIRST(&s->pending)) != NULL &&
	    now - sub->asked >= SESSION_ANSWER_US)
		unanswered(s, sub);
	forget_left(s);
	midnight_tick(s);
	if (s->state == SESSION_LIVE && !s->probing &&
	    now - s->alive >= SESSION_QUIET_US) {
		s->probing = true;
		if (s->clock_error > SESSION_CLOCK_US / 2 && s->greeted == 0)
			request_initialize(s);
		subscription_start(s, SUBSCRIPTION_PROBE, VIEW_USER, 0);
	}
	return session_feed(s, NULL, 0, now);
}

int64_t
session_deadline(const struct session *s)
{
	const struct subscription *sub = TAILQ_FIRST(&s->pending);
	const struct subscription *left = TAILQ_FIRST(&s->leaving);
	int64_t at = INT64_MAX;

	if (s->state == SESSION_OPENING)
		return s->opened + SESSION_ANSWER_US;
	if (sub != NULL)
		at = sub->asked + SESSION_ANSWER_US;
	if (s->state == SESSION_LIVE && !s->probing &&
	    s->alive + SESSION_QUIET_US < at)
		at = s->alive + SESSION_QUIET_US;
	if (left != NULL && left->left + SESSION_LEAVE_US < at)
		at = left->left + SESSION_LEAVE_US;
	if (s->state == SESSION_LIVE && midnight_deadline(s) < at)
		at = midnight_deadline(s);
	return at;
}

/* Which fields of a user end with its session. */
static void
find_fields(struct session *s)
{
	const struct view *view = &views[VIEW_USER];
	size_t f, len;

	for (f = 0; f < view->n; f++) {
		len = strlen(view->field[f].path);
		if (len > 6 && strcmp(view->field[f].path + len - 6,
		    ".value") == 0)
			s->of_session |= UINT64_C(1) << f;
	}
}

struct session *
session_new(const char *name, const char *login, const char *password,
    struct snapshot *snapshot, int64_t now)
{
	struct session *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->name = name;
	s->login = login;
	s->password = password;
	s->snapshot = snapshot;
	s->opened = now;
	s->now = now;
	s->clock = now_real() - now;
	s->in.max = 2 * FRAME_MAX;
	TAILQ_INIT(&s->queued);
	TAILQ_INIT(&s->pending);
	TAILQ_INIT(&s->leaving);
	TAILQ_INIT(&s->counted);
	s->renew_at = INT64_MAX;
	find_fields(s);
	snapshot_clear(snapshot);
	request_initialize(s);
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

	if (sub == NULL)
		return;
	/* An end after the server's clock is from before that was set back. */
	if (sub->ended > s->ended || (sub->ended != 0 &&
	    s->ended > s->seen)) {
		s->ended = sub->ended;
		s->ended_zone_s = s->zone_s;
	}
	subscription_end(s, sub);
}

void
session_resume(struct session *s, int64_t ended, int32_t zone_s)
{
	s->ended = ended;
	s->ended_zone_s = zone_s;
}

bool
session_zone(const struct session *s, int32_t *zone_s)
{
	if (s->zoned)
		*zone_s = s->zone_s;
	return s->zoned;
}

int64_t
session_ended(const struct session *s, int32_t *zone_s)
{
	*zone_s = s->ended_zone_s;
	return s->ended;
}

void
session_logout(struct session *s)
{
	request_logout(s);
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

void
session_know_skew(struct session *s, int64_t skew, int64_t error)
{
	s->clock = now_real() + skew - s->now;
	s->clock_error = error;
	s->clock_known = true;
}

int64_t
session_skew(const struct session *s)
{
	return s->now + s->clock - now_real();
}

int64_t
session_skew_error(const struct session *s)
{
	return s->clock_error;
}

const char *
session_version(const struct session *s)
{
	return s->version;
}
