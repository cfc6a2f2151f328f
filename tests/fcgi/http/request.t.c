/* Requests, read from the variables of a web server. */
#include "tests/fcgi/check.h"

#include "fcgi/http/request.h"

static struct request req;

/* Reads a request of some variables, given as NAME=value. */
static enum request_err
read_env(const char *const *vars)
{
	char *env[8] = { NULL };
	size_t i;

	for (i = 0; vars[i] != NULL; i++)
		env[i] = (char *)(uintptr_t)vars[i];
	return request_read(&req, env);
}

#define READ(...) read_env((const char *const []){ __VA_ARGS__, NULL })

static void
path_info_is_the_path(void **state)
{
	(void)state;
	assert_int_equal(READ("REQUEST_METHOD=GET", "SCRIPT_NAME=/board",
	    "PATH_INFO=/api/v1/users", "QUERY_STRING=q=a%20b",
	    "REMOTE_USER=claire"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_GET);
	assert_string_equal(req.path, "/api/v1/users");
	assert_string_equal(req.query, "q=a%20b");
	assert_string_equal(req.user, "claire");
	assert_string_equal(req.script, "/board");
	assert_int_equal(strlen(req.id), 16);
}

static void
a_path_that_servers_change_is_ambiguous(void **state)
{
	static const char *const odd[] = { "//a", "/a//b", "/a//", "/./a",
		"/a/./b", "/a/.", "/a/..", "/../a", "/a/%2e%2E/b", "/a%2F%2Fb",
		"/a%2f..%2Fb", "http://host/a//b?x", "/a%2F.?x" };
	static const char *const plain[] = { "/", "/a", "/a/", "/a/b/",
		"/a/.b/..c/d..", "/...", "/a?x=//../", "http://host",
		"http://host/a#//", "/a%2Fb", "/%", "" };
	char uri[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s", odd[i]);
		assert_int_equal(READ("PATH_INFO=/a/b", uri), REQUEST_OK);
		assert_true(req.ambiguous);
	}
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		snprintf(uri, sizeof(uri), "REQUEST_URI=%s", plain[i]);
		assert_int_equal(READ("PATH_INFO=/a/b", uri), REQUEST_OK);
		assert_false(req.ambiguous);
	}
	assert_int_equal(READ("PATH_INFO=/%/%2e%2e", "REQUEST_URI=/%25/%252e%252E"),
	    REQUEST_OK);
	assert_false(req.ambiguous);
	assert_int_equal(READ("PATH_INFO=/a//b"), REQUEST_OK);
	assert_true(req.ambiguous);
	assert_int_equal(READ("PATH_INFO=/a/b"), REQUEST_OK);
	assert_false(req.ambiguous);
}

static void
a_server_without_path_info_is_understood(void **state)
{
	(void)state;
	assert_int_equal(READ("SCRIPT_NAME=/api/v1/users", "PATH_INFO="),
	    REQUEST_OK);
	assert_string_equal(req.path, "/api/v1/users");
	assert_int_equal(READ("SCRIPT_NAME="), REQUEST_OK);
	assert_string_equal(req.path, "/");
	assert_int_equal(READ("REQUEST_URI=/js/a.js?x=/y"), REQUEST_OK);
	assert_string_equal(req.path, "/js/a.js");
	assert_int_equal(READ("REQUEST_URI=http://host/a%2Fb?x"), REQUEST_OK);
	assert_string_equal(req.path, "/a/b");
	assert_int_equal(READ("REQUEST_URI=/%25%C3%A9"), REQUEST_OK);
	assert_string_equal(req.path, "/%é");
	assert_int_equal(READ("REQUEST_URI=http://host?x"), REQUEST_OK);
	assert_string_equal(req.path, "/");
	assert_int_equal(READ("REQUEST_URI="), REQUEST_OK);
	assert_string_equal(req.path, "/");
	/* The program itself, without a slash at the end. */
	assert_int_equal(READ("SCRIPT_NAME=/cgi-bin/cccp.fcgi"), REQUEST_OK);
	assert_string_equal(req.path, "");
}

static void
bad_paths_are_refused(void **state)
{
	char path[16 + 2 * REQUEST_PATH_MAX] = "PATH_INFO=/";

	(void)state;
	assert_int_equal(READ("PATH_INFO=/a\nb"), REQUEST_BAD_PATH);
	assert_int_equal(READ("PATH_INFO=/\xff"), REQUEST_BAD_PATH);
	assert_int_equal(READ("PATH_INFO=/\xc0\xaf"), REQUEST_BAD_PATH);
	assert_int_equal(READ("PATH_INFO=users"), REQUEST_BAD_PATH);
	assert_int_equal(READ("REQUEST_URI=/%00"), REQUEST_BAD_PATH);
	assert_int_equal(READ("REQUEST_URI=/%4"), REQUEST_BAD_PATH);
	assert_int_equal(READ("REQUEST_URI=*"), REQUEST_BAD_PATH);
	memset(path + 11, 'a', REQUEST_PATH_MAX - 1);
	assert_int_equal(READ(path), REQUEST_OK);
	assert_int_equal(strlen(req.path), REQUEST_PATH_MAX);
	path[10 + REQUEST_PATH_MAX] = 'a';
	assert_int_equal(READ(path), REQUEST_URI_LONG);
	assert_string_equal(req.path, "/");
}

static void
long_queries_and_headers_are_refused(void **state)
{
	static char query[32 + REQUEST_QUERY_MAX] = "QUERY_STRING=";
	static char tag[32 + REQUEST_HEADER_MAX] = "HTTP_IF_NONE_MATCH=";

	(void)state;
	memset(query + 13, 'a', REQUEST_QUERY_MAX);
	assert_int_equal(READ(query), REQUEST_OK);
	query[13 + REQUEST_QUERY_MAX] = 'a';
	assert_int_equal(READ(query, "HTTP_ACCEPT_LANGUAGE=en"),
	    REQUEST_URI_LONG);
	assert_int_equal(req.lang, LANG_EN);
	memset(tag + 19, 'a', REQUEST_HEADER_MAX);
	assert_int_equal(READ(tag), REQUEST_OK);
	tag[19 + REQUEST_HEADER_MAX] = 'a';
	assert_int_equal(READ(tag), REQUEST_HEADER_LONG);
}

static void
methods_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(READ("REQUEST_METHOD=HEAD"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_HEAD);
	assert_int_equal(READ("REQUEST_METHOD=get"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_OTHER);
	assert_int_equal(READ("REQUEST_METHOD=PATCH"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_OTHER);
	assert_int_equal(READ("REQUEST_METHOD=PUT"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_PUT);
	assert_int_equal(READ("REQUEST_METHOD=DELETE"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_DELETE);
	assert_int_equal(READ("REQUEST_METHODS=GET"), REQUEST_OK);
	assert_int_equal(req.method, METHOD_OTHER);
}

static void
nobody_is_no_user(void **state)
{
	(void)state;
	assert_int_equal(READ("REMOTE_USER=", "HTTP_REMOTE_USER=eve"),
	    REQUEST_OK);
	assert_null(req.user);
}

static enum lang
lang(const char *accept)
{
	char line[128];

	snprintf(line, sizeof(line), "HTTP_ACCEPT_LANGUAGE=%s", accept);
	assert_int_equal(READ(line), REQUEST_OK);
	return req.lang;
}

static void
the_best_language_is_chosen(void **state)
{
	(void)state;
	assert_int_equal(lang(""), LANG_FR);
	assert_int_equal(lang("de, *"), LANG_FR);
	assert_int_equal(lang("en"), LANG_EN);
	assert_int_equal(lang("EN-gb, fr;q=0.9"), LANG_EN);
	assert_int_equal(lang("fr;q=0.5,en;q=0.4"), LANG_FR);
	assert_int_equal(lang("fr;q=0.5 , en;q=0.501"), LANG_EN);
	assert_int_equal(lang("fr;q=0, en;q=0.001"), LANG_EN);
	assert_int_equal(lang("fr, en"), LANG_FR);
	assert_int_equal(lang("en, fr"), LANG_EN);
	assert_int_equal(lang("english"), LANG_FR);
	assert_int_equal(lang("en;q=x, fr;q=0.1"), LANG_FR);
	assert_int_equal(lang(",;,=;q=,en"), LANG_EN);
	/* q need not be the first parameter. */
	assert_int_equal(lang("fr;a=1;q=0.1, en; a=b ; Q=0.5"), LANG_EN);
}

static bool
gzip(const char *accept)
{
	char line[128];

	snprintf(line, sizeof(line), "HTTP_ACCEPT_ENCODING=%s", accept);
	assert_int_equal(READ(line), REQUEST_OK);
	return req.gzip;
}

static void
gzip_is_sent_to_those_who_take_it(void **state)
{
	(void)state;
	assert_true(gzip("gzip, deflate, br"));
	assert_true(gzip("br;q=1, GZIP;q=0.2"));
	assert_true(gzip("*"));
	assert_false(gzip("gzip;q=0, *"));
	assert_false(gzip("*;q=0"));
	assert_false(gzip("deflate, gzipped"));
	assert_false(gzip("gzip; q=0.000"));
	assert_false(gzip("gzip;level=9;q=0"));
	assert_true(gzip("gzip;level=9"));
	assert_int_equal(READ("REQUEST_METHOD=GET"), REQUEST_OK);
	assert_false(req.gzip);
}

static void
tags_are_compared_weakly(void **state)
{
	(void)state;
	assert_int_equal(READ("HTTP_IF_NONE_MATCH=\"a\", W/\"8-b\" ,\"c\""),
	    REQUEST_OK);
	assert_true(request_has(&req, "\"a\""));
	assert_true(request_has(&req, "W/\"a\""));
	assert_true(request_has(&req, "W/\"8-b\""));
	assert_true(request_has(&req, "\"c\""));
	assert_false(request_has(&req, "\"8\""));
	assert_false(request_has(&req, "W/\"\""));
	assert_int_equal(READ("HTTP_IF_NONE_MATCH=*"), REQUEST_OK);
	assert_true(request_has(&req, "\"x\""));
	assert_int_equal(READ("HTTP_IF_NONE_MATCH=a, \"b"), REQUEST_OK);
	assert_false(request_has(&req, "\"b\""));
	assert_int_equal(READ("REQUEST_METHOD=GET"), REQUEST_OK);
	assert_false(request_has(&req, "\"b\""));
}

static void
ids_differ(void **state)
{
	char first[17];

	(void)state;
	assert_int_equal(READ("A=b"), REQUEST_OK);
	memcpy(first, req.id, sizeof(first));
	assert_int_equal(READ("A=b"), REQUEST_OK);
	assert_string_not_equal(req.id, first);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_info_is_the_path),
		cmocka_unit_test(a_path_that_servers_change_is_ambiguous),
		cmocka_unit_test(a_server_without_path_info_is_understood),
		cmocka_unit_test(bad_paths_are_refused),
		cmocka_unit_test(long_queries_and_headers_are_refused),
		cmocka_unit_test(methods_are_told_apart),
		cmocka_unit_test(nobody_is_no_user),
		cmocka_unit_test(the_best_language_is_chosen),
		cmocka_unit_test(gzip_is_sent_to_those_who_take_it),
		cmocka_unit_test(tags_are_compared_weakly),
		cmocka_unit_test(ids_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
