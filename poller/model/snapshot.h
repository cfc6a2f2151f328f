/*
 * The current objects of a source, and what has changed since the last flush.
 *
 * Objects enter and leave views, and their values are set one by one.  The
 * joins that a row needs (an agent's outbound call, a task's caller) are made
 * here: when an object changes, all rows that show it count as changed.
 *
 * All times are microseconds since 1970 on the source's clock.
 */
#ifndef POLLER_MODEL_SNAPSHOT_H
#define POLLER_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/model/defects.h"
#include "poller/model/rows.h"
#include "poller/model/view.h"

struct snapshot;

/* NULL only when out of memory. */
struct snapshot	*snapshot_new(void);
void		 snapshot_free(struct snapshot *);	/* NULL is fine */
/* Removes all objects and notes: a new session begins. */
void		 snapshot_clear(struct snapshot *);

/*
 * False: out of memory, or more than VIEW_OBJECTS_MAX; the snapshot is no
 * longer whole, so the session has to be closed.  Entering an object that is
 * already there changes nothing, and neither does leaving or setting one that
 * is not there.
 */
bool	 snapshot_enter(struct snapshot *, enum view_id, uint32_t id)
	    __attribute__((warn_unused_result));
void	 snapshot_leave(struct snapshot *, enum view_id, uint32_t id,
	    int64_t now);
/*
 * value: text of value.h, copied; NULL: absent.  field: of the view.  A key that
 * is absent counts the object as left out.
 */
bool	 snapshot_set(struct snapshot *, enum view_id, uint32_t id,
	    size_t field, const char *value, int64_t now)
	    __attribute__((warn_unused_result));
/*
 * The same when the value could not be read; value is the part of it that
 * could, or NULL.  It counts as unreadable until another one is set.
 */
bool	 snapshot_set_part(struct snapshot *, enum view_id, uint32_t id,
	    size_t field, const char *value, int64_t now)
	    __attribute__((warn_unused_result));
/* For a source of documents, besides: what is wrong with this one. */
void	 snapshot_set_defects(struct snapshot *, const struct defects *);

/*
 * All values that the source has of an object have been set once.  Without a
 * key among them it counts as left out.
 */
void	 snapshot_answered(struct snapshot *, enum view_id, uint32_t id);

bool	 snapshot_has(const struct snapshot *, enum view_id, uint32_t id);
size_t	 snapshot_count(const struct snapshot *, enum view_id);
/* How many objects of a view have no row: DEFECT_SAME_KEY or _LEFT_OUT. */
size_t	 snapshot_hidden(const struct snapshot *, enum defect, enum view_id);
/* What is wrong with what the snapshot holds; borrowed until the next call. */
const struct defects	*snapshot_defects(struct snapshot *);
/*
 * The key of an object that has no row since another one has its key, or NULL;
 * borrowed until the next change.  Of users the one that is logged in has the
 * row, of queues the one that has agents, else the latest.
 */
const char	*snapshot_double(struct snapshot *, enum view_id);
/* Whether anything has changed since the last snapshot_rows(). */
bool	 snapshot_changed(const struct snapshot *);

/*
 * Appends the rows that have changed since the last call, or with complete all
 * rows.  Afterwards nothing counts as changed: if the flush fails, the next one
 * has to be complete.  False: out of memory.
 */
bool	 snapshot_rows(struct snapshot *, bool complete,
	    struct buf out[ROWS_TABLE__MAX])
	    __attribute__((warn_unused_result));

/*
 * The rows of the last snapshot_rows() are not in the database: the ends of
 * calls that are gone are written again with the next ones.
 */
void	 snapshot_rows_lost(struct snapshot *);

/*
 * The rows of the last snapshot_rows() are in the database.  Tasks that have
 * ended and call sessions that are terminated, and have not changed since, are
 * removed, as a server may keep them for long; forgotten(), unless NULL, is
 * called for each, and may end its subscription.
 */
void	 snapshot_settle(struct snapshot *,
	    void (*forgotten)(void *, enum view_id, uint32_t id), void *);

#endif
