#include <ctype.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/source.h"

const char *const source_status_names[SOURCE_STATUS__MAX] = {
	[SOURCE_CONNECTING] = "connecting",
	[SOURCE_LIVE] = "live",
	[SOURCE_STALE] = "stale",
	[SOURCE_DOWN] = "down",
};

static const struct source_kind *const kinds[] = { &source_cccp };

/* CCCP_PASSWORD_FILE_PROD for a source "prod"; '-' becomes '_'. */
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
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	if (f == NULL || getline(&line, &size, f) == -1) {
		snprintf(error, 256, "password file %s: %s", path,
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

	if (at->password != NULL)
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

	if (spec[n] != '=') {
		snprintf(error, 256, "a source is NAME=URL, as in "
		    "prod=cccp://user:password@host:20103");
		return false;
	}
	for (i = 0; i < n; i++)
		if (!islower((unsigned char)spec[i]) &&
		    !isdigit((unsigned char)spec[i]) && spec[i] != '_' &&
		    spec[i] != '-')
			break;
	if (i < n || n < 1 || n > 32) {
		snprintf(error, 256, "source name \"%.*s\": 1 to 32 of a-z, "
		    "0-9, _ and -", (int)(n < 64 ? n : 64), spec);
		return false;
	}
	*url = spec + n + 1;
	return (at->name = strndup(spec, n)) != NULL;
}

/* curl_url_get() into memory of our own; absent is "" or NULL. */
static char *
part(CURLU *u, CURLUPart what, unsigned flags, const char *otherwise)
{
	char *text = NULL, *copy;

	if (curl_url_get(u, what, &text, flags) != CURLUE_OK)
		return otherwise != NULL ? strdup(otherwise) : NULL;
	copy = strdup(text);
	curl_free(text);
	return copy;
}

static bool
parse_url(struct source *s, CURLU *u, const char *url, char *error)
{
	struct source_address *at = &s->at;
	CURLUcode rc;
	size_t i;

	rc = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME);
	if (rc != CURLUE_OK) {
		snprintf(error, 256, "source %s: its URL is not one: %s",
		    at->name, curl_url_strerror(rc));
		return false;
	}
	at->scheme = part(u, CURLUPART_SCHEME, 0, "");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i]->scheme, at->scheme) == 0)
			s->kind = kinds[i];
	if (s->kind == NULL) {
		snprintf(error, 256, "source %s: scheme \"%.32s\" is not "
		    "known; known: cccp", at->name, at->scheme);
		return false;
	}
	at->host = part(u, CURLUPART_HOST, 0, NULL);
	at->port = part(u, CURLUPART_PORT, 0, s->kind->default_port);
	at->path = part(u, CURLUPART_PATH, 0, "/");
	at->user = part(u, CURLUPART_USER, CURLU_URLDECODE, NULL);
	at->password = part(u, CURLUPART_PASSWORD, CURLU_URLDECODE, NULL);
	curl_url_set(u, CURLUPART_USER, NULL, 0);
	curl_url_set(u, CURLUPART_PASSWORD, NULL, 0);
	at->shown = part(u, CURLUPART_URL, CURLU_NON_SUPPORT_SCHEME, url);
	if (at->host == NULL || at->host[0] == '\0' || at->user == NULL) {
		snprintf(error, 256, "source %s: its URL names no %s",
		    at->name, at->user == NULL ? "user" : "host");
		return false;
	}
	return at->port != NULL && at->shown != NULL;
}

bool
source_parse(struct source *s, const char *spec, char *error)
{
	CURLU *u = curl_url();
	const char *url;
	bool ok;

	memset(s, 0, sizeof(*s));
	strcpy(error, "out of memory");
	ok = u != NULL && parse_name(&s->at, spec, &url, error) &&
	    parse_url(s, u, url, error) && find_password(&s->at, error) &&
	    (s->snapshot = snapshot_new()) != NULL;
	curl_url_cleanup(u);
	if (!ok)
		source_free(s);
	s->status = SOURCE_DOWN;
	return ok;
}

void
source_free(struct source *s)
{
	if (s->kind != NULL && s->own != NULL)
		s->kind->close(s);
	snapshot_free(s->snapshot);
	free(s->at.name);
	free(s->at.scheme);
	free(s->at.host);
	free(s->at.port);
	free(s->at.path);
	free(s->at.user);
	if (s->at.password != NULL)
		explicit_bzero(s->at.password, strlen(s->at.password));
	free(s->at.password);
	free(s->at.shown);
	memset(s, 0, sizeof(*s));
}

void
source_set(struct source *s, enum source_status status, const char *fmt, ...)
{
	char error[sizeof(s->error)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(error, sizeof(error), fmt, ap);
	va_end(ap);
	if (status == s->status && strcmp(error, s->error) == 0)
		return;
	/* "connecting" keeps the reason why the last connection ended. */
	if (status != SOURCE_CONNECTING || s->error[0] == '\0')
		strcpy(s->error, error);
	s->status = status;
	s->news = true;
	syslog(status == SOURCE_LIVE || status == SOURCE_CONNECTING ?
	    LOG_INFO : LOG_WARNING, "%s: %s%s%s", s->at.name,
	    source_status_names[status], error[0] != '\0' ? ": " : "", error);
}

/*
 * 1, 2, 4 … 30 s, each cut by up to half at random, so that pollers that lost
 * their server together do not come back together.
 */
void
source_fail(struct source *s, int64_t now, const char *error)
{
	int64_t wait = SOURCE_BACKOFF_US;

	if (s->failures < 5)
		wait = INT64_C(1000000) << s->failures;
	s->failures++;
	wait -= wait / 2 * (random() % 1001) / 1000;
	s->whole = false;
	s->retry_at = now + wait;
	source_set(s, SOURCE_DOWN, "%s", error);
}

size_t
source_fds(const struct source *s, struct pollfd *fds, size_t max)
{
	return s->own != NULL ? s->kind->fds(s, fds, max) : 0;
}

int64_t
source_deadline(const struct source *s)
{
	int64_t at = s->own != NULL ? s->kind->deadline(s) : s->retry_at;

	if (s->alive != 0 && !s->was_stale &&
	    s->alive + SOURCE_STALE_US < at)
		at = s->alive + SOURCE_STALE_US;
	return at;
}

void
source_work(struct source *s, int64_t now)
{
	bool stale;

	if (s->own == NULL && now >= s->retry_at)
		s->kind->open(s, now);
	if (s->own != NULL)
		s->kind->work(s, now);
	/* The database closes the intervals of a source that has gone stale,
	 * so it is told when that happens, connection or not. */
	stale = s->alive != 0 && now - s->alive >= SOURCE_STALE_US;
	if (stale && !s->was_stale) {
		s->news = true;
		if (s->status == SOURCE_LIVE)
			source_set(s, SOURCE_STALE, "no sign of life for %d s",
			    (int)(SOURCE_STALE_US / 1000000));
	} else if (!stale && s->status == SOURCE_STALE) {
		/* A gap that the database has marked ends here. */
		s->complete = s->resumed = true;
		source_set(s, SOURCE_LIVE, "%s", "");
	}
	s->was_stale = stale;
}
