/*
 * Error answers: application/problem+json (RFC 9457).  The type is stable and
 * meant for programs; title and detail are in the reader's language.
 */
#ifndef FCGI_HTTP_PROBLEM_H
#define FCGI_HTTP_PROBLEM_H

#include "fcgi/http/param.h"
#include "fcgi/http/request.h"
#include "fcgi/http/response.h"

#define PROBLEM_URN	"urn:cccp-board:problem:"

enum problem {
	PROBLEM_UNKNOWN_PARAMETER,
	PROBLEM_REPEATED_PARAMETER,
	PROBLEM_INVALID_PARAMETER,
	/* The same of fields of a body, in the same order. */
	PROBLEM_UNKNOWN_FIELD,
	PROBLEM_REPEATED_FIELD,
	PROBLEM_INVALID_FIELD,
	PROBLEM_INVALID_BODY,	/* 400: it is no JSON object */
	PROBLEM_BODY_LENGTH,	/* 400: it has not the length announced */
	PROBLEM_REFUSED,	/* 400: the database refused a value */
	PROBLEM_RULE,		/* 400: the same, as {0} is demanded */
	PROBLEM_UNAUTHORIZED,
	PROBLEM_CROSS_SITE,	/* 403: from another site's page */
	PROBLEM_NO_RIGHT,	/* 403: the database refused the reader */
	PROBLEM_NO_GRANT,	/* 403: for the user {0} with the groups {1} */
	PROBLEM_FORBIDDEN,	/* 403: role {0} lacks {1} */
	PROBLEM_MASKED,		/* 403: {0} is about numbers that are masked */
	PROBLEM_NOT_FOUND,
	PROBLEM_PATH,		/* 404: ambiguous */
	PROBLEM_METHOD,		/* {0}: what is allowed */
	PROBLEM_NOT_ACCEPTABLE,
	PROBLEM_CURSOR,		/* 400: it would be too long */
	PROBLEM_PERIOD,		/* 400: it may have {0} days */
	PROBLEM_CONFLICT,	/* 409: there is another one like it */
	PROBLEM_MANY,		/* 409: there are too many */
	PROBLEM_STATE,		/* 409: its state does not permit it */
	PROBLEM_MOVED,		/* 409: {0} was asked for, {1} is current */
	PROBLEM_NO_LENGTH,	/* 411 */
	PROBLEM_CHANGED,	/* 412: it has another version */
	PROBLEM_BODY_LONG,	/* 413: it may have {0} bytes */
	PROBLEM_URI_LONG,
	PROBLEM_MEDIA_TYPE,	/* 415 */
	PROBLEM_NO_VERSION,	/* 428: If-Match is missing */
	PROBLEM_STREAMS,	/* 429: this user has too many streams */
	PROBLEM_HEADER_LONG,
	PROBLEM_INTERNAL,
	PROBLEM_ROOT,		/* 500: runs as root, in CGI mode */
	PROBLEM_EVENTS,		/* 501: in CGI mode, or without streams */
	PROBLEM_BUSY,		/* 503: out of memory or the like */
	PROBLEM_EXPORTS,	/* 503: the gate of context.h is full */
	PROBLEM_TOO_MUCH,	/* 503: the question takes too long */
	PROBLEM_SLOW,		/* 503: a write was not done in time */
	PROBLEM_DATABASE,	/* 503: too slow, or the connection is lost */
	PROBLEM_AWAY,		/* 503: the database is away; the same type */
	PROBLEM_AUDIT,		/* 503: the access log takes no line */
	PROBLEM_NO_WRITER,	/* 503: no database takes writes */
	PROBLEM_SCHEMA_OLD,	/* 503: the database has {0}, {1} is needed */
	PROBLEM_SCHEMA_NEW,	/* 503: the same */
	PROBLEM__MAX
};

/*
 * Replaces the answer by this problem.  args fill {0} and {1} of its detail;
 * NULL when it has none.  It is logged with the request's id, unless the
 * database is away or has another schema: that is logged once a minute by those
 * who find it, and not for each request.
 */
void	 problem_answer(struct response *, const struct request *,
	    enum problem, const char *const *args);

/* The same, and names the field of the body that it is about; NULL: none. */
void	 problem_field(struct response *, const struct request *,
	    enum problem, const char *const *args, const char *field);

/* The same for a refused parameter of a table of n parameters. */
void	 problem_parameter(struct response *, const struct request *,
	    const struct param_refusal *, const struct param *table, size_t n);

/* The same for a refused body, with a table of n fields. */
void	 problem_body(struct response *, const struct request *,
	    const struct param_refusal *, const struct param *table, size_t n);

#endif
