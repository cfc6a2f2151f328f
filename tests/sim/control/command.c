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

/* Logins are words of the commands, so they cannot be just anything. */
static const char *
bad_login(const struct world *world, const char *login)
{
	if (*login == '\0' || strlen(login) >= NAME_SIZE)
		return "a login of 1 to 95 characters is wanted";
	for (const char *p = login; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return "a login of ASCII letters and signs is wanted";
	return world_find(world, login) != NULL ?
	    "there is one of that login" : NULL;
}

static const char *
add(struct control *control, char *args, struct buf *out)
{
	const char *login = word(&args), *wrong;

	(void)out;
	if ((wrong = bad_login(control->world, login)) != NULL)
		return wrong;
	if (strlen(args) >= NAME_SIZE)
		return "the name is too long";
	world_moment(control->world);
	return build_agent(control->world, args, login) != NULL ? NULL :
	    "there is room for no more";
}

/* NULL: a user who is no agent. */
static struct agent *
agent_of(const struct world *world, const struct item *user)
{
	return user->extra ? NULL :
	    world_find(world, item_text(user, USER_LOGIN));
}

/* A user by login, or by the id of its object: #12; NULL: there is none. */
static struct item *
find_user(const struct world *world, const char *name)
{
	const struct agent *agent;
	struct item *item;

	if (*name == '#') {
		item = store_find(&world->store,
		    (uint32_t)strtoul(name + 1, NULL, 10));
		return item != NULL && item->kind == KIND_USER ? item : NULL;
	}
	agent = world_find(world, name);
	return agent != NULL ? agent->user : NULL;
}

static const char *
remove_agent(struct control *control, char *args, struct buf *out)
{
	struct world *world = control->world;
	struct item *user = find_user(world, word(&args));
	struct agent *gone;

	(void)out;
	if (user == NULL)
		return "no such agent";
	world_moment(world);
	if ((gone = agent_of(world, user)) == NULL) {
		item_purge(user);
		return NULL;
	}
	gone->pinned = true;
	agent_logout(world, gone);
	sched_cancel(&world->sched, &gone->timer);
	world_forget(world, gone);
	watch_orphan(gone->user);
	item_purge(gone->session);
	item_purge(gone->mode_item);
	item_purge(gone->user);
	gone->user = gone->session = gone->mode_item = NULL;
	return NULL;
}

static const char *
twin(struct control *control, char *args, struct buf *out)
{
	struct world *world = control->world;
	const struct item *of = find_user(world, args);

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

/* False: not a number, and nothing is set. */
static bool
set_number(struct item *user, int attr, const char *text, uint64_t now_us)
{
	enum object_type type = attr_table(KIND_USER, NULL)[attr].type;
	char *end;
	double n = strtod(text, &end);

	if (type == OBJECT_DATE && strcmp(text, "now") == 0)
		n = (double)now_us;
	else if (end == text || *end != '\0' || !(n >= 0 && n <= 4e15) ||
	    (type == OBJECT_U32 && n > UINT32_MAX))
		return false;
	if (type == OBJECT_U32)
		item_set_u32(user, attr, (uint32_t)n);
	else if (type == OBJECT_REAL)
		item_set_real(user, attr, n);
	else
		item_set_date(user, attr, (uint64_t)n);
	return true;
}

/* A value as such: what the agent is doing is left as it is. */
static const char *
set(struct control *control, char *args, struct buf *out)
{
	struct world *world = control->world;
	struct item *user = find_user(world, word(&args));
	struct agent *agent;
	const char *path = word(&args);
	int attr = attr_find(KIND_USER, path, strlen(path));
	const char *wrong;

	(void)out;
	if (user == NULL)
		return "no such agent";
	if (attr == ATTR_UNKNOWN)
		return "a user has no such attribute";
	if (attr == USER_LOGIN && (wrong = bad_login(world, args)) != NULL)
		return wrong;
	if (strlen(args) > 4096)
		return "the value is too long";
	world_moment(world);
	agent = attr == USER_LOGIN ? agent_of(world, user) : NULL;
	if (agent != NULL)
		world_forget(world, agent);
	switch (attr_table(KIND_USER, NULL)[attr].type) {
	case OBJECT_STRING:
		item_set_text(user, attr, args);
		break;
	case OBJECT_BOOL:
		item_set_bool(user, attr, strcmp(args, "true") == 0);
		break;
	default:
		if (!set_number(user, attr, args, world->now_us))
			return "a number is wanted";
	}
	if (agent != NULL)
		world_remember(world, agent);
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
	{ "remove", "LOGIN|#ID", remove_agent, "a user no more" },
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
