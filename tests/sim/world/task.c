/* A call that an agent has: it rings, is answered, held, wrapped up. */
#include <stdio.h>

#include "tests/sim/world/world.h"

static const struct mode_name handling = { "traitement",
    "traitement d'appel" };

static void
free_agent(struct agent *agent)
{
	agent->call = NULL;
	item_set_u32(agent->user, USER_BUSY, 0);
	agent_task(agent, "", "libre");
}

void
call_lost(struct world *world, struct agent *agent)
{
	item_add_u32(agent->user, USER_LOST, 1);
	item_set_date(agent->user, USER_TASK_END, world->now_us);
	free_agent(agent);
}

/* Nobody answered: the call gets its old place in the queue again. */
static void
give_back(struct world *world, struct agent *agent)
{
	struct call *call = agent->call;
	struct seat *seat = TAILQ_FIRST(&call->queue->free);

	call->phase = CALL_WAITING;
	call->agent = NULL;
	TAILQ_INSERT_HEAD(&call->queue->unassigned, call, unassigned);
	call_lost(world, agent);
	if (seat != NULL)
		call_offer(world, call, seat->agent);
}

/* An agent who does not answer is withdrawn from the queues for a while. */
static void
miss(struct world *world, void *arg)
{
	struct agent *agent = arg;

	give_back(world, agent);
	agent_withdraw(world, agent);
}

static void
ring(struct world *world, void *arg)
{
	struct agent *agent = arg;

	agent_task(agent, "ringing", "Sonnerie");
	if (random_chance(&world->sched, 0.95))
		agent_after(world, agent, random_around(&world->sched, 6),
		    call_answer);
	else
		agent_after(world, agent, 25, miss);
}

void
call_offer(struct world *world, struct call *call, struct agent *agent)
{
	struct item *user = agent->user;

	TAILQ_REMOVE(&call->queue->unassigned, call, unassigned);
	call->phase = CALL_OFFERED;
	call->agent = agent;
	agent->call = call;
	agent_mode(world, agent, &handling);
	item_set_u32(user, USER_BUSY, 1);
	item_add_u32(user, USER_TASKS, 1);
	item_add_u32(user, USER_INBOUND, 1);
	item_set_date(user, USER_TASK_START, world->now_us);
	item_set_date(user, USER_TASK_MANAGED, 0);
	item_set_date(user, USER_TASK_END, 0);
	agent_task(agent, "assigning", "Présentation d'appel");
	agent_state(world, agent, STATE_RINGING, true);
	agent_after(world, agent, 0.3 + random_unit(&world->sched), ring);
}

static void
record(struct world *world, struct agent *agent, bool on)
{
	char text[128];

	if (!agent->recorded)
		return;
	snprintf(text, sizeof(text), "%d", on ? agent->n % 2 == 0 ? 3 : 1 :
	    agent->n % 2 == 0 ? 2 : 0);
	item_set_text(agent->session, SESSION_RECORD, text);
	item_set_text(agent->user, USER_RECORD, text);
	if (on)
		return;
	snprintf(text, sizeof(text), "{\"id\":\"rec_%u\",\"file\":"
	    "\"rec_%u.wav\"}", world->serial, world->serial);
	item_set_text(agent->session, SESSION_LAST_RECORD, text);
	item_set_text(agent->user, USER_LAST_RECORD, text);
}

/* Most tasks are named "contact"; for the others only the dates show it. */
static void
task_contact(struct agent *agent)
{
	const char *name = agent->n % 11 == 0 ? "appel" :
	    agent->n % 3 == 0 ? "managing" : "contact";

	agent_task(agent, name, "Traitement d'appel");
}

static void
talk(struct world *world, struct agent *agent)
{
	if (random_chance(&world->sched, 0.15))
		agent_after(world, agent, random_around(&world->sched, 60),
		    call_hold);
	else
		agent_after(world, agent, random_around(&world->sched, 280),
		    call_hangup);
}

void
call_answer(struct world *world, void *arg)
{
	struct agent *agent = arg;
	struct call *call = agent->call;
	struct item *queue = call->queue->item;

	call_stop_waiting(world, call);
	call->phase = CALL_CONTACT;
	call->contact_us = world->now_us;
	TAILQ_INSERT_TAIL(&call->queue->contact, call, contact);
	item_add_u32(queue, QUEUE_TASKS_RUNNING, 1);
	item_add_u32(queue, QUEUE_MANAGED, 1);
	queue_oldest(call->queue);
	item_set_date(call->task, TASK_MANAGEMENT, world->now_us);
	item_copy_text(call->task, TASK_PROFILE, agent->session,
	    SESSION_PROFILE);
	item_copy_text(call->task, TASK_LOGIN, agent->user, USER_LOGIN);
	item_set_date(agent->user, USER_TASK_MANAGED, world->now_us);
	item_add_u32(agent->user, USER_MANAGED, 1);
	task_contact(agent);
	record(world, agent, true);
	agent_state(world, agent, STATE_TALKING, true);
	talk(world, agent);
}

static void
retrieve(struct world *world, void *arg)
{
	struct agent *agent = arg;

	task_contact(agent);
	/* No value has the time since which it talks again. */
	agent_state(world, agent, STATE_TALKING, false);
	talk(world, agent);
}

void
call_hold(struct world *world, void *arg)
{
	struct agent *agent = arg;

	agent_task(agent, "held", "Mise en garde");
	agent_state(world, agent, STATE_HELD, false);
	agent_after(world, agent, random_around(&world->sched, 40), retrieve);
}

static void
finish(struct world *world, void *arg)
{
	struct agent *agent = arg;
	struct call *call = agent->call;

	item_set_date(call->task, TASK_END, world->now_us);
	item_set_date(agent->user, USER_TASK_END, world->now_us);
	call_over(world, call);
	free_agent(agent);
	agent_ready(world, agent);
}

static void
temporize(struct world *world, void *arg)
{
	struct agent *agent = arg;

	agent_task(agent, "temporization", "Temporisation");
	agent_after(world, agent, 5, finish);
}

static void
end_contact(struct world *world, struct agent *agent)
{
	struct call *call = agent->call;
	struct item *queue = call->queue->item;
	double seconds = (double)(world->now_us - call->contact_us) / 1e6;

	call->phase = CALL_POST;
	TAILQ_REMOVE(&call->queue->contact, call, contact);
	item_add_u32(queue, QUEUE_TASKS_RUNNING, -1);
	item_add_real(queue, QUEUE_CONTACT_S, seconds);
	item_max_real(queue, QUEUE_CONTACT_MAX, seconds);
	queue_oldest(call->queue);
	item_set_date(call->task, TASK_POST, world->now_us);
	item_set_date(call->session, SESSION_TERMINATE, world->now_us);
	record(world, agent, false);
}

void
call_hangup(struct world *world, void *arg)
{
	struct agent *agent = arg;

	end_contact(world, agent);
	if (random_chance(&world->sched, 0.06))
		item_add_u32(agent->user, USER_TRANSFERRED, 1);
	else if (random_chance(&world->sched, 0.03))
		item_add_u32(agent->user, USER_REDIRECTED, 1);
	agent_task(agent, "post_managing", "Post-appel");
	agent_state(world, agent, STATE_WRAPUP, false);
	agent_after(world, agent, random_around(&world->sched, 35),
	    temporize);
}

void
call_break(struct world *world, struct agent *agent)
{
	struct call *call = agent->call;

	if (call->phase == CALL_OFFERED) {
		give_back(world, agent);
		return;
	}
	if (call->phase == CALL_CONTACT)
		end_contact(world, agent);
	item_set_date(call->task, TASK_END, world->now_us);
	item_set_date(agent->user, USER_TASK_END, world->now_us);
	call_over(world, call);
	free_agent(agent);
}
