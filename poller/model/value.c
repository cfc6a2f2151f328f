#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/model/literal.h"
#include "poller/model/value.h"
#include "sql/lib/array.h"

_Static_assert(LITERAL_NAME_MAX == VALUE_KEY_MAX, "a queue's name is a key");

void
value_date(struct buf *out, int64_t us)
{
	struct tm tm;
	time_t s;

	if (us < 0)
		us = 0;
	if (us > VALUE_DATE_MAX)
		us = VALUE_DATE_MAX;
	s = (time_t)(us / 1000000);
	gmtime_r(&s, &tm);
	buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec, (int)(us % 1000000));
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Appends a text array's literal, its n elements sorted, each once. */
static void
array_literal(struct buf *out, char **element, size_t n)
{
	size_t i;

	if (n > 1)
		qsort(element, n, sizeof(*element), compare);
	array_begin(out);
	for (i = 0; i < n; i++)
		if (i == 0 || strcmp(element[i - 1], element[i]) != 0)
			array_add(out, element[i]);
	array_end(out);
}

/* Cuts at most len bytes, never inside a character. */
static size_t
whole(const char *s, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max > 0 && ((unsigned char)s[max] & 0xc0) == 0x80)
		max--;
	return max;
}

static enum value_err
text(enum view_type type, const char *s, struct buf *out)
{
	size_t len = strlen(s);

	if (type == VIEW_TEAM && *s == '/') {
		s++;
		len--;
	}
	if (len == 0)
		return VALUE_ABSENT;
	if (type == VIEW_KEY && len > VALUE_KEY_MAX)
		return VALUE_BAD;
	buf_add(out, s, whole(s, len, VALUE_TEXT_MAX));
	return VALUE_OK;
}

static enum value_err
whole_number(enum view_type type, const char *s, struct buf *out)
{
	uint64_t max = type == VIEW_INT ? INT32_MAX : INT64_MAX;
	double d;
	char *end;

	/* Counters of durations come as reals; 3.0 is a whole number too. */
	errno = 0;
	d = strtod(s, &end);
	if (end == s || *end != '\0' || errno != 0 || !isfinite(d) || d < 0 ||
	    d >= 9.2e18 || (uint64_t)d > max)
		return VALUE_BAD;
	if (strspn(s, "0123456789") == strlen(s))
		buf_u64(out, strtoull(s, NULL, 10));
	else
		buf_u64(out, (uint64_t)d);
	return VALUE_OK;
}

static enum value_err
real(const char *s, struct buf *out)
{
	char *end;
	double d;

	errno = 0;
	d = strtod(s, &end);
	if (end == s || *end != '\0' || errno != 0 || !isfinite(d) ||
	    fabs(d) > VALUE_REAL_MAX)
		return VALUE_BAD;
	buf_printf(out, "%.15g", d);
	return VALUE_OK;
}

static enum value_err
boolean(const char *s, struct buf *out)
{
	bool yes = strcasecmp(s, "true") == 0 || strcmp(s, "1") == 0;

	if (!yes && strcasecmp(s, "false") != 0 && strcmp(s, "0") != 0)
		return VALUE_BAD;
	buf_char(out, yes ? 't' : 'f');
	return VALUE_OK;
}

bool
value_micros(const char *s, int64_t *out, bool *zoned)
{
	struct tm tm = { 0 }, zone = { 0 };
	const char *p;
	int64_t us = 0, unit = 100000;

	if ((p = strptime(s, "%Y-%m-%d", &tm)) == NULL || *p == '\0' ||
	    strchr("Tt ", *p) == NULL ||
	    (p = strptime(p + 1, "%H:%M:%S", &tm)) == NULL)
		return false;
	if (*p == '.')
		for (p++; *p >= '0' && *p <= '9'; p++, unit /= 10)
			us += (*p - '0') * unit;
	*zoned = *p != '\0';
	if (*zoned && strcmp(p, "z") != 0 &&
	    ((p = strptime(p, "%z", &zone)) == NULL || *p != '\0'))
		return false;
	if (tm.tm_year < 70 || tm.tm_year > 8000)
		return false;
	*out = ((int64_t)timegm(&tm) - zone.tm_gmtoff) * 1000000 + us;
	return *out >= 0;
}

bool
value_seconds(const char *s, int64_t *out)
{
	static const char units[] = "jdhms";
	static const int64_t seconds[] = { 86400, 86400, 3600, 60, 1 };
	int64_t sum = 0, clock = 0;
	const char *unit;
	unsigned long n;
	char *end;

	if (*s == '\0' || strlen(s) > 40)
		return false;
	for (; *s != '\0'; s = end + strspn(end, " ")) {
		if (!isdigit((unsigned char)*s) ||
		    (n = strtoul(s, &end, 10)) > 10000000)
			return false;
		clock = clock * 60 + (int64_t)n;
		if (*end == ':' && clock < 10000000) {
			end++;
		} else if (*end == '\0') {
			sum += clock;
		} else {
			unit = strchr(units, *end);
			if (unit == NULL || clock != (int64_t)n)
				return false;
			sum += clock * seconds[unit - units];
			clock = 0;
			end += strcspn(end, " 0123456789");
		}
	}
	*out = sum;
	return sum <= VALUE_SECONDS_MAX;
}

static enum value_err
date(const char *s, struct buf *out)
{
	int64_t us;
	bool zoned;

	if (strcmp(s, "0") == 0 || strcmp(s, "stop") == 0)
		return VALUE_ABSENT;
	if (!value_micros(s, &us, &zoned))
		return VALUE_BAD;
	value_date(out, us);
	return VALUE_OK;
}

/* ["…AGENTzmartin", …] -> {"zmartin"} */
static enum value_err
spies(const char *s, struct buf *out)
{
	json_t *array = json_loads(s, 0, NULL), *item;
	char *login[LITERAL_QUEUES_MAX];	/* borrowed from array */
	const char *at, *next;
	size_t i, n = 0;

	if (!json_is_array(array)) {
		json_decref(array);
		return VALUE_BAD;
	}
	json_array_foreach(array, i, item) {
		if ((next = json_string_value(item)) == NULL)
			continue;
		for (at = NULL; (next = strstr(next, "AGENT")) != NULL; next++)
			at = next + strlen("AGENT");
		if (at != NULL && *at != '\0' &&
		    strlen(at) <= VALUE_KEY_MAX && n < LITERAL_QUEUES_MAX)
			login[n++] = (char *)at;
	}
	if (n > 0)
		array_literal(out, login, n);
	json_decref(array);
	return n > 0 ? VALUE_OK : VALUE_ABSENT;
}

/* {1:{type:'queue',queue:'support'}} -> {"support"} */
static enum value_err
queues(const char *s, struct buf *out)
{
	struct literal_queues q;
	enum literal_err err = literal_queues(s, &q);
	bool any = q.n > 0;

	if (err == LITERAL_NO_MEMORY)
		out->failed = true;
	else if (any)
		array_literal(out, q.name, q.n);
	literal_free(&q);
	return err == LITERAL_BAD ? VALUE_BAD : any ? VALUE_OK : VALUE_ABSENT;
}

enum value_err
value_text(enum view_type type, const char *s, struct buf *out)
{
	buf_reset(out);
	if (*s == '\0' || strcmp(s, "undefined") == 0)
		return VALUE_ABSENT;
	switch (type) {
	case VIEW_BOOL:
		return boolean(s, out);
	case VIEW_INT:
	case VIEW_COUNT:
		return whole_number(type, s, out);
	case VIEW_REAL:
		return real(s, out);
	case VIEW_DATE:
		return date(s, out);
	case VIEW_HOLD:
		buf_char(out, strcmp(s, "0") != 0 &&
		    strcasecmp(s, "false") != 0 ? 't' : 'f');
		return VALUE_OK;
	case VIEW_SPIES:
		return spies(s, out);
	case VIEW_QUEUES:
		return queues(s, out);
	default:
		return text(type, s, out);
	}
}

/* A text of the wire, read as one of JSON is. */
static enum value_err
wire_text(enum view_type type, struct cursor wire, struct buf *out)
{
	struct buf scratch = { 0 };
	enum value_err err = VALUE_ABSENT;

	frame_text(&scratch, wire);
	buf_char(&scratch, '\0');
	if (buf_ok(&scratch))
		err = value_text(type, scratch.data, out);
	else
		out->failed = true;
	buf_free(&scratch);
	return err;
}

enum value_err
value_wire(enum view_type type, const struct object_value *v,
    struct buf *out)
{
	char number[32];

	buf_reset(out);
	switch (v->type) {
	case OBJECT_NONE:
		return VALUE_ABSENT;
	case OBJECT_STRING:
		return wire_text(type, v->text, out);
	case OBJECT_DATE:
		if (type != VIEW_DATE)
			return VALUE_BAD;
		if (v->date.s == 0 && v->date.us == 0)
			return VALUE_ABSENT;
		value_date(out, (int64_t)v->date.s * 1000000 +
		    v->date.us % 1000000);
		return VALUE_OK;
	case OBJECT_BOOL:
		return value_text(type, v->flag ? "1" : "0", out);
	case OBJECT_U32:
		snprintf(number, sizeof(number), "%" PRIu32, v->u32);
		break;
	case OBJECT_I32:
		snprintf(number, sizeof(number), "%" PRId32, v->i32);
		break;
	case OBJECT_U64:
		snprintf(number, sizeof(number), "%" PRIu64, v->u64);
		break;
	case OBJECT_REAL:
		snprintf(number, sizeof(number), "%.15g", v->real);
		break;
	default:
		return VALUE_BAD;
	}
	if (type == VIEW_DATE)	/* a number is no date */
		return strcmp(number, "0") == 0 ? VALUE_ABSENT : VALUE_BAD;
	if (type == VIEW_BOOL)	/* any number but 0 is true */
		return value_text(type,
		    strcmp(number, "0") == 0 ? "0" : "1", out);
	return value_text(type, number, out);
}
