#include <limits.h>

#include "fcgi/list/list.h"

/* The columns, once: X(key, sort, nulls). */
#define COLUMNS(X)							\
	X(source, TEXT, SURE)						\
	X(name, TEXT, SURE)						\
	X(label, TEXT, SURE)						\
	X(type, TEXT, NULLS)						\
	X(priority, REAL, NULLS)					\
	X(stale, BOOL, NULLS)						\
	X(waiting_tasks, NUMBER, NULLS)					\
	X(oldest_waiting_at, TIME, NULLS)				\
	X(longest_wait_seconds, SECONDS, NULLS)				\
	X(running_tasks, NUMBER, NULLS)					\
	X(oldest_contact_at, TIME, NULLS)				\
	X(agents, NUMBER, NULLS)					\
	X(latent_sessions, NUMBER, NULLS)				\
	X(logged_sessions, NUMBER, NULLS)				\
	X(working_sessions, NUMBER, NULLS)				\
	X(free_sessions, NUMBER, NULLS)					\
	X(withdrawn_sessions, NUMBER, NULLS)				\
	X(outbound_sessions, NUMBER, NULLS)				\
	X(supervision_sessions, NUMBER, NULLS)				\
	X(offered_tasks, NUMBER, NULLS)					\
	X(managed_tasks, NUMBER, NULLS)					\
	X(failed_tasks, NUMBER, NULLS)					\
	X(turned_away, NUMBER, NULLS)					\
	X(abandoned_tasks, NUMBER, NULLS)				\
	X(answer_rate, REAL, NULLS)					\
	X(max_waiting, NUMBER, NULLS)					\
	X(max_estimated_waiting, NUMBER, NULLS)				\
	X(not_manageable_with_latent, NUMBER, NULLS)			\
	X(not_manageable_without_latent, NUMBER, NULLS)			\
	X(waiting_seconds, SECONDS, NULLS)				\
	X(waiting_seconds_mean, SECONDS, NULLS)				\
	X(waiting_seconds_max, SECONDS, NULLS)				\
	X(contact_seconds, SECONDS, NULLS)				\
	X(contact_seconds_mean, SECONDS, NULLS)				\
	X(contact_seconds_max, SECONDS, NULLS)				\
	X(hidden, BOOL, NULLS)						\
	X(changed_at, TIME, SURE)					\
	X(generation, NUMBER, SURE)					\
	X(object_id, NUMBER, NULLS)					\
	X(id, NUMBER, SURE)						\
	X(samples, NO, ASKED)

static const struct list_column columns[] = { COLUMNS(LIST_AS_COLUMN) };
static const char *const sort_keys[] = { COLUMNS(LIST_AS_SORT_KEY) NULL };
static const char *const keys[] = { COLUMNS(LIST_AS_KEY) NULL };

/* Calls add up over queues; agents do not: one may serve several. */
static const char *const totals[] = { "waiting_tasks", "running_tasks",
	"offered_tasks", "managed_tasks", "failed_tasks", "turned_away",
	"abandoned_tasks", NULL };

static const struct list_age ages[] = {
	{ "longest_wait_seconds", { .key = "longest_wait_from",
	    .sort = LIST_SORT_TIME, .nulls = true } },
};

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
	.view = "cccp_web.queue",
	.need = "count",
	.shown = "r.present",
	.search = "cccp.search_key(cccp.fold(concat_ws(E'\\n', r.name,"
	    " r.label)), '')",
	.order = "label",
	.last = { "id" },
	.id = "id",
	.columns = columns,
	.ncolumns = sizeof(columns) / sizeof(columns[0]),
	.params = params,
	.filters = filters,
	.nparams = ALL,
	.ages = ages,
	.nages = sizeof(ages) / sizeof(ages[0]),
	.totals = totals,
	.waits = "waiting_tasks",
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) <= LIST_COLUMNS_MAX &&
    ALL <= PARAM_MAX, "there is room for all");
