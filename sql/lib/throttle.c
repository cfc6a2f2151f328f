#include "sql/lib/throttle.h"

bool
throttle_due(struct throttle *t, int64_t now_us, unsigned *missed)
{
	int64_t next = atomic_load(&t->next_us);

	if (now_us < next || !atomic_compare_exchange_strong(&t->next_us,
	    &next, now_us + (int64_t)THROTTLE_S * 1000000)) {
		atomic_fetch_add(&t->missed, 1);
		return false;
	}
	*missed = atomic_exchange(&t->missed, 0);
	return true;
}
