/*
 * cccp.fcgi --doctor: looks at what a board needs, and says in words what is
 * wrong and what mends it, one line a check.
 */
#ifndef FCGI_DOCTOR_H
#define FCGI_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "fcgi/request.h"
#include "sql/buf.h"

enum verdict { VERDICT_OK, VERDICT_WARN, VERDICT_FAIL, VERDICT__MAX };

/* Each is a sentence in doctor_text.c, with its verdict. */
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
	FOUND_NO_SOURCES,
	FOUND_SOURCE,		/* name, seconds, users */
	FOUND_SOURCE_WAITS,	/* name */
	FOUND_SOURCE_BAD,	/* name, status, age, error */
	FOUND_SKEW,		/* name, seconds */
	FOUND_HTDOCS,		/* directory */
	FOUND_HTDOCS_NONE,	/* directory, why */
	FOUND_HTDOCS_EMPTY,	/* directory */
	FOUND_NO_CURL,
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
	FOUND_EVENTS_CGI,
	FOUND_EVENTS_OTHER,	/* status */
	FOUND_EVENTS_LATE,	/* seconds */
	FOUND_EVENTS_CUT,	/* seconds */
	FOUND__MAX
};

struct doctor {
	enum lang	 lang;
	enum verdict	 worst;
};

/*
 * The program's main() when it is called so: argv[0] is "--doctor", options
 * and a URL may follow.  Returns its exit status: 0 all is well, 1 something
 * may be better, 2 something is wrong, or it was called wrongly.
 */
int	 doctor(int argc, char **argv, const char *htdocs);

/* Writes one line; args are as many strings as the sentence takes. */
void	 doctor_say(struct doctor *, enum finding, ...);

/* The sentence, with {0} to {9} for its arguments. */
enum verdict doctor_text(enum finding, enum lang, const char **sentence);

/* Database and sources; then the way through a web server. */
void	 doctor_database(struct doctor *);
void	 doctor_url(struct doctor *, const char *url);

/* An answer over HTTP.  All-zero at first; http_free() in any case. */
struct http_answer {
	int		 status;	/* 0: there was none */
	bool		 ended;		/* and not by us */
	double		 first_s;	/* until the first byte of the body */
	double		 second_s;	/* until the second event; 0: none */
	struct buf	 head;		/* its lines, then a NUL */
	struct buf	 body;		/* then a NUL; at most HTTP_BODY_MAX */
	char		 error[256];	/* why there was none */
};

#define HTTP_BODY_MAX	((size_t)1 << 20)

struct http;

/* NULL when libcurl is not installed: only who asks by URL needs it. */
struct http	*http_open(void);
void		 http_close(struct http *);	/* NULL is fine */

/*
 * GET url, with one more header line (may be NULL).  It takes timeout_s at
 * most; with events it ends after the second event.
 */
void		 http_get(struct http *, const char *url, const char *header,
		    long timeout_s, bool events, struct http_answer *);
void		 http_free(struct http_answer *);

/* Copies a header's value, cut to size; false: there is none, "" is copied. */
bool		 http_header(const struct http_answer *, const char *name,
		    char *to, size_t size);

#endif
