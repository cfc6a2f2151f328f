#include <stdio.h>
#include <string.h>

#include "tests/sim/world/world.h"

/* Which of its queues' counters an agent in that state is in. */
enum { LATENT = 1, LOGGED = 2, WORKING = 4, WITHDRAWN = 8, OUTBOUND = 16,
    SUPERVISION = 32 };

static const struct {
	const char	*name;
	unsigned	 counted;
	int		 seconds;	/* the user's attribute, or -1 */
	int		 longest;
} states[STATE__MAX] = {
	[STATE_OFFLINE] = { "offline", 0, -1, -1 },
	[STATE_AVAILABLE] = { "available", LOGGED, -1, -1 },
	[STATE_RINGING] = { "ringing", LOGGED | WORKING, USER_RINGING_S,
	    USER_RINGING_MAX },
	[STATE_TALKING] = { "talking", LOGGED | WORKING, USER_CONTACT_S,
	    USER_CONTACT_MAX },
	[STATE_HELD] = { "held", LOGGED | WORKING, USER_HELD_S,
	    USER_HOLD_MAX },
	[STATE_OUTBOUND] = { "outbound", LATENT | OUTBOUND, USER_OUTBOUND_S,
	    -1 },
	[STATE_OTHER_CALL] = { "other_call", LOGGED | WORKING, -1, -1 },
	[STATE_WRAPUP] = { "wrapup", LOGGED | WORKING, -1, -1 },
	[STATE_PAUSED] = { "paused", LATENT | WITHDRAWN, USER_PAUSE_S, -1 },
	[STATE_WITHDRAWN] = { "withdrawn", LATENT | WITHDRAWN, -1, -1 },
	[STATE_SUPERVISING] = { "supervising", SUPERVISION, -1, -1 },
	[STATE_UNKNOWN] = { "unknown", LATENT, -1, -1 },
};

static const struct {
	unsigned	 counted;
	int		 attr;
} counters[] = {
	{ LATENT, QUEUE_LATENT }, { LOGGED, QUEUE_LOGGED },
	{ WORKING, QUEUE_WORKING }, { WITHDRAWN, QUEUE_WITHDRAWN },
	{ OUTBOUND, QUEUE_OUTBOUND }, { SUPERVISION, QUEUE_SUPERVISION },
};

static const struct mode_name inbound = { "inbound", "Disponible" };
static const struct mode_name supervision = { "supervision", "Supervision" };

const char *
state_name(enum state state)
{
	return states[state].name;
}

void
agent_after(struct world *world, struct agent *agent, double seconds,
    void (*step)(struct world *, void *))
{
	sched_cancel(&world->sched, &agent->timer);
	if (agent->pinned)
		return;
	agent->timer.fire = step;
	agent->timer.arg = agent;
	sched_set(&world->sched, &agent->timer, seconds);
}

static void
count(struct agent *agent, enum state state)
{
	unsigned was = states[agent->state].counted;
	unsigned is = states[state].counted;

	if (was == is)
		return;
	for (int s = 0; s < agent->n_seats; s++)
		for (size_t i = 0; i < sizeof(counters) / sizeof(counters[0]);
		    i++) {
			int n = ((is & counters[i].counted) != 0) -
			    ((was & counters[i].counted) != 0);

			if (n != 0)
				item_add_u32(agent->seat[s].queue->item,
				    counters[i].attr, n);
		}
}

static void
sit(struct agent *agent, bool seated)
{
	if (agent->seated == seated)
		return;
	agent->seated = seated;
	for (int s = 0; s < agent->n_seats; s++) {
		struct seat *seat = &agent->seat[s];

		if (seated)
			TAILQ_INSERT_TAIL(&seat->queue->free, seat, entry);
		else
			TAILQ_REMOVE(&seat->queue->free, seat, entry);
	}
}

/* Adds the time in the state that ends to the user's sums. */
static void
add_seconds(struct world *world, struct agent *agent)
{
	int sum = states[agent->state].seconds;
	int longest = states[agent->state].longest;
	double seconds;

	if (sum < 0 || agent->since_us == 0 ||
	    agent->since_us > world->now_us)
		return;
	seconds = (double)(world->now_us - agent->since_us) / 1e6;
	/* An outbound call on hold is no task that is held. */
	if (agent->dialled_us != 0) {
		sum = USER_OUTBOUND_S;
		longest = -1;
	}
	item_add_real(agent->user, sum, seconds);
	if (longest >= 0)
		item_max_real(agent->user, longest, seconds);
}

void
agent_state(struct world *world, struct agent *agent, enum state state,
    bool told)
{
	add_seconds(world, agent);
	count(agent, state);
	agent->state = state;
	agent->since_us = world->now_us;
	agent->told = told;
	sit(agent, state == STATE_AVAILABLE && !agent->pinned);
}

/*
 * The order of the values is that of a real server: the new state's start,
 * its two names, its date.
 */
void
agent_mode(struct world *world, struct agent *agent,
    const struct mode_name *mode)
{
	struct item *user = agent->user, *old = agent->mode_item, *new;

	new = item_new(&world->store, KIND_STATE, user);
	item_set_text(new, MODE_NAME, mode->name);
	item_set_text(new, MODE_LABEL, mode->label);
	item_set_date(new, MODE_START, world->now_us);
	item_publish(new);
	item_purge(old);
	agent->mode_item = new;
	agent->mode = mode;
	item_set_date(user, USER_MODE_START, world->now_us);
	item_set_text(user, USER_MODE, mode->name);
	item_set_text(user, USER_MODE_LABEL, mode->label);
	item_set_date(user, USER_MODE_DATE, world->now_us);
	item_set_text(agent->session, SESSION_MODE_LABEL, mode->label);
}

void
agent_interface(struct agent *agent, const char *name)
{
	item_set_text(agent->session, SESSION_INTERFACE, name);
	item_set_text(agent->user, USER_INTERFACE, name);
}

void
agent_task(struct agent *agent, const char *name, const char *label)
{
	item_set_text(agent->user, USER_TASK, name);
	item_set_text(agent->user, USER_TASK_LABEL, label);
}

bool
agent_other_task(const struct agent *agent)
{
	return agent->n % 11 == 0;
}

/*
 * A JavaScript object literal, now and then JSON, as scripts on a real
 * platform write it.
 */
static void
set_active_queues(struct world *world, struct agent *agent)
{
	bool json = agent->n % 3 == 0;
	struct buf b = { .max = 4096 };

	(void)world;
	buf_char(&b, '{');
	for (int s = 0; s < agent->n_seats; s++) {
		struct item *queue = agent->seat[s].queue->item;
		struct buf name = { .max = 1024 };
		const char *wire = item_text(queue, QUEUE_NAME);

		frame_text(&name, (struct cursor){
		    (const unsigned char *)wire, strlen(wire) });
		buf_char(&name, '\0');
		buf_printf(&b, json ?
		    "%s\"s_%d\": {\"type\": \"queue\", \"queue\": \"%s\", "
		    "\"priority\": 1, \"skill\": 1, \"task\": \"%s\"}" :
		    "%ss_%d:{type:'queue',queue:'%s',priority:1,skill:1,"
		    "task:'%s'}", s > 0 ? ", " : "", s, name.data,
		    agent_other_task(agent) ? "appel" : "inbound");
		buf_free(&name);
	}
	if (agent->n % 5 == 0)
		buf_printf(&b, json ?
		    "%s\"u1\": {\"type\": \"user\", \"queue\": \"%s\", "
		    "\"task\": \"\"}" : "%su1:{type:'user',queue:'%s',task:''}",
		    agent->n_seats > 0 ? "," : "",
		    item_text(agent->user, USER_LOGIN));
	buf_str(&b, "}");
	buf_char(&b, '\0');
	item_set_text(agent->session, SESSION_ACTIVE_QUEUES, b.data);
	item_set_text(agent->user, USER_ACTIVE_QUEUES, b.data);
	buf_free(&b);
}

static struct item *
new_session(struct world *world, struct agent *agent, uint64_t login_us)
{
	struct item *session = item_new(&world->store, KIND_SESSION,
	    agent->user);
	char text[128];

	item_set_u32(session, SESSION_TYPE, 3);
	snprintf(text, sizeof(text), "user_%u@%u.%llu.Ccxml.cccp-sim",
	    ++world->serial, 1000 + agent->n,
	    (unsigned long long)(world->start_us / 1000000));
	item_set_text(session, SESSION_ID, text);
	item_set_date(session, SESSION_CREATE, login_us);
	item_set_date(session, SESSION_TERMINATE, 0);
	item_copy_text(session, SESSION_LOGIN, agent->user, USER_LOGIN);
	item_copy_text(session, SESSION_NAME, agent->user, USER_NAME);
	item_set_bool(session, SESSION_LOGGED, true);
	item_set_date(session, SESSION_LOGIN_DATE, login_us);
	item_set_date(session, SESSION_LOGOUT_DATE, 0);
	item_set_text(session, SESSION_PROFILE, agent->supervisor ?
	    "Superviseur_default" : agent->n % 7 == 0 ? "Agent_confirmé" :
	    "Agent_default");
	item_set_text(session, SESSION_PROJECT, "");
	if (agent->n % 4 == 0) {
		snprintf(text, sizeof(text), "tel:+3319900%04u",
		    agent->n % 10000);
	} else {
		snprintf(text, sizeof(text), "sip:%u@192.0.2.1",
		    1000 + agent->n);
	}
	item_set_text(session, SESSION_PHONE, text);
	item_set_text(session, SESSION_PHONE_CONTACT, text);
	item_publish(session);
	return session;
}

void
agent_login(struct world *world, struct agent *agent, uint64_t login_us)
{
	struct item *user = agent->user, *session;

	item_purge(agent->session);
	session = agent->session = new_session(world, agent, login_us);
	/* What only scripts set is absent again, and nobody is told. */
	item_forget(user, USER_LAST_RECORD);
	item_forget(user, USER_RECORD);
	item_forget(user, USER_SPIES);
	item_hold(user);
	item_add_u32(user, USER_SESSIONS, 1);
	item_copy_text(user, USER_SESSION_ID, session, SESSION_ID);
	item_copy_text(user, USER_PROFILE, session, SESSION_PROFILE);
	item_copy_text(user, USER_PHONE, session, SESSION_PHONE);
	item_set_date(user, USER_LOGIN_DATE, login_us);
	item_set_date(user, USER_LOGOUT_DATE, 0);
	item_set_bool(user, USER_LOGGED, true);
	item_release(user);
	agent_task(agent, "", "libre");
	set_active_queues(world, agent);
	agent->shift_end_us = world->sched.now_us +
	    (uint64_t)(random_around(&world->sched, 4 * 3600) * 1e6);
}

/* In a real server's order, too.  The session keeps its interface. */
void
agent_logout(struct world *world, struct agent *agent)
{
	struct item *user = agent->user, *session = agent->session;

	if (agent->state == STATE_OFFLINE)
		return;
	agent_break(world, agent);
	item_set_bool(session, SESSION_LOGGED, false);
	item_set_date(session, SESSION_LOGOUT_DATE, world->now_us);
	item_set_date(session, SESSION_TERMINATE, world->now_us);
	item_set_bool(user, USER_LOGGED, false);
	item_set_date(user, USER_LOGOUT_DATE, world->now_us);
	item_set_text(user, USER_MODE, "");
	item_set_text(user, USER_MODE_LABEL, "");
	item_set_date(user, USER_MODE_DATE, 0);
	item_set_u32(user, USER_BUSY, 0);
	agent_task(agent, "", "");
	item_set_text(user, USER_ACTIVE_QUEUES, "");
	agent_state(world, agent, STATE_OFFLINE, true);
	agent_after(world, agent, random_around(&world->sched, 2 * 3600),
	    agent_come);
}

void
agent_resume(struct world *world, struct agent *agent)
{
	if (agent->supervisor) {
		agent_state(world, agent, STATE_SUPERVISING, true);
		agent_after(world, agent, random_around(&world->sched, 600),
		    agent_whim);
		return;
	}
	agent_state(world, agent, STATE_AVAILABLE, true);
	agent_after(world, agent, 0.2 + random_unit(&world->sched),
	    agent_idle);
}

void
agent_ready(struct world *world, struct agent *agent)
{
	agent_interface(agent, agent->supervisor ? "supervision" : "inbound");
	agent_mode(world, agent, agent->supervisor ? &supervision : &inbound);
	agent_resume(world, agent);
}

void
agent_break(struct world *world, struct agent *agent)
{
	if (agent->dialled_us != 0)
		outbound_end(world, agent);
	else if (agent->call != NULL)
		call_break(world, agent);
	if (agent->state == STATE_OTHER_CALL)
		item_set_u32(agent->user, USER_BUSY, 0);
	agent_unspy(agent);
	if (agent->spy != NULL)
		agent_unspy(agent->spy);
	sched_cancel(&world->sched, &agent->timer);
}
