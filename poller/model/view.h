/*
 * The views that we ask a source for: list, filter, field paths, and the
 * staging column that each path fills.  cccp-protocol(7), Views.
 */
#ifndef POLLER_MODEL_VIEW_H
#define POLLER_MODEL_VIEW_H

#include <stdbool.h>
#include <stddef.h>

enum view_id {
	VIEW_USER,
	VIEW_QUEUE,
	VIEW_TASK,	/* passages through a queue */
	VIEW_WAITING,	/* the same calls, as entries of the queue */
	VIEW_SESSION,	/* call sessions: who calls whom */
	VIEW_OUTBOUND,	/* user sessions with their outbound call */
	VIEW__MAX
};

/* The types of values in the database; see value.h. */
enum view_type {
	VIEW_KEY,	/* text that identifies: never empty, never cut */
	VIEW_TEXT,	/* empty and "undefined" are absent */
	VIEW_TEAM,	/* group path without its leading slash */
	VIEW_BOOL,
	VIEW_INT,	/* 0 to 2^31 - 1 */
	VIEW_COUNT,	/* 0 to 2^63 - 1 */
	VIEW_REAL,	/* seconds, mostly */
	VIEW_DATE,	/* a date, or ISO 8601 text */
	VIEW_HOLD,	/* outbound_hold_flag: neither empty, 0 nor false */
	VIEW_SPIES,	/* JSON array of "…AGENT<login>": the logins */
	VIEW_QUEUES,	/* active_queues: names of the queues served now */
	VIEW_TYPE__MAX
};

struct view_field {
	const char	*path;		/* dotted, as the source names it */
	const char	*column;	/* of the staging table; NULL: none */
	enum view_type	 type;
};

struct view {
	const char		*name;		/* for messages */
	const char		*list;		/* list field of the root */
	const char		*filter;	/* default filter, or "" */
	size_t			 n;		/* fields */
	const struct view_field	*field;		/* same prefixes together */
};

#define VIEW_FIELDS_MAX		64	/* fields of a view, at most */
#define VIEW_OBJECTS_MAX	1000000	/* objects in one view */

extern const struct view views[VIEW__MAX];

/* Finds the field with that path.  False, and *field unchanged: no such one. */
bool		 view_find_field(enum view_id, const char *path,
		    size_t *field);
/* The field that is set once a call has ended; else the number of fields. */
size_t		 view_ended(enum view_id);
/* What the older monitor's JSON calls a field; NULL: as its path. */
const char	*view_monitor_name(enum view_id, size_t field);

/* Numbers of the fields that the code itself reads. */
enum { USER_LOGIN, USER_LOGGED, USER_SESSION, USER_PHONE };
enum { QUEUE_NAME, QUEUE_LATENT, QUEUE_LOGGED };
enum {
	TASK_ID, TASK_SESSION, TASK_PROFILE, TASK_LOGIN, TASK_QUEUED,
	TASK_UNQUEUED, TASK_MANAGED, TASK_POST_MANAGED, TASK_ENDED,
	TASK_QUEUE_TYPE, TASK_QUEUE, TASK_QUEUE_LABEL
};
enum {
	WAITING_TASK, WAITING_LOCAL, WAITING_REMOTE, WAITING_SESSION,
	WAITING_QUEUE, WAITING_PRIORITY, WAITING_CREATED, WAITING_MANAGER
};
enum {
	CALL_CREATED, CALL_TERMINATED, CALL_TYPE, CALL_ID,
	CALL_RECORD, CALL_RECORDING, CALL_INCOMING, CALL_REMOTE,
	CALL_LOCAL
};
enum {
	OUTBOUND_LOGIN, OUTBOUND_NAME, OUTBOUND_PROFILE, OUTBOUND_SESSION,
	OUTBOUND_CALL, OUTBOUND_STATE, OUTBOUND_HOLD, OUTBOUND_START,
	OUTBOUND_CONTACT, OUTBOUND_TARGET
};

#endif
