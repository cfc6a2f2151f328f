/* Checks the web server in front of the handler, by asking as a browser does. */
#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/doctor/http.h"
#include "fcgi/doctor/url.h"

#define ANSWER_S	10	/* for an answer */
#define HELLO_S		5	/* for the first event */
#define BEAT_S		20	/* for the second: the heartbeat is faster */

struct visit {
	struct doctor	*d;
	CURL		*easy;
	char		*base;		/* the board's URL; ends with a slash */
	char		*shown;		/* the same without name and password */
	bool		 below_path;	/* it is not a whole site */
	struct http_answer a;
	json_t		*json;		/* its body; NULL when it is no JSON */
	char		 status[16];	/* its status as text */
};

/* GET below the base; its answer is in v until the next one. */
static void
get_within(struct visit *v, const char *path, const char *header,
    long timeout_s, bool events)
{
	char *url;

	if (asprintf(&url, "%s%s", v->base, path) == -1)
		err(2, NULL);
	http_get(v->easy, url, header, timeout_s, events, &v->a);
	free(url);
	json_decref(v->json);
	v->json = v->a.body.len > 1 ? json_loadb(v->a.body.data,
	    v->a.body.len - 1, 0, NULL) : NULL;
	if (v->a.status == 0)
		snprintf(v->status, sizeof(v->status), "–");
	else
		snprintf(v->status, sizeof(v->status), "%d", v->a.status);
}

static void
get(struct visit *v, const char *path, const char *header)
{
	get_within(v, path, header, ANSWER_S, false);
}

/* A member of an object, a string; "" when there is none. */
static const char *
member(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value != NULL ? value : "";
}

static bool
is_problem(const struct visit *v, int status, const char *type)
{
	static const char prefix[] = "urn:cccp-board:problem:";
	const char *is = member(v->json, "type");

	return v->a.status == status &&
	    strncmp(is, prefix, strlen(prefix)) == 0 &&
	    strcmp(is + strlen(prefix), type) == 0;
}

static bool
check_health(struct visit *v)
{
	get(v, "healthz", NULL);
	if (v->a.status == 0) {
		doctor_say(v->d, FOUND_UNREACHABLE, v->shown, v->a.error);
		return false;
	}
	if (v->a.status != 200 || strcmp(member(v->json, "status"), "ok") != 0 ||
	    *member(v->json, "version") == '\0') {
		doctor_say(v->d, FOUND_HEALTH_OTHER, v->shown, v->status);
		return false;
	}
	doctor_say(v->d, FOUND_HEALTH, v->shown);
	if (strcmp(member(v->json, "version"), VERSION) != 0)
		doctor_say(v->d, FOUND_VERSION_OTHER, VERSION);
	return true;
}

static void
check_ready(struct visit *v)
{
	struct buf failed = { 0 };
	json_t *checks, *result;
	const char *name;

	get(v, "readyz", NULL);
	if (v->a.status == 200) {
		doctor_say(v->d, FOUND_READY);
		return;
	}
	checks = json_object_get(v->json, "checks");
	json_object_foreach(checks, name, result)
		if (strcmp(member(checks, name), "failed") == 0)
			buf_printf(&failed, "%s%s", failed.len > 0 ? ", " : "",
			    name);
	buf_char(&failed, '\0');
	doctor_say(v->d, FOUND_NOT_READY, buf_ok(&failed) && failed.len > 1 ?
	    failed.data : v->status);
	buf_free(&failed);
}

static void
check_page(struct visit *v)
{
	static const char *const headers[] = { "Content-Security-Policy",
	    "X-Content-Type-Options", "ETag" };
	size_t i;

	get(v, "", NULL);
	if (v->a.status != 200 || strncmp(http_header(v->easy,
	    "Content-Type"), "text/html", 9) != 0) {
		doctor_say(v->d, FOUND_PAGE_OTHER, v->status);
		return;
	}
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (*http_header(v->easy, headers[i]) == '\0') {
			doctor_say(v->d, FOUND_PAGE_BARE, headers[i]);
			return;
		}
	doctor_say(v->d, FOUND_PAGE);
}

/* The board's path without its last slash should redirect to it. */
static void
check_slash(struct visit *v)
{
	char *last = v->base + strlen(v->base) - 1;
	const char *place;

	*last = '\0';
	get(v, "", NULL);
	*last = '/';
	place = http_header(v->easy, "Location");
	if (v->a.status >= 301 && v->a.status <= 308 && *place != '\0' &&
	    place[strlen(place) - 1] == '/')
		doctor_say(v->d, FOUND_SLASH);
	else
		doctor_say(v->d, FOUND_SLASH_OTHER, v->status);
}

static bool
check_list(struct visit *v)
{
	get(v, "api/v1/users?per_page=1", NULL);
	if (v->a.status == 200 &&
	    json_is_object(json_object_get(v->json, "meta")))
		doctor_say(v->d, FOUND_LIST);
	else if (v->a.status == 401 || v->a.status == 403)
		doctor_say(v->d, FOUND_LIST_CLOSED);
	else
		doctor_say(v->d, FOUND_LIST_OTHER, v->status);
	return v->a.status == 200;
}

/* Do parameters, error messages and unusual paths pass unchanged? */
static void
check_forwarding(struct visit *v)
{
	get(v, "api/v1/users?doctor=1", NULL);
	if (is_problem(v, 400, "unknown-parameter"))
		doctor_say(v->d, FOUND_ERRORS);
	else
		doctor_say(v->d, FOUND_ERRORS_OTHER, v->status);
	get(v, "api/v1/users/-/doctor%2F%C3%A9%20%25", NULL);
	if (is_problem(v, 404, "not-found"))
		doctor_say(v->d, FOUND_PATHS);
	else
		doctor_say(v->d, FOUND_PATHS_OTHER, v->status);
}

/* When the data change between the two requests, their ETags differ. */
static void
check_etag(struct visit *v)
{
	char tag[256], header[300];
	int tries;

	for (tries = 0; tries < 5; tries++) {
		get(v, "api/v1/users?per_page=1", NULL);
		snprintf(tag, sizeof(tag), "%s", http_header(v->easy, "ETag"));
		if (*tag == '\0') {
			doctor_say(v->d, FOUND_ETAG_NONE);
			return;
		}
		snprintf(header, sizeof(header), "If-None-Match: %s", tag);
		get(v, "api/v1/users?per_page=1", header);
		if (v->a.status == 304) {
			doctor_say(v->d, FOUND_ETAG);
			return;
		}
		if (strcmp(tag, http_header(v->easy, "ETag")) == 0)
			break;
	}
	doctor_say(v->d, FOUND_ETAG_IGNORED);
}

static bool
has_event(const struct visit *v, const char *name)
{
	return v->a.body.data != NULL && strstr(v->a.body.data, name) != NULL;
}

/*
 * Says what bounds the web server's own connections: streams occupy them, and
 * only its configuration tells how many there may be.
 */
static void
say_bound(struct visit *v)
{
	static const struct {
		const char	*server;	/* begins the header Server */
		const char	*bound;
	} known[] = {
		{ "Apache", "Apache: MaxRequestWorkers (150)" },
		{ "nginx", "nginx: worker_connections / 2 (768 / 2)" },
		{ "lighttpd", "lighttpd: server.max-connections (2048)" },
		{ "h2o", "h2o: max-connections (1024)" },
		{ "Caddy", "Caddy: LimitNOFILE / 2 (1048576 / 2)" },
		/* HAProxy does not say who it is. */
		{ "", "Apache: MaxRequestWorkers, nginx: worker_connections, "
		    "HAProxy: maxconn" },
	};
	const char *server = http_header(v->easy, "Server");
	size_t i = 0;

	while (strncmp(server, known[i].server, strlen(known[i].server)) != 0)
		i++;
	doctor_say(v->d, FOUND_STREAMS_BOUND, known[i].bound);
}

static void
check_events(struct visit *v)
{
	char first[32], later[32];

	get_within(v, "api/v1/events", "Accept: text/event-stream", BEAT_S,
	    true);
	snprintf(first, sizeof(first), "%.1f", v->a.first_s);
	snprintf(later, sizeof(later), "%.1f", v->a.second_s > 0 ?
	    v->a.second_s : v->a.first_s);
	if (is_problem(v, 501, "events-need-fastcgi")) {
		doctor_say(v->d, FOUND_EVENTS_CGI);
	} else if (is_problem(v, 429, "too-many-streams") ||
	    is_problem(v, 503, "busy")) {
		doctor_say(v->d, FOUND_STREAMS_FULL);
		say_bound(v);
	} else if (v->a.status != 200 && v->a.status != 0) {
		doctor_say(v->d, FOUND_EVENTS_OTHER, v->status);
	} else if (!has_event(v, "event: hello") || v->a.first_s > HELLO_S) {
		snprintf(first, sizeof(first), "%d", has_event(v, "event: ") ?
		    HELLO_S : BEAT_S);
		doctor_say(v->d, FOUND_EVENTS_LATE, first);
	} else if (v->a.ended) {
		doctor_say(v->d, FOUND_EVENTS_CUT, later);
	} else if (v->a.second_s == 0) {
		snprintf(first, sizeof(first), "%d", BEAT_S);
		doctor_say(v->d, FOUND_EVENTS_LATE, first);
	} else {
		doctor_say(v->d, FOUND_EVENTS, first, later);
		say_bound(v);
	}
}

static void
visit(struct visit *v)
{
	if (!check_health(v))
		return;
	check_ready(v);
	check_page(v);
	if (v->below_path)
		check_slash(v);
	if (check_list(v)) {
		check_forwarding(v);
		check_etag(v);
		check_events(v);
	}
}

/* Whether a board can have this URL; then base and shown are set. */
static bool
read_url(struct visit *v, CURLU *u, const char *url)
{
	char *scheme = NULL, *path = NULL;
	bool ok;

	if (asprintf(&v->base, "%s%s", url, *url != '\0' &&
	    url[strlen(url) - 1] == '/' ? "" : "/") == -1)
		err(2, NULL);
	ok = strpbrk(url, "?#") == NULL &&
	    curl_url_set(u, CURLUPART_URL, v->base, CURLU_PATH_AS_IS) ==
	    CURLUE_OK &&
	    curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
	    (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
	    curl_url_get(u, CURLUPART_PATH, &path, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_USER, NULL, 0) == CURLUE_OK &&
	    curl_url_set(u, CURLUPART_PASSWORD, NULL, 0) == CURLUE_OK &&
	    curl_url_get(u, CURLUPART_URL, &v->shown, 0) == CURLUE_OK;
	v->below_path = ok && strcmp(path, "/") != 0;
	curl_free(scheme);
	curl_free(path);
	return ok;
}

void
doctor_url(struct doctor *d, const char *url)
{
	struct visit v = { .d = d, .easy = curl_easy_init() };
	CURLU *u = curl_url();

	if (v.easy == NULL || u == NULL)
		errx(2, "libcurl does not start");
	if (read_url(&v, u, url))
		visit(&v);
	else
		doctor_say(d, FOUND_BAD_URL);
	http_free(&v.a);
	json_decref(v.json);
	free(v.base);
	curl_free(v.shown);
	curl_url_cleanup(u);
	curl_easy_cleanup(v.easy);
	curl_global_cleanup();
}
