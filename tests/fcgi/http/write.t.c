/* What a request that writes has to show. */
#include "tests/fcgi/check.h"

#include "fcgi/http/write.h"

static const struct request_body fine = { .len = 0 };

static enum problem
from(const char *site, const char *origin, const char *host, bool https)
{
	const struct request req = { .fetch_site = site, .origin = origin,
	    .host = host, .https = https, .content_type = "application/json" };

	return write_check(&req, &fine, false);
}

static void
own_pages_may_write(void **state)
{
	static const struct {
		const char	*origin, *host;
		bool		 https;
	} own[] = {
		{ "http://board.example", "board.example", false },
		{ "http://board.example", "board.example:80", false },
		{ "http://board.example:80", "board.example", false },
		{ "http://Board.example:8080", "board.Example:8080", false },
		{ "https://board.example", "board.example", true },
		{ "https://board.example", "board.example:443", true },
		{ "https://board.example:443", "board.example", true },
		{ "https://board.example:8443", "board.example:8443", true },
		/* A proxy ended TLS. */
		{ "https://board.example", "board.example", false },
		{ "http://127.0.0.1:8080", "127.0.0.1:8080", false },
		{ "http://[::1]:8080", "[::1]:8080", false },
		{ "http://[::1]", "[::1]:80", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		assert_int_equal(from(NULL, own[i].origin, own[i].host,
		    own[i].https), PROBLEM__MAX);
	assert_int_equal(from("same-origin", NULL, NULL, false), PROBLEM__MAX);
	/* Behind a proxy Host may be another one: the browser knows better. */
	assert_int_equal(from("same-origin", "https://board.example",
	    "10.0.0.1:8080", false), PROBLEM__MAX);
	assert_int_equal(from("", "http://a", "a", false), PROBLEM__MAX);
}

static void
other_pages_may_not(void **state)
{
	static const char *const sites[] = { "cross-site", "same-site", "none",
	    "Same-Origin", "same-origin, cross-site", " same-origin", "x" };
	static const struct {
		const char	*origin, *host;
		bool		 https;
	} others[] = {
		{ NULL, "board.example", false },
		{ "http://board.example", NULL, false },
		{ "null", "board.example", false },
		{ "null", "null", false },
		{ "", "", false },
		{ "http://", "", false },
		{ "http://", ":80", false },
		{ "http://evil.example", "board.example", false },
		{ "http://board.example", "board.example", true },
		{ "http://board.example:8080", "board.example", false },
		{ "http://board.example", "board.example:443", false },
		{ "https://board.example", "board.example:80", false },
		{ "http://board.example.evil.example", "board.example", false },
		{ "http://board.exampl", "board.example", false },
		{ "http://evil.example/http://board.example", "board.example",
		    false },
		{ "http://board.example@evil.example", "board.example", false },
		{ "ftp://board.example", "board.example", false },
		{ "board.example", "board.example", false },
		{ "http://[::1]:8080", "[::2]:8080", false },
		{ "http://a, http://b", "b", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sites) / sizeof(sites[0]); i++)
		assert_int_equal(from(sites[i], "http://a", "a", false),
		    PROBLEM_CROSS_SITE);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(from(NULL, others[i].origin, others[i].host,
		    others[i].https), PROBLEM_CROSS_SITE);
}

static void
only_json_is_taken(void **state)
{
	static const char *const json[] = { "application/json",
	    "Application/JSON", "application/json;charset=utf-8",
	    "application/json ; x=y" };
	static const char *const others[] = { NULL, "", "text/plain",
	    "application/x-www-form-urlencoded", "multipart/form-data",
	    "application/json5", "application/jso", "application/json, a/b",
	    "text/plain; application/json", " application/json" };
	struct request req = { .fetch_site = "same-origin" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(json) / sizeof(json[0]); i++) {
		req.content_type = json[i];
		assert_int_equal(write_check(&req, &fine, false),
		    PROBLEM__MAX);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		req.content_type = others[i];
		assert_int_equal(write_check(&req, &fine, false),
		    PROBLEM_MEDIA_TYPE);
	}
}

static void
lengths_and_versions(void **state)
{
	struct request req = { .fetch_site = "same-origin",
	    .content_type = "application/json" };
	const struct request_body body[] = { { .err = REQUEST_BODY_NO_LENGTH },
	    { .err = REQUEST_BODY_WRONG }, { .err = REQUEST_BODY_LONG } };

	(void)state;
	assert_int_equal(write_check(&req, body, true), PROBLEM_NO_LENGTH);
	assert_int_equal(write_check(&req, body + 1, true),
	    PROBLEM_BODY_LENGTH);
	assert_int_equal(write_check(&req, body + 2, true), PROBLEM_BODY_LONG);
	assert_int_equal(write_check(&req, &fine, false), PROBLEM__MAX);
	assert_int_equal(write_check(&req, &fine, true), PROBLEM_NO_VERSION);
	req.if_match = "";
	assert_int_equal(write_check(&req, &fine, true), PROBLEM_NO_VERSION);
	req.if_match = "*";
	assert_int_equal(write_check(&req, &fine, true), PROBLEM__MAX);
}

static void
a_version_is_one_tag(void **state)
{
	static const char *const none[] = { "*", "7", "\"7", "W/\"7\"", "",
	    "\"7\", \"8\"", "\"7\"8", "'7'",
	    "\"0123456789012345678901234567890123456789012345678901234567890123"
	    "\"" };
	char version[WRITE_VERSION_MAX];
	struct request req = { .if_match = "\"7-a\"" };
	size_t i;

	(void)state;
	assert_true(write_version(&req, version));
	assert_string_equal(version, "7-a");
	req.if_match = " \"\" ";
	assert_true(write_version(&req, version));
	assert_string_equal(version, "");
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		req.if_match = none[i];
		assert_false(write_version(&req, version));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_pages_may_write),
		cmocka_unit_test(other_pages_may_not),
		cmocka_unit_test(only_json_is_taken),
		cmocka_unit_test(lengths_and_versions),
		cmocka_unit_test(a_version_is_one_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
