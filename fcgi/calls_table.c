#include <limits.h>

#include "fcgi/list.h"

/* The columns, once: X(column, key, sort). */
#define COLUMNS(X)							\
	X(source, "source", TEXT)					\
	X(call_key, "call_key", PLAIN)					\
	X(direction, "direction", PLAIN)				\
	X(active, "active", PLAIN)					\
	X(queue, "queue", TEXT)						\
	X(queue_label, "queue_label", TEXT)				\
	X(queue_type, "queue_type", TEXT)				\
	X(login, "agent", TEXT)						\
	X(user_name, "agent_name", TEXT)				\
	X(profile, "profile", TEXT)					\
	X(caller, "caller", PLAIN)					\
	X(callee, "callee", PLAIN)					\
	X(queued_at, "queued_at", PLAIN)				\
	X(unqueued_at, "unqueued_at", PLAIN)				\
	X(managed_at, "managed_at", PLAIN)				\
	X(post_managed_at, "post_managed_at", PLAIN)			\
	X(ended_at, "ended_at", PLAIN)					\
	X(lost, "lost", PLAIN)						\
	X(stale, "stale", PLAIN)					\
	X(waiting_seconds, "waiting_seconds", PLAIN)			\
	X(contact_seconds, "contact_seconds", PLAIN)			\
	X(wrapup_seconds, "wrapup_seconds", PLAIN)			\
	X(session_id, "session_id", PLAIN)				\
	X(changed_at, "changed_at", PLAIN)				\
	X(generation, "generation", PLAIN)				\
	X(object_id, "object_id", PLAIN)				\
	X(user_id, "user_id", PLAIN)

static const struct list_column columns[] = { COLUMNS(LIST_AS_COLUMN) };
static const char *const sort_keys[] = { COLUMNS(LIST_AS_SORT_KEY) NULL };
static const char *const keys[] = { COLUMNS(LIST_AS_KEY) NULL };
static const char *const directions[] = { "inbound", "outbound", NULL };

enum {
	DIRECTION = LIST_FILTERS, QUEUE, SOURCE, AGENT, ACTIVE, FROM, TO, ALL
};

static const struct param params[ALL] = {
	LIST_PARAMS(sort_keys, keys),
	[DIRECTION] = { .name = "direction", .type = PARAM_SET,
	    .choices = directions },
	[QUEUE] = { .name = "queue", .type = PARAM_LIST },
	[SOURCE] = { .name = "source", .type = PARAM_LIST },
	[AGENT] = { .name = "agent", .type = PARAM_LIST },
	[ACTIVE] = { .name = "active", .type = PARAM_BOOL },
	[FROM] = { .name = "from", .type = PARAM_TIME },
	[TO] = { .name = "to", .type = PARAM_TIME },
};

static const struct list_filter filters[ALL] = {
	[DIRECTION] = { LIST_FACET, "direction" },
	[QUEUE] = { LIST_FACET, "queue" },
	[SOURCE] = { LIST_FACET, "source" },
	[AGENT] = { LIST_VALUES, "login" },
	[ACTIVE] = { LIST_TRUE, "active" },
	[FROM] = { LIST_SINCE, "queued_at" },
	[TO] = { LIST_UNTIL, "queued_at" },
};

const struct list calls_list = {
	.name = "calls",
	.view = "cccp_v1.call",
	.shown = "true",
	.search = "cccp.fold(concat_ws(' ', r.login, r.user_name, r.caller,"
	    " r.callee, r.queue_label))",
	.order = "r.queued_at DESC",
	.last = "r.source, r.call_key, r.queued_at",
	.columns = columns,
	.ncolumns = sizeof(columns) / sizeof(columns[0]),
	.params = params,
	.filters = filters,
	.nparams = ALL,
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) <= LIST_COLUMNS_MAX &&
    ALL <= PARAM_MAX, "there is room for all");
