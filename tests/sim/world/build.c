/* The call centre as it is when the simulator starts. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/lib/hash.h"
#include "tests/sim/world/world.h"

static uint32_t
hash_login(const char *login, uint32_t size)
{
	const uint64_t hash = hash_add(HASH_EMPTY, login, strlen(login));

	return (uint32_t)hash & (size - 1);
}

static uint32_t
login_size(const struct world *world)
{
	uint32_t size = 1024;

	while (size < world->max_agents)
		size *= 2;
	return size;
}

struct agent *
world_find(const struct world *world, const char *login)
{
	struct agent *agent = world->login[hash_login(login,
	    login_size(world))];

	while (agent != NULL &&
	    strcmp(item_text(agent->user, USER_LOGIN), login) != 0)
		agent = agent->hash_next;
	return agent;
}

void
world_remember(struct world *world, struct agent *agent)
{
	struct agent **slot = &world->login[hash_login(
	    item_text(agent->user, USER_LOGIN), login_size(world))];

	agent->hash_next = *slot;
	*slot = agent;
}

void
world_forget(struct world *world, struct agent *agent)
{
	struct agent **p = &world->login[hash_login(
	    item_text(agent->user, USER_LOGIN), login_size(world))];

	while (*p != agent)
		p = &(*p)->hash_next;
	*p = agent->hash_next;
}

/* Counters of the day come to exist when they are first used. */
static void
set_counters(struct item *item)
{
	static const int zero[] = { QUEUE_LATENT, QUEUE_LOGGED, QUEUE_WORKING,
	    QUEUE_WITHDRAWN, QUEUE_OUTBOUND, QUEUE_SUPERVISION,
	    QUEUE_TASKS_RUNNING, QUEUE_TASKS_WAITING };

	for (size_t i = 0; i < sizeof(zero) / sizeof(zero[0]); i++)
		item_set_u32(item, zero[i], 0);
	item_set_date(item, QUEUE_OLDEST_WAITING, 0);
	item_set_date(item, QUEUE_OLDEST_CONTACT, 0);
}

/* As yet unpublished. */
static struct item *
queue_item(struct world *world, const char *name, const char *label,
    const char *type, double priority, bool virtual)
{
	struct item *item = item_new(&world->store, KIND_QUEUE, NULL);

	item_set_text(item, QUEUE_NAME, name);
	item_set_text(item, QUEUE_LABEL, label);
	item_set_text(item, QUEUE_TYPE, type);
	item_set_real(item, QUEUE_PRIORITY, priority);
	item_set_u32(item, QUEUE_ABSOLUTE_PRIORITY, (uint32_t)priority);
	item_set_bool(item, QUEUE_VIRTUAL, virtual);
	item_set_bool(item, QUEUE_RUNNING, true);
	set_counters(item);
	return item;
}

/* When there are more queues than names, names are repeated with a number. */
static void
build_queue(struct world *world, uint32_t n)
{
	const struct queue_name *is = &names_queue[n % names_queue_n];
	uint32_t round = n / (uint32_t)names_queue_n;
	struct queue *queue = &world->queue[n];
	char name[128], label[128];

	snprintf(name, sizeof(name), "%s", is->name);
	snprintf(label, sizeof(label), "%s", is->label);
	if (round > 0) {
		snprintf(name, sizeof(name), "%s_%u", is->name, round + 1);
		if (*is->label != '\0')
			snprintf(label, sizeof(label), "%s %u", is->label,
			    round + 1);
	}
	queue->item = queue_item(world, name, label, is->type,
	    (n % 5) + (n % 3 == 0 ? 0.5 : 0), false);
	item_publish(queue->item);
	TAILQ_INIT(&queue->waiting);
	TAILQ_INIT(&queue->unassigned);
	TAILQ_INIT(&queue->contact);
	TAILQ_INIT(&queue->free);
	queue->arrival = (struct timer){ .fire = queue_arrival,
	    .arg = queue };
	queue->weather = (struct timer){ .fire = queue_weather,
	    .arg = queue };
	queue->load = 1;
	queue->toggles = n % 5 == 3;
	queue->scarce = n % 5 == 4;
	/* Queues that a board hides get no calls. */
	if (strcmp(is->type, "queue") == 0 &&
	    strncmp(is->name, "VQ_", 3) != 0)
		queue->weight = 1 + (double)(n * 7 % 5) / 2;
}

void
build_queues(struct world *world, uint32_t n)
{
	double sum = 0;

	world->n_queues = n;
	if ((world->queue = calloc(n, sizeof(*world->queue))) == NULL)
		err(1, NULL);
	for (uint32_t i = 0; i < n; i++) {
		build_queue(world, i);
		sum += world->queue[i].weight;
	}
	for (uint32_t i = 0; i < n; i++)
		world->queue[i].weight /= sum;
	item_publish(queue_item(world, "virt__Ensemble", "File virtuelle",
	    "virtual", 0, true));
	item_publish(queue_item(world, "virt__Débordement",
	    "Débordement virtuel", "virtual", 0, true));
}

static void
build_groups(struct world *world)
{
	if ((world->group = calloc(names_team_n,
	    sizeof(*world->group))) == NULL)
		err(1, NULL);
	for (size_t i = 0; i < names_team_n; i++) {
		struct item *group = item_new(&world->store, KIND_GROUP, NULL);

		item_set_text(group, GROUP_NAME,
		    strrchr(names_team[i], '/') + 1);
		item_set_text(group, GROUP_PATH, names_team[i]);
		item_publish(group);
		world->group[i] = group;
	}
}

/* One to four different queues that get calls. */
static void
take_seats(struct world *world, struct agent *agent)
{
	uint32_t at = random_below(&world->sched, world->n_queues);
	uint32_t n = 1 + random_below(&world->sched, SEATS_MAX);

	for (uint32_t i = 0; i < world->n_queues && agent->n_seats < n; i++) {
		struct queue *queue = &world->queue[(at + i) %
		    world->n_queues];

		if (queue->weight <= 0 || (queue->scarce &&
		    random_chance(&world->sched, 0.85)))
			continue;
		agent->seat[agent->n_seats++] = (struct seat){
		    .agent = agent, .queue = queue };
	}
}

struct agent *
build_agent(struct world *world, const char *name, const char *login)
{
	struct agent *agent;
	struct item *user;

	if (world->n_agents == world->max_agents)
		return NULL;
	agent = &world->agent[world->n_agents];
	*agent = (struct agent){ .n = world->n_agents++ };
	agent->supervisor = agent->n % 10 == 9;
	agent->recorded = agent->n % 6 == 1;
	user = agent->user = item_new(&world->store, KIND_USER, NULL);
	item_set_text(user, USER_LOGIN, login);
	item_set_text(user, USER_NAME, name);
	item_copy_text(user, USER_GROUP, world->group[random_below(
	    &world->sched, (uint32_t)names_team_n)], GROUP_PATH);
	item_set_u32(user, USER_BUSY, 0);
	item_set_text(user, USER_TASK, "");
	item_set_text(user, USER_TASK_LABEL, "");
	item_set_u32(user, USER_SESSIONS, 0);
	item_publish(user);
	world_remember(world, agent);
	take_seats(world, agent);
	return agent;
}

/* Counters as of somebody who has worked so many seconds. */
static void
had_calls(struct world *world, struct agent *agent, double seconds)
{
	uint32_t n = (uint32_t)(seconds / 500 *
	    (0.5 + random_unit(&world->sched)));
	struct item *user = agent->user;

	if (agent->supervisor || n == 0)
		return;
	item_set_u32(user, USER_MANAGED, n);
	if (!agent_other_task(agent))
		item_set_u32(user, USER_INBOUND, n + n / 20);
	item_set_u32(user, USER_TASKS, n + n / 20);
	item_set_u32(user, USER_LOST, n / 20);
	item_set_real(user, USER_CONTACT_S, n * 200.0 +
	    random_unit(&world->sched) * 100);
	item_set_real(user, USER_CONTACT_MAX,
	    240 + random_unit(&world->sched) * 600);
	item_set_real(user, USER_RINGING_S,
	    n * 6.0 + random_unit(&world->sched));
	item_set_real(user, USER_RINGING_MAX,
	    6 + random_unit(&world->sched) * 20);
	item_set_real(user, USER_PAUSE_S, seconds / 8);
}

/* Two thirds are logged in, for minutes or hours; some others were. */
static void
place_agent(struct world *world, struct agent *agent)
{
	uint64_t ago = (uint64_t)(60e6 + random_unit(&world->sched) * 5 *
	    3600e6), midnight_us = (uint64_t)(((int64_t)(world->now_us /
	    1000000) + world->store.zone_s) % 86400) * 1000000;
	double dice = random_unit(&world->sched);
	const uint64_t now_us = world->now_us;

	if (dice < 0.12) {
		/* Has not been here yet; may still come. */
		agent_after(world, agent, random_around(&world->sched,
		    3 * 3600), agent_come);
		return;
	}
	agent_login(world, agent, now_us - ago);
	had_calls(world, agent, (double)(ago < midnight_us ? ago :
	    midnight_us) / 1e6);
	/* It began some time ago with what it does now. */
	world->now_us = now_us - (uint64_t)((double)ago *
	    random_unit(&world->sched) / (dice < 0.33 ? 1 : 12));
	agent_ready(world, agent);
	if (dice < 0.33)
		agent_logout(world, agent);
	else if (dice < 0.43 && !agent->supervisor)
		agent_pause(world, agent, &names_pause[random_below(
		    &world->sched, (uint32_t)names_pause_n)]);
	else if (dice < 0.47 && !agent->supervisor)
		outbound_begin(world, agent);
	world->now_us = now_us;
}

/* zmartin, zmartin2, ...: tried has the next number to try, by hash. */
static void
unique_login(const struct world *world, uint32_t *tried, const char *login,
    char unique[NAME_SIZE + 16])
{
	uint32_t *k = &tried[hash_login(login, login_size(world))];

	do {
		++*k;
		if (*k == 1)
			snprintf(unique, NAME_SIZE + 16, "%s", login);
		else
			snprintf(unique, NAME_SIZE + 16, "%s%u", login, *k);
	} while (world_find(world, unique) != NULL);
}

/* A user who is no agent, as yet unpublished. */
static struct item *
user_item(struct world *world, const char *login, const char *name)
{
	struct item *user = item_new(&world->store, KIND_USER, NULL);

	item_set_text(user, USER_LOGIN, login);
	item_set_text(user, USER_NAME, name);
	item_set_u32(user, USER_BUSY, 0);
	return user;
}

/* Zoé Martin is always the first, so that she can be looked for. */
void
build_agents(struct world *world, uint32_t n)
{
	char name[NAME_SIZE], login[NAME_SIZE], unique[NAME_SIZE + 16];
	uint32_t *tried;

	world->max_agents = n + n / 10 + 100;
	build_groups(world);
	if ((world->agent = calloc(world->max_agents,
	    sizeof(*world->agent))) == NULL || (world->login =
	    calloc(login_size(world), sizeof(struct agent *))) == NULL ||
	    (tried = calloc(login_size(world), sizeof(*tried))) == NULL)
		err(1, NULL);
	for (uint32_t i = 0; i < n; i++) {
		names_person(&world->sched, name, login);
		if (i == 0) {
			snprintf(name, sizeof(name), "Zoé Martin");
			names_login(name, login);
		}
		unique_login(world, tried, login, unique);
		build_agent(world, name, unique);
	}
	free(tried);
	for (uint32_t i = 0; i < n; i++)
		place_agent(world, &world->agent[i]);
	item_publish(user_item(world, "consistent", "consistent"));
}

/* As of another project on the same server. */
void
build_twin(struct world *world, const struct item *of)
{
	bool user = of->kind == KIND_USER;
	struct item *twin;

	if (user) {
		twin = user_item(world, "", "Homonyme");
		item_copy_text(twin, USER_LOGIN, of, USER_LOGIN);
		item_set_text(twin, USER_GROUP, "/homonymes");
		item_set_bool(twin, USER_LOGGED, false);
	} else {
		twin = queue_item(world, "", "Homonyme", "queue", 0, false);
		item_copy_text(twin, QUEUE_NAME, of, QUEUE_NAME);
		item_copy_text(twin, QUEUE_TYPE, of, QUEUE_TYPE);
	}
	twin->extra = true;
	item_publish(twin);
}

void
build_odd(struct world *world)
{
	char login[301];
	const char *const odd[] = { "", "undefined", login };

	memset(login, 'x', sizeof(login) - 1);
	login[sizeof(login) - 1] = '\0';
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		struct item *user = user_item(world, odd[i], "Identifiant");

		user->extra = true;
		item_publish(user);
	}
}
