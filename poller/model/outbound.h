/*
 * Outbound calls: fields of the agent's session in the source, a row of
 * cccp.call in the database.  Private to this folder.
 */
#ifndef POLLER_MODEL_OUTBOUND_H
#define POLLER_MODEL_OUTBOUND_H

#include "poller/model/gone.h"

/*
 * Notes the end of the call that was written before, when the session has
 * another one or none now, and appends the row of the current one.  Out of
 * memory marks out as failed.
 */
void	outbound_row(const struct index *, struct gone_list *, struct object *,
	    struct buf *out);

#endif
