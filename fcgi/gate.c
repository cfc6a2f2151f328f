#include <stdatomic.h>
#include <stdlib.h>

#include "fcgi/gate.h"

struct gate {
	atomic_uint	 free;
};

struct gate *
gate_new(unsigned places)
{
	struct gate *g = malloc(sizeof(*g));

	if (g != NULL)
		atomic_init(&g->free, places);
	return g;
}

void
gate_free(struct gate *g)
{
	free(g);
}

bool
gate_enter(struct gate *g)
{
	unsigned n;

	if (g == NULL)
		return true;
	n = atomic_load(&g->free);
	while (n > 0)
		if (atomic_compare_exchange_weak(&g->free, &n, n - 1))
			return true;
	return false;
}

void
gate_leave(struct gate *g)
{
	if (g != NULL)
		atomic_fetch_add(&g->free, 1);
}
