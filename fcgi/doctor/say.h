/*
 * What cccp-doctor finds, and how that is printed: one line of standard output
 * for each finding, a verdict and then a sentence.
 */
#ifndef FCGI_DOCTOR_SAY_H
#define FCGI_DOCTOR_SAY_H

#include "fcgi/http/request.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL, VERDICT__MAX };

/*
 * What can be found.  text.c has the verdict and the sentence of each; the
 * comments here name the arguments that the sentence takes.
 */
enum finding {
	FOUND_CONNECTED,	/* server, role, database */
	FOUND_STANDBY,
	FOUND_NO_CONNECTION,	/* role, what libpq says */
	FOUND_QUERY_FAILED,	/* what PostgreSQL says */
	FOUND_SCHEMA,		/* version */
	FOUND_SCHEMA_NONE,
	FOUND_SCHEMA_OLD,	/* version, ours */
	FOUND_SCHEMA_NEW,	/* version, ours */
	FOUND_READS,		/* role */
	FOUND_UNUSABLE,		/* role, what */
	FOUND_NO_WRITES,	/* role */
	FOUND_WRITES,		/* role, what */
	FOUND_CLOCK,		/* seconds */
	FOUND_CLOCK_OFF,	/* seconds */
	FOUND_PURGE,		/* hours */
	FOUND_PURGE_LATE,	/* hours */
	FOUND_PURGE_NEVER,
	FOUND_PURGE_FAILED,	/* classes of data */
	FOUND_NO_SOURCES,
	FOUND_SOURCE,		/* name, seconds, users */
	FOUND_SOURCE_WAITS,	/* name */
	FOUND_SOURCE_BAD,	/* name, status, age, error */
	FOUND_SKEW,		/* name, seconds */
	FOUND_DEFECTS,		/* name, what */
	FOUND_HTDOCS,		/* directory */
	FOUND_HTDOCS_NONE,	/* directory, why */
	FOUND_HTDOCS_EMPTY,	/* directory */
	FOUND_BAD_URL,
	FOUND_UNREACHABLE,	/* URL, why */
	FOUND_HEALTH,		/* URL */
	FOUND_HEALTH_OTHER,	/* URL, status */
	FOUND_VERSION_OTHER,	/* ours */
	FOUND_READY,
	FOUND_NOT_READY,	/* checks */
	FOUND_PAGE,
	FOUND_PAGE_OTHER,	/* status */
	FOUND_PAGE_BARE,	/* header */
	FOUND_SLASH,
	FOUND_SLASH_OTHER,	/* status */
	FOUND_LIST,
	FOUND_LIST_CLOSED,
	FOUND_LIST_OTHER,	/* status */
	FOUND_ERRORS,
	FOUND_ERRORS_OTHER,	/* status */
	FOUND_PATHS,
	FOUND_PATHS_OTHER,	/* status */
	FOUND_ETAG,
	FOUND_ETAG_NONE,
	FOUND_ETAG_IGNORED,
	FOUND_EVENTS,		/* seconds, seconds */
	FOUND_STREAMS_BOUND,	/* the web server's setting */
	FOUND_STREAMS_FULL,
	FOUND_EVENTS_CGI,
	FOUND_EVENTS_OTHER,	/* status */
	FOUND_EVENTS_LATE,	/* seconds */
	FOUND_EVENTS_CUT,	/* seconds */
	FOUND__MAX
};

struct doctor {
	enum lang	 lang;		/* of all sentences */
	enum verdict	 worst;		/* of all that was said */
};

/* The language that LC_ALL, LC_MESSAGES or LANG names; English if neither. */
enum lang	 doctor_lang(void);

/*
 * Writes one line.  The arguments are strings, as many as the sentence takes;
 * control characters in them are written as blanks.
 */
void		 doctor_say(struct doctor *, enum finding, ...);

/* The sentence, with {0} to {9} for its arguments; a constant. */
enum verdict	 doctor_text(enum finding, enum lang, const char **sentence);

#endif
