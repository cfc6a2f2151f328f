/* A call that an agent has: it rings, is answered, held, wrapped up. */
#include <stdio.h>

#include "tests/sim/world/world.h"

static const struct mode_name handling = { "traitement",
    "traitement d'appel" };

/* A date of the last task, which is not always that of the call in hand. */
static void
task_date(struct world *world, struct agent *agent, int attr)
{
	if (!agent->eclipsed)
		item_set_date(agent->user, attr, world->now_us);
}

static void
task_state(struct world *world, struct agent *agent, const char *name,
    const char *label)
{
	agent_task(agent, name, label);
	task_date(world, agent, USER_TASK_STATE_START);
}

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
	item_set_u32(call->file_task, FILE_TASK_MANAGER, 0);
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

void
call_alert(struct world *world, struct call *call, struct agent *agent)
{
	task_state(world, agent, "ringing", "Sonnerie");
	item_set_u32(call->file_task, FILE_TASK_MANAGER, agent->user->id);
}

static void
ring(struct world *world, void *arg)
{
	struct agent *agent = arg;

	call_alert(world, agent->call, agent);
	if (random_chance(&world->sched, 0.95))
		agent_after(world, agent, random_around(&world->sched, 6),
		    call_answer);
	else
		agent_after(world, agent, 25, miss);
}

/* The agent's last task is now that of this call. */
static void
lock(struct world *world, struct call *call, struct agent *agent)
{
	struct item *user = agent->user;

	TAILQ_REMOVE(&call->queue->unassigned, call, unassigned);
	call->phase = CALL_OFFERED;
	call->agent = agent;
	agent->eclipsed = false;
	item_set_u32(user, USER_BUSY, 1);
	item_add_u32(user, USER_TASKS, 1);
	if (!agent_other_task(agent))
		item_add_u32(user, USER_INBOUND, 1);
	item_set_date(user, USER_TASK_START, world->now_us);
	item_set_date(user, USER_TASK_MANAGED, 0);
	item_set_date(user, USER_TASK_END, 0);
	item_copy_text(user, USER_TASK_QUEUE, call->task, TASK_QUEUE);
	item_copy_text(user, USER_TASK_CALLER, call->task, TASK_ID);
	task_state(world, agent, "assigning", "Présentation d'appel");
}

void
call_offer(struct world *world, struct call *call, struct agent *agent)
{
	agent->call = call;
	if (!call->quiet)
		agent_mode(world, agent, &handling);
	lock(world, call, agent);
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
task_contact(struct world *world, struct agent *agent)
{
	const char *name = agent_other_task(agent) ? "appel" :
	    agent->n % 3 == 0 ? "managing" : "contact";

	task_state(world, agent, name, "Traitement d'appel");
}

static void
talk(struct world *world, struct agent *agent)
{
	/* Of tasks with a name of their own only the dates tell the state. */
	if (world->serial % 29 == 0 && !agent_other_task(agent))
		agent_after(world, agent, random_around(&world->sched, 60),
		    call_second);
	else if (random_chance(&world->sched, 0.15))
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
	task_date(world, agent, USER_TASK_MANAGED);
	item_add_u32(agent->user, USER_MANAGED, 1);
	task_contact(world, agent);
	record(world, agent, true);
	agent_state(world, agent, STATE_TALKING, true);
	talk(world, agent);
}

static void
retrieve(struct world *world, void *arg)
{
	struct agent *agent = arg;

	task_contact(world, agent);
	agent_state(world, agent, STATE_TALKING, !agent->eclipsed);
	talk(world, agent);
}

/* busy_count stays 1: it tells that an agent is busy, not with how many. */
void
call_second(struct world *world, void *arg)
{
	struct agent *agent = arg;

	agent->second = call_make(world, agent->call->queue);
	lock(world, agent->second, agent);
	call_alert(world, agent->second, agent);
	agent_state(world, agent, STATE_RINGING, true);
	agent_after(world, agent, random_around(&world->sched, 8),
	    call_second_lost);
}

/* The first call goes on, but the last task is and stays the second's. */
void
call_second_lost(struct world *world, void *arg)
{
	struct agent *agent = arg;
	struct call *call = agent->second;

	agent->second = NULL;
	call->agent = NULL;
	call_fail(world, call, ATTR_UNKNOWN);
	item_add_u32(agent->user, USER_LOST, 1);
	item_set_date(agent->user, USER_TASK_END, world->now_us);
	agent->eclipsed = true;
	task_contact(world, agent);
	/* No value has the time since which it talks again. */
	agent_state(world, agent, STATE_TALKING, false);
	talk(world, agent);
}

void
call_hold(struct world *world, void *arg)
{
	struct agent *agent = arg;

	task_state(world, agent, "held", "Mise en garde");
	agent_state(world, agent, STATE_HELD, !agent->eclipsed);
	agent_after(world, agent, random_around(&world->sched, 40), retrieve);
}

/* The agent is free again, and known to be so since the task's end. */
void
call_finish(struct world *world, void *arg)
{
	struct agent *agent = arg;
	bool quiet = agent->call->quiet, eclipsed = agent->eclipsed;

	call_break(world, agent);
	if (!quiet) {
		agent_ready(world, agent);
		return;
	}
	agent_resume(world, agent);
	agent->told = !eclipsed;
}

static void
temporize(struct world *world, void *arg)
{
	struct agent *agent = arg;

	task_state(world, agent, "temporization", "Temporisation");
	agent->told = false;
	agent_after(world, agent, 5, call_finish);
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
	task_state(world, agent, "post_managing", "Post-appel");
	agent_state(world, agent, STATE_WRAPUP, !agent->eclipsed);
	agent_after(world, agent, random_around(&world->sched, 35),
	    temporize);
}

void
call_break(struct world *world, struct agent *agent)
{
	struct call *call = agent->call;

	if (agent->second != NULL)
		call_second_lost(world, agent);
	if (call->phase == CALL_OFFERED) {
		give_back(world, agent);
		return;
	}
	if (call->phase == CALL_CONTACT)
		end_contact(world, agent);
	item_set_date(call->task, TASK_END, world->now_us);
	task_date(world, agent, USER_TASK_END);
	call_over(world, call);
	free_agent(agent);
}
