/*
 * Cursors: base64 of a digest of 8 bytes, followed by the value of each key:
 * 'v', the text and a NUL, or 'n' for null.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/moment.h"
#include "fcgi/http/text.h"
#include "fcgi/list/list.h"
#include "sql/lib/hash.h"
#include "sql/lib/utf8.h"

#define DIGEST	8
#define RAW_MAX	(LIST_CURSOR_MAX / 4 * 3)

/* The digest of a list, order and filters.  False when out of memory. */
static bool
digest(char to[DIGEST], const struct list *l, const struct params *ps)
{
	struct list_key keys[LIST_KEYS_MAX];
	struct buf b = { 0 };
	uint64_t hash;
	bool ok;
	size_t i, n;

	buf_str(&b, l->name);
	n = list_keys(l, ps, keys);
	for (i = 0; i < n; i++) {
		buf_str(&b, keys[i].falling ? ",-" : ",");
		buf_str(&b, keys[i].column->key);
	}
	buf_char(&b, '?');
	params_query(&b, ps, l->params, LIST_Q, l->nparams);
	if ((ok = buf_ok(&b))) {
		hash = hash_add(HASH_EMPTY, b.data, b.len);
		for (i = 0; i < DIGEST; i++)
			to[i] = (char)(hash >> 8 * i & 255);
	}
	buf_free(&b);
	return ok;
}

bool
list_cursor_write(struct buf *to, const struct list *l,
    const struct params *ps, const char *const *values)
{
	struct list_key keys[LIST_KEYS_MAX];
	struct buf b = { .max = RAW_MAX };
	char d[DIGEST];
	size_t i, n;
	bool ok = digest(d, l, ps);

	n = list_keys(l, ps, keys);
	buf_add(&b, d, sizeof(d));
	for (i = 0; i < n; i++) {
		buf_char(&b, values[i] == NULL ? 'n' : 'v');
		if (values[i] != NULL)
			buf_add(&b, values[i], strlen(values[i]) + 1);
	}
	ok = ok && buf_ok(&b);
	if (ok)
		text_base64(to, b.data, b.len);
	buf_free(&b);
	return ok;
}

static bool
is_number(const char *s)
{
	char *end;

	errno = 0;
	if (*s != '-' && (*s < '0' || *s > '9'))
		return false;
	strtoll(s, &end, 10);
	return errno == 0 && end > s && *end == '\0';
}

/* As PostgreSQL writes one: digits, signs, a point and an e. */
static bool
is_real(const char *s)
{
	char *end;
	double d;

	if (*s == '\0' || s[strspn(s, "0123456789+-.e")] != '\0')
		return false;
	errno = 0;
	d = strtod(s, &end);
	return errno == 0 && isfinite(d) && end > s && *end == '\0';
}

/* As PostgreSQL writes one: 2026-01-31 09:00:00.123+01, or +05:30. */
static bool
is_time(const char *s)
{
	struct moment m;
	char text[48];
	const size_t len = strlen(s);

	if (len < 14 || len > 32)
		return false;
	memcpy(text, s, len + 1);
	if (text[len - 3] == '+' || text[len - 3] == '-')
		memcpy(text + len, ":00", 4);
	return text[10] == ' ' && moment_read(&m, text);
}

static bool
fits(const struct list_column *c, const char *s)
{
	if (s == NULL)
		return c->nulls;
	switch (c->sort) {
	case LIST_SORT_TEXT:
	case LIST_SORT_WORD:
		return utf8_valid(s, strlen(s));
	case LIST_SORT_STATE:
	case LIST_SORT_STAGE:
		return text_among(s, list_words(c->sort));
	case LIST_SORT_NUMBER:
		return is_number(s);
	case LIST_SORT_REAL:
	case LIST_SORT_SECONDS:
		return is_real(s);
	case LIST_SORT_TIME:
		return is_time(s);
	case LIST_SORT_BOOL:
		return strcmp(s, "t") == 0 || strcmp(s, "f") == 0;
	default:
		return false;
	}
}

/* Reads the value at *p and moves *p behind it. */
static bool
read_value(const char **value, char **p, const char *end)
{
	char *nul;

	*value = NULL;
	if (*p == end)
		return false;
	if (*(*p)++ == 'n')
		return true;
	if ((*p)[-1] != 'v' || (nul = memchr(*p, '\0',
	    (size_t)(end - *p))) == NULL)
		return false;
	*value = *p;
	*p = nul + 1;
	return true;
}

bool
list_cursor_read(struct list_cursor *c, const struct list *l,
    const struct params *ps)
{
	const char *text = ps->value[LIST_AFTER].text, *end;
	struct list_key keys[LIST_KEYS_MAX];
	char d[DIGEST], *p = c->space + DIGEST;
	size_t len, i, n;

	c->n = 0;
	if (strlen(text) > LIST_CURSOR_MAX ||
	    !text_unbase64(c->space, &len, text, strlen(text)) ||
	    len < DIGEST || !digest(d, l, ps) ||
	    memcmp(d, c->space, DIGEST) != 0)
		return false;
	end = c->space + len;
	n = list_keys(l, ps, keys);
	for (i = 0; i < n; i++)
		if (!read_value(&c->value[i], &p, end) ||
		    !fits(keys[i].column, c->value[i]))
			return false;
	if (p != end)
		return false;
	c->n = n;
	return true;
}
