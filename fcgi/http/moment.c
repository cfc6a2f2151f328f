#include <stdio.h>
#include <string.h>
#include <time.h>

#include "fcgi/http/moment.h"

#define DIGITS	"0123456789"

/* What a text says.  A date alone has the time 00:00:00. */
struct fields {
	int		 year, month, day, hour, minute, second;
	int		 us;		/* rounded up: 0 to 1000000 */
	bool		 local;		/* without an offset */
	int		 offset;	/* minutes east of UTC */
};

/* Reads a number of n digits, within bounds, and moves *p behind it. */
static bool
digits(const char **p, int n, int min, int max, int *value)
{
	for (*value = 0; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		*value = *value * 10 + (**p - '0');
	}
	return *value >= min && *value <= max;
}

static bool
read_date(const char **p, struct fields *f)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	const char *s = *p;
	bool leap;

	if (!digits(&s, 4, 0, 9999, &f->year) || *s++ != '-' ||
	    !digits(&s, 2, 1, 12, &f->month) || *s++ != '-' ||
	    !digits(&s, 2, 1, 31, &f->day))
		return false;
	*p = s;
	leap = f->year % 4 == 0 && (f->year % 100 != 0 || f->year % 400 == 0);
	return f->day <= days[f->month - 1] + (f->month == 2 && leap);
}

/* The digits after the point, in microseconds, rounded up. */
static bool
read_fraction(const char **p, int *us)
{
	const size_t n = strspn(*p, DIGITS);
	size_t i;

	*us = 0;
	for (i = 0; i < 6; i++)
		*us = *us * 10 + (i < n ? (*p)[i] - '0' : 0);
	if (n > 6 && strspn(*p + 6, "0") < n - 6)
		++*us;
	*p += n;
	return n > 0;
}

/* hh:mm, then perhaps :ss and a fraction. */
static bool
read_clock(const char **p, struct fields *f)
{
	const char *s = *p;

	if (!digits(&s, 2, 0, 23, &f->hour) || *s++ != ':' ||
	    !digits(&s, 2, 0, 59, &f->minute))
		return false;
	if (*s == ':') {
		s++;
		if (!digits(&s, 2, 0, 60, &f->second))
			return false;
		if (*s == '.' && (s++, !read_fraction(&s, &f->us)))
			return false;
	}
	*p = s;
	return true;
}

/* Z, +hh:mm, -hh:mm, or nothing. */
static bool
read_offset(const char **p, struct fields *f)
{
	const char *s = *p;
	const int sign = *s == '-' ? -1 : 1;
	int hours, minutes;

	f->local = *s == '\0';
	if (f->local)
		return true;
	if (*s == 'Z' || *s == 'z') {
		++*p;
		return true;
	}
	if ((*s != '+' && *s != '-') || (s++, !digits(&s, 2, 0, 23, &hours)) ||
	    *s++ != ':' || !digits(&s, 2, 0, 59, &minutes))
		return false;
	f->offset = sign * (60 * hours + minutes);
	*p = s;
	return true;
}

/*
 * A leap second ends a day of UTC.  Zones differ from UTC by whole quarters of
 * an hour.
 */
static bool
may_leap(const struct fields *f)
{
	const int minutes = 60 * f->hour + f->minute - f->offset;

	return f->local ? minutes % 15 == 14 : (minutes + 2880) % 1440 == 1439;
}

static bool
read_fields(const char *p, struct fields *f)
{
	*f = (struct fields){ .local = true };
	if (!read_date(&p, f))
		return false;
	if (*p == '\0')
		return true;
	if (*p != 'T' && *p != 't' && *p != ' ')
		return false;
	p++;
	return read_clock(&p, f) && read_offset(&p, f) && *p == '\0' &&
	    (f->second < 60 || may_leap(f));
}

static int64_t
wall(time_t at)
{
	struct tm tm;

	return at + (localtime_r(&at, &tm) != NULL ? tm.tm_gmtoff : 0);
}

bool
moment_read(struct moment *m, const char *text)
{
	struct fields f;
	struct tm tm;
	time_t at;
	int year;

	if (!read_fields(text, &f))
		return false;
	tm = (struct tm){ .tm_year = f.year - 1900, .tm_mon = f.month - 1,
		.tm_mday = f.day, .tm_hour = f.hour, .tm_min = f.minute,
		.tm_sec = f.second };
	at = timegm(&tm) - 60 * f.offset + f.us / 1000000;
	m->wall = f.local ? at : wall(at);
	if (gmtime_r(&at, &tm) == NULL)
		return false;
	/* The year before 1 is 1 BC. */
	year = tm.tm_year + 1900;
	snprintf(m->text, sizeof(m->text),
	    "%04d-%02d-%02dT%02d:%02d:%02d.%06d%s%s", year > 0 ? year :
	    1 - year, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec, f.us % 1000000, f.local ? "" : "Z",
	    year > 0 ? "" : " BC");
	return true;
}

int64_t
moment_wall_now(void)
{
	return wall(time(NULL));
}
