/*
 * Allocations that fail on demand, in a test that is linked with --wrap for
 * each of their functions (scarce.t and chaos.t in GNUmakefile).
 */
#ifndef TESTS_POLLER_FAILS_H
#define TESTS_POLLER_FAILS_H

#include <stdbool.h>

#include "tests/poller/check.h"

/* The n-th allocation from now on fails, counted from 0, and only that one. */
void	fails_at(long n);
/* None fails any more; has one failed? */
bool	fails_end(void);

#endif
