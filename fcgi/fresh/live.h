/*
 * How current the database is, for the request at hand, and the headers that
 * say so.  All answers that depend on the generation ask here.
 */
#ifndef FCGI_FRESH_LIVE_H
#define FCGI_FRESH_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/context.h"
#include "fcgi/fresh/generation.h"

enum live_err {
	LIVE_OK,
	LIVE_AWAY,		/* the database does not answer: 503 */
	LIVE_SCHEMA,		/* its schema is not this program's: 503 */
	LIVE_FAILED,		/* our SQL or our rights are wrong: 500 */
	LIVE_ERR__MAX
};

/*
 * Under FastCGI the watch knows, and no statement is run.  In CGI mode, or when
 * the watch does not know, the database is asked.  Unless it returns LIVE_OK,
 * the answer has become a problem and the failure was logged.  When the
 * database was known and is now out of reach, it is LIVE_OK and live->away.
 */
enum live_err live_read(struct context *, struct live *)
	    __attribute__((warn_unused_result));

/* Today as 2026-01-31, in the time zone of this process. */
#define LIVE_DAY_MAX	16
void	 live_today(char day[LIVE_DAY_MAX]);

#define LIVE_TAG_MAX	64

/*
 * The ETag of the answer to a question: the same for the same generation,
 * staleness and version of the program.  day is for answers that change at
 * midnight, else "".
 */
void	 live_tag(char tag[LIVE_TAG_MAX], const struct live *,
	    int64_t generation, const struct buf *question, const char *day);

/* Does the reader have the answer with this tag?  Then it has become a 304. */
bool	 live_unchanged(struct context *, const struct live *,
	    const char *tag);

/* Adds ETag (unless NULL), X-Source-Age, and the headers of all data. */
void	 live_headers(struct context *, const struct live *, const char *tag);

#endif
