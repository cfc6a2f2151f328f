/*
 * What a web server hands over, as a struct request: pure, no I/O.
 *
 * The path is what follows the place where the program is mounted.  It comes
 * from PATH_INFO; a web server that gives none (the program has the whole
 * site, or it is asked for without a trailing slash) gives it in SCRIPT_NAME,
 * or at least in REQUEST_URI.
 */
#ifndef FCGI_HTTP_REQUEST_H
#define FCGI_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes, without the NUL. */
#define REQUEST_QUERY_MAX	8192
#define REQUEST_PATH_MAX	1024
#define REQUEST_HEADER_MAX	4096

enum method { METHOD_GET, METHOD_HEAD, METHOD_OTHER, METHOD__MAX };

enum lang { LANG_FR, LANG_EN, LANG__MAX };

/* Two letters, as Accept-Language has them before a dash. */
extern const char *const lang_codes[LANG__MAX];

enum request_err {
	REQUEST_OK,
	REQUEST_URI_LONG,	/* path or query: answer 414 */
	REQUEST_HEADER_LONG,	/* answer 431 */
	REQUEST_BAD_PATH,	/* not UTF-8, or control characters: 404 */
	REQUEST_ERR__MAX
};

struct request {
	enum method	 method;
	enum lang	 lang;		/* of errors; French unless asked */
	bool		 gzip;		/* accepted */
	const char	*query;		/* as sent; "" when there is none */
	const char	*user;		/* REMOTE_USER; NULL: nobody */
	const char	*if_none_match;	/* NULL: unconditional */
	const char	*accept;	/* Accept; NULL: anything */
	const char	*last_event_id;	/* NULL: none */
	const char	*script;	/* SCRIPT_NAME; "" when there is none */
	/* Decoded, starts with a slash; "": the mount without its slash. */
	char		 path[REQUEST_PATH_MAX + 1];
	char		 id[17];	/* names the request in logs */
};

/*
 * Fills all of the request, whatever it returns, so that a refusal can be
 * written in the reader's language.  The strings are borrowed from env, an
 * array of NAME=value that a NULL ends.
 */
enum request_err request_read(struct request *, char *const *env);

/* Is tag (with its quotes, perhaps W/) among those the reader has? */
bool	 request_has(const struct request *, const char *tag);

/* "*": it has some answer, and asks whether there is one at all. */
bool	 request_has_any(const struct request *);

#endif
