#include <limits.h>

#include "fcgi/list/list.h"

/* The columns, once: X(key, sort, nulls). */
#define COLUMNS(X)							\
	X(source, TEXT, SURE)						\
	X(call_key, WORD, SURE)						\
	X(stage, STAGE, SURE)						\
	X(direction, WORD, SURE)					\
	X(active, BOOL, SURE)						\
	X(queue, TEXT, NULLS)						\
	X(queue_label, TEXT, NULLS)					\
	X(queue_type, TEXT, NULLS)					\
	X(agent, TEXT, NULLS)						\
	X(agent_name, TEXT, NULLS)					\
	X(profile, TEXT, NULLS)						\
	X(caller, WORD, NULLS)						\
	X(callee, WORD, NULLS)						\
	X(queued_at, TIME, SURE)					\
	X(unqueued_at, TIME, NULLS)					\
	X(managed_at, TIME, NULLS)					\
	X(post_managed_at, TIME, NULLS)					\
	X(ended_at, TIME, NULLS)					\
	X(stale, BOOL, NULLS)						\
	X(waiting_seconds, SECONDS, NULLS)				\
	X(contact_seconds, SECONDS, NULLS)				\
	X(wrapup_seconds, SECONDS, NULLS)				\
	X(session_id, WORD, NULLS)					\
	X(changed_at, TIME, SURE)					\
	X(generation, NUMBER, SURE)					\
	X(object_id, NUMBER, NULLS)					\
	X(user_id, NUMBER, NULLS)

static const struct list_column columns[] = { COLUMNS(LIST_AS_COLUMN) };
static const char *const sort_keys[] = { COLUMNS(LIST_AS_SORT_KEY) NULL };
static const char *const keys[] = { COLUMNS(LIST_AS_KEY) NULL };

const char *const list_stages[] = { "waiting", "dialling", "ringing",
	"talking", "wrapup", "managed", "unmanaged", "vanished", NULL };

static const char *const directions[] = { "inbound", "outbound", NULL };

enum {
	STAGE = LIST_FILTERS, DIRECTION, QUEUE, SOURCE, AGENT, ACTIVE, FROM,
	TO, ALL
};

static const struct param params[ALL] = {
	LIST_PARAMS(sort_keys, keys),
	[STAGE] = { .name = "stage", .type = PARAM_SET,
	    .choices = list_stages },
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
	[STAGE] = { LIST_FACET, "stage" },
	[DIRECTION] = { LIST_FACET, "direction" },
	[QUEUE] = { LIST_FACET, "queue", .by_source = true },
	[SOURCE] = { LIST_FACET, "source" },
	[AGENT] = { LIST_VALUES, "agent", .by_source = true },
	[ACTIVE] = { LIST_TRUE, "active" },
	[FROM] = { LIST_SINCE, "queued_at" },
	[TO] = { LIST_UNTIL, "queued_at" },
};

#define CALL_TEXT	"cccp.fold(concat_ws(E'\\n', r.agent, r.agent_name," \
	" r.caller, r.callee, r.queue_label, r.queue))"

const struct list calls_list = {
	.name = "calls",
	.view = "cccp_web.call",
	.need = "",
	.shown = "true",
	.search = CALL_TEXT,
	.numbers = "cccp.search_key(" CALL_TEXT ","
	    " concat_ws(E'\\n', r.caller, r.callee))",
	.order = "queued_at",
	.falling = true,
	.last = { "source", "call_key", "queued_at" },
	.columns = columns,
	.ncolumns = sizeof(columns) / sizeof(columns[0]),
	.params = params,
	.filters = filters,
	.nparams = ALL,
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) <= LIST_COLUMNS_MAX &&
    ALL <= PARAM_MAX, "there is room for all");
