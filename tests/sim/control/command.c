#include <stdlib.h>
#include <string.h>

#include "tests/sim/control/control.h"
#include "tests/sim/control/fault.h"
#include "tests/sim/control/truth.h"

#define STEP_MAX	100000000
#define PAST_MAX	100000

/* NULL: done, and the answer is "ok" unless out has another. */
typedef const char *command(struct control *, char *args, struct buf *out);

/* The next word, cut off; "" when there is none. */
static char *
word(char **args)
{
	char *at = *args + strspn(*args, " "), *end = at + strcspn(at, " ");

	*args = end;
	if (*end != '\0') {
		*end = '\0';
		*args = end + 1;
	}
	return at;
}

static const char *
list(struct control *control, char *args, struct buf *out)
{
	(void)args;
	truth_write(control->world, out);
	return NULL;
}

static const char *
freeze(struct control *control, char *args, struct buf *out)
{
	(void)args, (void)out;
	control->world->frozen = true;
	return NULL;
}

static const char *
thaw(struct control *control, char *args, struct buf *out)
{
	(void)args, (void)out;
	control->world->frozen = false;
	return NULL;
}

static const char *
step(struct control *control, char *args, struct buf *out)
{
	char *text = word(&args), *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end != '\0' || n > STEP_MAX)
		return "step takes a number of changes, at most 100000000";
	if (!control->world->frozen)
		return "only a frozen day goes by steps: freeze first";
	buf_str(out, "ok ");
	buf_u64(out, world_step(control->world, n));
	buf_char(out, '\n');
	return NULL;
}

static const char *
drop(struct control *control, char *args, struct buf *out)
{
	(void)args, (void)out;
	server_drop(control->server);
	return NULL;
}

static const char *
misbehave(struct control *control, char *args, struct buf *out)
{
	(void)out;
	return fault_run(control->server, word(&args));
}

static const char *
midnight(struct control *control, char *args, struct buf *out)
{
	(void)out;
	world_midnight(control->world, (uint32_t)strtoul(args, NULL, 10) %
	    86400);
	return NULL;
}

static const char *
past(struct control *control, char *args, struct buf *out)
{
	unsigned long n = strtoul(args, NULL, 10);

	(void)out;
	if (n == 0 || n > PAST_MAX)
		return "past takes a number of calls, at most 100000";
	world_moment(control->world);
	call_past(control->world, (uint32_t)n);
	return NULL;
}

static const char *
agent(struct control *control, char *args, struct buf *out)
{
	const char *login = word(&args), *verb = word(&args);

	(void)out;
	return agentctl(control->world, login, verb, args);
}

static bool
is_queue(const struct queue *queue, const char *name)
{
	struct buf wire = { .max = 4096 };
	bool is;

	frame_put_string(&wire, name);
	buf_char(&wire, '\0');
	is = buf_ok(&wire) && strcmp(item_text(queue->item, QUEUE_NAME),
	    wire.data + 4) == 0;
	buf_free(&wire);
	return is;
}

static const char *
queue(struct control *control, char *args, struct buf *out)
{
	const char *verb = word(&args);
	struct world *world = control->world;
	struct queue *found = NULL;

	(void)out;
	for (uint32_t i = 0; i < world->n_queues; i++)
		if (is_queue(&world->queue[i], args))
			found = &world->queue[i];
	if (found == NULL)
		return "no such queue";
	world_moment(world);
	if (strcmp(verb, "start") == 0)
		queue_start(world, found);
	else if (strcmp(verb, "stop") == 0)
		queue_stop(world, found);
	else if (strcmp(verb, "call") == 0)
		call_arrive(world, found);
	else
		return "a queue can start, stop, and get a call";
	return NULL;
}

static const char *
add(struct control *control, char *args, struct buf *out)
{
	const char *login = word(&args);

	(void)out;
	return userctl_add(control->world, login, args);
}

static const char *
remove_user(struct control *control, char *args, struct buf *out)
{
	(void)out;
	return userctl_remove(control->world, word(&args));
}

static const char *
set(struct control *control, char *args, struct buf *out)
{
	const char *name = word(&args), *path = word(&args);

	(void)out;
	return userctl_set(control->world, name, path, args);
}

static const char *
twin(struct control *control, char *args, struct buf *out)
{
	struct world *world = control->world;
	const struct item *of = userctl_find(world, args);

	(void)out;
	for (uint32_t i = 0; of == NULL && i < world->n_queues; i++)
		if (is_queue(&world->queue[i], args))
			of = world->queue[i].item;
	if (of == NULL)
		return "no such user or queue";
	world_moment(world);
	build_twin(world, of);
	return NULL;
}

static const char *
odd(struct control *control, char *args, struct buf *out)
{
	(void)args, (void)out;
	world_moment(control->world);
	build_odd(control->world);
	return NULL;
}

static const char *
stats(struct control *control, char *args, struct buf *out)
{
	const struct client *client;
	uint64_t waiting = 0;

	(void)args;
	TAILQ_FOREACH(client, &control->server->clients, entry)
		waiting += client->out.len - client->sent;
	buf_printf(out, "{\"clients\":%u,\"accepted\":%llu,\"waiting_bytes\":"
	    "%llu,\"objects\":%llu,\"changes\":%llu,"
	    "\"virtual_seconds\":%llu,\"port\":%u}\n",
	    control->server->n_clients,
	    (unsigned long long)control->server->n_accepted,
	    (unsigned long long)waiting,
	    (unsigned long long)control->server->n_objects,
	    (unsigned long long)control->world->store.changes,
	    (unsigned long long)(control->world->sched.now_us / 1000000),
	    control->server->port);
	return NULL;
}

static command	help;

static const struct {
	const char	*name;
	const char	*args;
	command		*run;
	const char	*help;
} commands[] = {
	{ "list", "", list, "the truth as JSON; so does an empty line" },
	{ "freeze", "", freeze, "nothing changes any more" },
	{ "thaw", "", thaw, "goes on" },
	{ "step", "N", step, "at least N changes while frozen; how many" },
	{ "agent", "LOGIN VERB", agent, "it does that, and keeps to it" },
	{ "set", "LOGIN|#ID PATH VALUE", set, "sets one value of a user" },
	{ "add", "LOGIN NAME", add, "a new user" },
	{ "remove", "LOGIN|#ID", remove_user, "a user no more" },
	{ "twin", "LOGIN|QUEUE", twin, "another one of that name, not at "
	    "work" },
	{ "odd", "", odd, "users with logins that cannot be used" },
	{ "queue", "start|stop|call NAME", queue, "stops it, sends a call" },
	{ "midnight", "[S]", midnight, "in S seconds, or now: the counters "
	    "begin anew" },
	{ "past", "N", past, "N calls of the last hours that are over" },
	{ "drop", "", drop, "closes all connections" },
	{ "misbehave", "KIND", misbehave, "as follows" },
	{ "stats", "", stats, "counters of the simulator itself" },
	{ "help", "", help, "this text" },
};

void
command_help(struct buf *out)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		buf_printf(out, "  %s %-*s %s\n", commands[i].name,
		    (int)(28 - strlen(commands[i].name)), commands[i].args,
		    commands[i].help);
	buf_str(out, "VERB is one of\n");
	agentctl_help(out);
	buf_str(out, "KIND is one of\n");
	fault_help(out);
}

static const char *
help(struct control *control, char *args, struct buf *out)
{
	(void)control, (void)args;
	command_help(out);
	return NULL;
}

void
command_run(struct control *control, const char *line, struct buf *out)
{
	const char *name, *wrong = "no such command; see help";
	char *copy, *args;

	if ((args = copy = strdup(line)) == NULL) {
		buf_str(out, "error: out of memory\n");
		return;
	}
	name = word(&args);
	if (*name == '\0')
		name = "list";
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			wrong = commands[i].run(control, args, out);
	if (wrong != NULL)
		buf_printf(out, "error: %s\n", wrong);
	else if (out->len == 0)
		buf_str(out, "ok\n");
	free(copy);
}
