#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "sql/lib/now.h"
#include "tests/sim/world/world.h"

#define RUN_MS		20	/* at most, before clients get their turn */
#define RESET_CHUNK	200	/* agents whose counters go back at once */
#define WARM_S		1800	/* virtual seconds gone by at the start */
#define WARM_CHANGES	4000000	/* but no more than that */

static uint64_t
wall_us(void)
{
	return (uint64_t)now_real();
}

/* For the pace of events, which must not depend on changes of the clock. */
static uint64_t
steady_us(void)
{
	return (uint64_t)now_monotonic();
}

uint64_t
world_clock(const struct world *world)
{
	if (world->warming || world->replay)
		return world->start_us - world->warm_us +
		    world->sched.now_us;
	return (uint64_t)((int64_t)wall_us() + world->skew_us);
}

struct frame_date
world_date(const struct world *world)
{
	uint64_t us = world_clock(world);

	return (struct frame_date){ (uint32_t)(us / 1000000),
	    (uint32_t)(us % 1000000), world->store.zone_s };
}

static int64_t
local_day(const struct world *world)
{
	return ((int64_t)(world->now_us / 1000000) + world->store.zone_s) /
	    86400;
}

static void
reset(struct item *item)
{
	const struct attr *attr;
	int n;

	attr = attr_table(item->kind, &n);
	for (int i = 0; i < n; i++) {
		size_t len = strlen(attr[i].path);

		/* What counts since midnight has a call at its end. */
		if (!item_has(item, i) || attr[i].path[len - 1] != ')')
			continue;
		if (attr[i].type == OBJECT_U32)
			item->value[i].u32 = 0;
		else
			item->value[i].real = 0;
	}
}

static void
reset_all(struct world *world)
{
	struct item *item;

	TAILQ_FOREACH(item, &world->store.list[KIND_USER], entry)
		reset(item);
	TAILQ_FOREACH(item, &world->store.list[KIND_QUEUE], entry)
		reset(item);
}

void
world_moment(struct world *world)
{
	uint64_t now_us = world_clock(world);

	/* No two events have the same time: a new date is always a change. */
	if (now_us <= world->last_us && world->last_us - now_us < 1000000)
		now_us = world->last_us + 1;
	world->now_us = world->last_us = now_us;
	if (local_day(world) == world->day)
		return;
	world->day = local_day(world);
	reset_all(world);
}

void
world_midnight(struct world *world, uint32_t seconds)
{
	int32_t zone_s;

	world_moment(world);
	zone_s = (int32_t)((2 * 86400 - seconds - world->now_us / 1000000 %
	    86400) % 86400);
	world->store.zone_s = zone_s > 43200 ? zone_s - 86400 : zone_s;
	world->day = local_day(world);
	if (seconds == 0)
		reset_all(world);
}

/* One event; false: there is none. */
static bool
run_one(struct world *world)
{
	struct timer *timer;

	if ((timer = sched_next(&world->sched)) == NULL)
		return false;
	world_moment(world);
	timer->fire(world, timer->arg);
	return true;
}

uint64_t
world_step(struct world *world, uint64_t n)
{
	uint64_t from = world->store.changes, steps = world->store.steps;

	while (world->store.steps - steps < n && run_one(world))
		continue;
	return world->store.changes - from;
}

/*
 * The budget grows by so many changes a second, and events use it.  A budget
 * that was not used in time is dropped, so that a process that was stopped does
 * not make all the changes that it has missed.
 */
int
world_run(struct world *world)
{
	uint64_t now = steady_us(), end = now + RUN_MS * 1000, from;

	world->budget += (double)(now - world->paced_us) / 1e6 *
	    world->events;
	world->paced_us = now;
	if (world->frozen || world->events <= 0) {
		world->budget = 0;
		return -1;
	}
	if (world->budget > world->events)
		world->budget = world->events;
	while (world->budget > 0 && now < end) {
		from = world->store.changes;
		if (!run_one(world))
			return -1;
		world->budget -= (double)(world->store.changes - from);
		now = steady_us();
	}
	return world->budget > 0 ? 0 :
	    1 + (int)(-world->budget / world->events * 1000);
}

static void
warm_up(struct world *world)
{
	while (sched_next_us(&world->sched) <= world->warm_us &&
	    world->store.changes < WARM_CHANGES)
		run_one(world);
	/* The past was cut short: the events left out did not happen. */
	world->warm_us = world->sched.now_us;
	world->store.changes = 0;
}

struct world *
world_new(const struct world_options *options)
{
	struct world *world;

	if ((world = calloc(1, sizeof(*world))) == NULL)
		err(1, NULL);
	store_init(&world->store, options->zone_s);
	sched_init(&world->sched, options->seed);
	TAILQ_INIT(&world->calls);
	world->seed = options->seed;
	world->events = options->events;
	world->skew_us = options->skew_s * 1000000;
	world->replay = options->replay_s != 0;
	world->start_us = world->replay ? options->replay_s * 1000000 :
	    world_clock(world);
	/* Large centres need less time: more happens in each second. */
	world->warm_us = (uint64_t)WARM_S * 1000000;
	if (options->agents > 5000)
		world->warm_us = world->warm_us * 5000 / options->agents;
	world->warming = true;
	world->now_us = world->start_us - world->warm_us;
	world->day = local_day(world);
	/* Keeps about seven in ten of those who are there for calls busy. */
	world->call_rate = (options->agents + 1) * 0.9 * 0.65 * 0.75 * 0.72 /
	    330;
	build_queues(world, options->queues);
	build_agents(world, options->agents);
	for (uint32_t i = 0; i < options->twins && i < options->agents; i++)
		build_twin(world, world->agent[i].user);
	for (uint32_t i = 0; i < options->twins && i < options->queues; i++)
		build_twin(world, world->queue[i].item);
	if (options->twins > 0)
		build_odd(world);
	for (uint32_t i = 0; i < world->n_queues; i++) {
		sched_set(&world->sched, &world->queue[i].arrival,
		    random_unit(&world->sched) * 10);
		sched_set(&world->sched, &world->queue[i].weather,
		    random_around(&world->sched, 500));
	}
	warm_up(world);
	world->warming = false;
	world->paced_us = steady_us();
	return world;
}

void
world_free(struct world *world)
{
	call_free_all(world);
	sched_free(&world->sched);
	store_free(&world->store);
	free(world->queue);
	free(world->agent);
	free(world->login);
	free(world->group);
	free(world);
}
