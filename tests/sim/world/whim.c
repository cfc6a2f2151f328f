/* What agents do by themselves: pauses, other calls, logging in and out. */
#include <stdio.h>

#include "tests/sim/world/world.h"

static const struct mode_name disabled = { "disabled", "Retrait" };
static const struct mode_name unplugged = { "unplug", "Débranché" };

static void
end_pause(struct world *world, void *arg)
{
	agent_ready(world, arg);
}

void
agent_pause(struct world *world, struct agent *agent,
    const struct mode_name *pause)
{
	agent_mode(world, agent, pause);
	agent_state(world, agent, STATE_PAUSED, true);
	agent_after(world, agent, 60 + random_around(&world->sched, 500),
	    end_pause);
}

void
agent_unplug(struct world *world, struct agent *agent)
{
	agent_interface(agent, "unplug");
	agent_mode(world, agent, &unplugged);
	agent_state(world, agent, STATE_WITHDRAWN, true);
	agent_after(world, agent, random_around(&world->sched, 200),
	    end_pause);
}

static void
end_other_call(struct world *world, void *arg)
{
	struct agent *agent = arg;

	item_set_u32(agent->user, USER_BUSY, 0);
	agent_ready(world, agent);
}

/* A colleague rings, or a number is dialled by hand: no queue knows of it. */
void
agent_other_call(struct world *world, struct agent *agent)
{
	item_set_u32(agent->user, USER_BUSY, 1);
	agent_state(world, agent, STATE_OTHER_CALL, false);
	agent_after(world, agent, random_around(&world->sched, 90),
	    end_other_call);
}

void
agent_unspy(struct agent *agent)
{
	struct agent *spied = agent->spied;

	if (spied == NULL)
		return;
	agent->spied = NULL;
	spied->spy = NULL;
	item_set_text(spied->session, SESSION_SPIES, "[]");
	item_set_text(spied->user, USER_SPIES, "[]");
}

static void
end_spying(struct world *world, void *arg)
{
	agent_unspy(arg);
	agent_after(world, arg, random_around(&world->sched, 600),
	    agent_whim);
}

static void
spy_on(struct world *world, struct agent *agent, struct agent *spied)
{
	char text[160];

	snprintf(text, sizeof(text), "[\"%s@192.0.2.1/AGENT%s\"]",
	    item_text(agent->user, USER_LOGIN),
	    item_text(agent->user, USER_LOGIN));
	agent->spied = spied;
	spied->spy = agent;
	item_set_text(spied->session, SESSION_SPIES, text);
	item_set_text(spied->user, USER_SPIES, text);
	agent_after(world, agent, random_around(&world->sched, 60),
	    end_spying);
}

static void
supervisor_whim(struct world *world, struct agent *agent)
{
	struct agent *other = &world->agent[random_below(&world->sched,
	    world->n_agents)];

	if (random_chance(&world->sched, 0.3))
		agent_pause(world, agent, &names_pause[random_below(
		    &world->sched, (uint32_t)names_pause_n)]);
	else if (other->state == STATE_TALKING && other->spy == NULL)
		spy_on(world, agent, other);
	else
		agent_after(world, agent, random_around(&world->sched, 300),
		    agent_whim);
}

void
agent_withdraw(struct world *world, struct agent *agent)
{
	agent_mode(world, agent, &disabled);
	agent_state(world, agent, STATE_WITHDRAWN, true);
	agent_after(world, agent, random_around(&world->sched, 120),
	    end_pause);
}

void
agent_whim(struct world *world, void *arg)
{
	struct agent *agent = arg;
	uint32_t dice = random_below(&world->sched, 100);

	if (agent->shift_end_us < world->sched.now_us)
		agent_logout(world, agent);
	else if (agent->supervisor)
		supervisor_whim(world, agent);
	else if (dice < 52)
		agent_pause(world, agent, &names_pause[dice %
		    (uint32_t)names_pause_n]);
	else if (dice < 58)
		agent_withdraw(world, agent);
	else if (dice < 64)
		agent_unplug(world, agent);
	else if (dice < 82)
		agent_other_call(world, agent);
	else
		outbound_begin(world, agent);
}

/* Free: takes the call that has waited longest, or waits itself. */
void
agent_idle(struct world *world, void *arg)
{
	struct agent *agent = arg;
	struct call *call = call_waiting_for(agent);

	if (call != NULL)
		call_offer(world, call, agent);
	else
		agent_after(world, agent, random_around(&world->sched, 300),
		    agent_whim);
}

void
agent_come(struct world *world, void *arg)
{
	struct agent *agent = arg;

	agent_login(world, agent, world->now_us);
	agent_ready(world, agent);
}
