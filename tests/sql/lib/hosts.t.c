/* Lists of hosts, as PostgreSQL's manual allows them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sql/lib/hosts.h"

static void
assert_host(const struct host *h, const char *name, const char *addr,
    const char *port)
{
	assert_string_equal(h->name, name);
	assert_string_equal(h->addr, addr);
	assert_string_equal(h->port, port);
}

static void
test_several(void **state)
{
	struct hosts h = { 0 };

	(void)state;
	assert_true(hosts_split(&h, "a,b", "", "5432,5433"));
	assert_int_equal(h.n, 2);
	assert_host(&h.item[0], "a", "", "5432");
	assert_host(&h.item[1], "b", "", "5433");
	hosts_free(&h);

	/* One port is for all hosts; names may be missing. */
	assert_true(hosts_split(&h, "", "127.0.0.1,::1", "5432"));
	assert_int_equal(h.n, 2);
	assert_host(&h.item[0], "", "127.0.0.1", "5432");
	assert_host(&h.item[1], "", "::1", "5432");
	hosts_free(&h);

	/* A name without an address among some with. */
	assert_true(hosts_split(&h, "a,b", ",127.0.0.2", ""));
	assert_int_equal(h.n, 2);
	assert_host(&h.item[0], "a", "", "");
	assert_host(&h.item[1], "b", "127.0.0.2", "");
	hosts_free(&h);
}

static void
test_one(void **state)
{
	struct hosts h = { 0 };

	(void)state;
	assert_true(hosts_split(&h, "", "", ""));
	assert_int_equal(h.n, 1);
	assert_host(&h.item[0], "", "", "");
	hosts_free(&h);
	assert_true(hosts_split(&h, "/run/postgresql", "", "5432"));
	assert_int_equal(h.n, 1);
	assert_host(&h.item[0], "/run/postgresql", "", "5432");
	hosts_free(&h);
}

/* Lists that do not fit together are left to libpq. */
static void
test_left_to_libpq(void **state)
{
	static const char *const lists[][3] = {
		{ "a,b", "127.0.0.1", "" },
		{ "a,b,c", "", "1,2" },
		{ "a,,c", "", "" },
		{ "a,", "", "" },
	};
	char many[2 * HOSTS_MAX + 2];
	struct hosts h = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_true(hosts_split(&h, lists[i][0], lists[i][1],
		    lists[i][2]));
		assert_int_equal(h.n, 1);
		assert_host(&h.item[0], "", "", "");
		hosts_free(&h);
	}
	for (i = 0; i < HOSTS_MAX; i++)
		memcpy(many + 2 * i, "a,", 2);
	memcpy(many + 2 * i, "a", 2);
	assert_true(hosts_split(&h, many, "", ""));
	assert_int_equal(h.n, 1);
	assert_host(&h.item[0], "", "", "");
	hosts_free(&h);
	many[2 * HOSTS_MAX - 1] = '\0';
	assert_true(hosts_split(&h, many, "", ""));
	assert_int_equal(h.n, HOSTS_MAX);
	hosts_free(&h);
}

static void
test_address(void **state)
{
	static const struct host no_look_up[] = {
		{ "", "", "" }, { "a", "127.0.0.1", "" }, { "/run", "", "" },
		{ "@abstract", "", "" }, { "127.0.0.1", "", "" },
		{ "::1", "", "" },
	};
	static const struct host look_up[] = {
		{ "localhost", "", "" }, { "127.0.0.1.example", "", "" },
		{ "1234:", "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(no_look_up) / sizeof(no_look_up[0]); i++)
		assert_true(hosts_is_address(&no_look_up[i]));
	for (i = 0; i < sizeof(look_up) / sizeof(look_up[0]); i++)
		assert_false(hosts_is_address(&look_up[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_left_to_libpq),
		cmocka_unit_test(test_address),
	};

	return cmocka_run_group_tests_name("hosts", tests, NULL, NULL);
}
