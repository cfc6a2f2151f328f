/* Counters: labels, buckets, and many threads at once. */
#include "tests/fcgi/check.h"

#include <pthread.h>

#include "fcgi/counters.h"

static const char *
route(size_t i)
{
	return i == 0 ? "/a" : "/b\"\\\n{c}";
}

static bool
tells(struct counters *m, const char *line)
{
	struct buf b = { 0 };
	bool found;

	counters_write(&b, m);
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	found = strstr(b.data, line) != NULL;
	if (!found)
		fprintf(stderr, "# %s\n", b.data);
	buf_free(&b);
	return found;
}

static void
test_labels(void **state)
{
	struct buf b = { 0 };
	struct counters *m = counters_new(route, 2);

	(void)state;
	counters_label(&b, "a \"b\" \\ c\nd é {}=,#");
	assert_buf_equal(&b, "\"a \\\"b\\\" \\\\ c\\nd é {}=,#\"");
	counters_label(&b, "");
	assert_buf_equal(&b, "\"\"");
	buf_free(&b);
	assert_true(tells(m, "cccp_http_requests_total{route=\"/b\\\"\\\\\\n"
	    "{c}\",status=\"2xx\"} 0\n"));
	counters_free(m);
	counters_free(NULL);
}

/* A bound belongs to its bucket; buckets are cumulated. */
static void
test_buckets(void **state)
{
#define D	"\ncccp_http_request_duration_seconds"
	struct counters *m = counters_new(route, 2);

	(void)state;
	counters_request(m, 0, 200, 100);
	counters_request(m, 0, 200, 101);
	counters_request(m, 0, 304, 0);
	counters_request(m, 0, 503, INT64_C(3000000000));
	counters_request(m, 0, 999, -5);
	assert_true(tells(m, D "_bucket{route=\"/a\",le=\"0.0001\"} 3\n"));
	assert_true(tells(m, D "_bucket{route=\"/a\",le=\"0.00025\"} 4\n"));
	assert_true(tells(m, D "_bucket{route=\"/a\",le=\"2.5\"} 4\n"));
	assert_true(tells(m, D "_bucket{route=\"/a\",le=\"+Inf\"} 5\n"));
	assert_true(tells(m, D "_sum{route=\"/a\"} 3000.000201\n"));
	assert_true(tells(m, D "_count{route=\"/a\"} 5\n"));
	assert_true(tells(m, "total{route=\"/a\",status=\"2xx\"} 2\n"));
	assert_true(tells(m, "total{route=\"/a\",status=\"3xx\"} 1\n"));
	assert_true(tells(m, "total{route=\"/a\",status=\"5xx\"} 1\n"));
	assert_true(tells(m, "total{route=\"/a\",status=\"4xx\"} 0\n"));
	counters_free(m);
	counters_request(NULL, 0, 200, 1);	/* in CGI mode */
	counters_connections(NULL, 1);
	counters_failure(NULL, DB_BUG);
}

static void
test_database(void **state)
{
	struct counters *m = counters_new(route, 2);

	(void)state;
	counters_failure(m, DB_OK);
	counters_failure(m, DB_RETRY);
	counters_failure(m, DB_BUG);
	counters_failure(m, DB_BUG);
	counters_connections(m, 1);
	counters_connections(m, 1);
	counters_connections(m, -1);
	assert_true(tells(m, "errors_total{kind=\"away\"} 1\n"));
	assert_true(tells(m, "errors_total{kind=\"slow\"} 0\n"));
	assert_true(tells(m, "errors_total{kind=\"refused\"} 0\n"));
	assert_true(tells(m, "errors_total{kind=\"fault\"} 2\n"));
	assert_true(tells(m, "\ncccp_database_connections 1\n"));
	counters_free(m);
}

static void *
count(void *m)
{
	int i;

	for (i = 0; i < 20000; i++)
		counters_request(m, 1, 200, i);
	return NULL;
}

static void
test_threads(void **state)
{
	struct counters *m = counters_new(route, 2);
	pthread_t thread[4];
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, count, m), 0);
	for (i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	assert_true(tells(m, "{c}\",status=\"2xx\"} 80000\n"));
	assert_true(tells(m, "{c}\",le=\"0.025\"} 80000\n"));
	counters_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_database),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
