/* One line a minute in the log, however often what it tells occurs. */
#ifndef SQL_LIB_THROTTLE_H
#define SQL_LIB_THROTTLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_S	60

/* All-zero at first; for any number of threads. */
struct throttle {
	_Atomic int64_t	 next_us;	/* when the next line is due */
	atomic_uint	 missed;	/* occurrences since the last line */
};

/*
 * Is a line due, at now_us by now_monotonic()?  Then *missed is how often it
 * was not since the line before.
 */
bool	 throttle_due(struct throttle *, int64_t now_us, unsigned *missed);

#endif
