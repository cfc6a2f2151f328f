/* The time, in microseconds. */
#ifndef SQL_LIB_NOW_H
#define SQL_LIB_NOW_H

#include <stdint.h>
#include <time.h>

static inline int64_t
now_of(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

/* Since an unspecified moment; the clock is never set. */
static inline int64_t
now_monotonic(void)
{
	return now_of(CLOCK_MONOTONIC);
}

/* The same, and it goes on while the machine is suspended. */
static inline int64_t
now_boot(void)
{
	return now_of(CLOCK_BOOTTIME);
}

/* Since 1970, by this host's clock. */
static inline int64_t
now_real(void)
{
	return now_of(CLOCK_REALTIME);
}

#endif
