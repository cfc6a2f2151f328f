#include <string.h>

#include "tests/sim/protocol/attr.h"

#define ATTR_ROW(name, path, type) [name] = { path, OBJECT_##type },
static const struct attr users[] = { ATTRS_USER(ATTR_ROW) };
static const struct attr queues[] = { ATTRS_QUEUE(ATTR_ROW) };
static const struct attr sessions[] = { ATTRS_SESSION(ATTR_ROW) };
static const struct attr tasks[] = { ATTRS_TASK(ATTR_ROW) };
static const struct attr file_tasks[] = { ATTRS_FILE_TASK(ATTR_ROW) };
static const struct attr groups[] = { ATTRS_GROUP(ATTR_ROW) };
static const struct attr states[] = { ATTRS_STATE(ATTR_ROW) };

_Static_assert((int)USER__MAX <= ATTR_MAX && (int)QUEUE__MAX <= ATTR_MAX &&
    (int)SESSION__MAX <= ATTR_MAX, "an attribute is a bit of 64");

static const struct {
	const char		*list;
	const struct attr	*attr;
	int			 n;
} kinds[KIND__MAX] = {
	[KIND_USER] = { "users", users, USER__MAX },
	[KIND_QUEUE] = { "queues", queues, QUEUE__MAX },
	[KIND_SESSION] = { "sessions", sessions, SESSION__MAX },
	[KIND_TASK] = { "tasks", tasks, TASK__MAX },
	[KIND_FILE_TASK] = { "file_tasks", file_tasks, FILE_TASK__MAX },
	[KIND_GROUP] = { "groups", groups, GROUP__MAX },
	[KIND_STATE] = { "states", states, MODE__MAX },
	[KIND_OTHER] = { NULL, NULL, 0 },
};

static const char *const others[] = { "queues_sessions", "interfaces",
    "outbounds", "user_registers" };

const struct attr *
attr_table(enum kind kind, int *n)
{
	if (n != NULL)
		*n = kinds[kind].n;
	return kinds[kind].attr;
}

int
attr_find(enum kind kind, const char *path, size_t len)
{
	const struct attr *attr = kinds[kind].attr;

	for (int i = 0; i < kinds[kind].n; i++)
		if (strncmp(attr[i].path, path, len) == 0 &&
		    attr[i].path[len] == '\0')
			return i;
	return ATTR_UNKNOWN;
}

static bool
is_text(const char *text, const char *bytes, size_t len)
{
	return strlen(text) == len && memcmp(text, bytes, len) == 0;
}

enum kind
attr_list_kind(const char *name, size_t len)
{
	for (enum kind kind = 0; kind < KIND_OTHER; kind++)
		if (is_text(kinds[kind].list, name, len))
			return kind;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (is_text(others[i], name, len))
			return KIND_OTHER;
	return KIND__MAX;
}
