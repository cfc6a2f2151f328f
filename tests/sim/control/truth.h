/*
 * What the simulator knows, as JSON, for tests to compare with: every object that
 * the filters of the views let through, and what each agent is doing.  Objects
 * with extra true are not on a board: it shows another of that key, or none.
 */
#ifndef SIM_TRUTH_H
#define SIM_TRUTH_H

#include "sql/lib/buf.h"
#include "tests/sim/world/world.h"

void	 truth_write(const struct world *, struct buf *);

#endif
