/*
 * A request, read from the CGI variables of a web server.  All pure.
 *
 * The path is the part after the address where the program is mounted.  It is
 * in PATH_INFO.  Web servers that set no PATH_INFO (the program has the whole
 * site, or the request has no trailing slash) give the path in SCRIPT_NAME or
 * in REQUEST_URI.
 */
#ifndef FCGI_HTTP_REQUEST_H
#define FCGI_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes, without the NUL. */
#define REQUEST_QUERY_MAX	8192
#define REQUEST_PATH_MAX	1024
#define REQUEST_HEADER_MAX	4096
#define REQUEST_BODY_MAX	65536

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_PUT,
	METHOD_DELETE,
	METHOD_OTHER,		/* no path takes it */
	METHOD__MAX
};

/* As requests and the header Allow have them; METHOD_OTHER has none. */
extern const char *const method_names[METHOD_OTHER];

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

/* What is wrong with the body of a request, or with its length. */
enum request_body_err {
	REQUEST_BODY_OK,
	REQUEST_BODY_NO_LENGTH,	/* answer 411 */
	REQUEST_BODY_WRONG,	/* CONTENT_LENGTH is not its length: 400 */
	REQUEST_BODY_LONG,	/* more than REQUEST_BODY_MAX bytes: 413 */
	REQUEST_BODY_ERR__MAX
};

struct request_body {
	enum request_body_err err;
	const char	*data;		/* borrowed; not ended by a NUL */
	size_t		 len;
};

struct request {
	enum method	 method;
	enum lang	 lang;		/* for errors; French by default */
	bool		 gzip;		/* the reader accepts it */
	const char	*query;		/* as sent; "" when there is none */
	const char	*user;		/* REMOTE_USER; NULL: nobody */
	const char	*address;	/* REMOTE_ADDR; "": not known */
	const char	*if_none_match;	/* NULL: unconditional */
	const char	*accept;	/* Accept; NULL: anything */
	const char	*last_event_id;	/* NULL: none */
	const char	*script;	/* SCRIPT_NAME; "" when there is none */
	/* Of requests that write, see write.h; NULL when there is none. */
	const char	*content_type;
	const char	*if_match;
	const char	*fetch_site;	/* Sec-Fetch-Site */
	const char	*origin;
	const char	*host;
	bool		 https;		/* as far as the web server knows */
	/*
	 * What was asked for has "//", "/./" or "/../".  Web servers change
	 * these, each in its own way: path may not be what was meant.
	 */
	bool		 ambiguous;
	/* Decoded, with a slash at the start; "": the mount, without one. */
	char		 path[REQUEST_PATH_MAX + 1];
	char		 id[17];	/* for answers and the log */
};

/*
 * Fills the whole request even when it fails, so that the error can be written
 * in the reader's language.  The strings are borrowed from env, an array of
 * NAME=value that a NULL ends.
 */
enum request_err request_read(struct request *, char *const *env);

/* The method alone. */
enum method request_method(char *const *env);

/*
 * Reads the length that the variables announce for the body: 0 when they
 * announce none.  REQUEST_BODY_NO_LENGTH: there is a body of unknown length.
 */
enum request_body_err request_body_length(char *const *env, size_t *len);
/* The value of a variable in env; borrowed; NULL: there is none. */
const char *request_variable(char *const *env, const char *name);

/* Does its method only read? */
bool	 request_reads(const struct request *);

/* Does it come from this machine itself, as the web server says? */
bool	 request_is_local(const struct request *);

/* Is the tag, with its quotes and perhaps W/, in If-None-Match? */
bool	 request_has(const struct request *, const char *tag);

/* Is If-None-Match "*", which matches any answer that exists? */
bool	 request_has_any(const struct request *);

#endif
