#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fcgi/counters.h"

#define CLASSES		6	/* status / 100; 0: nonsense */

/* Upper bounds of the buckets, and how Prometheus is told them. */
static const struct {
	int64_t		 us;
	const char	*le;
} buckets[] = {
	{ 100, "0.0001" },
	{ 250, "0.00025" },
	{ 500, "0.0005" },
	{ 1000, "0.001" },
	{ 2500, "0.0025" },
	{ 5000, "0.005" },
	{ 10000, "0.01" },
	{ 25000, "0.025" },
	{ 100000, "0.1" },
	{ 500000, "0.5" },
	{ 2500000, "2.5" },
	{ INT64_MAX, "+Inf" },
};

#define BUCKETS		(sizeof(buckets) / sizeof(buckets[0]))

static const char *const failures[DB_ERR__MAX] = {
	[DB_RETRY] = "away",
	[DB_REFUSED] = "refused",
	[DB_BUG] = "fault",
};

struct route_count {
	atomic_uint_fast64_t status[CLASSES];
	atomic_uint_fast64_t bucket[BUCKETS];	/* each by itself */
	atomic_uint_fast64_t us;
};

struct metrics {
	struct route_count route[METRICS_ROUTES_MAX];
	atomic_uint_fast64_t failure[DB_ERR__MAX];
	atomic_int	 connections;
};

/* Nobody orders anything by a count. */
static void
add(atomic_uint_fast64_t *to, uint64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static uint64_t
get(atomic_uint_fast64_t *from)
{
	return atomic_load_explicit(from, memory_order_relaxed);
}

struct metrics *
metrics_new(void)
{
	return calloc(1, sizeof(struct metrics));
}

void
metrics_free(struct metrics *m)
{
	free(m);
}

void
metrics_request(struct metrics *m, size_t route, int status, int64_t us)
{
	const unsigned class = (unsigned)status / 100;
	struct route_count *r;
	size_t i = 0;

	if (m == NULL)
		return;
	r = &m->route[route];
	while (us > buckets[i].us)
		i++;
	add(&r->status[class < CLASSES ? class : 0], 1);
	add(&r->bucket[i], 1);
	add(&r->us, us > 0 ? (uint64_t)us : 0);
}

void
metrics_connections(struct metrics *m, int more)
{
	if (m != NULL)
		atomic_fetch_add(&m->connections, more);
}

void
metrics_failure(struct metrics *m, enum db_err err)
{
	if (m != NULL && err != DB_OK)
		add(&m->failure[err], 1);
}

void
metrics_label(struct buf *b, const char *value)
{
	buf_char(b, '"');
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			buf_char(b, '\\');
		if (*value == '\n')
			buf_str(b, "\\n");
		else
			buf_char(b, *value);
	}
	buf_char(b, '"');
}

static void
write_requests(struct buf *b, struct metrics *m, const char *(*name)(size_t),
    size_t n)
{
	size_t i, class;

	buf_str(b, "# HELP cccp_http_requests_total Requests answered, by "
	    "route and class of status.\n"
	    "# TYPE cccp_http_requests_total counter\n");
	for (i = 0; i < n; i++)
		for (class = 2; class < CLASSES; class++) {
			buf_str(b, "cccp_http_requests_total{route=");
			metrics_label(b, name(i));
			buf_printf(b, ",status=\"%zuxx\"} %" PRIu64 "\n",
			    class, get(&m->route[i].status[class]));
		}
}

static void
write_seconds(struct buf *b, uint64_t us)
{
	buf_printf(b, "%" PRIu64 ".%06" PRIu64 "\n", us / 1000000,
	    us % 1000000);
}

/* Read bucket by bucket while others count: a sum of what was read. */
static void
write_duration(struct buf *b, struct route_count *r, const char *name)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		sum += get(&r->bucket[i]);
		buf_str(b, "cccp_http_request_duration_seconds_bucket{route=");
		metrics_label(b, name);
		buf_printf(b, ",le=\"%s\"} %" PRIu64 "\n", buckets[i].le, sum);
	}
	buf_str(b, "cccp_http_request_duration_seconds_sum{route=");
	metrics_label(b, name);
	buf_str(b, "} ");
	write_seconds(b, get(&r->us));
	buf_str(b, "cccp_http_request_duration_seconds_count{route=");
	metrics_label(b, name);
	buf_printf(b, "} %" PRIu64 "\n", sum);
}

static void
write_database(struct buf *b, struct metrics *m)
{
	size_t i;

	buf_printf(b, "# HELP cccp_database_connections Connections to the "
	    "database that requests use.\n"
	    "# TYPE cccp_database_connections gauge\n"
	    "cccp_database_connections %d\n", atomic_load(&m->connections));
	buf_str(b, "# HELP cccp_database_errors_total Statements of requests "
	    "that failed: the database was away or too slow, refused a value, "
	    "or the program or its rights are at fault.\n"
	    "# TYPE cccp_database_errors_total counter\n");
	for (i = 0; i < DB_ERR__MAX; i++)
		if (failures[i] != NULL)
			buf_printf(b, "cccp_database_errors_total{kind=\"%s\"} "
			    "%" PRIu64 "\n", failures[i], get(&m->failure[i]));
}

void
metrics_write(struct buf *b, struct metrics *m, const char *(*name)(size_t),
    size_t n)
{
	size_t i;

	write_requests(b, m, name, n);
	buf_str(b, "# HELP cccp_http_request_duration_seconds Time from a "
	    "request to the end of its answer; a stream's until it is "
	    "parked.\n"
	    "# TYPE cccp_http_request_duration_seconds histogram\n");
	for (i = 0; i < n; i++)
		write_duration(b, &m->route[i], name(i));
	write_database(b, m);
}
