#include <string.h>
#include <strings.h>

#include "fcgi/http/accept.h"

/* ";charset=utf-8;q=0.5" as 500. */
static unsigned
weight(const char *p, const char *end)
{
	unsigned q, scale;

	do {
		p = memchr(p, ';', (size_t)(end - p));
		if (p == NULL)
			return 1000;
		p += strspn(p, "; \t");
	} while ((*p != 'q' && *p != 'Q') || p[1] != '=');
	p += 2;
	p += strspn(p, " ");
	if (*p == '1')
		return 1000;
	if (*p != '0' || p[1] != '.')
		return 0;
	for (q = 0, scale = 100, p += 2; scale > 0 && *p >= '0' && *p <= '9';
	    scale /= 10, p++)
		q += scale * (unsigned)(*p - '0');
	return q;
}

bool
accept_next(const char **list, struct accept_item *item)
{
	const char *end;

	*list += strspn(*list, ", \t");
	if (**list == '\0')
		return false;
	item->name = *list;
	end = item->name + strcspn(item->name, ",");
	item->len = strcspn(item->name, ",;");
	while (item->len > 0 && strchr(" \t", item->name[item->len - 1]))
		item->len--;
	item->weight = weight(item->name + item->len, end);
	*list = end;
	return true;
}

bool
accept_is(const struct accept_item *item, const char *word)
{
	return strlen(word) == item->len &&
	    strncasecmp(item->name, word, item->len) == 0;
}

/* How closely an item names a type; the closest one decides. */
enum match { MATCH_NONE, MATCH_ANY, MATCH_MAIN, MATCH_EXACT };

static enum match
match(const struct accept_item *item, const char *type)
{
	const size_t main = strcspn(type, "/") + 1;

	if (accept_is(item, "*/*"))
		return MATCH_ANY;
	if (accept_is(item, type))
		return MATCH_EXACT;
	return item->len == main + 1 && item->name[main] == '*' &&
	    strncasecmp(item->name, type, main) == 0 ? MATCH_MAIN : MATCH_NONE;
}

static unsigned
type_weight(const char *accept, const char *type)
{
	struct accept_item item;
	enum match best = MATCH_NONE, m;
	unsigned q = 0;

	while (accept_next(&accept, &item))
		if ((m = match(&item, type)) > best) {
			best = m;
			q = item.weight;
		}
	return q;
}

size_t
accept_type(const char *accept, const char *const *types, size_t n)
{
	size_t i, best = n;
	unsigned q, most = 0;

	if (accept == NULL || accept[strspn(accept, " \t")] == '\0')
		return 0;
	for (i = 0; i < n; i++)
		if ((q = type_weight(accept, types[i])) > most) {
			most = q;
			best = i;
		}
	return best;
}
