/*
 * What rows.c and outbound.c share.
 */
#ifndef POLLER_MODEL_ROWS_H
#define POLLER_MODEL_ROWS_H

#include "poller/model/private.h"

/*
 * "tel:0199001234", "sip:1234@host;x=y" -> what people dial: new, or NULL when
 * there is none or no memory.
 */
char	*rows_number(const char *uri);
/* A task's row; present false: the task is no more, but this is known of it. */
void	 rows_task(const struct snapshot *, struct object *, bool present,
	    struct buf *out);
/*
 * The outbound call of a session: ends the one that was written before when
 * it is another or none now, and writes the current one.
 */
void	 rows_outbound(struct snapshot *, struct object *,
	    struct buf *out);

#endif
