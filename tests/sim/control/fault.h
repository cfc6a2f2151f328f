/*
 * Ways to misbehave, one row each: what a poller must survive.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "tests/sim/protocol/server.h"

/* NULL when done, else what is wrong with the kind. */
const char	*fault_run(struct server *, const char *kind);
void		 fault_help(struct buf *out);

#endif
