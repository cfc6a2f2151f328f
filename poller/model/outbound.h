/*
 * Outbound calls: the source tells of one as fields of the agent's session,
 * we keep it as a row of cccp.call.  Private to this folder.
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
