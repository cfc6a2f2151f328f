/*
 * What kinds of objects the simulated server knows, and the attributes of
 * each: the path a client asks for and the type its value has on the wire.
 *
 * Paths are flat here: "sessions.last.session.logged" is an attribute of the
 * user.  A value that a user shares with its session is set on both.
 */
#ifndef SIM_ATTR_H
#define SIM_ATTR_H

#include "poller/wire/object.h"

enum kind {
	KIND_USER,
	KIND_QUEUE,
	KIND_SESSION,		/* of users (type 3) and of calls (type 1) */
	KIND_TASK,
	KIND_FILE_TASK,		/* the same call while it waits */
	KIND_GROUP,
	KIND_STATE,		/* only listed under its user */
	KIND_OTHER,		/* lists that are empty here */
	KIND__MAX
};

#define ATTRS_USER(X) \
	X(USER_LOGIN, "login", STRING) \
	X(USER_NAME, "name", STRING) \
	X(USER_CONTACT_MAX, "contact_duration.max('0')", REAL) \
	X(USER_HOLD_MAX, "hold_duration.max('0')", REAL) \
	X(USER_RINGING_MAX, "ringing_duration.max('0')", REAL) \
	X(USER_PAUSE_S, "state_group_pause.duration('0')", REAL) \
	X(USER_OUTBOUND_S, "state_group_outbound.duration('0')", REAL) \
	X(USER_MODE_START, "states.last.state.start_date", DATE) \
	X(USER_MODE_LABEL, "last_state_display_name", STRING) \
	X(USER_MODE, "last_state_name", STRING) \
	X(USER_MODE_DATE, "last_state_date", DATE) \
	X(USER_TASK_LABEL, "last_task_display_name", STRING) \
	X(USER_TASK, "last_task_name", STRING) \
	X(USER_TASK_START, "tasks.last.task.start_date", DATE) \
	X(USER_TASK_MANAGED, "tasks.last.task.management_effective_date", DATE)\
	X(USER_TASK_END, "tasks.last.task.end_date", DATE) \
	X(USER_TASK_STATE_START, "tasks.last.task.states.last.start_date", \
	    DATE) \
	X(USER_TASK_QUEUE, "tasks.last.task.queue_name", STRING) \
	X(USER_TASK_CALLER, "tasks.last.task.caller_task_id", STRING) \
	X(USER_INBOUND, "total_inbound.count('0')", U32) \
	X(USER_LOST, "lost_inbound.count('0')", U32) \
	X(USER_MANAGED, "managed_inbound.count('0')", U32) \
	X(USER_TASKS, "total_tasks.count('0')", U32) \
	X(USER_TRANSFERRED, "transferred_inbound.count('0')", U32) \
	X(USER_REDIRECTED, "redirected_inbound.count('0')", U32) \
	X(USER_HELD_S, "task_state_held.duration('0')", REAL) \
	X(USER_RINGING_S, "task_state_ringing.duration('0')", REAL) \
	X(USER_CONTACT_S, "task_state_contact.duration('0')", REAL) \
	X(USER_LOGIN_DATE, "sessions.last.session.login_date", DATE) \
	X(USER_LOGOUT_DATE, "sessions.last.session.logout_date", DATE) \
	X(USER_PROFILE, "sessions.last.session.profile_name", STRING) \
	X(USER_SESSION_ID, "sessions.last.session.session_id", STRING) \
	X(USER_LAST_RECORD, "sessions.last.session.last_record.value", STRING) \
	X(USER_RECORD, "sessions.last.session.record_active.value", STRING) \
	X(USER_SPIES, "sessions.last.session.current_spies.value", STRING) \
	X(USER_INTERFACE, "sessions.last.session.current_mode", STRING) \
	X(USER_PHONE, "sessions.last.session.phone_uri", STRING) \
	X(USER_LOGGED, "sessions.last.session.logged", BOOL) \
	X(USER_ACTIVE_QUEUES, "sessions.last.session.active_queues", STRING) \
	X(USER_BUSY, "busy_count", U32) \
	X(USER_GROUP, "group.path", STRING) \
	X(USER_SESSIONS, "sessions.count", U32)

#define ATTRS_QUEUE(X) \
	X(QUEUE_NAME, "name", STRING) \
	X(QUEUE_LABEL, "display_name", STRING) \
	X(QUEUE_TYPE, "queue_type", STRING) \
	X(QUEUE_PRIORITY, "priority", REAL) \
	X(QUEUE_ABSOLUTE_PRIORITY, "absolute_priority", U32) \
	X(QUEUE_VIRTUAL, "virtual_queue", BOOL) \
	X(QUEUE_RUNNING, "running", BOOL) \
	X(QUEUE_LATENT, "latent_sessions_count", U32) \
	X(QUEUE_LOGGED, "logged_sessions_count", U32) \
	X(QUEUE_WORKING, "working_sessions_count", U32) \
	X(QUEUE_WITHDRAWN, "withdrawn_sessions_count", U32) \
	X(QUEUE_OUTBOUND, "outbound_sessions_count", U32) \
	X(QUEUE_SUPERVISION, "supervision_sessions_count", U32) \
	X(QUEUE_TASKS_RUNNING, "running_tasks_count", U32) \
	X(QUEUE_TASKS_WAITING, "waiting_tasks_count", U32) \
	X(QUEUE_CONTACT_S, "contact_duration.count('0')", REAL) \
	X(QUEUE_CONTACT_MAX, "contact_duration.max('0')", REAL) \
	X(QUEUE_WAITING_S, "waiting_duration.count('0')", REAL) \
	X(QUEUE_WAITING_MAX, "waiting_duration.max('0')", REAL) \
	X(QUEUE_TURNED_WAITING, "max_waiting_time_threshold.count('0')", U32) \
	X(QUEUE_TURNED_ESTIMATE, \
	    "max_estimated_waiting_time_threshold.count('0')", U32) \
	X(QUEUE_TURNED_LATENT, \
	    "not_manageable_with_latent_users.count('0')", U32) \
	X(QUEUE_TURNED_NOBODY, \
	    "not_manageable_without_latent_users.count('0')", U32) \
	X(QUEUE_MANAGED, "managed_tasks.count('0')", U32) \
	X(QUEUE_FAILED, "failed_tasks.count('0')", U32) \
	X(QUEUE_OLDEST_CONTACT, "oldest_contact_date", DATE) \
	X(QUEUE_OLDEST_WAITING, "oldest_waiting_date", DATE)

#define ATTRS_SESSION(X) \
	X(SESSION_TYPE, "session_type", U32) \
	X(SESSION_ID, "session_id", STRING) \
	X(SESSION_CREATE, "create_date", DATE) \
	X(SESSION_TERMINATE, "terminate_date", DATE) \
	X(SESSION_LAST_RECORD, "last_record.value", STRING) \
	X(SESSION_RECORD, "record_active.value", STRING) \
	X(SESSION_SPIES, "current_spies.value", STRING) \
	X(SESSION_INCOMING, "connections.last.incoming", BOOL) \
	X(SESSION_REMOTE, "connections.last.remote_address", STRING) \
	X(SESSION_LOCAL, "connections.last.local_address", STRING) \
	X(SESSION_CALL_ID, "connections.last.call_id", STRING) \
	X(SESSION_LOGIN, "user.login", STRING) \
	X(SESSION_NAME, "user.name", STRING) \
	X(SESSION_LOGGED, "logged", BOOL) \
	X(SESSION_LOGIN_DATE, "login_date", DATE) \
	X(SESSION_LOGOUT_DATE, "logout_date", DATE) \
	X(SESSION_PROFILE, "profile_name", STRING) \
	X(SESSION_PROJECT, "project_name", STRING) \
	X(SESSION_PHONE, "phone_uri", STRING) \
	X(SESSION_PHONE_CONTACT, "phone_contact_uri", STRING) \
	X(SESSION_INTERFACE, "current_mode", STRING) \
	X(SESSION_ACTIVE_QUEUES, "active_queues", STRING) \
	X(SESSION_MODE_LABEL, "states.last.display_name", STRING) \
	X(SESSION_OUT_ID, "outbound_call_id.value", STRING) \
	X(SESSION_OUT_STATE, "outbound_state.value", STRING) \
	X(SESSION_OUT_HOLD, "outbound_hold_flag.value", STRING) \
	X(SESSION_OUT_START, "last_outbound_call_start.value", STRING) \
	X(SESSION_OUT_CONTACT, "last_outbound_call_contact_start.value", \
	    STRING) \
	X(SESSION_OUT_TARGET, "last_outbound_call_target.value", STRING) \
	X(SESSION_LEGS, "total_leg_count.value", STRING) \
	X(SESSION_LEGS_CONTACTED, "contacted_leg_count.value", STRING) \
	X(SESSION_LEGS_FAILED, "failed_leg_count.value", STRING) \
	X(SESSION_LEGS_CANCELED, "canceled_leg_count.value", STRING) \
	X(SESSION_OUT_S, "outbound_contact_duration.value", STRING) \
	X(SESSION_OUT_MAX, "outbound_max_contact_duration.value", STRING) \
	X(SESSION_OUT_ACTIVITY, "last_outgoing_activity.value", STRING) \
	X(SESSION_TRANSFER, "last_transfer_activity.value", STRING)

#define ATTRS_TASK(X) \
	X(TASK_ID, "task_id", STRING) \
	X(TASK_CALL_SESSION, "parent_call_session_id", STRING) \
	X(TASK_PROFILE, "manager_session.profile_name", STRING) \
	X(TASK_LOGIN, "manager_session.user.login", STRING) \
	X(TASK_START, "start_date", DATE) \
	X(TASK_STOP_WAITING, "stop_waiting_date", DATE) \
	X(TASK_MANAGEMENT, "management_date", DATE) \
	X(TASK_POST, "post_management_date", DATE) \
	X(TASK_END, "end_date", DATE) \
	X(TASK_QUEUE_TYPE, "queue_type", STRING) \
	X(TASK_QUEUE, "queue_name", STRING) \
	X(TASK_QUEUE_LABEL, "queue_display_name", STRING)

#define ATTRS_FILE_TASK(X) \
	X(FILE_TASK_ID, "task_id", STRING) \
	X(FILE_TASK_LOCAL, "attributes.local_number.value", STRING) \
	X(FILE_TASK_REMOTE, "attributes.remote_number.value", STRING) \
	X(FILE_TASK_SESSION, "session.session_id", STRING) \
	X(FILE_TASK_QUEUE, "queue_name", STRING) \
	X(FILE_TASK_PRIORITY, "priority", REAL) \
	X(FILE_TASK_CREATE, "create_date", DATE) \
	X(FILE_TASK_TERMINATE, "terminate_date", DATE) \
	X(FILE_TASK_MANAGER, "manager_user_id", U32)

#define ATTRS_GROUP(X) \
	X(GROUP_NAME, "name", STRING) \
	X(GROUP_PATH, "path", STRING)

#define ATTRS_STATE(X) \
	X(MODE_NAME, "name", STRING) \
	X(MODE_LABEL, "display_name", STRING) \
	X(MODE_START, "start_date", DATE)

#define ATTR_ENUM(name, path, type) name,
enum { ATTRS_USER(ATTR_ENUM) USER__MAX };
enum { ATTRS_QUEUE(ATTR_ENUM) QUEUE__MAX };
enum { ATTRS_SESSION(ATTR_ENUM) SESSION__MAX };
enum { ATTRS_TASK(ATTR_ENUM) TASK__MAX };
enum { ATTRS_FILE_TASK(ATTR_ENUM) FILE_TASK__MAX };
enum { ATTRS_GROUP(ATTR_ENUM) GROUP__MAX };
enum { ATTRS_STATE(ATTR_ENUM) MODE__MAX };
#undef ATTR_ENUM

#define ATTR_MAX	64	/* of one kind: they are bits of a word */
#define ATTR_UNKNOWN	(-1)

struct attr {
	const char		*path;
	enum object_type	 type;
};

/* The kind's attributes, in the order of its enum. */
const struct attr	*attr_table(enum kind, int *n);
/* Its index, or ATTR_UNKNOWN.  path need not end where len ends. */
int			 attr_find(enum kind, const char *path, size_t len);
/* Which kind a list of that name holds; KIND__MAX: no such list. */
enum kind		 attr_list_kind(const char *name, size_t len);

#endif
