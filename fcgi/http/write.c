#include <string.h>
#include <strings.h>

#include "fcgi/http/write.h"

/* The port at the end of host[:port] or [address]:port; NULL: it has none. */
static const char *
find_port(const char *host)
{
	const char *bracket = strrchr(host, ']');

	return strchr(bracket != NULL ? bracket : host, ':');
}

/* Is it the host, and the port, where a port that is not named is `usual`? */
static bool
is_host(const char *a, const char *b, const char *usual)
{
	const char *pa = find_port(a), *pb = find_port(b);
	const size_t na = pa != NULL ? (size_t)(pa - a) : strlen(a);
	const size_t nb = pb != NULL ? (size_t)(pb - b) : strlen(b);

	return na > 0 && na == nb && strncasecmp(a, b, na) == 0 &&
	    strcmp(pa != NULL ? pa : usual, pb != NULL ? pb : usual) == 0;
}

/*
 * A proxy may have ended TLS, so a page by https may come without HTTPS; but no
 * page by http with it.
 */
static bool
is_own_origin(const struct request *req)
{
	const char *origin = req->origin;

	if (origin == NULL || req->host == NULL)
		return false;
	if (strncasecmp(origin, "https://", 8) == 0)
		return is_host(origin + 8, req->host, ":443");
	return !req->https && strncasecmp(origin, "http://", 7) == 0 &&
	    is_host(origin + 7, req->host, ":80");
}

static bool
is_same_origin(const struct request *req)
{
	if (req->fetch_site != NULL && *req->fetch_site != '\0')
		return strcmp(req->fetch_site, "same-origin") == 0;
	return is_own_origin(req);
}

/* Parameters of the type mean nothing: JSON is UTF-8 (RFC 8259, section 11). */
static bool
is_json(const char *type)
{
	static const char json[] = "application/json";
	const size_t n = sizeof(json) - 1;

	if (type == NULL || strncasecmp(type, json, n) != 0)
		return false;
	type += n;
	type += strspn(type, " \t");
	return *type == '\0' || *type == ';';
}

enum problem
write_check(const struct request *req, const struct request_body *body,
    bool edits)
{
	static const enum problem lengths[REQUEST_BODY_ERR__MAX] = {
		[REQUEST_BODY_OK] = PROBLEM__MAX,
		[REQUEST_BODY_NO_LENGTH] = PROBLEM_NO_LENGTH,
		[REQUEST_BODY_WRONG] = PROBLEM_BODY_LENGTH,
		[REQUEST_BODY_LONG] = PROBLEM_BODY_LONG,
	};

	if (!is_same_origin(req))
		return PROBLEM_CROSS_SITE;
	if (!is_json(req->content_type))
		return PROBLEM_MEDIA_TYPE;
	if (body->err != REQUEST_BODY_OK)
		return lengths[body->err];
	return edits && (req->if_match == NULL || *req->if_match == '\0') ?
	    PROBLEM_NO_VERSION : PROBLEM__MAX;
}

bool
write_version(const struct request *req, char version[WRITE_VERSION_MAX])
{
	const char *tag = req->if_match;
	size_t len;

	tag += strspn(tag, " \t");
	if (*tag++ != '"')
		return false;
	len = strcspn(tag, "\"");
	if (tag[len] != '"' || len >= WRITE_VERSION_MAX ||
	    tag[len + 1 + strspn(tag + len + 1, " \t")] != '\0')
		return false;
	memcpy(version, tag, len);
	version[len] = '\0';
	return true;
}
