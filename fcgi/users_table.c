#include "fcgi/users.h"

/*
 * The columns, once: X(column, key, sort).  Whatever is added to the view is
 * added here and in the manual; README.md, Where things are, tells the rest.
 */
#define COLUMNS(X)							\
	X(source, "source", TEXT)					\
	X(login, "login", TEXT)						\
	X(name, "name", TEXT)						\
	X(kind, "kind", TEXT)						\
	X(profile, "profile", TEXT)					\
	X(team, "team", TEXT)						\
	X(state, "state", STATE)					\
	X(state_since, "state_since", PLAIN)				\
	X(state_seconds, "state_seconds", PLAIN)			\
	X(known_state, "known_state", STATE)				\
	X(stale, "stale", PLAIN)					\
	X(mode, "mode", TEXT)						\
	X(mode_label, "mode_label", TEXT)				\
	X(mode_since, "mode_since", PLAIN)				\
	X(interface, "interface", TEXT)					\
	X(task, "task", TEXT)						\
	X(task_label, "task_label", TEXT)				\
	X(task_started_at, "task_started_at", PLAIN)			\
	X(task_managed_at, "task_managed_at", PLAIN)			\
	X(task_ended_at, "task_ended_at", PLAIN)			\
	X(queue, "queue", TEXT)						\
	X(queues, "queues", NO)						\
	X(phone, "phone", TEXT)						\
	X(phone_uri, "phone_uri", TEXT)					\
	X(logged, "logged", PLAIN)					\
	X(login_at, "login_at", PLAIN)					\
	X(logout_at, "logout_at", PLAIN)				\
	X(login_seconds, "login_seconds", PLAIN)			\
	X(session_id, "session_id", TEXT)				\
	X(busy_count, "busy_count", PLAIN)				\
	X(recording, "recording", PLAIN)				\
	X(spies, "spies", NO)						\
	X(total_inbound, "total_inbound", PLAIN)			\
	X(managed_inbound, "managed_inbound", PLAIN)			\
	X(lost_inbound, "lost_inbound", PLAIN)				\
	X(transferred_inbound, "transferred_inbound", PLAIN)		\
	X(redirected_inbound, "redirected_inbound", PLAIN)		\
	X(total_tasks, "total_tasks", PLAIN)				\
	X(contact_seconds, "contact_seconds", PLAIN)			\
	X(held_seconds, "held_seconds", PLAIN)				\
	X(ringing_seconds, "ringing_seconds", PLAIN)			\
	X(pause_seconds, "pause_seconds", PLAIN)			\
	X(outbound_seconds, "outbound_seconds", PLAIN)			\
	X(contact_seconds_max, "contact_seconds_max", PLAIN)		\
	X(held_seconds_max, "held_seconds_max", PLAIN)			\
	X(ringing_seconds_max, "ringing_seconds_max", PLAIN)		\
	X(contact_seconds_mean, "contact_seconds_mean", PLAIN)		\
	X(held_seconds_mean, "held_seconds_mean", PLAIN)		\
	X(ringing_seconds_mean, "ringing_seconds_mean", PLAIN)		\
	X(outbound_state, "outbound_state", TEXT)			\
	X(outbound_target, "outbound_target", TEXT)			\
	X(outbound_started_at, "outbound_started_at", PLAIN)		\
	X(changed_at, "changed_at", PLAIN)				\
	X(generation, "generation", PLAIN)				\
	X(object_id, "object_id", PLAIN)				\
	X(user_id, "id", PLAIN)

#define AS_COLUMN(column, key, sort) \
	{ #column, key, "\"" key "\":", USERS_SORT_##sort },
const struct users_column users_columns[] = { COLUMNS(AS_COLUMN) };
const size_t users_ncolumns = sizeof(users_columns) / sizeof(users_columns[0]);

#define KEY_NO(key)
#define KEY_PLAIN(key)	key,
#define KEY_TEXT(key)	key,
#define KEY_STATE(key)	key,
#define AS_KEY(column, key, sort) KEY_##sort(key)
static const char *const sort_keys[] = { COLUMNS(AS_KEY) NULL };

const char *const users_states[] = { "available", "ringing", "talking",
	"held", "outbound", "other_call", "wrapup", "paused", "withdrawn",
	"supervising", "offline", "unknown", NULL };

static const char *const kinds[] = { "agent", "supervisor", NULL };

const struct param users_params[USERS__MAX] = {
	[USERS_PAGE] = { .name = "page", .type = PARAM_NUMBER,
	    .min = 1, .max = 1000000 },
	[USERS_PER_PAGE] = { .name = "per_page", .type = PARAM_NUMBER,
	    .min = 1, .max = 500 },
	[USERS_Q] = { .name = "q", .type = PARAM_WORDS, .max_len = 256,
	    .max_items = USERS_WORDS_MAX },
	[USERS_STATE] = { .name = "state", .type = PARAM_SET,
	    .choices = users_states },
	[USERS_KIND] = { .name = "kind", .type = PARAM_SET,
	    .choices = kinds },
	[USERS_PROFILE] = { .name = "profile", .type = PARAM_LIST },
	[USERS_TEAM] = { .name = "team", .type = PARAM_LIST },
	[USERS_QUEUE] = { .name = "queue", .type = PARAM_LIST },
	[USERS_SOURCE] = { .name = "source", .type = PARAM_LIST },
	[USERS_LOGGED] = { .name = "logged", .type = PARAM_BOOL },
	[USERS_SORT] = { .name = "sort", .type = PARAM_KEYS,
	    .max_items = 4, .choices = sort_keys },
};

const enum users_param users_facets[] = { USERS_STATE, USERS_KIND,
	USERS_PROFILE, USERS_TEAM, USERS_QUEUE, USERS_SOURCE };
const size_t users_nfacets = sizeof(users_facets) / sizeof(users_facets[0]);
