/*
 * What a source currently says, and what has changed since the last flush.
 *
 * Objects enter and leave views, their values are set one by one; whoever
 * feeds it need not know what depends on what.  The joins that a row needs
 * (an agent's outbound call, a task's caller) are made here, so a change of
 * one object makes the rows that show it change.
 *
 * All times are microseconds since 1970 on the source's clock.
 */
#ifndef POLLER_MODEL_SNAPSHOT_H
#define POLLER_MODEL_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/model/rows.h"
#include "poller/model/view.h"

struct snapshot;

/* NULL only when out of memory. */
struct snapshot	*snapshot_new(void);
void		 snapshot_free(struct snapshot *);	/* NULL is fine */
/* Forgets everything, as before the first object: a new session begins. */
void		 snapshot_clear(struct snapshot *);

/*
 * Out of memory, or more than VIEW_OBJECTS_MAX, is false: the snapshot is
 * no longer whole, so the session has to be closed.  Entering again what is
 * already there, and leaving or setting what is not, change nothing.
 */
bool	 snapshot_enter(struct snapshot *, enum view_id, uint32_t id)
	    __attribute__((warn_unused_result));
void	 snapshot_leave(struct snapshot *, enum view_id, uint32_t id,
	    int64_t now);
/* value: text of value.h, copied; NULL: absent.  field: of the view. */
bool	 snapshot_set(struct snapshot *, enum view_id, uint32_t id,
	    size_t field, const char *value, int64_t now)
	    __attribute__((warn_unused_result));

bool	 snapshot_has(const struct snapshot *, enum view_id, uint32_t id);
size_t	 snapshot_count(const struct snapshot *, enum view_id);
/* Has anything changed that no snapshot_rows() has given yet? */
bool	 snapshot_changed(const struct snapshot *);

/*
 * Appends the rows that have changed since the last call, or with complete
 * the rows of all that is known.  Afterwards nothing counts as changed: should
 * the flush fail, the next one has to be complete.  False: out of memory.
 */
bool	 snapshot_rows(struct snapshot *, bool complete,
	    struct buf out[ROWS_TABLE__MAX])
	    __attribute__((warn_unused_result));

/*
 * The rows of the last snapshot_rows() are not in the database: how calls ended
 * that are gone by now is told once more with the next ones.
 */
void	 snapshot_again(struct snapshot *);

/*
 * The rows of the last snapshot_rows() are in the database.  What is over and
 * has not changed since (a task that ended, a call session that terminated) is
 * forgotten, so that a server's long memory does not become ours; forgotten()
 * is told of each, and may end its subscription.
 */
void	 snapshot_settle(struct snapshot *,
	    void (*forgotten)(void *, enum view_id, uint32_t id), void *);

#endif
