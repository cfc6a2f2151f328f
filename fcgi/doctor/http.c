#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/doctor/http.h"
#include "sql/lib/now.h"

#define CONNECT_TIMEOUT_S	5L

/* What is known of an answer while it arrives. */
struct arrival {
	struct http_answer *answer;
	bool		 events;
	bool		 enough;	/* the second event has come */
	int64_t		 began_us;
};

static double
since_s(const struct arrival *a)
{
	return (double)(now_monotonic() - a->began_us) / 1e6;
}

/* Whether the second event is whole; each ends with an empty line. */
static bool
has_second(const struct buf *b)
{
	const char *p = b->data, *end = b->data + b->len;
	int n = 0;

	for (; (p = memmem(p, (size_t)(end - p), "event: ", 7)) != NULL; p++)
		n++;
	return n >= 2 && end[-1] == '\n' && end[-2] == '\n';
}

/* For CURLOPT_WRITEFUNCTION: any other result than the size ends it. */
static size_t
add_to_body(char *data, size_t size, size_t n, void *arg)
{
	struct arrival *a = arg;
	struct buf *b = &a->answer->body;

	if (b->len == 0)
		a->answer->first_s = since_s(a);
	buf_add(b, data, size * n);
	if (a->events && buf_ok(b) && has_second(b)) {
		a->answer->second_s = since_s(a);
		a->enough = true;
		return 0;
	}
	return buf_ok(b) ? size * n : 0;
}

void
http_get(CURL *easy, const char *url, const char *header, long timeout_s,
    bool events, struct http_answer *answer)
{
	struct arrival a = { .answer = answer, .events = events };
	struct curl_slist *lines = NULL;
	long status = 0;
	CURLcode rc;

	http_free(answer);
	answer->body.max = HTTP_BODY_MAX;
	if (header != NULL)
		lines = curl_slist_append(NULL, header);
	curl_easy_reset(easy);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(easy, CURLOPT_TIMEOUT, timeout_s);
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "cccp-doctor/" VERSION);
	curl_easy_setopt(easy, CURLOPT_HTTPAUTH, CURLAUTH_ANY);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, add_to_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, &a);
	a.began_us = now_monotonic();
	rc = curl_easy_perform(easy);
	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(lines);
	answer->status = (int)status;
	answer->ended = !a.enough && rc != CURLE_OPERATION_TIMEDOUT;
	snprintf(answer->error, sizeof(answer->error), "%s",
	    curl_easy_strerror(rc));
	if (answer->ended && rc != CURLE_OK && !events)
		answer->status = 0;
	buf_char(&answer->body, '\0');
	if (!buf_ok(&answer->body)) {
		http_free(answer);
		snprintf(answer->error, sizeof(answer->error), "too long");
	}
}

void
http_free(struct http_answer *answer)
{
	buf_free(&answer->body);
	*answer = (struct http_answer){ 0 };
}

const char *
http_header(CURL *easy, const char *name)
{
	struct curl_header *h;

	return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &h) ==
	    CURLHE_OK ? h->value : "";
}
