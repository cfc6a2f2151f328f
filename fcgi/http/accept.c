#include <stdlib.h>
#include <string.h>

#include "fcgi/list/export.h"

const char *const export_formats[] = { "json", "csv", "ndjson", NULL };
const char *const export_dialects[] = { "strict", "excel-fr", NULL };

static const struct {
	const char	*type, *subtype, *header;
} media[EXPORT__MAX] = {
	[EXPORT_JSON] = { "application", "json", "application/json" },
	[EXPORT_CSV] = { "text", "csv", "text/csv; charset=utf-8; "
	    "header=present" },
	[EXPORT_NDJSON] = { "application", "x-ndjson",
	    "application/x-ndjson" },
};

/* q=0.5 of a media range's parameters, in thousandths; 1000 without one. */
static int
weight(const char *p, size_t len)
{
	const char *end = p + len;
	int q = 0, unit = 100;

	for (; p < end; p++) {
		p += strspn(p, "; \t");
		if (p + 2 < end && (p[0] == 'q' || p[0] == 'Q') && p[1] == '=')
			break;
		while (p < end && *p != ';')
			p++;
	}
	if (p >= end)
		return 1000;
	p += 2;
	if (*p == '1')
		return 1000;
	if (p[0] == '0' && p + 1 < end && p[1] == '.')
		for (p += 2; p < end && *p >= '0' && *p <= '9'; p++, unit /= 10)
			q += (*p - '0') * unit;
	return q;
}

static bool
is_word(const char *p, size_t len, const char *word)
{
	return strlen(word) == len && strncasecmp(p, word, len) == 0;
}

/* How well a range names a format: 3 wholly, 2 its type, 1 anything, 0. */
static int
match(const char *p, size_t len, enum export_format f)
{
	const char *slash = memchr(p, '/', len);
	size_t type, subtype;

	if (slash == NULL)
		return 0;
	type = (size_t)(slash - p);
	subtype = len - type - 1;
	if (is_word(p, type, "*") && is_word(slash + 1, subtype, "*"))
		return 1;
	if (!is_word(p, type, media[f].type))
		return 0;
	if (is_word(slash + 1, subtype, "*"))
		return 2;
	return is_word(slash + 1, subtype, media[f].subtype) ? 3 : 0;
}

/* The weight of a format by the range that names it best; 0: not wanted. */
static int
wanted(const char *accept, enum export_format f)
{
	int best = 0, q = 0, how;
	size_t len, name;

	for (; *accept != '\0'; accept += len) {
		accept += strspn(accept, ", \t");
		len = strcspn(accept, ",");
		name = strcspn(accept, ",; \t");
		how = match(accept, name, f);
		if (how > best) {
			best = how;
			q = weight(accept + name, len - name);
		}
	}
	return q;
}

enum export_format
export_choose(const char *format, const char *accept)
{
	enum export_format f, best = EXPORT__MAX;
	int q, most = 0;

	for (f = 0; format != NULL && f < EXPORT__MAX; f++)
		if (strcmp(format, export_formats[f]) == 0)
			return f;
	if (accept == NULL || accept[strspn(accept, " \t")] == '\0')
		return EXPORT_JSON;
	for (f = 0; f < EXPORT__MAX; f++)
		if ((q = wanted(accept, f)) > most) {
			most = q;
			best = f;
		}
	return best;
}

const char *
export_type(enum export_format format)
{
	return media[format].header;
}
