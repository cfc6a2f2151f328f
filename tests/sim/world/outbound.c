/*
 * Outgoing calls of agents in an outbound mode.  Their dates are texts with
 * whole seconds, so what begins here begins on a whole second.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/sim/world/world.h"

#define ISO_SIZE	40

static const struct mode_name outgoing[] = {
	{ "sortant", "appels sortants" }, { "sortant2", "Campagne de rappel" }
};
static const char *const failures[] = {
	"Canceled", "Temporarily Unavailable", "Address Incomplete",
	"No response", "Busy Here"
};

static uint64_t
whole_second(uint64_t us)
{
	return us / 1000000 * 1000000;
}

static void
iso(const struct world *world, uint64_t us, char text[ISO_SIZE])
{
	int minutes = abs(world->store.zone_s) / 60;
	int zone = (world->store.zone_s < 0 ? -60 : 60) * minutes;
	time_t local = (time_t)(us / 1000000) + zone;
	struct tm tm;
	size_t len;

	gmtime_r(&local, &tm);
	len = strftime(text, ISO_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, ISO_SIZE - len, "%c%02u%02u",
	    zone < 0 ? '-' : '+', (unsigned)minutes / 60 % 24,
	    (unsigned)minutes % 60);
}

static void
add_text(struct item *session, int attr, unsigned n)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu",
	    strtoul(item_text(session, attr), NULL, 10) + n);
	item_set_text(session, attr, text);
}

void
outbound_begin(struct world *world, struct agent *agent)
{
	static const int zero[] = { SESSION_OUT_STATE, SESSION_OUT_HOLD,
	    SESSION_LEGS, SESSION_LEGS_CONTACTED, SESSION_LEGS_FAILED,
	    SESSION_LEGS_CANCELED, SESSION_OUT_S, SESSION_OUT_MAX };
	struct item *session = agent->session;

	if (!item_has(session, SESSION_OUT_STATE)) {
		for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
			item_set_text(session, zero[i], "0");
		item_set_text(session, SESSION_OUT_TARGET, "");
		item_set_text(session, SESSION_TRANSFER, "undefined");
	}
	agent_interface(agent, "sortant");
	agent_mode(world, agent, &outgoing[agent->n % 8 == 0]);
	agent_state(world, agent, STATE_OUTBOUND, true);
	agent_after(world, agent, random_around(&world->sched, 30),
	    outbound_dial);
}

/* Ready for the next call.  It enters the mode again, which dates this. */
static void
ready(struct world *world, struct agent *agent)
{
	agent_mode(world, agent, agent->mode);
	agent_state(world, agent, STATE_OUTBOUND, true);
	agent_after(world, agent, random_around(&world->sched, 30),
	    outbound_dial);
}

static void
go_on(struct world *world, void *arg)
{
	struct agent *agent = arg;

	if (random_chance(&world->sched, 0.25))
		agent_ready(world, agent);
	else
		ready(world, agent);
}

static void
activity(struct world *world, struct agent *agent, const char *failure)
{
	struct item *session = agent->session;
	char text[512];

	snprintf(text, sizeof(text), "{\"context\":\"sortant\","
	    "\"caller\":\"%s\",\"target\":\"%s\",\"call_id\":\"%s\","
	    "\"result\":\"%s\",\"failureCause\":\"%s\","
	    "\"connection_chrono\":{\"t_started\":%" PRIu64
	    ",\"t_stopped\":%" PRIu64 "}}",
	    item_text(session, SESSION_PHONE),
	    item_text(session, SESSION_OUT_TARGET),
	    item_text(session, SESSION_OUT_ID),
	    failure == NULL ? "success" : "failure",
	    failure == NULL ? "undefined" : failure,
	    agent->dialled_us / 1000, world->now_us / 1000);
	item_set_text(session, SESSION_OUT_ACTIVITY, text);
}

static void
end_session(struct world *world, struct agent *agent)
{
	struct call *call = agent->call;

	if (call == NULL)
		return;
	item_set_date(call->session, SESSION_TERMINATE, world->now_us);
	agent->call = NULL;
	call_over(world, call);
}

static void
hang_up(struct world *world, struct agent *agent, const char *failure)
{
	struct item *session = agent->session;
	double seconds;

	if (agent->reached_us != 0) {
		seconds = (double)(world->now_us - agent->reached_us) / 1e6;
		add_text(session, SESSION_OUT_S, (unsigned)seconds);
		if (seconds > strtod(item_text(session, SESSION_OUT_MAX),
		    NULL)) {
			item_set_text(session, SESSION_OUT_MAX, "0");
			add_text(session, SESSION_OUT_MAX, (unsigned)seconds);
		}
	}
	item_set_text(session, SESSION_OUT_STATE, "disconnected");
	item_set_text(session, SESSION_OUT_HOLD, "false");
	item_set_text(session, SESSION_OUT_START, "stop");
	item_set_text(session, SESSION_OUT_CONTACT, "stop");
	activity(world, agent, failure);
	item_set_u32(agent->user, USER_BUSY, 0);
	agent->dialled_us = agent->reached_us = 0;
	end_session(world, agent);
}

void
outbound_end(struct world *world, struct agent *agent)
{
	/* Its time on hold counts as outbound, not as that of a task held. */
	agent_state(world, agent, STATE_OUTBOUND, false);
	hang_up(world, agent, agent->reached_us != 0 ? NULL : "Canceled");
}

static void
finish(struct world *world, void *arg)
{
	hang_up(world, arg, NULL);
	go_on(world, arg);
}

static void
fail(struct world *world, void *arg)
{
	struct agent *agent = arg;
	uint32_t why = random_below(&world->sched,
	    sizeof(failures) / sizeof(failures[0]));

	add_text(agent->session, why == 0 ? SESSION_LEGS_CANCELED :
	    SESSION_LEGS_FAILED, 1);
	hang_up(world, agent, failures[why]);
	go_on(world, agent);
}

static void
retrieve(struct world *world, void *arg)
{
	struct agent *agent = arg;

	item_set_text(agent->session, SESSION_OUT_HOLD, "false");
	agent_state(world, agent, STATE_OUTBOUND, false);
	agent_after(world, agent, random_around(&world->sched, 60), finish);
}

static void
hold(struct world *world, void *arg)
{
	struct agent *agent = arg;

	item_set_text(agent->session, SESSION_OUT_HOLD, "true");
	agent_state(world, agent, STATE_HELD, false);
	agent_after(world, agent, random_around(&world->sched, 40), retrieve);
}

void
outbound_reach(struct world *world, void *arg)
{
	struct agent *agent = arg;
	char date[ISO_SIZE];

	world->now_us = whole_second(world->now_us);
	agent->reached_us = world->now_us;
	iso(world, world->now_us, date);
	item_set_text(agent->session, SESSION_OUT_STATE, "connected");
	item_set_text(agent->session, SESSION_OUT_CONTACT, date);
	add_text(agent->session, SESSION_LEGS_CONTACTED, 1);
	agent_state(world, agent, STATE_OUTBOUND, true);
	if (random_chance(&world->sched, 0.1))
		agent_after(world, agent, random_around(&world->sched, 60),
		    hold);
	else
		agent_after(world, agent, random_around(&world->sched, 120),
		    finish);
}

void
outbound_dial(struct world *world, void *arg)
{
	struct agent *agent = arg;
	struct item *session = agent->session;
	char phone[PHONE_SIZE], line[PHONE_SIZE], text[64], date[ISO_SIZE];

	world->now_us = whole_second(world->now_us);
	agent->dialled_us = world->now_us;
	agent->reached_us = 0;
	names_mobile(&world->sched, phone);
	names_line(agent->n, line);
	agent->call = call_new(world, NULL);
	agent->call->session = call_session(world, false, phone, line);
	iso(world, world->now_us, date);
	item_copy_text(session, SESSION_OUT_ID, agent->call->session,
	    SESSION_CALL_ID);
	snprintf(text, sizeof(text), "tel:%s", phone);
	item_set_text(session, SESSION_OUT_TARGET, text);
	item_set_text(session, SESSION_OUT_CONTACT, "0");
	item_set_text(session, SESSION_OUT_START, date);
	item_set_text(session, SESSION_OUT_STATE, "progressing");
	add_text(session, SESSION_LEGS, 1);
	item_set_u32(agent->user, USER_BUSY, 1);
	agent_state(world, agent, STATE_OUTBOUND, true);
	agent_after(world, agent, random_around(&world->sched, 12),
	    random_chance(&world->sched, 0.75) ? outbound_reach : fail);
}
