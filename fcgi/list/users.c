#include <limits.h>

#include "fcgi/list/list.h"

/*
 * The columns, once: X(key, sort, nulls), of which list.h makes the tables.
 * sql/README.md lists the other edits that a new field needs.
 */
#define COLUMNS(X)							\
	X(source, TEXT, SURE)						\
	X(login, TEXT, SURE)						\
	X(name, TEXT, SURE)						\
	X(kind, TEXT, SURE)						\
	X(profile, TEXT, NULLS)						\
	X(team, TEXT, NULLS)						\
	X(state, STATE, SURE)						\
	X(state_since, TIME, NULLS)					\
	X(state_seconds, SECONDS, NULLS)				\
	X(known_state, STATE, SURE)					\
	X(stale, BOOL, NULLS)						\
	X(mode, TEXT, NULLS)						\
	X(mode_label, TEXT, NULLS)					\
	X(mode_since, TIME, NULLS)					\
	X(interface, TEXT, NULLS)					\
	X(task, TEXT, NULLS)						\
	X(task_label, TEXT, NULLS)					\
	X(task_since, TIME, NULLS)					\
	X(task_started_at, TIME, NULLS)					\
	X(task_managed_at, TIME, NULLS)					\
	X(task_ended_at, TIME, NULLS)					\
	X(queue, TEXT, NULLS)						\
	X(queue_name, WORD, NULLS)					\
	X(queues, NO, NULLS)						\
	X(phone, TEXT, NULLS)						\
	X(phone_uri, TEXT, NULLS)					\
	X(logged, BOOL, NULLS)						\
	X(login_at, TIME, NULLS)					\
	X(logout_at, TIME, NULLS)					\
	X(login_seconds, SECONDS, NULLS)				\
	X(session_id, TEXT, NULLS)					\
	X(busy_count, NUMBER, NULLS)					\
	X(recording, BOOL, NULLS)					\
	X(spies, NO, NULLS)						\
	X(total_inbound, NUMBER, NULLS)					\
	X(managed_inbound, NUMBER, NULLS)				\
	X(lost_inbound, NUMBER, NULLS)					\
	X(transferred_inbound, NUMBER, NULLS)				\
	X(redirected_inbound, NUMBER, NULLS)				\
	X(total_tasks, NUMBER, NULLS)					\
	X(talk_seconds, SECONDS, NULLS)					\
	X(held_seconds, SECONDS, NULLS)					\
	X(ringing_seconds, SECONDS, NULLS)				\
	X(pause_seconds, SECONDS, NULLS)				\
	X(outbound_seconds, SECONDS, NULLS)				\
	X(contact_seconds_max, SECONDS, NULLS)				\
	X(held_seconds_max, SECONDS, NULLS)				\
	X(ringing_seconds_max, SECONDS, NULLS)				\
	X(talk_seconds_mean, SECONDS, NULLS)				\
	X(held_seconds_mean, SECONDS, NULLS)				\
	X(ringing_seconds_mean, SECONDS, NULLS)				\
	X(outbound_state, TEXT, NULLS)					\
	X(outbound_target, TEXT, NULLS)					\
	X(outbound_started_at, TIME, NULLS)				\
	X(changed_at, TIME, SURE)					\
	X(generation, NUMBER, SURE)					\
	X(object_id, NUMBER, NULLS)					\
	X(id, NUMBER, SURE)						\
	X(running, NO, NULLS)

static const struct list_column columns[] = { COLUMNS(LIST_AS_COLUMN) };
static const char *const sort_keys[] = { COLUMNS(LIST_AS_SORT_KEY) NULL };
static const char *const keys[] = { COLUMNS(LIST_AS_KEY) NULL };

const char *const list_states[] = { "available", "ringing", "talking",
	"held", "outbound", "other_call", "wrapup", "paused", "withdrawn",
	"supervising", "offline", "unknown", NULL };

static const char *const kinds[] = { "agent", "supervisor", NULL };

enum {
	STATE = LIST_FILTERS, KIND, PROFILE, TEAM, QUEUE, SOURCE, LOGGED,
	STATE_GT, STATE_LT, LOGIN_GT, LOGIN_LT, ALL
};

#define SECONDS_MAX	1000000000

static const struct param params[ALL] = {
	LIST_PARAMS(sort_keys, keys),
	[STATE] = { .name = "state", .type = PARAM_SET,
	    .choices = list_states },
	[KIND] = { .name = "kind", .type = PARAM_SET, .choices = kinds },
	[PROFILE] = { .name = "profile", .type = PARAM_LIST },
	[TEAM] = { .name = "team", .type = PARAM_LIST },
	[QUEUE] = { .name = "queue", .type = PARAM_LIST },
	[SOURCE] = { .name = "source", .type = PARAM_LIST },
	[LOGGED] = { .name = "logged", .type = PARAM_BOOL },
	[STATE_GT] = { .name = "state_seconds_gt", .type = PARAM_NUMBER,
	    .max = SECONDS_MAX },
	[STATE_LT] = { .name = "state_seconds_lt", .type = PARAM_NUMBER,
	    .max = SECONDS_MAX },
	[LOGIN_GT] = { .name = "login_seconds_gt", .type = PARAM_NUMBER,
	    .max = SECONDS_MAX },
	[LOGIN_LT] = { .name = "login_seconds_lt", .type = PARAM_NUMBER,
	    .max = SECONDS_MAX },
};

static const struct list_filter filters[ALL] = {
	[STATE] = { LIST_FACET, "state" },
	[KIND] = { LIST_FACET, "kind" },
	[PROFILE] = { LIST_FACET, "profile" },
	[TEAM] = { LIST_FACET, "team" },
	[QUEUE] = { LIST_FACET, "queue_name", .by_source = true },
	[SOURCE] = { LIST_FACET, "source" },
	[LOGGED] = { LIST_TRUE, "logged" },
	[STATE_GT] = { LIST_ABOVE, "state_seconds" },
	[STATE_LT] = { LIST_BELOW, "state_seconds" },
	[LOGIN_GT] = { LIST_ABOVE, "login_seconds" },
	[LOGIN_LT] = { LIST_BELOW, "login_seconds" },
};

static const struct list_age ages[] = {
	{ "state_seconds", { .key = "state_from",
	    .sort = LIST_SORT_TIME, .nulls = true } },
	{ "login_seconds", { .key = "login_from",
	    .sort = LIST_SORT_TIME, .nulls = true } },
};

static const struct list_shortcut by_time_in_state = {
	.by = &ages[0].from,
	.facet = STATE,
	.parts = "cccp_web.source_state",
	.rows = "SELECT n.agent_id AS id, p.state, n.state_since AS since,"
	    " CASE WHEN p.stale THEN p.unknown_since WHEN p.since_known THEN"
	    " n.state_since END - p.clock_skew AS state_from"
	    " FROM cccp_web.agent_now AS n WHERE n.source_id = p.source_id"
	    " AND n.state = p.known_state AND n.since_known = p.since_known",
	.known = "p.since_known",
};

const struct list users_list = {
	.name = "users",
	.view = "cccp_web.user",
	.need = "",
	.shown = "r.present AND NOT r.hidden",
	.search = "r.search_key",
	.order = "name",
	.last = { "id" },
	.id = "id",
	.columns = columns,
	.ncolumns = sizeof(columns) / sizeof(columns[0]),
	.params = params,
	.filters = filters,
	.nparams = ALL,
	.ages = ages,
	.nages = sizeof(ages) / sizeof(ages[0]),
	.shortcut = &by_time_in_state,
};
_Static_assert(sizeof(columns) / sizeof(columns[0]) <= LIST_COLUMNS_MAX &&
    ALL <= PARAM_MAX, "there is room for all");
