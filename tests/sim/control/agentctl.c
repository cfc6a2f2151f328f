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
ring(struct world *world, struct agent *agent, const char *rest)
{
	struct queue *queue = some_queue(world, agent);

	(void)rest;
	if (queue == NULL)
		return "no queue takes calls";
	agent_interface(agent, "inbound");
	call_offer(world, call_make(world, queue), agent);
	agent_task(agent, "ringing", "Sonnerie");
	return NULL;
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
} verbs[] = {
	{ "login", ready, "logs in and is free, or supervises" },
	{ "available", ready, "the same" },
	{ "logout", offline, "goes home" },
	{ "ring", ring, "a call is offered to it" },
	{ "talk", talk, "answers one" },
	{ "hold", hold, "puts it on hold" },
	{ "wrapup", wrapup, "writes up what was said" },
	{ "other", other_call, "has a call of no queue" },
	{ "outbound", outbound, "is ready for outgoing calls" },
	{ "dial", dial, "makes one" },
	{ "pause", take_pause, "[REASON] makes a pause" },
	{ "withdraw", withdraw, "is withdrawn" },
	{ "unplug", unplug, "is unplugged" },
	{ "mode", mode, "NAME is in a mode that no rule knows" },
	{ "free", NULL, "is its own master again" },
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
