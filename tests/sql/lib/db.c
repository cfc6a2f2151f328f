/* sql/lib/db.c against a real server, which db.t has started. */
#include "tests/fcgi/check.h"

#include <netinet/in.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sql/lib/array.h"
#include "sql/lib/db.h"

static struct db *reader, *writer;

static int
prepare(void **state)
{
	(void)state;
	reader = db_open("", "test reader", true, 3000);
	writer = db_open("dbname=cccp", "test writer", false, 0);
	assert_non_null(reader);
	assert_non_null(writer);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	db_close(reader);
	db_close(writer);
	db_close(NULL);
	return 0;
}

/* The one value of a statement without parameters, or of one with n. */
static char *
value(struct db *db, const char *sql, int n, const char *const *param)
{
	PGresult *res;
	char *text;

	assert_int_equal(db_query(db, sql, n, param, &res), DB_OK);
	assert_int_equal(PQntuples(res), 1);
	text = strdup(PQgetvalue(res, 0, 0));
	PQclear(res);
	return text;
}

#define assert_value(db, sql, expected) do {				\
	char *value_ = value((db), (sql), 0, NULL);			\
	assert_string_equal(value_, (expected));			\
	free(value_);							\
} while (0)

static enum db_err
failure(struct db *db, const char *sql)
{
	PGresult *res = (PGresult *)8;
	enum db_err err = db_query(db, sql, 0, NULL, &res);

	assert_null(res);
	return err;
}

static void
sessions_are_as_they_were_asked_for(void **state)
{
	(void)state;
	assert_value(reader, "SHOW transaction_read_only", "on");
	assert_value(reader, "SHOW statement_timeout", "3s");
	assert_value(reader, "SHOW client_encoding", "UTF8");
	assert_value(reader, "SHOW application_name", "test reader");
	assert_value(reader, "SHOW datestyle", "ISO, MDY");
	assert_value(writer, "SHOW transaction_read_only", "off");
	assert_value(writer, "SHOW statement_timeout", "0");
	assert_value(writer, "SELECT current_database()", "cccp");
}

static void
parameters_are_values_and_nothing_else(void **state)
{
	const char *const param[] = { "'; DROP TABLE x; -- \\ é😀", NULL };
	char *text;

	(void)state;
	text = value(reader, "SELECT $1::text || coalesce($2::text, '!')", 2,
	    param);
	assert_string_equal(text, "'; DROP TABLE x; -- \\ é😀!");
	free(text);
}

static void
array_literals_are_read_as_written(void **state)
{
	static const char *const text[] = { "", "NULL", "a,b", "{\"}", "\\",
	    " é\n" };
	struct buf b = { 0 };
	char place[4];
	const char *param[2] = { NULL, place };
	size_t i;

	(void)state;
	array_begin(&b);
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++)
		array_add(&b, text[i]);
	array_end(&b);
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	param[0] = b.data;
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		char *is;

		snprintf(place, sizeof(place), "%zu", i + 1);
		is = value(reader, "SELECT ($1::text[])[$2::int]", 2, param);
		assert_string_equal(is, text[i]);
		free(is);
	}
	buf_free(&b);
}

static void
failures_say_what_can_be_done(void **state)
{
	(void)state;
	assert_int_equal(failure(reader, "SELECT 1 / 0"), DB_REFUSED);
	assert_int_equal(failure(reader, "SELECT 'x'::int"), DB_REFUSED);
	assert_int_equal(failure(reader, "SELECT nothing"), DB_BUG);
	assert_int_equal(failure(reader, "SELEC"), DB_BUG);
	assert_int_equal(failure(reader, "SELECT 1; SELECT 2"), DB_BUG);
	assert_int_equal(failure(reader, "CREATE TABLE public.t ()"), DB_BUG);
	assert_int_equal(failure(reader, "SELECT pg_sleep(20)"), DB_SLOW);
	assert_int_equal(db_classify(NULL), DB_RETRY);
	/* And the connection is as good as before. */
	assert_value(reader, "SELECT 'good'", "good");
	assert_int_equal(failure(writer, "INSERT INTO cccp.migration"
	    " VALUES (NULL, 'x')"), DB_REFUSED);
}

static void
failures_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(failure(reader, "DO $$BEGIN RAISE EXCEPTION 'x' USING"
	    " ERRCODE = 'CV412'; END$$"), DB_REFUSED);
	assert_string_equal(db_sqlstate(reader), "CV412");
	assert_string_equal(db_constraint(reader), "");
	assert_int_equal(failure(reader, "DO $$BEGIN RAISE no_data_found;"
	    " END$$"), DB_REFUSED);
	assert_string_equal(db_sqlstate(reader), "P0002");
	assert_int_equal(failure(writer, "INSERT INTO cccp.access_grant"
	    " (who_kind, role) VALUES ('user', 'reader')"), DB_REFUSED);
	assert_string_equal(db_sqlstate(writer), "23514");
	assert_string_equal(db_constraint(writer),
	    "access_grant_everyone_check");
	assert_value(writer, "SELECT 'good'", "good");
	assert_string_equal(db_sqlstate(writer), "");
	assert_string_equal(db_constraint(writer), "");
}

/* One that ends its connection each time is not tried for ever. */
static void
a_lost_connection_is_replaced(void **state)
{
	const char *const end =
	    "SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(20)";

	(void)state;
	assert_int_equal(failure(reader, end), DB_RETRY);
	assert_value(reader, "SELECT 'back'", "back");
	assert_int_equal(failure(writer, end), DB_RETRY);
	assert_value(writer, "SELECT 'back'", "back");
}

/* Reading again does no harm; whether it was written is not known. */
static void
only_reading_is_tried_again(void **state)
{
	static const char end_both[] = "SELECT count(pg_terminate_backend(pid,"
	    " 5000)) FROM pg_stat_activity WHERE application_name LIKE 'test %'"
	    " AND pid <> pg_backend_pid()";
	struct db *other = db_open("", "other", false, 0);

	(void)state;
	assert_value(reader, "SELECT 1", "1");
	assert_value(writer, "SELECT 1", "1");
	assert_value(other, end_both, "2");
	assert_value(reader, "SELECT 1", "1");
	assert_int_equal(failure(writer, "SELECT 1"), DB_RETRY);
	assert_value(writer, "SELECT 1", "1");
	db_close(other);
}

/* More statements than are kept: each is right, and the server keeps few. */
static void
statements_are_kept_within_bounds(void **state)
{
	char sql[64], expected[16];
	int round, i, n = 2 * DB_STATEMENTS_MAX + 7;
	PGresult *res;

	(void)state;
	for (round = 0; round < 2; round++)
		for (i = 0; i < n; i++) {
			snprintf(sql, sizeof(sql), "SELECT %d", i);
			snprintf(expected, sizeof(expected), "%d", i);
			assert_value(writer, sql, expected);
			assert_value(writer, "SELECT 'often'", "often");
		}
	snprintf(expected, sizeof(expected), "%d", DB_STATEMENTS_MAX);
	assert_value(writer, "SELECT count(*) FROM pg_prepared_statements"
	    " WHERE name <> 'scope'", expected);
	/* What is used often stays, whatever comes by. */
	assert_value(writer, "SELECT count(*) FROM pg_prepared_statements"
	    " WHERE statement = 'SELECT ''often'''"
	    " AND generic_plans + custom_plans > 1000", "1");
	/* Also one that takes the place of another may begin a transaction. */
	assert_int_equal(db_query(writer, "BEGIN ISOLATION LEVEL REPEATABLE READ",
	    0, NULL, &res), DB_OK);
	PQclear(res);
	assert_int_equal(db_step(writer, "ROLLBACK", 0, NULL, &res), DB_OK);
	PQclear(res);
}

/* The same when what was prepared means nothing any more. */
static void
void_plans_are_made_anew(void **state)
{
	static const char *const change[] = {
		"CREATE TABLE public.t AS SELECT 1 AS a",
		"ALTER TABLE public.t ADD b text DEFAULT 'new'",
	};
	PGresult *res;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(db_query(writer, change[i], 0, NULL, &res),
		    DB_OK);
		PQclear(res);
		assert_int_equal(db_query(reader, "SELECT * FROM public.t", 0,
		    NULL, &res), DB_OK);
		assert_int_equal(PQnfields(res), i + 1);
		PQclear(res);
	}
}

static const char settings[] = "SELECT concat_ws('|',"
    " nullif(current_setting('cccp.scope', true), ''),"
    " nullif(current_setting('cccp.need', true), ''))";

/* Also for a statement that is not prepared yet, and for one that is. */
static void
a_scope_is_for_the_statements_that_follow(void **state)
{
	static const char odd[] = "[{\"s\":\"l'\\u00e9t\\u00e9\\\\\"}]";
	int i;

	(void)state;
	assert_value(reader, settings, "");
	for (i = 0; i < 2; i++) {
		db_scope(reader, "whole", "");
		assert_value(reader, settings, "whole");
		db_scope(reader, odd, "history");
		assert_value(reader, settings,
		    "[{\"s\":\"l'\\u00e9t\\u00e9\\\\\"}]|history");
		db_scope(reader, NULL, NULL);
		assert_value(reader, settings, "");
	}
	/* It is not left over by what failed, nor lost with a connection. */
	db_scope(reader, "whole", "count");
	assert_int_equal(failure(reader, "SELECT 1 / 0"), DB_REFUSED);
	assert_int_equal(failure(reader, "SELEC"), DB_BUG);
	assert_value(reader, settings, "whole|count");
	db_leave(reader);
	assert_value(reader, settings, "whole|count");
	db_scope(reader, NULL, NULL);
	assert_value(reader, settings, "");
}

static PGresult *
step(struct db *db, const char *sql)
{
	PGresult *res;

	assert_int_equal(db_step(db, sql, 0, NULL, &res), DB_OK);
	return res;
}

/* Whoever begins one sets it for all its statements. */
static void
a_transaction_has_its_own_scope(void **state)
{
	PGresult *res;

	(void)state;
	assert_int_equal(db_query(reader, "BEGIN ISOLATION LEVEL REPEATABLE"
	    " READ READ ONLY", 0, NULL, &res), DB_OK);
	PQclear(res);
	PQclear(step(reader, "SELECT set_config('cccp.scope', 'x', true)"));
	res = step(reader, settings);
	assert_string_equal(PQgetvalue(res, 0, 0), "x");
	PQclear(res);
	PQclear(step(reader, "ROLLBACK"));
	assert_value(reader, settings, "");
}

/* Takes connections, and never says a word. */
static int
mute(char port[8])
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	snprintf(port, 8, "%d", ntohs(in.sin_port));
	return fd;
}

static void
one_host_after_another_is_tried(void **state)
{
	char conninfo[512], port[8], service[32];
	const char *host = getenv("PGHOST"), *own = getenv("PGPORT");
	int fd = mute(port), file = memfd_create("service", 0);
	struct db *db;

	(void)state;
	snprintf(conninfo, sizeof(conninfo), "host=127.0.0.1,no.invalid,%s "
	    "port=%s,%s,%s connect_timeout=3", host, port, own, own);
	db = db_open(conninfo, "x", true, 0);
	assert_value(db, "SELECT 1", "1");
	db_close(db);

	/* The same from a service file, as libpq reads it. */
	dprintf(file, "[cccp]\nhost=127.0.0.1,%s\nport=%s,%s\n"
	    "connect_timeout=3\n", host, port, own);
	snprintf(service, sizeof(service), "/proc/self/fd/%d", file);
	setenv("PGSERVICEFILE", service, 1);
	unsetenv("PGHOST");
	unsetenv("PGPORT");
	db = db_open("service=cccp", "x", true, 0);
	assert_value(db, "SELECT 1", "1");
	db_close(db);

	/* And from the environment, with what kind of server is wanted. */
	snprintf(conninfo, sizeof(conninfo), "127.0.0.1,%s", host);
	setenv("PGHOST", conninfo, 1);
	snprintf(conninfo, sizeof(conninfo), "%s,%s", port, own);
	setenv("PGPORT", conninfo, 1);
	setenv("PGCONNECT_TIMEOUT", "3", 1);
	setenv("PGTARGETSESSIONATTRS", "prefer-standby", 1);
	db = db_open("", "x", true, 0);
	assert_value(db, "SELECT 1", "1");
	db_close(db);
	setenv("PGTARGETSESSIONATTRS", "standby", 1);
	db = db_open("", "x", true, 0);
	assert_int_equal(failure(db, "SELECT 1"), DB_RETRY);
	db_close(db);
	unsetenv("PGTARGETSESSIONATTRS");
	unsetenv("PGCONNECT_TIMEOUT");
	unsetenv("PGSERVICEFILE");
	close(file);
	close(fd);
}

static void
no_server_is_a_matter_of_time(void **state)
{
	struct db *nowhere = db_open("host=/nonexistent", "x", true, 100);

	(void)state;
	assert_int_equal(failure(nowhere, "SELECT 1"), DB_RETRY);
	assert_int_equal(failure(nowhere, "SELECT 1"), DB_RETRY);
	db_close(nowhere);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_as_they_were_asked_for),
		cmocka_unit_test(parameters_are_values_and_nothing_else),
		cmocka_unit_test(array_literals_are_read_as_written),
		cmocka_unit_test(failures_say_what_can_be_done),
		cmocka_unit_test(failures_are_told_apart),
		cmocka_unit_test(a_lost_connection_is_replaced),
		cmocka_unit_test(only_reading_is_tried_again),
		cmocka_unit_test(statements_are_kept_within_bounds),
		cmocka_unit_test(void_plans_are_made_anew),
		cmocka_unit_test(a_scope_is_for_the_statements_that_follow),
		cmocka_unit_test(a_transaction_has_its_own_scope),
		cmocka_unit_test(one_host_after_another_is_tried),
		cmocka_unit_test(no_server_is_a_matter_of_time),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
