/*
 * What snapshot.c (objects and indexes) and rows.c (rows) share.
 */
#ifndef POLLER_MODEL_PRIVATE_H
#define POLLER_MODEL_PRIVATE_H

#include <sys/queue.h>

#include "poller/model/snapshot.h"

/* The texts by which objects are found, each a field of one view. */
enum slot {
	SLOT_USER_LOGIN,
	SLOT_QUEUE_NAME,
	SLOT_TASK_ID,
	SLOT_TASK_SESSION,
	SLOT_WAITING_TASK,
	SLOT_SESSION_ID,
	SLOT_OUTBOUND_LOGIN,
	SLOT__MAX
};

struct object;

/* All objects that have one text in one slot, the latest first. */
struct name {
	char				*text;
	TAILQ_HEAD(, link)		 links;
};

struct link {
	struct name			*name;	/* NULL: in no index */
	struct object			*object;
	TAILQ_ENTRY(link)		 next;
};

#define OBJECT_LINKS	2	/* at most so many slots a view */

struct object {
	uint32_t			 id;
	enum view_id			 view;
	bool				 changed;
	int64_t				 seen;	/* last change */
	TAILQ_ENTRY(object)		 all, change;
	struct link			 link[OBJECT_LINKS];
	/* A task's caller and callee outlive the objects that told them. */
	char				*caller, *callee;
	const char			*direction;
	/* The outbound call that was last written as active. */
	char				*call_key, *call_start;
	char				*value[];	/* views[view].n */
};
TAILQ_HEAD(objects, object);

/* A row that is no more. */
struct gone {
	enum view_id			 view;
	char				*key;		/* of the row */
	char				*queued;	/* calls; or NULL */
	char				*ended;		/* calls; or NULL */
	struct buf			 row;		/* a task's, or empty */
	TAILQ_ENTRY(gone)		 next;
};
TAILQ_HEAD(gones, gone);

/* So many are noted while no flush takes them; then the oldest is dropped. */
#define GONE_MAX	100000

struct snapshot {
	void				*by_id[VIEW__MAX];	/* tsearch(3) */
	void				*by_text[SLOT__MAX];	/* tsearch(3) */
	size_t				 n[VIEW__MAX];
	struct objects			 all[VIEW__MAX];
	struct objects			 changed;
	struct gones			 gone;
	size_t				 n_gone;
	struct gones			 told;	/* that the last rows had */
	uint32_t			*over[VIEW__MAX]; /* ids, given out */
	size_t				 n_over[VIEW__MAX];
	size_t				 max_over[VIEW__MAX];
};

/* Which slot holds a view's key, and the key's field; SLOT__MAX: none. */
struct key_slot {
	enum slot	slot;
	size_t		field;
};
struct key_slot	 snapshot_key(enum view_id);

/* The latest object with that text, or NULL; text may be NULL. */
struct object	*snapshot_find(const struct snapshot *, enum slot,
		    const char *text);

/* Notes that an outbound call has ended; false: out of memory. */
bool		 snapshot_note_call(struct snapshot *, const struct object *,
		    int64_t ended);
/* Takes a note of a gone row off the list and frees it. */
void		 snapshot_forget_gone(struct snapshot *, struct gone *);
/* The same with all that were told. */
void		 snapshot_forget_told(struct snapshot *);

#endif
