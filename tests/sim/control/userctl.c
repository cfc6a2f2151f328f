/* Users that a test adds, removes, and gives values. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/control/control.h"

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

const char *
userctl_add(struct world *world, const char *login, const char *name)
{
	const char *wrong = bad_login(world, login);

	if (wrong != NULL)
		return wrong;
	if (strlen(name) >= NAME_SIZE)
		return "the name is too long";
	world_moment(world);
	return build_agent(world, name, login) != NULL ? NULL :
	    "there is room for no more";
}

/* NULL: a user who is no agent. */
static struct agent *
agent_of(const struct world *world, const struct item *user)
{
	return user->extra ? NULL :
	    world_find(world, item_text(user, USER_LOGIN));
}

struct item *
userctl_find(const struct world *world, const char *name)
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

const char *
userctl_remove(struct world *world, const char *name)
{
	struct item *user = userctl_find(world, name);
	struct agent *gone;

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

const char *
userctl_set(struct world *world, const char *name, const char *path,
    const char *value)
{
	struct item *user = userctl_find(world, name);
	int attr = attr_find(KIND_USER, path, strlen(path));
	struct agent *agent;
	const char *wrong;

	if (user == NULL)
		return "no such agent";
	if (attr == ATTR_UNKNOWN)
		return "a user has no such attribute";
	if (attr == USER_LOGIN && (wrong = bad_login(world, value)) != NULL)
		return wrong;
	if (strlen(value) > 4096)
		return "the value is too long";
	world_moment(world);
	agent = attr == USER_LOGIN ? agent_of(world, user) : NULL;
	if (agent != NULL)
		world_forget(world, agent);
	switch (attr_table(KIND_USER, NULL)[attr].type) {
	case OBJECT_STRING:
		item_set_text(user, attr, value);
		break;
	case OBJECT_BOOL:
		item_set_bool(user, attr, strcmp(value, "true") == 0);
		break;
	default:
		if (!set_number(user, attr, value, world->now_us))
			return "a number is wanted";
	}
	if (agent != NULL)
		world_remember(world, agent);
	return NULL;
}
