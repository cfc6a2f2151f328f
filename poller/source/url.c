/*
 * http:// and https://: a JSON snapshot by libcurl, fetched only when it has
 * changed (If-None-Match, If-Modified-Since).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/json/document.h"
#include "poller/source/polled.h"
#include "poller/source/transfer.h"

#define REDIRECTS	3L
#define SLOW_BYTES	256L	/* a second: when less arrive … */
#define SLOW_S		15L	/* … for so long, it has failed */
#define HEADER_MAX	((size_t)64 << 10)	/* bytes, of one response */
#define FIELD_MAX	1024	/* a longer ETag is not remembered */
#define SECOND		INT64_C(1000000)

/* What the headers say; empty or -1: they do not say it. */
struct response {
	char		 etag[FIELD_MAX], modified[FIELD_MAX];
	time_t		 date, age;
	time_t		 here;		/* our time when that date came */
	size_t		 len;
};

struct url {
	const struct source_address	*at;	/* borrowed */
	struct transfer			*transfer;
	struct curl_slist		*headers;
	struct buf			*text;	/* where the body goes */
	struct response			 response, was;	/* accepted last */
	time_t				 started;	/* our time */
	int64_t				 skew;
	const char			*refused;	/* why; or NULL */
};

static void *
url_open(const struct source *s)
{
	struct url *u = calloc(1, sizeof(*u));

	if (u != NULL)
		u->at = &s->at;
	return u;
}

static size_t
on_body(char *bytes, size_t one, size_t n, void *arg)
{
	struct url *u = arg;

	(void)one;
	/* These bytes are decoded: there may be more than were sent. */
	buf_add(u->text, bytes, n);
	if (u->text->len <= DOCUMENT_MAX && buf_ok(u->text))
		return n;
	u->refused = "the answer is too large";
	return 0;
}

/* The value when the line is of that header, without blanks; else NULL. */
static const char *
header(const char *line, const char *name)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0 || line[n] != ':')
		return NULL;
	return line + n + 1 + strspn(line + n + 1, " \t");
}

/* -1: no date, or one that no clock can show. */
static time_t
date(const char *text)
{
	time_t at = curl_getdate(text, NULL);

	return at > 0 && at <= (time_t)UINT32_MAX ? at : -1;
}

static time_t
seconds(const char *text)
{
	long n = strtol(text, NULL, 10);

	return n > 0 && n < 86400 ? (time_t)n : 0;
}

static size_t
on_header(char *bytes, size_t one, size_t n, void *arg)
{
	struct url *u = arg;
	struct response *a = &u->response;
	char line[FIELD_MAX];
	const char *v;

	(void)one;
	if (n > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		*a = (struct response){ .date = -1, .len = a->len };
	if ((a->len += n) > HEADER_MAX) {
		u->refused = "the answer's headers are too long";
		return 0;
	}
	if (n >= sizeof(line))
		return n;
	memcpy(line, bytes, n);
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	if ((v = header(line, "ETag")) != NULL)
		strcpy(a->etag, v);
	else if ((v = header(line, "Last-Modified")) != NULL)
		strcpy(a->modified, v);
	else if ((v = header(line, "Date")) != NULL) {
		a->date = date(v);
		a->here = time(NULL);
	} else if ((v = header(line, "Age")) != NULL)
		a->age = seconds(v);
	return n;
}

/* Bounds the bytes on the wire, which on_body() does not see. */
static int
on_progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total,
    curl_off_t up_now)
{
	struct url *u = arg;

	(void)total;
	(void)up_total;
	(void)up_now;
	if (now <= (curl_off_t)DOCUMENT_MAX)
		return 0;
	u->refused = "the answer is too large";
	return 1;
}

static void
add_header(struct url *u, const char *name, const char *value)
{
	char line[FIELD_MAX + 32];
	struct curl_slist *list;

	snprintf(line, sizeof(line), "%s: %s", name, value);
	if ((list = curl_slist_append(u->headers, line)) != NULL)
		u->headers = list;
}

static void
set_options(struct url *u, CURL *easy)
{
	curl_easy_setopt(easy, CURLOPT_URL, u->at->url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(easy, CURLOPT_MAXREDIRS, REDIRECTS);
	/* A redirection must not leave TLS. */
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR,
	    address_secure(u->at) ? "https" : "http,https");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)POLLED_LIMIT_S);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
	curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, SLOW_S);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "cccp-poller/" VERSION);
	if (u->at->user != NULL) {
		curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
		curl_easy_setopt(easy, CURLOPT_USERNAME, u->at->user);
		curl_easy_setopt(easy, CURLOPT_PASSWORD, u->at->password);
	}
	add_header(u, "Accept", "application/json");
	if (u->was.etag[0] != '\0')
		add_header(u, "If-None-Match", u->was.etag);
	if (u->was.modified[0] != '\0')
		add_header(u, "If-Modified-Since", u->was.modified);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, u->headers);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, u);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, u);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, u);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

static void
url_start(void *own, int64_t now)
{
	struct url *u = own;
	CURL *easy = curl_easy_init();

	(void)now;
	u->response = (struct response){ .date = -1 };
	u->started = time(NULL);
	u->refused = NULL;
	if (easy == NULL)
		return;
	set_options(u, easy);
	u->transfer = transfer_new(easy);
}

static size_t
url_fds(const void *own, struct pollfd *fds, size_t max)
{
	const struct url *u = own;

	return u->transfer != NULL ? transfer_fds(u->transfer, fds, max) : 0;
}

static int64_t
url_deadline(const void *own)
{
	const struct url *u = own;

	return u->transfer != NULL ? transfer_deadline(u->transfer) : 0;
}

static void
shut(struct url *u)
{
	transfer_free(u->transfer);
	u->transfer = NULL;
	curl_slist_free_all(u->headers);
	u->headers = NULL;
}

/*
 * The server's clock minus ours: the one known before, or the nearest that can
 * be true.  The server took its date, in whole seconds, at some time between
 * our request and its answer.  Differences of up to 2 seconds are ignored.
 */
static void
set_skew(struct url *u)
{
	const struct response *a = &u->response;
	int64_t at = (int64_t)a->date + a->age, skew = u->skew;

	if (a->date == -1)
		return;
	if (skew < (at - a->here) * SECOND)
		skew = (at - a->here) * SECOND;
	else if (skew > (at + 1 - u->started) * SECOND)
		skew = (at + 1 - u->started) * SECOND;
	if (llabs(skew - u->skew) > 2 * SECOND)
		u->skew = llabs(skew) > 2 * SECOND ? skew : 0;
}

static enum fetch_state
response_end(struct url *u, struct fetch *fetch)
{
	time_t modified = u->response.modified[0] != '\0' ?
	    date(u->response.modified) : -1;
	long code = 0;

	curl_easy_getinfo(transfer_handle(u->transfer),
	    CURLINFO_RESPONSE_CODE, &code);
	if (code == 304 && (u->was.etag[0] != '\0' ||
	    u->was.modified[0] != '\0'))
		return FETCH_SAME;
	if (code != 200) {
		snprintf(fetch->error, sizeof(fetch->error),
		    "the server answers with HTTP status %ld", code);
		return FETCH_FAILED;
	}
	set_skew(u);
	fetch->skew = u->skew;
	fetch->made = modified > 0 ? (int64_t)modified * SECOND : 0;
	return FETCH_NEW;
}

static enum fetch_state
url_step(void *own, struct fetch *fetch, int64_t now)
{
	struct url *u = own;
	enum fetch_state state = FETCH_FAILED;

	u->text = &fetch->text;
	if (u->transfer == NULL) {
		strcpy(fetch->error, "out of memory");
		shut(u);
		return state;
	}
	switch (transfer_work(u->transfer, now)) {
	case TRANSFER_BUSY:
		return FETCH_BUSY;
	case TRANSFER_DONE:
		state = response_end(u, fetch);
		break;
	case TRANSFER_FAILED:
		snprintf(fetch->error, sizeof(fetch->error), "%s",
		    u->refused != NULL ? u->refused :
		    transfer_error(u->transfer));
		break;
	}
	shut(u);
	return state;
}

static void
url_accepted(void *own)
{
	struct url *u = own;

	u->was = u->response;
}

static void
url_refused(void *own)
{
	struct url *u = own;

	u->was.etag[0] = u->was.modified[0] = '\0';
}

static void
url_close(void *own)
{
	shut(own);
	free(own);
}

const struct fetch_kind fetch_url = {
	.open = url_open,
	.start = url_start,
	.fds = url_fds,
	.deadline = url_deadline,
	.step = url_step,
	.accepted = url_accepted,
	.refused = url_refused,
	.close = url_close,
};
