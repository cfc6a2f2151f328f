/*
 * The objects of a snapshot, and how they are found: by view and id, and by
 * the texts that joins need.  Private to this folder.
 */
#ifndef POLLER_MODEL_INDEX_H
#define POLLER_MODEL_INDEX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "poller/model/defects.h"

#define INDEX_LINKS		2	/* slots that a view has at most */

/* The texts by which objects are found, each a field of one view. */
enum index_slot {
	INDEX_USER_LOGIN,
	INDEX_QUEUE_NAME,
	INDEX_TASK_ID,
	INDEX_TASK_SESSION,
	INDEX_WAITING_TASK,
	INDEX_SESSION_ID,
	INDEX_OUTBOUND_LOGIN,
	INDEX__MAX
};

struct object;

/* All objects that have one text in one slot, the latest first. */
struct name {
	char				*text;
	TAILQ_HEAD(, link)		 links;
	struct object			*best;	/* NULL: not chosen yet */
};

struct link {
	struct name			*name;	/* NULL: the text is absent */
	struct object			*object;
	TAILQ_ENTRY(link)		 next;
};

struct object {
	uint32_t			 id;
	enum view_id			 view;
	bool				 changed;	/* it is in changed */
	bool				 keyless;	/* its key is unusable */
	int64_t				 seen;	/* last change, source time */
	uint64_t			 part;	/* fields, see index_set_part() */
	TAILQ_ENTRY(object)		 all, change;
	struct link			 link[INDEX_LINKS];
	/* Of a task: kept when the objects that say so are gone. */
	char				*caller, *callee;
	const char			*direction;
	/* The outbound call that was last written as active. */
	char				*call_key, *call_start;
	char				*value[];	/* views[view].n */
};
TAILQ_HEAD(objects, object);

struct index {
	void				*by_id[VIEW__MAX];	/* tsearch(3) */
	void				*by_text[INDEX__MAX];	/* tsearch(3) */
	size_t				 n[VIEW__MAX];
	struct objects			 all[VIEW__MAX];
	struct objects			 changed;
	struct defects			 defects;	/* of all objects */
};

void		 index_init(struct index *);
/* Frees all objects; the index stays usable. */
void		 index_clear(struct index *);

/* NULL: there is no such object. */
struct object	*index_object(const struct index *, enum view_id, uint32_t id);
/*
 * The object with that text, or NULL; text may be NULL.  Of several users the
 * one that is logged in, of several queues the one that has agents; else the
 * latest.
 */
struct object	*index_find(const struct index *, enum index_slot,
		    const char *text);
/*
 * The session of a user with its outbound call, or NULL: the session that the
 * user names as its last one.  If there is none, the latest of that login,
 * unless several users have the login.
 */
struct object	*index_outbound(const struct index *,
		    const struct object *user);
/* The value that identifies the row of an object, or NULL. */
const char	*index_key(const struct object *);
/* The object of a view that shows under that key, or NULL: see index_find(). */
struct object	*index_by_key(const struct index *, enum view_id,
		    const char *key);
/* Whether the objects of a view have one: users, queues and tasks do. */
bool		 index_has_key(enum view_id);
/* Whether a change of that field changes the key. */
bool		 index_is_key(enum view_id, size_t field);
/* Whether it may change which of several objects shows under their key. */
bool		 index_is_rank(enum view_id, size_t field);
/* Notes that the key of an object came and is unusable, or usable again. */
void		 index_set_keyless(struct index *, struct object *,
		    bool keyless);

/* An object without values; NULL: out of memory, or VIEW_OBJECTS_MAX. */
struct object	*index_add(struct index *, enum view_id, uint32_t id);
/* Sets a value; text is stolen.  False: out of memory. */
bool		 index_set(struct index *, struct object *, size_t field,
		    char *text) __attribute__((warn_unused_result));
/* Notes whether the value of a field, or its absence, is but a part of it. */
void		 index_set_part(struct index *, struct object *, size_t field,
		    bool part);
/* Marks an object and those whose rows show it as changed. */
void		 index_touch(struct index *, struct object *, int64_t now);
/* Marks the objects that have the same key as changed. */
void		 index_touch_key(struct index *, const struct object *,
		    int64_t now);
/* Takes an object out of the index and frees it. */
void		 index_remove(struct index *, struct object *);

#endif
