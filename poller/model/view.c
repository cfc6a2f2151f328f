/*
 * CCCP's words become ours here and nowhere else: each row names a path of the
 * protocol, the column that it fills, and the type of its values.  Mind that
 * CCCP's state is our mode, and that its current_mode is our interface.
 *
 * A field of users is added on this side by one row in user[].  COPY's list of
 * columns, the requests, and the reading of JSON snapshots follow from it.
 * sql/README.md lists the edits on the other sides.
 */
#include <string.h>

#include "poller/model/view.h"

#define N(a)	(sizeof(a) / sizeof((a)[0]))
#define SESSION	"sessions.last.session."

static const struct view_field user[] = {
	[USER_LOGIN] = { "login", "login", VIEW_KEY },
	[USER_LOGGED] = { SESSION "logged", "logged", VIEW_BOOL },
	[USER_SESSION] = { SESSION "session_id", "session_id", VIEW_TEXT },
	[USER_PHONE] = { SESSION "phone_uri", "phone_uri", VIEW_TEXT },
	{ SESSION "login_date", "login_at", VIEW_DATE },
	{ SESSION "logout_date", "logout_at", VIEW_DATE },
	{ SESSION "profile_name", "profile", VIEW_TEXT },
	{ SESSION "last_record.value", "last_record", VIEW_TEXT },
	{ SESSION "record_active.value", "record_active", VIEW_INT },
	{ SESSION "current_spies.value", "spies", VIEW_SPIES },
	{ SESSION "current_mode", "interface", VIEW_TEXT },
	{ SESSION "active_queues", "queues", VIEW_QUEUES },
	{ "name", "name", VIEW_TEXT },
	{ "contact_duration.max('0')", "contact_seconds_max", VIEW_REAL },
	{ "hold_duration.max('0')", "held_seconds_max", VIEW_REAL },
	{ "ringing_duration.max('0')", "ringing_seconds_max", VIEW_REAL },
	{ "state_group_pause.duration('0')", "pause_seconds", VIEW_REAL },
	{ "state_group_outbound.duration('0')", "outbound_seconds",
	    VIEW_REAL },
	{ "states.last.state.start_date", "mode_started_at", VIEW_DATE },
	{ "last_state_display_name", "mode_label", VIEW_TEXT },
	{ "last_state_name", "mode", VIEW_TEXT },
	{ "last_state_date", "mode_since", VIEW_DATE },
	{ "last_task_display_name", "task_label", VIEW_TEXT },
	{ "last_task_name", "task", VIEW_TEXT },
	{ "tasks.last.task.start_date", "task_started_at", VIEW_DATE },
	{ "tasks.last.task.management_effective_date", "task_managed_at",
	    VIEW_DATE },
	{ "tasks.last.task.end_date", "task_ended_at", VIEW_DATE },
	{ "tasks.last.task.queue_name", "task_queue", VIEW_TEXT },
	{ "tasks.last.task.states.last.start_date", "task_since",
	    VIEW_DATE },
	{ "total_inbound.count('0')", "total_inbound", VIEW_COUNT },
	{ "lost_inbound.count('0')", "lost_inbound", VIEW_COUNT },
	{ "managed_inbound.count('0')", "managed_inbound", VIEW_COUNT },
	{ "total_tasks.count('0')", "total_tasks", VIEW_COUNT },
	{ "transferred_inbound.count('0')", "transferred_inbound",
	    VIEW_COUNT },
	{ "redirected_inbound.count('0')", "redirected_inbound", VIEW_COUNT },
	{ "task_state_held.duration('0')", "held_seconds", VIEW_REAL },
	{ "task_state_ringing.duration('0')", "ringing_seconds", VIEW_REAL },
	{ "task_state_contact.duration('0')", "talk_seconds", VIEW_REAL },
	{ "busy_count", "busy_count", VIEW_INT },
	{ "group.path", "team", VIEW_TEAM },
};

static const struct view_field queue[] = {
	[QUEUE_NAME] = { "name", "name", VIEW_KEY },
	[QUEUE_LATENT] = { "latent_sessions_count", "latent_sessions",
	    VIEW_INT },
	[QUEUE_LOGGED] = { "logged_sessions_count", "logged_sessions",
	    VIEW_INT },
	{ "display_name", "display_name", VIEW_TEXT },
	{ "queue_type", "type", VIEW_TEXT },
	{ "priority", "priority", VIEW_REAL },
	{ "working_sessions_count", "working_sessions", VIEW_INT },
	{ "withdrawn_sessions_count", "withdrawn_sessions", VIEW_INT },
	{ "outbound_sessions_count", "outbound_sessions", VIEW_INT },
	{ "supervision_sessions_count", "supervision_sessions", VIEW_INT },
	{ "running_tasks_count", "running_tasks", VIEW_INT },
	{ "waiting_tasks_count", "waiting_tasks", VIEW_INT },
	{ "contact_duration.count('0')", "contact_seconds", VIEW_REAL },
	{ "contact_duration.max('0')", "contact_seconds_max", VIEW_REAL },
	{ "waiting_duration.count('0')", "waiting_seconds", VIEW_REAL },
	{ "waiting_duration.max('0')", "waiting_seconds_max", VIEW_REAL },
	{ "max_waiting_time_threshold.count('0')", "max_waiting",
	    VIEW_COUNT },
	{ "max_estimated_waiting_time_threshold.count('0')",
	    "max_estimated_waiting", VIEW_COUNT },
	{ "not_manageable_with_latent_users.count('0')",
	    "not_manageable_with_latent", VIEW_COUNT },
	{ "not_manageable_without_latent_users.count('0')",
	    "not_manageable_without_latent", VIEW_COUNT },
	{ "managed_tasks.count('0')", "managed_tasks", VIEW_COUNT },
	{ "failed_tasks.count('0')", "failed_tasks", VIEW_COUNT },
	{ "oldest_contact_date", "oldest_contact_at", VIEW_DATE },
	{ "oldest_waiting_date", "oldest_waiting_at", VIEW_DATE },
};

static const struct view_field task[] = {
	[TASK_ID] = { "task_id", "call_key", VIEW_KEY },
	[TASK_SESSION] = { "parent_call_session_id", "session_id",
	    VIEW_TEXT },
	[TASK_PROFILE] = { "manager_session.profile_name", "agent_profile",
	    VIEW_TEXT },
	[TASK_LOGIN] = { "manager_session.user.login", "agent_login",
	    VIEW_TEXT },
	[TASK_QUEUED] = { "start_date", "queued_at", VIEW_DATE },
	[TASK_UNQUEUED] = { "stop_waiting_date", "unqueued_at", VIEW_DATE },
	[TASK_MANAGED] = { "management_date", "managed_at", VIEW_DATE },
	[TASK_POST_MANAGED] = { "post_management_date", "post_managed_at",
	    VIEW_DATE },
	[TASK_ENDED] = { "end_date", "ended_at", VIEW_DATE },
	[TASK_QUEUE_TYPE] = { "queue_type", "queue_type", VIEW_TEXT },
	[TASK_QUEUE] = { "queue_name", "queue", VIEW_TEXT },
	[TASK_QUEUE_LABEL] = { "queue_display_name", "queue_label",
	    VIEW_TEXT },
};

static const struct view_field waiting[] = {
	[WAITING_TASK] = { "task_id", NULL, VIEW_TEXT },
	[WAITING_LOCAL] = { "attributes.local_number.value", NULL,
	    VIEW_TEXT },
	[WAITING_REMOTE] = { "attributes.remote_number.value", NULL,
	    VIEW_TEXT },
	[WAITING_SESSION] = { "session.session_id", NULL, VIEW_TEXT },
	[WAITING_QUEUE] = { "queue_name", NULL, VIEW_TEXT },
	[WAITING_PRIORITY] = { "priority", NULL, VIEW_REAL },
	[WAITING_CREATED] = { "create_date", NULL, VIEW_DATE },
	[WAITING_MANAGER] = { "manager_user_id", NULL, VIEW_COUNT },
	{ "terminate_date", NULL, VIEW_DATE },
};

static const struct view_field session[] = {
	[CALL_CREATED] = { "create_date", NULL, VIEW_DATE },
	[CALL_TERMINATED] = { "terminate_date", NULL, VIEW_DATE },
	[CALL_TYPE] = { "session_type", NULL, VIEW_INT },
	[CALL_ID] = { "session_id", NULL, VIEW_TEXT },
	[CALL_RECORD] = { "last_record.value", NULL, VIEW_TEXT },
	[CALL_RECORDING] = { "record_active.value", NULL, VIEW_INT },
	[CALL_INCOMING] = { "connections.last.incoming", NULL, VIEW_BOOL },
	[CALL_REMOTE] = { "connections.last.remote_address", NULL,
	    VIEW_TEXT },
	[CALL_LOCAL] = { "connections.last.local_address", NULL,
	    VIEW_TEXT },
	{ "connections.last.call_id", NULL, VIEW_TEXT },
};

static const struct view_field outbound[] = {
	[OUTBOUND_LOGIN] = { "user.login", NULL, VIEW_TEXT },
	[OUTBOUND_NAME] = { "user.name", NULL, VIEW_TEXT },
	[OUTBOUND_PROFILE] = { "profile_name", NULL, VIEW_TEXT },
	[OUTBOUND_SESSION] = { "session_id", NULL, VIEW_TEXT },
	[OUTBOUND_CALL] = { "outbound_call_id.value", "outbound_call_id",
	    VIEW_TEXT },
	[OUTBOUND_STATE] = { "outbound_state.value", "outbound_state",
	    VIEW_TEXT },
	[OUTBOUND_HOLD] = { "outbound_hold_flag.value", "outbound_hold",
	    VIEW_HOLD },
	[OUTBOUND_START] = { "last_outbound_call_start.value",
	    "outbound_started_at", VIEW_DATE },
	[OUTBOUND_CONTACT] = { "last_outbound_call_contact_start.value",
	    "outbound_contact_at", VIEW_DATE },
	[OUTBOUND_TARGET] = { "last_outbound_call_target.value",
	    "outbound_target", VIEW_TEXT },
	{ "total_leg_count.value", NULL, VIEW_INT },
	{ "contacted_leg_count.value", NULL, VIEW_INT },
	{ "failed_leg_count.value", NULL, VIEW_INT },
	{ "canceled_leg_count.value", NULL, VIEW_INT },
	{ "outbound_contact_duration.value", NULL, VIEW_REAL },
	{ "outbound_max_contact_duration.value", NULL, VIEW_REAL },
	{ "last_outgoing_activity.value", NULL, VIEW_TEXT },
	{ "last_transfer_activity.value", NULL, VIEW_TEXT },
};

const struct view views[VIEW__MAX] = {
	[VIEW_USER] = { "user", "users", "", N(user), user },
	[VIEW_QUEUE] = { "queue", "queues",
	    ".[virtual_queue eq 0 and running]", N(queue), queue },
	[VIEW_TASK] = { "task", "tasks", "", N(task), task },
	[VIEW_WAITING] = { "waiting", "file_tasks",
	    ".[terminate_date eq '']", N(waiting), waiting },
	[VIEW_SESSION] = { "call session", "sessions",
	    ".[connections/last/call_id ne '' and session_type ne 3]",
	    N(session), session },
	[VIEW_OUTBOUND] = { "outbound", "sessions",
	    ".[session_type eq 3 and terminate_date eq '']",
	    N(outbound), outbound },
};

/* The words of the older monitor, where they are not the paths. */
static const struct {
	enum view_id	 view;
	const char	*path, *name;
} monitor[] = {
	{ VIEW_USER, SESSION "profile_name", "profile" },
	{ VIEW_USER, SESSION "logged", "logged_in" },
	{ VIEW_USER, SESSION "phone_uri", "phone" },
	{ VIEW_USER, SESSION "current_mode", "mode" },
	{ VIEW_USER, SESSION "login_date", "login_date" },
	{ VIEW_USER, SESSION "logout_date", "logout_date" },
	{ VIEW_USER, SESSION "session_id", "session_id" },
	{ VIEW_USER, "last_state_name", "state" },
	{ VIEW_USER, "last_state_date", "state_start_date" },
	{ VIEW_USER, "states.last.state.start_date", "state_start_date" },
	{ VIEW_QUEUE, "logged_sessions_count", "logged" },
	{ VIEW_QUEUE, "working_sessions_count", "working" },
	{ VIEW_QUEUE, "waiting_tasks_count", "waiting" },
	{ VIEW_TASK, "parent_call_session_id", "parent_session_id" },
	{ VIEW_TASK, "start_date", "start_date_utc" },
	{ VIEW_TASK, "manager_session.user.login", "manager_login" },
	{ VIEW_TASK, "manager_session.profile_name", "manager_profile" },
	{ VIEW_WAITING, "attributes.remote_number.value", "caller" },
	{ VIEW_WAITING, "attributes.local_number.value", "callee" },
};

const char *
view_monitor_name(enum view_id id, size_t field)
{
	size_t i;

	for (i = 0; i < N(monitor); i++)
		if (monitor[i].view == id &&
		    strcmp(monitor[i].path, views[id].field[field].path) == 0)
			return monitor[i].name;
	return NULL;
}

size_t
view_ended(enum view_id id)
{
	return id == VIEW_TASK ? TASK_ENDED :
	    id == VIEW_SESSION ? CALL_TERMINATED : views[id].n;
}

bool
view_find_field(enum view_id id, const char *path, size_t *field)
{
	size_t i;

	for (i = 0; i < views[id].n; i++)
		if (strcmp(views[id].field[i].path, path) == 0) {
			*field = i;
			return true;
		}
	return false;
}
