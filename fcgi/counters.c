#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fcgi/counters.h"

#define CLASSES		6	/* status / 100; 0: nonsense */

/* The upper bound of each bucket, and its label in seconds. */
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
	[DB_SLOW] = "slow",
	[DB_REFUSED] = "refused",
	[DB_BUG] = "fault",
};

static const char *const waits[COUNTERS_WAIT__MAX] = {
	[COUNTERS_REQUEST] = "request",
	[COUNTERS_NEXT] = "next",
	[COUNTERS_READER] = "reader",
	[COUNTERS_BODY] = "body",
};

struct route_count {
	atomic_uint_fast64_t status[CLASSES];
	atomic_uint_fast64_t bucket[BUCKETS];	/* not cumulated */
	atomic_uint_fast64_t us;
};

struct counters {
	const char	*(*name)(size_t);	/* of a route */
	size_t		 n;			/* routes */
	struct route_count route[COUNTERS_ROUTES_MAX];
	atomic_uint_fast64_t failure[DB_ERR__MAX];
	atomic_int	 connections;
	atomic_int	 wait[COUNTERS_WAIT__MAX];
	atomic_uint_fast64_t dropped;
};

/* Relaxed: no other memory access depends on a count. */
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

struct counters *
counters_new(const char *(*name)(size_t), size_t n)
{
	struct counters *c = calloc(1, sizeof(*c));

	if (c != NULL) {
		c->name = name;
		c->n = n;
	}
	return c;
}

void
counters_free(struct counters *c)
{
	free(c);
}

void
counters_request(struct counters *c, size_t route, int status, int64_t us)
{
	const unsigned class = (unsigned)status / 100;
	struct route_count *r;
	size_t i = 0;

	if (c == NULL)
		return;
	r = &c->route[route];
	while (us > buckets[i].us)
		i++;
	add(&r->status[class < CLASSES ? class : 0], 1);
	add(&r->bucket[i], 1);
	add(&r->us, us > 0 ? (uint64_t)us : 0);
}

void
counters_connections(struct counters *c, int more)
{
	if (c != NULL)
		atomic_fetch_add(&c->connections, more);
}

void
counters_failure(struct counters *c, enum db_err err)
{
	if (c != NULL && err != DB_OK)
		add(&c->failure[err], 1);
}

void
counters_wait(struct counters *c, enum counters_wait what, int more)
{
	if (c != NULL)
		atomic_fetch_add(&c->wait[what], more);
}

void
counters_dropped(struct counters *c)
{
	if (c != NULL)
		add(&c->dropped, 1);
}

void
counters_label(struct buf *b, const char *value)
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
write_requests(struct buf *b, struct counters *c)
{
	size_t i, class;

	buf_str(b, "# HELP cccp_http_requests_total Requests answered, by "
	    "route and class of status.\n"
	    "# TYPE cccp_http_requests_total counter\n");
	for (i = 0; i < c->n; i++)
		for (class = 2; class < CLASSES; class++) {
			buf_str(b, "cccp_http_requests_total{route=");
			counters_label(b, c->name(i));
			buf_printf(b, ",status=\"%zuxx\"} %" PRIu64 "\n",
			    class, get(&c->route[i].status[class]));
		}
}

static void
write_seconds(struct buf *b, uint64_t us)
{
	buf_printf(b, "%" PRIu64 ".%06" PRIu64 "\n", us / 1000000,
	    us % 1000000);
}

/*
 * Other threads count while the buckets are read.  So the count is the sum of
 * what was read, and not a counter of its own.
 */
static void
write_duration(struct buf *b, struct route_count *r, const char *name)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		sum += get(&r->bucket[i]);
		buf_str(b, "cccp_http_request_duration_seconds_bucket{route=");
		counters_label(b, name);
		buf_printf(b, ",le=\"%s\"} %" PRIu64 "\n", buckets[i].le, sum);
	}
	buf_str(b, "cccp_http_request_duration_seconds_sum{route=");
	counters_label(b, name);
	buf_str(b, "} ");
	write_seconds(b, get(&r->us));
	buf_str(b, "cccp_http_request_duration_seconds_count{route=");
	counters_label(b, name);
	buf_printf(b, "} %" PRIu64 "\n", sum);
}

static void
write_database(struct buf *b, struct counters *c)
{
	size_t i;

	buf_printf(b, "# HELP cccp_database_connections Connections to the "
	    "database that requests use.\n"
	    "# TYPE cccp_database_connections gauge\n"
	    "cccp_database_connections %d\n", atomic_load(&c->connections));
	buf_str(b, "# HELP cccp_database_errors_total Statements of requests "
	    "that failed: the database was away or too slow, refused a value, "
	    "or the program or its rights are at fault.\n"
	    "# TYPE cccp_database_errors_total counter\n");
	for (i = 0; i < DB_ERR__MAX; i++)
		if (failures[i] != NULL)
			buf_printf(b, "cccp_database_errors_total{kind=\"%s\"} "
			    "%" PRIu64 "\n", failures[i], get(&c->failure[i]));
}

static void
write_waits(struct buf *b, struct counters *c)
{
	size_t i;

	buf_str(b, "# HELP cccp_http_waiting Connections to the web server "
	    "that occupy no thread while the rest of a request, the next "
	    "request, the reader of an answer or the end of a body is waited "
	    "for.\n"
	    "# TYPE cccp_http_waiting gauge\n");
	for (i = 0; i < COUNTERS_WAIT__MAX; i++)
		buf_printf(b, "cccp_http_waiting{for=\"%s\"} %d\n", waits[i],
		    atomic_load(&c->wait[i]));
	buf_printf(b, "# HELP cccp_http_dropped_total Of these, how many were "
	    "closed because they took too long, or were too many.\n"
	    "# TYPE cccp_http_dropped_total counter\n"
	    "cccp_http_dropped_total %" PRIu64 "\n", get(&c->dropped));
}

void
counters_write(struct buf *b, struct counters *c)
{
	size_t i;

	write_requests(b, c);
	buf_str(b, "# HELP cccp_http_request_duration_seconds Time from a "
	    "request to the end of its answer; a stream's until it is "
	    "parked.\n"
	    "# TYPE cccp_http_request_duration_seconds histogram\n");
	for (i = 0; i < c->n; i++)
		write_duration(b, &c->route[i], c->name(i));
	write_waits(b, c);
	write_database(b, c);
}
