#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "fcgi/http/accept.h"
#include "fcgi/http/request.h"
#include "fcgi/http/text.h"
#include "sql/lib/hash.h"
#include "sql/lib/utf8.h"

const char *const lang_codes[LANG__MAX] = {
	[LANG_FR] = "fr",
	[LANG_EN] = "en",
};

const char *const method_names[METHOD_OTHER] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_PUT] = "PUT",
	[METHOD_DELETE] = "DELETE",
};

const char *
request_variable(char *const *env, const char *name)
{
	const size_t len = strlen(name);

	for (; *env != NULL; env++)
		if ((*env)[0] == name[0] && strncmp(*env, name, len) == 0 &&
		    (*env)[len] == '=')
			return *env + len + 1;
	return NULL;
}

/* French unless the reader prefers another one of ours. */
static enum lang
choose_lang(const char *list)
{
	enum lang best = LANG_FR, i;
	struct accept_item item;
	unsigned most = 0;

	while (list != NULL && accept_next(&list, &item)) {
		if (item.len > 2 && item.name[2] == '-')
			item.len = 2;		/* fr-CA */
		for (i = 0; i < LANG__MAX; i++)
			if (item.weight > most &&
			    accept_is(&item, lang_codes[i])) {
				best = i;
				most = item.weight;
			}
	}
	return best;
}

static bool
accepts_gzip(const char *list)
{
	struct accept_item item;
	bool any = false;

	while (list != NULL && accept_next(&list, &item)) {
		if (accept_is(&item, "gzip") || accept_is(&item, "x-gzip"))
			return item.weight > 0;
		if (accept_is(&item, "*"))
			any = item.weight > 0;
	}
	return any;
}

static bool
ends_with(const char *s, const char *end)
{
	const size_t len = strlen(s), n = strlen(end);

	return len >= n && strcmp(s + len - n, end) == 0;
}

/* The undecoded path of REQUEST_URI, which may be absolute. */
static const char *
uri_path(const char *uri, size_t *len)
{
	const char *slash;

	if (uri[0] != '/' && (slash = strstr(uri, "://")) != NULL) {
		uri = slash + 3;
		uri += strcspn(uri, "/?");
	}
	*len = strcspn(uri, "?#");
	return uri;
}

static enum request_err
copy_path(struct request *req, const char *p, size_t len, bool encoded)
{
	size_t i;

	if (len > REQUEST_PATH_MAX * (encoded ? 3 : 1))
		return REQUEST_URI_LONG;
	if (encoded) {
		char plain[REQUEST_PATH_MAX * 3];

		if (!text_decode(plain, &len, p, len, false))
			return REQUEST_BAD_PATH;
		return len > REQUEST_PATH_MAX ? REQUEST_URI_LONG :
		    memchr(plain, '\0', len) != NULL ? REQUEST_BAD_PATH :
		    copy_path(req, plain, len, false);
	}
	for (i = 0; i < len; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			return REQUEST_BAD_PATH;
	if (!utf8_valid(p, len) || (len > 0 && p[0] != '/'))
		return REQUEST_BAD_PATH;
	memcpy(req->path, p, len);
	req->path[len] = '\0';
	return REQUEST_OK;
}

static enum request_err
read_path(struct request *req, char *const *env)
{
	const char *p = request_variable(env, "PATH_INFO");
	size_t len;

	if (p != NULL && *p != '\0')
		return copy_path(req, p, strlen(p), false);
	p = req->script;
	if (ends_with(p, ".fcgi") || ends_with(p, ".cgi"))
		return copy_path(req, "", 0, false);
	if (*p != '\0')
		return copy_path(req, p, strlen(p), false);
	if ((p = request_variable(env, "REQUEST_URI")) == NULL)
		return copy_path(req, "/", 1, false);
	p = uri_path(p, &len);
	if (len == 0)			/* http://host */
		return copy_path(req, "/", 1, false);
	return copy_path(req, p, len, true);
}

/* Has the path an empty part, "." or ".."?  Its end may be empty. */
static bool
has_odd_part(const char *p, size_t len)
{
	const char *end = p + len;
	size_t n;

	for (; p < end && *p == '/'; p += n) {
		p++;
		for (n = 0; p + n < end && p[n] != '/'; n++)
			;
		if ((n == 0 && p < end) || (n == 1 && p[0] == '.') ||
		    (n == 2 && p[0] == '.' && p[1] == '.'))
			return true;
	}
	return false;
}

static bool
is_ambiguous(const struct request *req, char *const *env)
{
	const char *uri = request_variable(env, "REQUEST_URI");
	char plain[REQUEST_PATH_MAX * 3];
	size_t len;

	if (has_odd_part(req->path, strlen(req->path)))
		return true;
	if (uri == NULL)
		return false;
	uri = uri_path(uri, &len);
	if (has_odd_part(uri, len) || len > sizeof(plain))
		return true;
	/* busybox gives it decoded. */
	return text_decode(plain, &len, uri, len, false) &&
	    has_odd_part(plain, len);
}

enum method
request_method(char *const *env)
{
	const char *method = request_variable(env, "REQUEST_METHOD");
	enum method m = METHOD_GET;

	while (m < METHOD_OTHER && (method == NULL ||
	    strcmp(method, method_names[m]) != 0))
		m++;
	return m;
}

/* Unique for as long as a log is read; not a secret. */
static void
make_id(char *id, size_t size)
{
	static _Atomic uint64_t count;
	struct timespec now;
	uint64_t seed[4];

	clock_gettime(CLOCK_REALTIME, &now);
	seed[0] = (uint64_t)now.tv_sec;
	seed[1] = (uint64_t)now.tv_nsec;
	seed[2] = (uint64_t)getpid();
	seed[3] = atomic_fetch_add(&count, 1);
	snprintf(id, size, "%016" PRIx64,
	    hash_add(HASH_EMPTY, seed, sizeof(seed)));
}

enum request_err
request_read(struct request *req, char *const *env)
{
	static const char *const bounded[] = {
		"HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE",
		"HTTP_IF_NONE_MATCH", "HTTP_LAST_EVENT_ID", "REMOTE_USER",
		"REMOTE_ADDR", "CONTENT_TYPE", "HTTP_IF_MATCH",
		"HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN", "HTTP_HOST",
	};
	const char *https = request_variable(env, "HTTPS");
	enum request_err err;
	const char *p;
	size_t i;

	*req = (struct request){
		.method = request_method(env),
		.query = request_variable(env, "QUERY_STRING"),
		.user = request_variable(env, "REMOTE_USER"),
		.address = request_variable(env, "REMOTE_ADDR"),
		.if_none_match = request_variable(env, "HTTP_IF_NONE_MATCH"),
		.accept = request_variable(env, "HTTP_ACCEPT"),
		.last_event_id = request_variable(env, "HTTP_LAST_EVENT_ID"),
		.script = request_variable(env, "SCRIPT_NAME"),
		.content_type = request_variable(env, "CONTENT_TYPE"),
		.if_match = request_variable(env, "HTTP_IF_MATCH"),
		.fetch_site = request_variable(env, "HTTP_SEC_FETCH_SITE"),
		.origin = request_variable(env, "HTTP_ORIGIN"),
		.host = request_variable(env, "HTTP_HOST"),
		.https = https != NULL && strcasecmp(https, "on") == 0,
		.path = "/",
	};
	make_id(req->id, sizeof(req->id));
	req->lang = choose_lang(request_variable(env, "HTTP_ACCEPT_LANGUAGE"));
	if (req->query == NULL)
		req->query = "";
	if (req->script == NULL)
		req->script = "";
	if (req->address == NULL)
		req->address = "";
	if (req->user != NULL && *req->user == '\0')
		req->user = NULL;
	for (i = 0; i < sizeof(bounded) / sizeof(bounded[0]); i++)
		if ((p = request_variable(env, bounded[i])) != NULL &&
		    strlen(p) > REQUEST_HEADER_MAX)
			return REQUEST_HEADER_LONG;
	req->gzip = accepts_gzip(request_variable(env, "HTTP_ACCEPT_ENCODING"));
	if (strlen(req->query) > REQUEST_QUERY_MAX)
		return REQUEST_URI_LONG;
	err = read_path(req, env);
	req->ambiguous = err == REQUEST_OK && is_ambiguous(req, env);
	return err;
}

enum request_body_err
request_body_length(char *const *env, size_t *len)
{
	const char *text = request_variable(env, "CONTENT_LENGTH");

	*len = 0;
	if (text == NULL || *text == '\0')
		return request_variable(env, "HTTP_TRANSFER_ENCODING") == NULL ?
		    REQUEST_BODY_OK : REQUEST_BODY_NO_LENGTH;
	if (text[strspn(text, "0123456789")] != '\0')
		return REQUEST_BODY_WRONG;
	errno = 0;
	*len = strtoul(text, NULL, 10);
	if (errno == 0 && *len <= REQUEST_BODY_MAX)
		return REQUEST_BODY_OK;
	*len = 0;
	return REQUEST_BODY_LONG;
}

bool
request_reads(const struct request *req)
{
	return req->method == METHOD_GET || req->method == METHOD_HEAD;
}

bool
request_is_local(const struct request *req)
{
	return strncmp(req->address, "127.", 4) == 0 ||
	    strcmp(req->address, "::1") == 0 ||
	    strncmp(req->address, "::ffff:127.", 11) == 0;
}

bool
request_has_any(const struct request *req)
{
	const char *list = req->if_none_match;

	return list != NULL && list[strspn(list, " \t")] == '*';
}

/* Weak comparison: W/ is ignored (RFC 9110, 8.8.3.2). */
bool
request_has(const struct request *req, const char *tag)
{
	const char *list = req->if_none_match;
	size_t len;

	if (list == NULL)
		return false;
	if (request_has_any(req))
		return true;
	if (strncmp(tag, "W/", 2) == 0)
		tag += 2;
	len = strlen(tag);
	for (;;) {
		list += strspn(list, ", \t");
		if (strncmp(list, "W/", 2) == 0)
			list += 2;
		if (*list != '"')
			return false;
		if (strncmp(list, tag, len) == 0)
			return true;
		list += 1 + strcspn(list + 1, "\"");
		if (*list++ == '\0')
			return false;
	}
}
