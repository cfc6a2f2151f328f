/* Agents that a test directs: they do what it says, and nothing else. */
#include <string.h>

#include "tests/sim/control/control.h"

typedef const char *verb(struct world *, struct agent *, const char *rest);

static const char *
offline(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	agent_logout(world, agent);
	return NULL;
}

static const char *
ready(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	agent_ready(world, agent);
	return NULL;
}

/* The first queue of its own, else any that takes calls. */
static struct queue *
some_queue(struct world *world, struct agent *agent)
{
	if (agent->n_seats > 0)
		return agent->seat[0].queue;
	for (uint32_t i = 0; i < world->n_queues; i++)
		if (world->queue[i].weight > 0)
			return &world->queue[i];
	return NULL;
}

static const char *
offer(struct world *world, struct agent *agent, bool quiet)
{
	struct queue *queue = some_queue(world, agent);
	struct call *call;

	if (queue == NULL)
		return "no queue takes calls";
	agent_interface(agent, "inbound");
	call = call_make(world, queue);
	call->quiet = quiet;
	call_offer(world, call, agent);
	return NULL;
}

static const char *
lock(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	return offer(world, agent, false);
}

static const char *
ring(struct world *world, struct agent *agent, const char *rest)
{
	const char *wrong = lock(world, agent, rest);

	if (wrong == NULL)
		call_alert(world, agent->call, agent);
	return wrong;
}

static const char *
talk(struct world *world, struct agent *agent, const char *rest)
{
	const char *wrong = ring(world, agent, rest);

	if (wrong == NULL)
		call_answer(world, agent);
	return wrong;
}

static const char *
quiet(struct world *world, struct agent *agent, const char *rest)
{
	const char *wrong;

	ready(world, agent, rest);
	if ((wrong = offer(world, agent, true)) == NULL)
		call_answer(world, agent);
	return wrong;
}

static const char *
end(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	if (agent->call == NULL || agent->call->queue == NULL)
		return "it has no call of a queue";
	call_finish(world, agent);
	return NULL;
}

static const char *
second(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	if (agent->call == NULL || agent->call->phase != CALL_CONTACT ||
	    agent->second != NULL)
		return "it does not talk, or has a second call";
	call_second(world, agent);
	return NULL;
}

static const char *
dead(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	if (agent->second == NULL)
		return "it has no second call";
	call_second_lost(world, agent);
	return NULL;
}

static const char *
hold(struct world *world, struct agent *agent, const char *rest)
{
	const char *wrong = talk(world, agent, rest);

	if (wrong == NULL)
		call_hold(world, agent);
	return wrong;
}

static const char *
wrapup(struct world *world, struct agent *agent, const char *rest)
{
	const char *wrong = talk(world, agent, rest);

	if (wrong == NULL)
		call_hangup(world, agent);
	return wrong;
}

/* A reason that is not in the list becomes one. */
static const char *
take_pause(struct world *world, struct agent *agent, const char *rest)
{
	struct mode_name other = { "pause_autre", rest };

	agent_interface(agent, agent->supervisor ? "supervision" :
	    "inbound");
	for (size_t i = 0; i < names_pause_n; i++)
		if (strcmp(names_pause[i].name, rest) == 0 ||
		    strstr(names_pause[i].label, rest) != NULL) {
			agent_pause(world, agent, &names_pause[i]);
			return NULL;
		}
	agent_pause(world, agent, &other);
	agent->mode = &names_pause[0];
	return NULL;
}

static const char *
withdraw(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	agent_interface(agent, "inbound");
	agent_withdraw(world, agent);
	return NULL;
}

static const char *
unplug(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	agent_unplug(world, agent);
	return NULL;
}

static const char *
other_call(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	agent_ready(world, agent);
	agent_other_call(world, agent);
	return NULL;
}

static const char *
outbound(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	outbound_begin(world, agent);
	return NULL;
}

static const char *
dial(struct world *world, struct agent *agent, const char *rest)
{
	(void)rest;
	outbound_begin(world, agent);
	outbound_dial(world, agent);
	outbound_reach(world, agent);
	return NULL;
}

/* A mode of the customer's own, which no rule knows. */
static const char *
mode(struct world *world, struct agent *agent, const char *rest)
{
	struct mode_name own = { rest, rest };

	if (*rest == '\0')
		return "mode takes a name";
	agent_interface(agent, "inbound");
	agent_mode(world, agent, &own);
	agent->mode = &names_pause[0];
	agent_state(world, agent, STATE_UNKNOWN, true);
	return NULL;
}

static const struct {
	const char	*name;
	verb		*run;
	const char	*help;
	bool		 goes_on;	/* with what it has in hand */
} verbs[] = {
	{ "login", ready, "logs in and is free, or supervises", false },
	{ "available", ready, "the same", false },
	{ "logout", offline, "goes home", false },
	{ "lock", lock, "a call is meant for it", false },
	{ "ring", ring, "and rings", false },
	{ "talk", talk, "answers one", false },
	{ "quiet", quiet, "answers one that leaves its mode alone", false },
	{ "hold", hold, "puts it on hold", false },
	{ "wrapup", wrapup, "writes up what was said", false },
	{ "end", end, "has done with its call", true },
	{ "second", second, "a second call rings while it talks", true },
	{ "dead", dead, "the second caller gives up", true },
	{ "other", other_call, "has a call of no queue", false },
	{ "outbound", outbound, "is ready for outgoing calls", false },
	{ "dial", dial, "makes one", false },
	{ "pause", take_pause, "[REASON] makes a pause", false },
	{ "withdraw", withdraw, "is withdrawn", false },
	{ "unplug", unplug, "is unplugged", false },
	{ "mode", mode, "NAME is in a mode that no rule knows", false },
	{ "free", NULL, "is its own master again", false },
};

const char *
agentctl(struct world *world, const char *login, const char *name,
    const char *rest)
{
	struct agent *agent = world_find(world, login);

	if (agent == NULL)
		return "no such agent";
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		world_moment(world);
		if (verbs[i].goes_on)
			return verbs[i].run(world, agent, rest);
		agent->pinned = verbs[i].run != NULL;
		if (agent->state != STATE_OFFLINE)
			agent_break(world, agent);
		else if (verbs[i].run != offline)
			agent_login(world, agent, world->now_us);
		return (agent->pinned ? verbs[i].run : ready)(world, agent,
		    rest);
	}
	return "no such verb; see help";
}

void
agentctl_help(struct buf *out)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		buf_printf(out, "    %-12s %s\n", verbs[i].name,
		    verbs[i].help);
}
