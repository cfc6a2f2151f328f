/*
 * A server's counters begin anew at its midnight, and it tells nobody: an
 * object's counters are pushed with its own next change, which may be days
 * away.  So after midnight the session asks for all users and queues again.
 *
 * The offset of the server's zone changes, too.  So the server is asked for its
 * date each quarter of an hour, which is when midnight can be in any zone.
 */
#include "poller/session/private.h"

#define DAY_US		(86400 * INT64_C(1000000))
#define QUARTER_US	(900 * INT64_C(1000000))
#define MARGIN_US	(5 * INT64_C(1000000))	/* the server needs, too */
#define STEP_US		INT64_C(1000000)
#define STEPS		60	/* the queries are spread over, at most */
#define STEP_MIN	20	/* queries of a step, at least */

static int64_t
local(const struct session *s, int64_t at)
{
	return at + s->zone_s * INT64_C(1000000);
}

/* Looks again after the next midnight or quarter of an hour. */
static void
schedule(struct session *s)
{
	int64_t day = DAY_US - local(s, s->seen) % DAY_US;
	int64_t quarter = QUARTER_US - s->seen % QUARTER_US;

	s->asked_date = false;
	s->look_at = s->now + (day < quarter ? day : quarter) + MARGIN_US;
}

void
midnight_start(struct session *s, int64_t date)
{
	s->day = local(s, date) / DAY_US;
	schedule(s);
}

void
midnight_date(struct session *s, int64_t date)
{
	size_t n = snapshot_count(s->snapshot, VIEW_USER) +
	    snapshot_count(s->snapshot, VIEW_QUEUE);

	if (!s->asked_date)
		return;
	schedule(s);
	/* A clock that was set back has another day, too. */
	if (local(s, date) / DAY_US == s->day)
		return;
	s->day = local(s, date) / DAY_US;
	s->renew_until = s->last_system_id;
	s->renew_step = n / STEPS > STEP_MIN ? n / STEPS + 1 : STEP_MIN;
	s->renew_at = s->now;
}

/* Asks again for the objects that were last asked for before midnight. */
static void
renew(struct session *s)
{
	struct subscription *sub;
	size_t n;

	s->renew_at = s->now + STEP_US;
	for (n = 0; n < s->renew_step; n++) {
		sub = TAILQ_FIRST(&s->counted);
		if (sub == NULL || sub->system_id > s->renew_until) {
			s->renew_at = INT64_MAX;
			return;
		}
		subscription_renew(s, sub);
	}
}

void
midnight_tick(struct session *s)
{
	if (s->state != SESSION_LIVE)
		return;
	if (s->now >= s->look_at && s->asked_date)
		midnight_date(s, s->seen);	/* it does not tell its date */
	if (s->now >= s->look_at) {
		request_initialize(s);
		s->asked_date = true;
		s->look_at = s->now + SESSION_ANSWER_US;
	}
	if (s->now >= s->renew_at)
		renew(s);
}

int64_t
midnight_deadline(const struct session *s)
{
	return s->look_at < s->renew_at ? s->look_at : s->renew_at;
}
