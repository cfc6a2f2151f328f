/*
 * The values of one element of a JSON snapshot, packed one after another in a
 * struct buf, and how they become changes of a struct snapshot.
 */
#ifndef POLLER_JSON_VALUES_H
#define POLLER_JSON_VALUES_H

#include "poller/model/snapshot.h"

/* Appends one value, a text as model/value.h makes it. */
void	values_add(struct buf *, enum view_id, size_t field, const char *text);
/* Ends the element. */
void	values_end(struct buf *);

/*
 * The element is in the snapshot with just these values, or is no longer in
 * it; seen as for snapshot_set().  A task's caller and callee are kept as an
 * object of VIEW_WAITING.  False: out of memory.
 */
bool	values_apply(struct snapshot *, enum view_id, uint32_t id,
	    const char *values, int64_t seen)
	    __attribute__((warn_unused_result));
void	values_leave(struct snapshot *, enum view_id, uint32_t id,
	    int64_t seen);

#endif
