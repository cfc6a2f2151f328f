/*
 * http:// and https://: a JSON snapshot by libcurl, asked for only when it is
 * another one than last time (If-None-Match, If-Modified-Since).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "poller/json/document.h"
#include "poller/source/polled.h"
#include "poller/source/transfer.h"

#define REDIRECTS	3L
#define SLOW_BYTES	256L	/* a second; less than that … */
#define SLOW_S		15L	/* … for so long is given up */
#define HEADER_MAX	((size_t)64 << 10)	/* bytes of one answer's */
#define FIELD_MAX	1024	/* a longer ETag is not remembered */
#define SECOND		INT64_C(1000000)

/* What a header said; empty or -1: nothing. */
struct answer {
	char		 etag[FIELD_MAX], modified[FIELD_MAX];
	time_t		 date, age;
	time_t		 here;		/* our time at that date */
	size_t		 len;
};

struct url {
	const struct source_address	*at;	/* borrowed */
	struct transfer			*transfer;
	struct curl_slist		*headers;
	struct buf			*text;	/* where the body goes */
	struct answer			 answer, was;	/* was: taken last */
	int64_t				 skew;
	const char			*refused;	/* why we stopped it */
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
	/* Decoded already: what was small on its way may be large here. */
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

/* -1: none; nor is one that is far from any clock. */
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
	struct answer *a = &u->answer;
	char line[FIELD_MAX];
	const char *v;

	(void)one;
	if (n > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		*a = (struct answer){ .date = -1, .len = a->len };
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

/* Bytes on the wire, where an encoding hides how many they are. */
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
	/* What was asked for in secret is not to be told in the clear. */
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
	u->answer = (struct answer){ .date = -1 };
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
 * The server's clock minus ours.  Its date has no fractions, and some time has
 * passed: what may as well be that is no difference.
 */
static void
set_skew(struct url *u)
{
	const struct answer *a = &u->answer;
	int64_t skew = ((int64_t)a->date + a->age - a->here) * SECOND;

	if (a->date == -1)
		return;
	if (llabs(skew - u->skew) > 2 * SECOND)
		u->skew = llabs(skew) > 2 * SECOND ? skew : 0;
}

static enum fetch_state
answered(struct url *u, struct fetch *fetch)
{
	time_t modified = u->answer.modified[0] != '\0' ?
	    date(u->answer.modified) : -1;
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
		state = answered(u, fetch);
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
url_taken(void *own, bool taken)
{
	struct url *u = own;

	u->was = u->answer;
	if (!taken)
		u->was.etag[0] = u->was.modified[0] = '\0';
}

static void
url_close(void *own)
{
	shut(own);
	free(own);
}

static void
open_source(struct source *s, int64_t now)
{
	static const struct fetch_kind kind = {
		.open = url_open,
		.start = url_start,
		.fds = url_fds,
		.deadline = url_deadline,
		.step = url_step,
		.taken = url_taken,
		.close = url_close,
	};

	polled_open(s, &kind, now);
}

const struct source_kind source_url = {
	.open = open_source,
	.fds = polled_fds,
	.deadline = polled_deadline,
	.work = polled_work,
	.settled = polled_settled,
	.close = polled_close,
};
