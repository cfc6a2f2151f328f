/* A call by itself: it arrives, waits, is sent away or abandoned, is purged. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/world/world.h"

#define KEPT_S	600	/* virtual seconds that an ended call is kept */

static void
purge(struct world *world, void *arg)
{
	struct call *call = arg;

	item_purge(call->file_task);
	item_purge(call->task);
	item_purge(call->session);
	TAILQ_REMOVE(&world->calls, call, all);
	free(call);
}

struct call *
call_new(struct world *world, struct queue *queue)
{
	struct call *call;

	if ((call = calloc(1, sizeof(*call))) == NULL)
		err(1, NULL);
	call->queue = queue;
	call->queued_us = world->now_us;
	call->timer.arg = call;
	TAILQ_INSERT_TAIL(&world->calls, call, all);
	return call;
}

/* Kept for a while, as a real server does; then its objects are purged. */
void
call_over(struct world *world, struct call *call)
{
	call->phase = CALL_OVER;
	call->agent = NULL;
	call->timer.fire = purge;
	sched_set(&world->sched, &call->timer, KEPT_S);
}

struct item *
call_session(struct world *world, bool incoming, const char *remote,
    const char *local)
{
	struct item *session = item_new(&world->store, KIND_SESSION, NULL);
	char text[128];

	world->serial++;
	item_set_u32(session, SESSION_TYPE, 1);
	snprintf(text, sizeof(text), "session_%u@%u.%llu.Ccxml.cccp-sim",
	    world->serial, 500 + world->serial % 97,
	    (unsigned long long)(world->start_us / 1000000));
	item_set_text(session, SESSION_ID, text);
	item_set_date(session, SESSION_CREATE, world->now_us);
	item_set_date(session, SESSION_TERMINATE, 0);
	item_set_bool(session, SESSION_INCOMING, incoming);
	snprintf(text, sizeof(text), "tel:%s", remote);
	item_set_text(session, SESSION_REMOTE, text);
	snprintf(text, sizeof(text), "tel:%s", local);
	item_set_text(session, SESSION_LOCAL, text);
	snprintf(text, sizeof(text), "call-%08x@192.0.2.1", world->serial);
	item_set_text(session, SESSION_CALL_ID, text);
	item_publish(session);
	return session;
}

static void
make_task(struct world *world, struct call *call)
{
	struct item *task = item_new(&world->store, KIND_TASK, NULL);
	struct item *queue = call->queue->item;
	char id[32];

	snprintf(id, sizeof(id), "task_%u", ++world->serial);
	item_set_text(task, TASK_ID, id);
	item_copy_text(task, TASK_CALL_SESSION, call->session, SESSION_ID);
	item_set_date(task, TASK_START, world->now_us);
	item_set_date(task, TASK_STOP_WAITING, 0);
	item_set_date(task, TASK_MANAGEMENT, 0);
	item_set_date(task, TASK_POST, 0);
	item_set_date(task, TASK_END, 0);
	item_copy_text(task, TASK_QUEUE_TYPE, queue, QUEUE_TYPE);
	item_copy_text(task, TASK_QUEUE, queue, QUEUE_NAME);
	item_copy_text(task, TASK_QUEUE_LABEL, queue, QUEUE_LABEL);
	item_publish(task);
	call->task = task;
}

static void
make_file_task(struct world *world, struct call *call, const char *remote,
    const char *local)
{
	struct item *file = item_new(&world->store, KIND_FILE_TASK, NULL);
	struct item *queue = call->queue->item;

	item_copy_text(file, FILE_TASK_ID, call->task, TASK_ID);
	item_set_text(file, FILE_TASK_LOCAL, local);
	item_set_text(file, FILE_TASK_REMOTE, remote);
	item_copy_text(file, FILE_TASK_SESSION, call->session, SESSION_ID);
	item_copy_text(file, FILE_TASK_QUEUE, queue, QUEUE_NAME);
	item_set_real(file, FILE_TASK_PRIORITY,
	    item_real(queue, QUEUE_PRIORITY));
	item_set_date(file, FILE_TASK_CREATE, world->now_us);
	item_set_date(file, FILE_TASK_TERMINATE, 0);
	item_publish(file);
	call->file_task = file;
}

/* Why nobody can take it: the queue's counter; ATTR_UNKNOWN: somebody can. */
static int
turned_away(const struct queue *queue)
{
	const struct item *item = queue->item;
	uint32_t logged = item_u32(item, QUEUE_LOGGED);

	if (logged == 0)
		return item_u32(item, QUEUE_LATENT) > 0 ?
		    QUEUE_TURNED_LATENT : QUEUE_TURNED_NOBODY;
	if (item_u32(item, QUEUE_TASKS_WAITING) > 3 + logged / 2)
		return QUEUE_TURNED_ESTIMATE;
	return ATTR_UNKNOWN;
}

static void
lose_patience(struct world *world, void *arg)
{
	struct call *call = arg;

	call_fail(world, call, random_chance(&world->sched, 0.1) ?
	    QUEUE_TURNED_WAITING : ATTR_UNKNOWN);
}

struct call *
call_make(struct world *world, struct queue *queue)
{
	struct call *call = call_new(world, queue);
	char remote[PHONE_SIZE], local[PHONE_SIZE];

	names_mobile(&world->sched, remote);
	names_line((uint32_t)(queue - world->queue), local);
	call->session = call_session(world, true, remote, local);
	make_task(world, call);
	make_file_task(world, call, remote, local);
	TAILQ_INSERT_TAIL(&queue->waiting, call, waiting);
	TAILQ_INSERT_TAIL(&queue->unassigned, call, unassigned);
	item_add_u32(queue->item, QUEUE_TASKS_WAITING, 1);
	queue_oldest(queue);
	return call;
}

void
call_arrive(struct world *world, struct queue *queue)
{
	struct call *call = call_make(world, queue);
	struct seat *seat = TAILQ_FIRST(&queue->free);
	int why;

	call->quiet = world->serial % 4 == 0;
	if ((why = turned_away(queue)) != ATTR_UNKNOWN) {
		call_fail(world, call, why);
		return;
	}
	call->timer.fire = lose_patience;
	sched_set(&world->sched, &call->timer,
	    10 + random_around(&world->sched, 150));
	if (seat != NULL && TAILQ_FIRST(&queue->unassigned) == call)
		call_offer(world, call, seat->agent);
}

void
call_past(struct world *world, uint32_t n)
{
	const uint64_t now_us = world->now_us;
	const uint64_t step_us = 8 * UINT64_C(3600000000) / n;
	struct queue *queue = world->queue;
	struct call *call;

	while (queue->weight <= 0)
		queue++;
	for (uint32_t i = n; i > 0; i--) {
		world->now_us = now_us - step_us * i - 20000000;
		call = call_make(world, queue);
		world->now_us += 20000000;
		call_fail(world, call, ATTR_UNKNOWN);
		sched_cancel(&world->sched, &call->timer);
	}
	world->now_us = now_us;
}

struct call *
call_waiting_for(const struct agent *agent)
{
	struct call *first = NULL, *call;

	for (int s = 0; s < agent->n_seats; s++) {
		call = TAILQ_FIRST(&agent->seat[s].queue->unassigned);
		if (call != NULL && (first == NULL ||
		    call->queued_us < first->queued_us))
			first = call;
	}
	return first;
}

/* The call waits no longer, for whatever reason. */
void
call_stop_waiting(struct world *world, struct call *call)
{
	struct item *queue = call->queue->item;
	double seconds = (double)(world->now_us - call->queued_us) / 1e6;

	sched_cancel(&world->sched, &call->timer);
	if (call->phase == CALL_WAITING)
		TAILQ_REMOVE(&call->queue->unassigned, call, unassigned);
	TAILQ_REMOVE(&call->queue->waiting, call, waiting);
	item_add_u32(queue, QUEUE_TASKS_WAITING, -1);
	item_add_real(queue, QUEUE_WAITING_S, seconds);
	item_max_real(queue, QUEUE_WAITING_MAX, seconds);
	item_set_date(call->task, TASK_STOP_WAITING, world->now_us);
	item_set_date(call->file_task, FILE_TASK_TERMINATE, world->now_us);
}

void
call_fail(struct world *world, struct call *call, int why)
{
	struct agent *agent = call->agent;
	struct item *queue = call->queue->item;
	bool quiet = call->quiet;

	call_stop_waiting(world, call);
	item_set_date(call->task, TASK_END, world->now_us);
	item_set_date(call->session, SESSION_TERMINATE, world->now_us);
	item_add_u32(queue, QUEUE_FAILED, 1);
	if (why != ATTR_UNKNOWN)
		item_add_u32(queue, why, 1);
	queue_oldest(call->queue);
	call_over(world, call);
	if (agent == NULL)
		return;
	/* The caller hung up while it rang. */
	call_lost(world, agent);
	(quiet ? agent_resume : agent_ready)(world, agent);
}

void
call_renumber(struct world *world)
{
	struct call *call;

	TAILQ_FOREACH(call, &world->calls, all)
		if (call->file_task != NULL &&
		    item_u32(call->file_task, FILE_TASK_MANAGER) != 0)
			item_set_u32(call->file_task, FILE_TASK_MANAGER,
			    call->agent != NULL ? call->agent->user->id : 0);
}

void
call_free_all(struct world *world)
{
	struct call *call;

	while ((call = TAILQ_FIRST(&world->calls)) != NULL) {
		TAILQ_REMOVE(&world->calls, call, all);
		free(call);
	}
}
