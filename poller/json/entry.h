/*
 * Reads one element of a list of a JSON snapshot as values of a view's fields.
 * cccp-protocol(7), JSON snapshots.
 *
 * Keys are the views' paths, as the bridge prints them, or the monitor's names
 * of model/view.c.  The path counts before the name, if its value is valid.
 */
#ifndef POLLER_JSON_ENTRY_H
#define POLLER_JSON_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/model/view.h"
#include "sql/lib/buf.h"

/* The lists of a snapshot. */
enum entry_list {
	ENTRY_USERS,
	ENTRY_QUEUES,
	ENTRY_CALLS,	/* current call sessions, or current tasks */
	ENTRY_HISTORY,	/* tasks, most of them ended */
	ENTRY__MAX
};

extern const char *const entry_lists[ENTRY__MAX];	/* their keys */

#define ENTRY_LEN_MAX	((size_t)1 << 20)	/* bytes of its text */
#define ENTRY_DEPTH_MAX	32U

/* Why an element is left out. */
enum entry_err {
	ENTRY_OK,
	ENTRY_TOO_LARGE,	/* or nested too deep; the caller checks it */
	ENTRY_NOT_JSON,
	ENTRY_NO_OBJECT,
	ENTRY_NO_KEY,		/* no login, name, task_id or session_id */
	ENTRY_SAME_KEY,		/* as another; found by roster.h */
	ENTRY_NO_ID,		/* no free id was found, by roster.h */
	ENTRY_NO_END,		/* history without end or duration */
	ENTRY_NO_MEMORY,
	ENTRY_ERR__MAX
};

extern const char *const entry_errors[ENTRY_ERR__MAX];	/* in words */

struct entry {
	enum view_id	 view;
	bool		 has_id;
	uint32_t	 id;
	uint64_t	 key;		/* hash of what identifies it */
	uint64_t	 bad[VIEW__MAX];	/* fields, not or partly readable */
};

/*
 * Appends the values to out, as json/values.h packs them.  On anything but
 * ENTRY_OK out is as it was.
 */
enum entry_err	entry_read(enum entry_list, const char *json, size_t len,
		    struct entry *, struct buf *out);

#endif
