#include <stdlib.h>
#include <string.h>

#include "poller/json/roster.h"
#include "poller/json/scan.h"

#define MADE	(UINT32_C(1) << 31)	/* where ids of our own begin */
#define TRIES	64			/* to find a free id */

#define ORDER(a, b)	do {						\
	if ((a) != (b))							\
		return (a) > (b) ? 1 : -1;				\
} while (0)

static int
by_key(const void *x, const void *y)
{
	const struct roster_item *a = x, *b = y;

	ORDER(a->view, b->view);
	ORDER(a->key, b->key);
	ORDER(a->list, b->list);
	ORDER(a->place, b->place);
	return 0;
}

/* Unchanged elements come first, as they keep their ids. */
static int
by_id(const void *x, const void *y)
{
	const struct roster_item *a = x, *b = y;

	ORDER(a->view, b->view);
	ORDER(a->id, b->id);
	ORDER(b->same, a->same);
	ORDER(a->made, b->made);
	ORDER(a->list, b->list);
	ORDER(a->place, b->place);
	return 0;
}

static int
by_hash(const void *x, const void *y)
{
	const struct roster_item *a = x, *b = y;

	ORDER(a->list, b->list);
	ORDER(a->hash, b->hash);
	return 0;
}

static int
same_key(const void *x, const void *y)
{
	const struct roster_item *a = x, *b = y;

	ORDER(a->view, b->view);
	ORDER(a->key, b->key);
	return 0;
}

static int
same_id(const void *x, const void *y)
{
	const struct roster_item *a = x, *b = y;

	ORDER(a->view, b->view);
	ORDER(a->id, b->id);
	return 0;
}

typedef int	compare(const void *, const void *);

static void
sort(struct roster *r, compare *how)
{
	if (r->n > 1)
		qsort(r->item, r->n, sizeof(*r->item), how);
}

static const struct roster_item *
find(const struct roster *r, const struct roster_item *key, compare *how)
{
	return r->n == 0 ? NULL : bsearch(key, r->item, r->n,
	    sizeof(*r->item), how);
}

void
roster_free(struct roster *r)
{
	free(r->item);
	*r = (struct roster){ .n = 0 };
}

bool
roster_add(struct roster *r, const struct roster_item *item)
{
	size_t max = r->max != 0 ? r->max * 2 : 64;
	struct roster_item *grown;

	if (r->n == r->max) {
		if ((grown = realloc(r->item, max * sizeof(*grown))) == NULL)
			return false;
		r->item = grown;
		r->max = max;
	}
	r->item[r->n++] = *item;
	return true;
}

void
roster_unique(struct roster *r, roster_out *out, void *arg)
{
	size_t i, n = 0;

	sort(r, by_key);
	for (i = 0; i < r->n; i++) {
		struct roster_item *item = &r->item[i];

		if (n > 0 && same_key(&r->item[n - 1], item) == 0)
			out(arg, item->list, item->place, ENTRY_SAME_KEY);
		else
			r->item[n++] = *item;
	}
	r->n = n;
}

static int
by_number(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	ORDER(*a, *b);
	return 0;
}

size_t
roster_missing(const struct roster *old, const struct roster *r,
    enum view_id view)
{
	uint64_t *key = calloc(r->n + 1, sizeof(*key));
	size_t i, n = 0, missing = 0;

	for (i = 0; key != NULL && i < r->n; i++)
		if (r->item[i].view == view)
			key[n++] = r->item[i].key;
	if (n > 1)
		qsort(key, n, sizeof(*key), by_number);
	for (i = 0; i < old->n; i++)
		missing += old->item[i].view == view && (n == 0 ||
		    bsearch(&old->item[i].key, key, n, sizeof(*key),
		    by_number) == NULL);
	free(key);
	return missing;
}

size_t
roster_count(const struct roster *r, enum view_id view)
{
	size_t i, n = 0;

	for (i = 0; i < r->n; i++)
		n += r->item[i].view == view;
	return n;
}

/* Another id of our own, when one is in use. */
static uint32_t
other_id(const struct roster_item *item)
{
	uint64_t seed[] = { item->key, item->id };

	return (uint32_t)scan_hash(seed, sizeof(seed)) | MADE;
}

void
roster_number(struct roster *r, roster_out *out, void *arg)
{
	bool again = true;
	size_t i, n, tries = 0;

	for (i = 0; i < r->n; i++)
		if (r->item[i].made && !r->item[i].same)
			r->item[i].id = (uint32_t)r->item[i].key | MADE;
	for (; again; tries++) {
		again = false;
		sort(r, by_id);
		for (i = n = 0; i < r->n; i++) {
			struct roster_item *item = &r->item[i];
			bool used = n > 0 &&
			    same_id(&r->item[n - 1], item) == 0;

			if (used && tries == TRIES) {
				out(arg, item->list, item->place,
				    ENTRY_NO_ID);
				continue;
			}
			if (used) {
				item->made = again = true;
				item->id = other_id(item);
			}
			r->item[n++] = *item;
		}
		r->n = n;
	}
}

bool
roster_has(const struct roster *r, enum view_id view, uint32_t id)
{
	struct roster_item key = { .view = view, .id = id };

	return find(r, &key, same_id) != NULL;
}

void
roster_sort(struct roster *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		r->item[i].same = false;
	sort(r, by_hash);
}

const struct roster_item *
roster_same(const struct roster *r, enum entry_list list, uint64_t hash)
{
	struct roster_item key = { .list = list, .hash = hash };

	return find(r, &key, by_hash);
}
