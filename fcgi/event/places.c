#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/event/places.h"

struct holder {
	size_t		 n;		/* streams */
	char		 key[];
};

static int
compare(const void *a, const void *b)
{
	return strcmp(((const struct holder *)a)->key,
	    ((const struct holder *)b)->key);
}

void
places_init(struct places *p, size_t max, size_t per_user)
{
	*p = (struct places){ .max = max, .per_user = per_user };
	pthread_mutex_init(&p->lock, NULL);
}

void
places_destroy(struct places *p)
{
	pthread_mutex_destroy(&p->lock);
}

/* The holder with a key, one without streams if it is new; NULL: no memory. */
static struct holder *
find(struct places *p, const char *key)
{
	const size_t len = strlen(key) + 1;
	struct holder *h = calloc(1, sizeof(*h) + len);
	struct holder **at;

	if (h == NULL)
		return NULL;
	memcpy(h->key, key, len);
	at = tsearch(h, &p->holders, compare);
	if (at == NULL || *at != h)
		free(h);
	return at == NULL ? NULL : *at;
}

/* With the lock held. */
static enum place_err
reserve(struct places *p, const char *key, struct holder **holder)
{
	struct holder *h;

	if (atomic_load(&p->taken) >= p->max || (h = find(p, key)) == NULL)
		return PLACE_NONE;
	if (p->per_user != 0 && h->n >= p->per_user) {
		p->refused++;
		return PLACE_USER_FULL;
	}
	h->n++;
	atomic_fetch_add(&p->taken, 1);
	*holder = h;
	return PLACE_OK;
}

enum place_err
places_reserve(struct places *p, const char *key, struct holder **holder)
{
	enum place_err err;

	pthread_mutex_lock(&p->lock);
	err = reserve(p, key, holder);
	pthread_mutex_unlock(&p->lock);
	return err;
}

void
places_release(struct places *p, struct holder *h)
{
	pthread_mutex_lock(&p->lock);
	atomic_fetch_sub(&p->taken, 1);
	if (--h->n == 0) {
		tdelete(h, &p->holders, compare);
		free(h);
	}
	pthread_mutex_unlock(&p->lock);
}
