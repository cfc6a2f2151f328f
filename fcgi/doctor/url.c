/* The doctor looks at the web server in between, as a browser would. */
#include <stdio.h>
#include <string.h>

#include "fcgi/doctor/doctor.h"

#define ANSWER_S	10	/* for an answer */
#define HELLO_S		5	/* for the first event */
#define BEAT_S		20	/* for the second: the heart beats before */

struct visit {
	struct doctor	*d;
	struct http	*http;
	const char	*base;		/* ends with a slash */
	char		 shown[1024];	/* the same, without a password */
	struct http_answer a;
	char		 status[16];	/* of the answer, in words */
};

static void
get(struct visit *v, const char *path, const char *header, long timeout_s,
    bool events)
{
	char url[2048];

	snprintf(url, sizeof(url), "%s%s", v->base, path);
	http_get(v->http, url, header, timeout_s, events, &v->a);
	if (v->a.status == 0)
		snprintf(v->status, sizeof(v->status), "–");
	else
		snprintf(v->status, sizeof(v->status), "%d", v->a.status);
}

static bool
says(const struct visit *v, const char *text)
{
	return v->a.body.data != NULL && strstr(v->a.body.data, text) != NULL;
}

static bool
is_problem(const struct visit *v, int status, const char *type)
{
	return v->a.status == status && says(v,
	    "\"urn:cccp-board:problem:") && says(v, type);
}

static bool
check_health(struct visit *v)
{
	get(v, "healthz", NULL, ANSWER_S, false);
	if (v->a.status == 0) {
		doctor_say(v->d, FOUND_UNREACHABLE, v->shown, v->a.error);
		return false;
	}
	if (v->a.status != 200 || !says(v, "{\"status\":\"ok\",\"version\"")) {
		doctor_say(v->d, FOUND_HEALTH_OTHER, v->shown, v->status);
		return false;
	}
	doctor_say(v->d, FOUND_HEALTH, v->shown);
	if (!says(v, "\"version\":\"" VERSION "\""))
		doctor_say(v->d, FOUND_VERSION_OTHER, VERSION);
	return true;
}

static void
check_ready(struct visit *v)
{
	static const char *const checks[] = { "database", "schema",
	    "sources" };
	char wanted[64], failed[64] = "";
	size_t i, len = 0;

	get(v, "readyz", NULL, ANSWER_S, false);
	if (v->a.status == 200) {
		doctor_say(v->d, FOUND_READY);
		return;
	}
	for (i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
		snprintf(wanted, sizeof(wanted), "\"%s\":\"failed\"",
		    checks[i]);
		if (says(v, wanted))
			len += (size_t)snprintf(failed + len, sizeof(failed) -
			    len, "%s%s", len > 0 ? ", " : "", checks[i]);
	}
	doctor_say(v->d, FOUND_NOT_READY, len > 0 ? failed : v->status);
}

static void
check_page(struct visit *v)
{
	static const char *const headers[] = { "Content-Security-Policy",
	    "X-Content-Type-Options", "ETag" };
	char value[512];
	size_t i;

	get(v, "", NULL, ANSWER_S, false);
	if (v->a.status != 200 || !http_header(&v->a, "Content-Type", value,
	    sizeof(value)) || strncmp(value, "text/html", 9) != 0) {
		doctor_say(v->d, FOUND_PAGE_OTHER, v->status);
		return;
	}
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (!http_header(&v->a, headers[i], value, sizeof(value))) {
			doctor_say(v->d, FOUND_PAGE_BARE, headers[i]);
			return;
		}
	doctor_say(v->d, FOUND_PAGE);
}

/* Mounted below a path: that path without its slash leads there, too. */
static void
check_slash(struct visit *v)
{
	const size_t len = strlen(v->base);
	const char *host = strstr(v->base, "://") + 3;
	char base[2048], place[2048];
	const char *kept = v->base;

	if (strchr(host, '/') == v->base + len - 1)
		return;			/* it has the whole site */
	snprintf(base, sizeof(base), "%.*s", (int)len - 1, v->base);
	v->base = base;
	get(v, "", NULL, ANSWER_S, false);
	v->base = kept;
	if (v->a.status >= 301 && v->a.status <= 308 &&
	    http_header(&v->a, "Location", place, sizeof(place)) &&
	    place[strlen(place) - 1] == '/')
		doctor_say(v->d, FOUND_SLASH);
	else
		doctor_say(v->d, FOUND_SLASH_OTHER, v->status);
}

static bool
check_list(struct visit *v)
{
	get(v, "api/v1/users?per_page=1", NULL, ANSWER_S, false);
	if (v->a.status == 200 && says(v, "{\"meta\":{"))
		doctor_say(v->d, FOUND_LIST);
	else if (v->a.status == 401 || v->a.status == 403)
		doctor_say(v->d, FOUND_LIST_CLOSED);
	else
		doctor_say(v->d, FOUND_LIST_OTHER, v->status);
	return v->a.status == 200;
}

static void
check_ways(struct visit *v)
{
	get(v, "api/v1/users?doctor=1", NULL, ANSWER_S, false);
	if (is_problem(v, 400, "unknown-parameter"))
		doctor_say(v->d, FOUND_ERRORS);
	else
		doctor_say(v->d, FOUND_ERRORS_OTHER, v->status);
	get(v, "api/v1/users/-/doctor%2F%C3%A9%20%25", NULL, ANSWER_S, false);
	if (is_problem(v, 404, "not-found"))
		doctor_say(v->d, FOUND_PATHS);
	else
		doctor_say(v->d, FOUND_PATHS_OTHER, v->status);
}

/* Data that change meanwhile have another ETag: then once more. */
static void
check_etag(struct visit *v)
{
	char tag[256], header[300], again[256];
	int tries;

	for (tries = 0; tries < 5; tries++) {
		get(v, "api/v1/users?per_page=1", NULL, ANSWER_S, false);
		if (!http_header(&v->a, "ETag", tag, sizeof(tag))) {
			doctor_say(v->d, FOUND_ETAG_NONE);
			return;
		}
		snprintf(header, sizeof(header), "If-None-Match: %s", tag);
		get(v, "api/v1/users?per_page=1", header, ANSWER_S, false);
		if (v->a.status == 304) {
			doctor_say(v->d, FOUND_ETAG);
			return;
		}
		http_header(&v->a, "ETag", again, sizeof(again));
		if (strcmp(tag, again) == 0)
			break;
	}
	doctor_say(v->d, FOUND_ETAG_IGNORED);
}

static void
check_events(struct visit *v)
{
	char first[32], later[32];

	get(v, "api/v1/events", "Accept: text/event-stream", BEAT_S, true);
	snprintf(first, sizeof(first), "%.1f", v->a.first_s);
	snprintf(later, sizeof(later), "%.1f", v->a.second_s > 0 ?
	    v->a.second_s : v->a.first_s);
	if (is_problem(v, 501, "events-need-fastcgi")) {
		doctor_say(v->d, FOUND_EVENTS_CGI);
	} else if (v->a.status != 200 && v->a.status != 0) {
		doctor_say(v->d, FOUND_EVENTS_OTHER, v->status);
	} else if (!says(v, "event: hello") || v->a.first_s > HELLO_S) {
		snprintf(first, sizeof(first), "%d", says(v, "event: ") ?
		    HELLO_S : BEAT_S);
		doctor_say(v->d, FOUND_EVENTS_LATE, first);
	} else if (v->a.ended) {
		doctor_say(v->d, FOUND_EVENTS_CUT, later);
	} else if (v->a.second_s == 0) {
		snprintf(first, sizeof(first), "%d", BEAT_S);
		doctor_say(v->d, FOUND_EVENTS_LATE, first);
	} else {
		doctor_say(v->d, FOUND_EVENTS, first, later);
	}
}

static void
visit(struct visit *v)
{
	if (!check_health(v))
		return;
	check_ready(v);
	check_page(v);
	check_slash(v);
	if (check_list(v)) {
		check_ways(v);
		check_etag(v);
		check_events(v);
	}
}

/* A name and password are for the web server alone. */
static void
show(char *to, size_t size, const char *url)
{
	const char *host = strstr(url, "://") + 3;
	const char *path = host + strcspn(host, "/"), *p;

	for (p = path; p > host && p[-1] != '@'; p--)
		;
	snprintf(to, size, "%.*s%s", (int)(host - url), url, p);
}

void
doctor_url(struct doctor *d, const char *url)
{
	const size_t len = strlen(url);
	struct visit v = { .d = d };
	char base[1024];

	if ((strncmp(url, "http://", 7) != 0 &&
	    strncmp(url, "https://", 8) != 0) || len < 9 ||
	    len + 2 > sizeof(base) || strpbrk(url, "?# \t\r\n") != NULL) {
		doctor_say(d, FOUND_BAD_URL);
		return;
	}
	if ((v.http = http_open()) == NULL) {
		doctor_say(d, FOUND_NO_CURL);
		return;
	}
	snprintf(base, sizeof(base), "%s%s", url,
	    url[len - 1] == '/' ? "" : "/");
	v.base = base;
	show(v.shown, sizeof(v.shown), base);
	visit(&v);
	http_free(&v.a);
	http_close(v.http);
}
