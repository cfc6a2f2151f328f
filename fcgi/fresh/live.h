/*
 * How fresh the database is: the generation and the age of the sources.
 * Everything that is tied to a generation asks here, and only here.
 */
#ifndef FCGI_FRESH_LIVE_H
#define FCGI_FRESH_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/context.h"
#include "fcgi/fresh/news.h"

enum live_err {
	LIVE_OK,
	LIVE_AWAY,		/* the database is */
	LIVE_SCHEMA,		/* another one than this program knows */
	LIVE_FAILED,		/* our SQL, or our rights */
	LIVE_ERR__MAX
};

/*
 * Under FastCGI the watch knows, and nothing is asked; in CGI mode, or when
 * the watch does not know, the database is.  Unless it is OK, the answer has
 * become a problem and all is logged.  It is OK, but live->away, when the
 * database was known and is now out of reach.
 */
enum live_err live_read(struct context *, struct live *)
	    __attribute__((warn_unused_result));

/* Today, by the time zone of this process, as the database is told it. */
#define LIVE_DAY_MAX	16
void	 live_today(char day[LIVE_DAY_MAX]);

#define LIVE_TAG_MAX	64

/*
 * The ETag of the answer to a question: it is the same for the same
 * generation, staleness and program.  day is for answers that end at
 * midnight, else "".  Known before anything else is read.
 */
void	 live_tag(char tag[LIVE_TAG_MAX], const struct live *,
	    int64_t generation, const struct buf *question, const char *day);

/* Has the reader got that already?  Then the answer has become a 304. */
bool	 live_unchanged(struct context *, const struct live *,
	    const char *tag);

/* ETag (may be NULL), X-Source-Age, and what all data have. */
void	 live_headers(struct context *, const struct live *, const char *tag);

#endif
