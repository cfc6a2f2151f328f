#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/source/address.h"
#include "poller/source/plain.h"

#define ERROR_SIZE	256

static const struct {
	const char	*name, *port;
	bool		 host, user, polled, query;
} schemes[ADDRESS__MAX] = {
	[ADDRESS_CCCP] = { "cccp", "20103", .host = true, .user = true },
	[ADDRESS_CCCPS] = { "cccps", "20103", .host = true, .user = true },
	[ADDRESS_HTTP] = { "http", "80", .host = true, .polled = true,
	    .query = true },
	[ADDRESS_HTTPS] = { "https", "443", .host = true, .polled = true,
	    .query = true },
	[ADDRESS_FILE] = { "file", NULL, .polled = true },
	[ADDRESS_EXEC] = { "exec", NULL, .polled = true },
};

/* CCCP_PASSWORD_FILE_PROD of the source "prod"; '-' becomes '_'. */
static const char *
variable(const char *prefix, const char *name)
{
	char text[96];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s_%s", prefix,
	    name);
	size_t i;

	for (i = strlen(prefix); i < n; i++)
		text[i] = text[i] == '-' ? '_' :
		    (char)toupper((unsigned char)text[i]);
	return getenv(text);
}

/* The first line of a file; new. */
static char *
first_line(const char *path, char *error)
{
	FILE *f = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL || getline(&line, &size, f) == -1) {
		snprintf(error, ERROR_SIZE, "password file %s: %s", path,
		    f != NULL && feof(f) ? "is empty" : strerror(errno));
		free(line);
		line = NULL;
	} else {
		line[strcspn(line, "\r\n")] = '\0';
	}
	if (f != NULL)
		fclose(f);
	return line;
}

static bool
find_password(struct source_address *at, char *error)
{
	const char *path = variable("CCCP_PASSWORD_FILE", at->name);
	const char *text = variable("CCCP_PASSWORD", at->name);

	if (at->password != NULL || at->user == NULL)
		return true;
	if (path != NULL)
		return (at->password = first_line(path, error)) != NULL;
	return (at->password = strdup(text != NULL ? text : "")) != NULL;
}

static bool
parse_name(struct source_address *at, const char *spec, const char **url,
    char *error)
{
	size_t n = strcspn(spec, "="), i;

	/* Without a name, the text before a '=' may be part of a password:
	 * it is not shown. */
	if (spec[n] != '=' || memchr(spec, ':', n) != NULL ||
	    memchr(spec, '/', n) != NULL) {
		snprintf(error, ERROR_SIZE, "a source is NAME=URL, as in "
		    "prod=cccp://user:password@host:20103");
		return false;
	}
	for (i = 0; i < n; i++)
		if (!islower((unsigned char)spec[i]) &&
		    !isdigit((unsigned char)spec[i]) && spec[i] != '_' &&
		    spec[i] != '-')
			break;
	if (i < n || n < 1 || n > 32) {
		snprintf(error, ERROR_SIZE, "source name \"%.*s\": 1 to 32 of "
		    "a-z, 0-9, _ and -", (int)(n < 64 ? n : 64), spec);
		return false;
	}
	*url = spec + n + 1;
	return (at->name = strndup(spec, n)) != NULL;
}

static bool
parse_scheme(struct source_address *at, const char *url, char *error)
{
	size_t n = strcspn(url, ":");
	enum address_scheme i;

	for (i = 0; i < ADDRESS__MAX; i++)
		if (url[n] == ':' && strlen(schemes[i].name) == n &&
		    strncasecmp(url, schemes[i].name, n) == 0)
			break;
	at->scheme = i;
	if (i < ADDRESS__MAX)
		return true;
	if (url[n] != ':')
		snprintf(error, ERROR_SIZE, "source %s: its URL has no scheme",
		    at->name);
	else
		snprintf(error, ERROR_SIZE, "source %s: scheme \"%.*s\" is not "
		    "known; known: cccp, cccps, http, https, file, exec",
		    at->name, (int)(n < 32 ? n : 32), url);
	return false;
}

static bool
parse_interval(struct source_address *at, const char *text, char *error)
{
	char *end;
	long n;

	if (text == NULL)
		return true;
	errno = 0;
	n = strtol(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 ||
	    n < 1 || n > ADDRESS_INTERVAL_MAX) {
		snprintf(error, ERROR_SIZE, "source %s: interval \"%.20s\" is "
		    "not a number of seconds from 1 to %d", at->name, text,
		    ADDRESS_INTERVAL_MAX);
		return false;
	}
	at->interval_s = (unsigned)n;
	return true;
}

/* Removes interval from the query; the other parameters stay. */
static bool
remove_interval(struct source_address *at, CURLU *u, char *error)
{
	char *query = NULL, *rest, *left, *parameter;
	bool ok = true;

	if (curl_url_get(u, CURLUPART_QUERY, &query, 0) != CURLUE_OK)
		return true;
	if ((left = calloc(1, strlen(query) + 2)) == NULL) {
		curl_free(query);
		return false;
	}
	rest = query;
	while (ok && (parameter = strsep(&rest, "&")) != NULL)
		if (strncmp(parameter, "interval=", 9) == 0 &&
		    schemes[at->scheme].polled)
			ok = parse_interval(at, parameter + 9, error);
		else
			strcat(strcat(left, *left != '\0' ? "&" : ""),
			    parameter);
	if (ok && *left != '\0' && !schemes[at->scheme].query) {
		snprintf(error, ERROR_SIZE, "source %s: parameter \"%.*s\" is "
		    "not known%s", at->name, (int)strcspn(left, "=&") % 64,
		    left, schemes[at->scheme].polled ? "; known: interval" :
		    "");
		ok = false;
	}
	ok = ok && curl_url_set(u, CURLUPART_QUERY, *left != '\0' ? left :
	    NULL, 0) == CURLUE_OK;
	free(left);
	curl_free(query);
	return ok;
}

/* curl_url_get() into memory of our own; NULL: there is none. */
static char *
part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *text = NULL, *copy;

	if (curl_url_get(u, what, &text, flags) != CURLUE_OK)
		return NULL;
	copy = strdup(text);
	curl_free(text);
	return copy;
}

static bool
parse_parts(struct source_address *at, CURLU *u, char *error)
{
	const unsigned decode = CURLU_URLDECODE;
	const char *lacks = NULL;

	at->host = part(u, CURLUPART_HOST, 0);
	at->port = part(u, CURLUPART_PORT, 0);
	if (at->port == NULL && schemes[at->scheme].port != NULL)
		at->port = strdup(schemes[at->scheme].port);
	at->path = part(u, CURLUPART_PATH, decode);
	at->user = part(u, CURLUPART_USER, decode);
	at->password = part(u, CURLUPART_PASSWORD, decode);
	if (at->path == NULL)
		lacks = "readable path";
	else if (at->scheme == ADDRESS_FILE && at->path[0] != '/')
		lacks = "path that begins with a '/'";
	else if (schemes[at->scheme].host &&
	    (at->host == NULL || at->host[0] == '\0'))
		lacks = "host";
	else if (schemes[at->scheme].user && at->user == NULL)
		lacks = "user";
	if (lacks != NULL)
		snprintf(error, ERROR_SIZE, "source %s: its URL names no %s",
		    at->name, lacks);
	return lacks == NULL && remove_interval(at, u, error);
}

static bool
parse_url(struct source_address *at, const char *url, char *error)
{
	CURLU *u = curl_url();
	CURLUcode rc;
	bool ok;

	if (u == NULL)
		return false;
	rc = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
	if (rc != CURLUE_OK)
		snprintf(error, ERROR_SIZE, "source %s: its URL is not one: "
		    "%s", at->name, curl_url_strerror(rc));
	ok = rc == CURLUE_OK && parse_parts(at, u, error);
	if (ok) {
		curl_url_set(u, CURLUPART_USER, NULL, 0);
		curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
		curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
		at->url = part(u, CURLUPART_URL, CURLU_NON_SUPPORT_SCHEME);
		/* A query may hold a key. */
		curl_url_set(u, CURLUPART_QUERY, NULL, 0);
		at->shown = part(u, CURLUPART_URL, CURLU_NON_SUPPORT_SCHEME);
		ok = at->url != NULL && at->shown != NULL;
	}
	curl_url_cleanup(u);
	return ok;
}

/* Reads one word of a command to out; NULL: a quote is not closed. */
static const char *
read_word(const char *p, char *out)
{
	char quote = '\0';

	for (; *p != '\0'; p++) {
		if (quote == '\0' && isspace((unsigned char)*p))
			break;
		if (*p == '\\' && quote != '\'' && p[1] != '\0')
			*out++ = *++p;
		else if (quote != '\0' ? *p == quote :
		    *p == '\'' || *p == '"')
			quote = quote != '\0' ? '\0' : *p;
		else
			*out++ = *p;
	}
	*out = '\0';
	return quote == '\0' ? p : NULL;
}

static bool
parse_command(struct source_address *at, const char *p, char *error)
{
	char *word = malloc(strlen(p) + 1);
	size_t n = 0;

	at->argv = calloc(ADDRESS_WORDS_MAX + 1, sizeof(*at->argv));
	if (word == NULL || at->argv == NULL) {
		free(word);
		return false;
	}
	error[0] = '\0';
	while (p != NULL && *(p += strspn(p, " \t\r\n")) != '\0') {
		if (n == ADDRESS_WORDS_MAX) {
			snprintf(error, ERROR_SIZE, "source %s: its command "
			    "has more than %d words", at->name,
			    ADDRESS_WORDS_MAX);
			break;
		}
		if ((p = read_word(p, word)) == NULL)
			snprintf(error, ERROR_SIZE, "source %s: a quote of its "
			    "command is not closed", at->name);
		else if ((at->argv[n++] = strdup(word)) == NULL)
			strcpy(error, "out of memory");
	}
	free(word);
	if (error[0] != '\0')
		return false;
	if (n == 0 || at->argv[0][0] != '/') {
		snprintf(error, ERROR_SIZE, "source %s: its command has to "
		    "begin with a '/', as in exec:/path/to/command", at->name);
		return false;
	}
	/* The words after the first may hold a key. */
	if ((at->shown = malloc(strlen(at->argv[0]) + sizeof("exec:"))) ==
	    NULL)
		return false;
	strcat(strcpy(at->shown, "exec:"), at->argv[0]);
	return true;
}

/* The database takes only UTF-8. */
static bool
make_plain(char **text)
{
	size_t len = strlen(*text), size = 4 * len + 5;
	char *plain = malloc(size);

	if (plain == NULL)
		return false;
	plain_text(plain, size, *text, len);
	free(*text);
	*text = plain;
	return true;
}

bool
address_parse(struct source_address *at, const char *spec, char *error)
{
	const char *url;
	bool ok;

	memset(at, 0, sizeof(*at));
	strcpy(error, "out of memory");
	ok = parse_name(at, spec, &url, error) &&
	    parse_scheme(at, url, error);
	if (ok && schemes[at->scheme].polled) {
		at->interval_s = ADDRESS_INTERVAL_S;
		ok = parse_interval(at, variable("CCCP_INTERVAL", at->name),
		    error);
	}
	ok = ok && (at->scheme == ADDRESS_EXEC ?
	    parse_command(at, strchr(url, ':') + 1, error) :
	    parse_url(at, url, error)) && make_plain(&at->shown) &&
	    find_password(at, error);
	if (!ok)
		address_free(at);
	return ok;
}

void
address_free(struct source_address *at)
{
	size_t i;

	free(at->name);
	free(at->host);
	free(at->port);
	free(at->path);
	free(at->user);
	if (at->password != NULL)
		explicit_bzero(at->password, strlen(at->password));
	free(at->password);
	free(at->url);
	for (i = 0; at->argv != NULL && at->argv[i] != NULL; i++)
		free(at->argv[i]);
	free(at->argv);
	free(at->shown);
	memset(at, 0, sizeof(*at));
}

bool
address_secure(const struct source_address *at)
{
	return at->scheme == ADDRESS_CCCPS || at->scheme == ADDRESS_HTTPS;
}

char *
address_next(char **list)
{
	char *spec = *list, *end;
	bool command;

	if (spec == NULL)
		return NULL;
	spec += strspn(spec, " \t\r\n");
	if (*spec == '\0')
		return NULL;
	end = spec + strcspn(spec, " \t\r\n");
	command = (size_t)(end - spec) > strcspn(spec, "=") &&
	    strncasecmp(spec + strcspn(spec, "=") + 1, "exec:", 5) == 0;
	if (command)
		end = spec + strcspn(spec, "\r\n");
	*list = *end != '\0' ? end + 1 : end;
	*end = '\0';
	return spec;
}
