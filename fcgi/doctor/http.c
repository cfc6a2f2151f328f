/*
 * HTTP for the doctor, by libcurl, which is loaded when it is wanted: linked,
 * it would make each start of the program slower, and by CGI that is each
 * request.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fcgi/doctor/doctor.h"
#include "fcgi/fresh/generation.h"

#define CONNECT_TIMEOUT_S	5L

struct http {
	void		*library;
	CURL		*easy;
	CURL		*(*init)(void);
	void		 (*cleanup)(CURL *);
	void		 (*reset)(CURL *);
	CURLcode	 (*setopt)(CURL *, CURLoption, ...);
	CURLcode	 (*getinfo)(CURL *, CURLINFO, ...);
	CURLcode	 (*perform)(CURL *);
	const char	*(*strerror)(CURLcode);
	struct curl_slist *(*append)(struct curl_slist *, const char *);
	void		 (*free_all)(struct curl_slist *);
	void		 (*end)(void);
};

/* What an answer is taken into while it comes. */
struct taking {
	struct http_answer *answer;
	bool		 events;
	bool		 enough;
	int64_t		 began_us;
};

/* POSIX has functions as pointers; C does not say how. */
static bool
load(struct http *h, void *to, const char *name)
{
	void *symbol = dlsym(h->library, name);

	memcpy(to, &symbol, sizeof(symbol));
	return symbol != NULL;
}

struct http *
http_open(void)
{
	static const char *const names[] = { "libcurl.so.4",
	    "libcurl-gnutls.so.4" };
	struct http *h = calloc(1, sizeof(*h));
	size_t i;

	if (h == NULL)
		return NULL;
	for (i = 0; h->library == NULL && i < sizeof(names) / sizeof(*names);
	    i++)
		h->library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	if (h->library != NULL && load(h, &h->init, "curl_easy_init") &&
	    load(h, &h->cleanup, "curl_easy_cleanup") &&
	    load(h, &h->reset, "curl_easy_reset") &&
	    load(h, &h->setopt, "curl_easy_setopt") &&
	    load(h, &h->getinfo, "curl_easy_getinfo") &&
	    load(h, &h->perform, "curl_easy_perform") &&
	    load(h, &h->strerror, "curl_easy_strerror") &&
	    load(h, &h->append, "curl_slist_append") &&
	    load(h, &h->free_all, "curl_slist_free_all") &&
	    load(h, &h->end, "curl_global_cleanup"))
		h->easy = h->init();
	if (h->easy != NULL)
		return h;
	http_close(h);
	return NULL;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	if (h->easy != NULL)
		h->cleanup(h->easy);
	if (h->end != NULL)
		h->end();
	if (h->library != NULL)
		dlclose(h->library);
	free(h);
}

static size_t
take_head(char *data, size_t size, size_t n, void *arg)
{
	struct taking *t = arg;

	/* A new status line: what came before was 100 Continue. */
	if (n > 5 && memcmp(data, "HTTP/", 5) == 0)
		buf_reset(&t->answer->head);
	buf_add(&t->answer->head, data, size * n);
	return buf_ok(&t->answer->head) ? size * n : 0;
}

static double
since_s(const struct taking *t)
{
	return (double)(now_monotonic() - t->began_us) / 1e6;
}

/* Events end with an empty line; the comment that pads them is none. */
static bool
has_second(const struct buf *b)
{
	const char *p = b->data, *end = b->data + b->len;
	int n = 0;

	for (; (p = memmem(p, (size_t)(end - p), "event: ", 7)) != NULL; p++)
		n++;
	return n >= 2 && end[-1] == '\n' && end[-2] == '\n';
}

static size_t
take_body(char *data, size_t size, size_t n, void *arg)
{
	struct taking *t = arg;
	struct buf *b = &t->answer->body;

	if (b->len == 0)
		t->answer->first_s = since_s(t);
	buf_add(b, data, size * n);
	if (t->events && buf_ok(b) && has_second(b)) {
		t->answer->second_s = since_s(t);
		t->enough = true;
		return 0;
	}
	return buf_ok(b) ? size * n : 0;
}

static void
set(struct http *h, struct taking *t, const char *url, long timeout_s)
{
	h->reset(h->easy);
	h->setopt(h->easy, CURLOPT_URL, url);
	h->setopt(h->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	h->setopt(h->easy, CURLOPT_PATH_AS_IS, 1L);
	h->setopt(h->easy, CURLOPT_NOSIGNAL, 1L);
	h->setopt(h->easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	h->setopt(h->easy, CURLOPT_TIMEOUT, timeout_s);
	h->setopt(h->easy, CURLOPT_USERAGENT, "cccp-doctor/" VERSION);
	h->setopt(h->easy, CURLOPT_HTTPAUTH, CURLAUTH_ANYSAFE | CURLAUTH_BASIC);
	h->setopt(h->easy, CURLOPT_HEADERFUNCTION, take_head);
	h->setopt(h->easy, CURLOPT_HEADERDATA, t);
	h->setopt(h->easy, CURLOPT_WRITEFUNCTION, take_body);
	h->setopt(h->easy, CURLOPT_WRITEDATA, t);
}

void
http_get(struct http *h, const char *url, const char *header, long timeout_s,
    bool events, struct http_answer *a)
{
	struct taking t = { .answer = a, .events = events };
	struct curl_slist *lines = NULL;
	long status = 0;
	CURLcode rc;

	http_free(a);
	a->body.max = HTTP_BODY_MAX;
	set(h, &t, url, timeout_s);
	if (header != NULL)
		lines = h->append(NULL, header);
	h->setopt(h->easy, CURLOPT_HTTPHEADER, lines);
	t.began_us = now_monotonic();
	rc = h->perform(h->easy);
	h->getinfo(h->easy, CURLINFO_RESPONSE_CODE, &status);
	h->free_all(lines);
	a->status = (int)status;
	a->ended = !t.enough && rc != CURLE_OPERATION_TIMEDOUT;
	snprintf(a->error, sizeof(a->error), "%s", h->strerror(rc));
	if (a->ended && rc != CURLE_OK && !events)
		a->status = 0;		/* half an answer is none */
	buf_char(&a->head, '\0');
	buf_char(&a->body, '\0');
	if (!buf_ok(&a->head) || !buf_ok(&a->body)) {
		http_free(a);
		snprintf(a->error, sizeof(a->error), "too long");
	}
}

void
http_free(struct http_answer *a)
{
	buf_free(&a->head);
	buf_free(&a->body);
	*a = (struct http_answer){ 0 };
}

bool
http_header(const struct http_answer *a, const char *name, char *to,
    size_t size)
{
	const size_t len = strlen(name);
	const char *p = a->head.data;

	*to = '\0';
	while (p != NULL && *p != '\0') {
		if (strncasecmp(p, name, len) == 0 && p[len] == ':') {
			p += len + 1;
			p += strspn(p, " \t");
			snprintf(to, size, "%.*s", (int)strcspn(p, "\r\n"), p);
			return true;
		}
		p += strcspn(p, "\n");
		p += *p == '\n';
	}
	return false;
}
