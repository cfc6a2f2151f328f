#include "tests/sim/world/world.h"

static bool
is_running(const struct queue *queue)
{
	return queue->item->value[QUEUE_RUNNING].flag;
}

void
queue_arrival(struct world *world, void *arg)
{
	struct queue *queue = arg;

	if (!is_running(queue) || queue->weight <= 0)
		return;
	call_arrive(world, queue);
	sched_set(&world->sched, &queue->arrival, random_around(&world->sched,
	    1 / (world->call_rate * queue->weight * queue->load)));
}

/* Changes the load; queues that toggle also stop and start. */
void
queue_weather(struct world *world, void *arg)
{
	struct queue *queue = arg;

	/* Mostly low, sometimes six times as high; 1 on average. */
	queue->load = 0.25 + 6 * random_unit(&world->sched) *
	    random_unit(&world->sched) * random_unit(&world->sched);
	if (queue->toggles && is_running(queue)) {
		if (random_chance(&world->sched, 0.15))
			queue_stop(world, queue);
	} else if (queue->toggles && random_chance(&world->sched, 0.6))
		queue_start(world, queue);
	sched_set(&world->sched, &queue->weather,
	    random_around(&world->sched, 500));
}

void
queue_start(struct world *world, struct queue *queue)
{
	if (is_running(queue))
		return;
	item_set_bool(queue->item, QUEUE_RUNNING, true);
	if (queue->weight > 0)
		sched_set(&world->sched, &queue->arrival, 1);
}

/* Waiting calls are turned away; calls that an agent has continue. */
void
queue_stop(struct world *world, struct queue *queue)
{
	struct call *call;

	if (!is_running(queue))
		return;
	while ((call = TAILQ_FIRST(&queue->unassigned)) != NULL)
		call_fail(world, call, ATTR_UNKNOWN);
	item_set_bool(queue->item, QUEUE_RUNNING, false);
	sched_cancel(&world->sched, &queue->arrival);
}

void
queue_oldest(struct queue *queue)
{
	const struct call *waiting = TAILQ_FIRST(&queue->waiting);
	const struct call *contact = TAILQ_FIRST(&queue->contact);

	item_set_date(queue->item, QUEUE_OLDEST_WAITING,
	    waiting != NULL ? waiting->queued_us : 0);
	item_set_date(queue->item, QUEUE_OLDEST_CONTACT,
	    contact != NULL ? contact->contact_us : 0);
}
