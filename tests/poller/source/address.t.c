/* Where a source is: URLs, commands, intervals, passwords, lists. */
#include "tests/poller/check.h"

#include "poller/source/address.h"

static struct source_address at;
static char error[256];

static int
teardown(void **state)
{
	(void)state;
	address_free(&at);
	unsetenv("CCCP_INTERVAL_PROD_2");
	unsetenv("CCCP_PASSWORD_PROD_2");
	return 0;
}

static void
parse(const char *spec)
{
	address_free(&at);
	if (!address_parse(&at, spec, error))
		fail_msg("%s: %s", spec, error);
}

static void
test_live(void **state)
{
	(void)state;
	parse("prod=cccp://ann:p%40ss@dispatch.example");
	assert_string_equal(at.name, "prod");
	assert_int_equal(at.scheme, ADDRESS_CCCP);
	assert_string_equal(at.host, "dispatch.example");
	assert_string_equal(at.port, "20103");
	assert_string_equal(at.user, "ann");
	assert_string_equal(at.password, "p@ss");
	assert_null(strstr(at.shown, "ann"));
	assert_int_equal(at.interval_s, 0);
	assert_false(address_secure(&at));
	parse("prod=CCCPS://ann@[2001:db8::1]:99");
	assert_int_equal(at.scheme, ADDRESS_CCCPS);
	assert_string_equal(at.host, "[2001:db8::1]");
	assert_string_equal(at.port, "99");
	assert_string_equal(at.password, "");
	assert_true(address_secure(&at));
}

static void
test_url(void **state)
{
	(void)state;
	parse("prod=https://h/a%20b?x=1&interval=15&y=%26#part");
	assert_string_equal(at.url, "https://h/a%20b?x=1&y=%26");
	assert_string_equal(at.shown, "https://h/a%20b");
	assert_int_equal(at.interval_s, 15);
	assert_true(address_secure(&at));
	assert_null(at.user);
	parse("prod=http://ann:secret@h:81/?interval=3600");
	assert_string_equal(at.url, "http://h:81/");
	assert_string_equal(at.user, "ann");
	assert_string_equal(at.password, "secret");
	assert_int_equal(at.interval_s, 3600);
	parse("prod=http://h");
	assert_int_equal(at.interval_s, ADDRESS_INTERVAL_S);
	parse("prod=http://h/?intervals=5&an_interval=6");
	assert_string_equal(at.url, "http://h/?intervals=5&an_interval=6");
	parse("prod=file:///var/lib/a%20b.json?interval=1");
	assert_int_equal(at.scheme, ADDRESS_FILE);
	assert_string_equal(at.path, "/var/lib/a b.json");
	assert_string_equal(at.shown, "file:///var/lib/a%20b.json");
	assert_int_equal(at.interval_s, 1);
}

static void
words(const char *spec, const char *const *should)
{
	size_t i;

	parse(spec);
	assert_int_equal(at.scheme, ADDRESS_EXEC);
	for (i = 0; should[i] != NULL; i++) {
		assert_non_null(at.argv[i]);
		assert_string_equal(at.argv[i], should[i]);
	}
	assert_null(at.argv[i]);
}

static void
test_command(void **state)
{
	char many[400] = "p=exec:/a";
	size_t i;

	(void)state;
	words("p=exec:/bin/a", (const char *[]){ "/bin/a", NULL });
	assert_string_equal(at.shown, "exec:/bin/a");
	words("p=exec: /bin/a  b\t c ", (const char *[]){ "/bin/a", "b", "c",
	    NULL });
	assert_string_equal(at.shown, "exec:/bin/a");
	words("p=exec:/a 'b  \"c\\' \"d 'e\\\"\" f\\ g '' h'i'j $HOME *",
	    (const char *[]){ "/a", "b  \"c\\", "d 'e\"", "f g", "", "hij",
	    "$HOME", "*", NULL });
	words("p=exec:'/a b' c", (const char *[]){ "/a b", "c", NULL });
	for (i = 1; i < ADDRESS_WORDS_MAX; i++)
		strcat(many, " b");
	parse(many);
	strcat(many, " b");
	address_free(&at);
	assert_false(address_parse(&at, many, error));
	assert_non_null(strstr(error, "words"));
}

static void
test_refused(void **state)
{
	static const char *const why[][2] = {
		{ "prod", "NAME=URL" }, { "P=cccp://u@h", "source name" },
		{ "p=h", "no scheme" }, { "p=", "no scheme" },
		{ "p=gopher://h", "\"gopher\" is not known" },
		{ "p=cccp://h", "no user" }, { "p=cccps://h", "no user" },
		{ "p=cccp://u@h?x=s3cret", "parameter \"x\" is not known" },
		{ "p=cccp://u@h?interval=5", "\"interval\" is not known" },
		{ "p=http://", "URL" }, { "p=http://h:x/", "URL" },
		{ "p=http://h/?interval=0", "interval \"0\"" },
		{ "p=http://h/?interval=3601", "1 to 3600" },
		{ "p=http://h/?interval=", "interval \"\"" },
		{ "p=http://h/?interval=-1", "interval \"-1\"" },
		{ "p=http://h/?interval=5s", "interval \"5s\"" },
		{ "p=http://h/?interval=99999999999999999999", "interval" },
		{ "p=file://host/x", "URL" },
		{ "p=file:///x?y=s3cret", "\"y\" is not known; known: i" },
		{ "p=file:///x%00y", "path" },
		{ "p=file:b8::1]:b", "path that begins" },
		{ "p=exec:", "begin with" }, { "p=exec:ls", "begin with" },
		{ "p=exec:./ls", "begin with" },
		{ "p=exec:/ls 's3cret", "quote" },
		{ "p=exec:/ls \"s3cret", "quote" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		assert_false(address_parse(&at, why[i][0], error));
		if (strstr(error, why[i][1]) == NULL)
			fail_msg("%s: %s", why[i][0], error);
		assert_null(strstr(error, "s3cret"));
		assert_null(at.name);
	}
}

static void
test_environment(void **state)
{
	(void)state;
	setenv("CCCP_INTERVAL_PROD_2", "30", 1);
	setenv("CCCP_PASSWORD_PROD_2", "secret", 1);
	parse("prod-2=exec:/bin/a");
	assert_int_equal(at.interval_s, 30);
	parse("prod-2=http://ann@h/?interval=5");
	assert_int_equal(at.interval_s, 5);
	assert_string_equal(at.password, "secret");
	parse("prod-2=http://h/");
	assert_null(at.user);
	assert_null(at.password);
	parse("prod-2=cccp://ann@h");
	assert_int_equal(at.interval_s, 0);
	setenv("CCCP_INTERVAL_PROD_2", "often", 1);
	address_free(&at);
	assert_false(address_parse(&at, "prod-2=exec:/bin/a", error));
	assert_non_null(strstr(error, "\"often\""));
}

static void
test_list(void **state)
{
	char list[] = "  a=cccp://u@h\tb=http://h/\n\n"
	    "c=exec:/bin/a b  'c d'\r\nd=file:///exec:/x e=exec:/y";
	char *rest = list, empty[] = " \n", *none = NULL;

	(void)state;
	assert_string_equal(address_next(&rest), "a=cccp://u@h");
	assert_string_equal(address_next(&rest), "b=http://h/");
	assert_string_equal(address_next(&rest), "c=exec:/bin/a b  'c d'");
	assert_string_equal(address_next(&rest), "d=file:///exec:/x");
	assert_string_equal(address_next(&rest), "e=exec:/y");
	assert_null(address_next(&rest));
	assert_null(address_next(&rest));
	rest = empty;
	assert_null(address_next(&rest));
	assert_null(address_next(&none));
}

#define T(f)	cmocka_unit_test_teardown(f, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_live), T(test_url), T(test_command), T(test_refused),
		T(test_environment), T(test_list),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
