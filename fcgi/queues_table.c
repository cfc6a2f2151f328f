#include <limits.h>

#include "fcgi/list.h"

/* The columns, once: X(column, key, sort). */
#define COLUMNS(X)							\
	X(source, "source", TEXT)					\
	X(name, "name", TEXT)						\
	X(label, "label", TEXT)						\
	X(type, "type", TEXT)						\
	X(priority, "priority", PLAIN)					\
	X(stale, "stale", PLAIN)					\
	X(waiting_tasks, "waiting_tasks", PLAIN)			\
	X(oldest_waiting_at, "oldest_waiting_at", PLAIN)		\
	X(longest_wait_seconds, "longest_wait_seconds", PLAIN)		\
	X(running_tasks, "running_tasks", PLAIN)			\
	X(oldest_contact_at, "oldest_contact_at", PLAIN)		\
	X(agents, "agents", PLAIN)					\
	X(latent_sessions, "latent_sessions", PLAIN)			\
	X(logged_sessions, "logged_sessions", PLAIN)			\
	X(working_sessions, "working_sessions", PLAIN)			\
	X(free_sessions, "free_sessions", PLAIN)			\
	X(withdrawn_sessions, "withdrawn_sessions", PLAIN)		\
	X(outbound_sessions, "outbound_sessions", PLAIN)		\
	X(supervision_sessions, "supervision_sessions", PLAIN)		\
	X(offered_tasks, "offered_tasks", PLAIN)			\
	X(managed_tasks, "managed_tasks", PLAIN)			\
	X(failed_tasks, "failed_tasks", PLAIN)				\
	X(turned_away, "turned_away", PLAIN)				\
	X(abandoned_tasks, "abandoned_tasks", PLAIN)			\
	X(answer_rate, "answer_rate", PLAIN)				\
	X(max_waiting, "max_waiting", PLAIN)				\
	X(max_estimated_waiting, "max_estimated_waiting", PLAIN)	\
	X(not_manageable_with_latent, "not_manageable_with_latent", PLAIN) \
	X(not_manageable_without_latent, "not_manageable_without_latent", \
	    PLAIN)							\
	X(waiting_seconds, "waiting_seconds", PLAIN)			\
	X(waiting_seconds_mean, "waiting_seconds_mean", PLAIN)		\
	X(waiting_seconds_max, "waiting_seconds_max", PLAIN)		\
	X(contact_seconds, "contact_seconds", PLAIN)			\
	X(contact_seconds_mean, "contact_seconds_mean", PLAIN)		\
	X(contact_seconds_max, "contact_seconds_max", PLAIN)		\
	X(hidden, "hidden", PLAIN)					\
	X(changed_at, "changed_at", PLAIN)				\
	X(generation, "generation", PLAIN)				\
	X(object_id, "object_id", PLAIN)				\
	X(queue_id, "id", PLAIN)

static const struct list_column columns[] = { COLUMNS(LIST_AS_COLUMN) };
static const char *const sort_keys[] = { COLUMNS(LIST_AS_SORT_KEY) NULL };
static const char *const keys[] = { COLUMNS(LIST_AS_KEY) NULL };

enum { SOURCE = LIST_FILTERS, TYPE, HIDDEN, ALL };

static const struct param params[ALL] = {
	LIST_PARAMS(sort_keys, keys),
	[SOURCE] = { .name = "source", .type = PARAM_LIST },
	[TYPE] = { .name = "type", .type = PARAM_LIST },
	[HIDDEN] = { .name = "hidden", .type = PARAM_BOOL },
};

static const struct list_filter filters[ALL] = {
	[SOURCE] = { LIST_FACET, "source" },
	[TYPE] = { LIST_FACET, "type" },
	[HIDDEN] = { LIST_HIDDEN, "hidden" },
};

const struct list queues_list = {
	.name = "queues",
	.view = "cccp_v1.queue",
	.shown = "r.present",
	.search = "cccp.fold(concat_ws(' ', r.name, r.label))",
	.order = "r.label COLLATE cccp.french",
	.last = "r.queue_id",
	.id = "queue_id",
	.columns = columns,
	.ncolumns = sizeof(columns) / sizeof(columns[0]),
	.params = params,
	.filters = filters,
	.nparams = ALL,
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) <= LIST_COLUMNS_MAX &&
    ALL <= PARAM_MAX, "there is room for all");
