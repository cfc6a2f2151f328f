/*
 * The day's course: timers in virtual time, and the one random sequence.
 *
 * Virtual time jumps from event to event, so what happens, and in which
 * order, depends on the seed alone; only the time at which it happens depends on
 * the clock.
 */
#ifndef SIM_SCHED_H
#define SIM_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct world;

/* Part of what it moves.  All-zero but fire and arg: not set. */
struct timer {
	uint64_t	 due_us;
	uint64_t	 seq;		/* first set, first fired */
	size_t		 pos;		/* in the heap, from 1; 0: not set */
	void		(*fire)(struct world *, void *);
	void		*arg;
};

struct sched {
	uint64_t	 now_us;	/* virtual */
	uint64_t	 seq;
	uint64_t	 random;
	struct timer	**heap;
	size_t		 n;
	size_t		 size;
};

void	 sched_init(struct sched *, uint64_t seed);
void	 sched_free(struct sched *);
/* In so many virtual seconds from now; a timer that is set is moved. */
void	 sched_set(struct sched *, struct timer *, double seconds);
void	 sched_cancel(struct sched *, struct timer *);	/* unset: fine */
/* Takes the next timer out and moves the time to it; NULL: there is none. */
struct timer	*sched_next(struct sched *);
/* When that will be; UINT64_MAX: never. */
uint64_t	 sched_next_us(const struct sched *);

/* Below n, which is not 0. */
uint32_t	 random_below(struct sched *, uint32_t n);
/* In 0 <= x < 1. */
double		 random_unit(struct sched *);
bool		 random_chance(struct sched *, double p);
/* Exponential with that mean, at least a tenth and at most six times it. */
double		 random_around(struct sched *, double mean);

#endif
