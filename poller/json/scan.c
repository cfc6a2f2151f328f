#include <string.h>

#include "poller/json/scan.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool
slice_is(const struct slice *slice, const char *text)
{
	return slice->len == strlen(text) &&
	    memcmp(slice->p, text, slice->len) == 0;
}

/* Moves on to the line that begins with a brace; false: there is none. */
static bool
object_line(struct scan *s)
{
	const char *line = s->p, *p;

	while (line != NULL && line < s->end) {
		for (p = line; p < s->end && (*p == ' ' || *p == '\t'); p++)
			;
		if (p < s->end && *p == '{') {
			s->p = p;
			return true;
		}
		line = memchr(p, '\n', (size_t)(s->end - p));
		if (line != NULL)
			line++;
	}
	s->p = s->end;
	return false;
}

bool
scan_begin(struct scan *s, const char *text, size_t len)
{
	*s = (struct scan){ .p = text, .end = text + len, .first = true };
	if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		s->p += 3;	/* a byte order mark */
	if (!object_line(s))
		return false;
	s->p++;
	return true;
}

/* Returns the next character that is no blank, and stops at it. */
static char
peek(struct scan *s)
{
	while (s->p < s->end && is_blank(*s->p))
		s->p++;
	if (s->p < s->end)
		return *s->p;
	s->cut = true;
	return '\0';
}

static bool
skip_char(struct scan *s, char c)
{
	if (peek(s) != c || s->p == s->end)
		return false;
	s->p++;
	return true;
}

/* Moves from after the opening quote to after the closing one. */
static bool
string(struct scan *s)
{
	const char *quote;

	while (s->p < s->end) {
		quote = memchr(s->p, '"', (size_t)(s->end - s->p));
		if (quote == NULL)
			break;
		for (s->p = quote; s->p[-1] == '\\'; s->p--)
			;
		/* After an odd number of backslashes it is no end. */
		if ((quote - s->p) % 2 == 0) {
			s->p = quote + 1;
			return true;
		}
		s->p = quote + 1;
	}
	s->p = s->end;
	s->cut = true;
	return false;
}

/* Moves from an opening brace or bracket to after the closing one. */
static bool
nested(struct scan *s, unsigned *deepest)
{
	unsigned depth = 0;

	while (s->p < s->end)
		switch (*s->p++) {
		case '"':
			if (!string(s))
				return false;
			break;
		case '{':
		case '[':
			if (++depth > *deepest)
				*deepest = depth;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return true;
			break;
		}
	s->cut = true;
	return false;
}

/* Skips one value; false: none begins here, or it does not end. */
static bool
skip_value(struct scan *s, struct slice *slice)
{
	const char *begin;
	bool ok;

	*slice = (struct slice){ .depth = 0 };
	switch (peek(s)) {
	case '"':
		begin = s->p++;
		ok = string(s);
		break;
	case '{':
	case '[':
		begin = s->p;
		ok = nested(s, &slice->depth);
		break;
	default:
		begin = s->p;
		while (s->p < s->end && !is_blank(*s->p) &&
		    memchr(",:{}[]\"", *s->p, 7) == NULL)
			s->p++;
		ok = s->p > begin;
		break;
	}
	slice->p = begin;
	slice->len = (size_t)(s->p - begin);
	return ok;
}

/* SCAN_ELEMENT: a value follows; closed: the list or object has ended. */
static enum scan_event
separator(struct scan *s, char close, enum scan_event closed)
{
	bool first = s->first;

	s->first = false;
	if (!first && skip_char(s, ','))
		return SCAN_ELEMENT;
	if (skip_char(s, close))
		return closed;
	return first && !s->cut ? SCAN_ELEMENT : SCAN_BAD;
}

static enum scan_event
next_member(struct scan *s, struct slice *key, struct slice *value)
{
	if (peek(s) != '"' || !skip_value(s, key) || !skip_char(s, ':'))
		return SCAN_BAD;
	key->p++;
	key->len -= 2;
	if (skip_char(s, '[')) {
		s->in_list = s->first = true;
		return SCAN_LIST;
	}
	return skip_value(s, value) ? SCAN_VALUE : SCAN_BAD;
}

enum scan_event
scan_next(struct scan *s, struct slice *key, struct slice *value)
{
	enum scan_event event = s->in_list ?
	    separator(s, ']', SCAN_LIST_END) : separator(s, '}', SCAN_END);

	*value = (struct slice){ .len = 0 };
	if (event == SCAN_ELEMENT && s->in_list)
		return skip_value(s, value) ? SCAN_ELEMENT : SCAN_BAD;
	if (event == SCAN_ELEMENT)
		return next_member(s, key, value);
	s->in_list = false;
	if (event == SCAN_END) {
		s->p = memchr(s->p, '\n', (size_t)(s->end - s->p));
		if (s->p != NULL && object_line(s))
			return SCAN_BAD;
	}
	return event;
}

/* All before the first of these characters that is in no string or list. */
static void
skip_until(struct scan *s, const char *stops, struct slice *slice)
{
	*slice = (struct slice){ .p = s->p };
	while (s->p < s->end && memchr(stops, *s->p, strlen(stops)) == NULL)
		switch (*s->p) {
		case '"':
			s->p++;
			(void)string(s);
			break;
		case '{':
		case '[':
			(void)nested(s, &slice->depth);
			break;
		default:
			s->p++;
			break;
		}
	slice->len = (size_t)(s->p - slice->p);
	while (slice->len > 0 && is_blank(slice->p[slice->len - 1]))
		slice->len--;
}

enum scan_event
scan_member(struct scan *s, struct slice *key, struct slice *value)
{
	enum scan_event event = separator(s, '}', SCAN_END);

	if (event != SCAN_ELEMENT)
		return event;
	if (peek(s) != '"')
		return SCAN_BAD;
	skip_until(s, ":,}", key);
	if (!skip_char(s, ':'))
		return SCAN_BAD;
	(void)peek(s);
	skip_until(s, ",}", value);
	return SCAN_VALUE;
}

uint64_t
scan_hash(const void *bytes, size_t len)
{
	const unsigned char *p = bytes;
	uint64_t h = len, w;

	while (len > 0) {
		size_t n = len < sizeof(w) ? len : sizeof(w);

		w = 0;
		memcpy(&w, p, n);
		p += n;
		len -= n;
		h = (h ^ w) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 29;
	}
	return (h * UINT64_C(0xbf58476d1ce4e5b9)) ^ (h >> 32);
}
