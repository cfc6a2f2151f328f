/*
 * Times of requests: all of RFC 3339, section 5.6, lower-case letters, leap
 * seconds and any number of digits after the point included.  Also a date
 * alone, a time without seconds, and one without an offset: these are by the
 * clock of this program's time zone.
 */
#ifndef FCGI_HTTP_MOMENT_H
#define FCGI_HTTP_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#define MOMENT_TEXT_MAX	96	/* bytes, with the NUL */

struct moment {
	/*
	 * The same as PostgreSQL reads it.  PostgreSQL counts microseconds: it
	 * is the first one that is not before the moment, so that a comparison
	 * by < or >= is exact.
	 */
	char		 text[MOMENT_TEXT_MAX];
	/*
	 * What the clock of this program's time zone shows then, in seconds
	 * since it showed the beginning of 1970.  A day of 23 or 25 hours has
	 * 86400 of them.
	 */
	int64_t		 wall;
};

/* False: the text is no such time, and the moment is undefined. */
bool	 moment_read(struct moment *, const char *text);

/* What that clock shows now. */
int64_t	 moment_wall_now(void);

#endif
