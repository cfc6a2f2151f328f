#include <err.h>
#include <math.h>
#include <stdlib.h>

#include "tests/sim/world/sched.h"

void
sched_init(struct sched *sched, uint64_t seed)
{
	*sched = (struct sched){ .random = seed };
}

void
sched_free(struct sched *sched)
{
	free(sched->heap);
}

static bool
before(const struct timer *a, const struct timer *b)
{
	return a->due_us != b->due_us ? a->due_us < b->due_us :
	    a->seq < b->seq;
}

static void
place(struct sched *sched, size_t pos, struct timer *timer)
{
	sched->heap[pos] = timer;
	timer->pos = pos;
}

/* Moves the timer from pos to its place in the heap. */
static void
settle(struct sched *sched, size_t pos, struct timer *timer)
{
	size_t child;

	for (; pos > 1 && before(timer, sched->heap[pos / 2]); pos /= 2)
		place(sched, pos, sched->heap[pos / 2]);
	while ((child = pos * 2) <= sched->n) {
		if (child < sched->n &&
		    before(sched->heap[child + 1], sched->heap[child]))
			child++;
		if (!before(sched->heap[child], timer))
			break;
		place(sched, pos, sched->heap[child]);
		pos = child;
	}
	place(sched, pos, timer);
}

void
sched_set(struct sched *sched, struct timer *timer, double seconds)
{
	timer->due_us = sched->now_us + (uint64_t)(seconds * 1e6);
	timer->seq = sched->seq++;
	if (timer->pos == 0) {
		if (++sched->n >= sched->size) {
			sched->size = sched->size == 0 ? 1024 :
			    sched->size * 2;
			if ((sched->heap = reallocarray(sched->heap,
			    sched->size, sizeof(*sched->heap))) == NULL)
				err(1, NULL);
		}
		timer->pos = sched->n;
	}
	settle(sched, timer->pos, timer);
}

void
sched_cancel(struct sched *sched, struct timer *timer)
{
	struct timer *last;
	size_t pos = timer->pos;

	if (pos == 0)
		return;
	timer->pos = 0;
	last = sched->heap[sched->n--];
	if (last != timer)
		settle(sched, pos, last);
}

struct timer *
sched_next(struct sched *sched)
{
	struct timer *timer;

	if (sched->n == 0)
		return NULL;
	timer = sched->heap[1];
	sched_cancel(sched, timer);
	sched->now_us = timer->due_us;
	return timer;
}

uint64_t
sched_next_us(const struct sched *sched)
{
	return sched->n == 0 ? UINT64_MAX : sched->heap[1]->due_us;
}

/* splitmix64: one word of state, so any seed is a good one. */
static uint64_t
random_word(struct sched *sched)
{
	uint64_t z = sched->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
random_below(struct sched *sched, uint32_t n)
{
	return (uint32_t)((random_word(sched) >> 32) * n >> 32);
}

double
random_unit(struct sched *sched)
{
	return (double)(random_word(sched) >> 11) * 0x1p-53;
}

bool
random_chance(struct sched *sched, double p)
{
	return random_unit(sched) < p;
}

double
random_around(struct sched *sched, double mean)
{
	double x = -log(1 - random_unit(sched));

	return mean * (x < 0.1 ? 0.1 : x > 6 ? 6 : x);
}
