/* GET /metrics: the counters of this process, and the state of the sources. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/api/api.h"
#include "fcgi/counters.h"
#include "fcgi/event/stream.h"
#include "fcgi/fresh/cache.h"
#include "fcgi/fresh/watch.h"

/* All values of cccp_v1.source.status. */
static const char *const statuses[] = { "connecting", "live", "stale",
    "down" };

static void
family(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
one(struct buf *b, const char *name, const char *type, const char *help,
    uint64_t value)
{
	family(b, name, type, help);
	buf_printf(b, "%s %" PRIu64 "\n", name, value);
}

static void
write_cache(struct buf *b, struct cache *cache)
{
	struct cache_stats s;

	cache_stats(cache, &s);
	one(b, "cccp_cache_answers", "gauge", "Answers in memory.", s.answers);
	one(b, "cccp_cache_bytes", "gauge", "Memory that they take.", s.bytes);
	one(b, "cccp_cache_hits_total", "counter",
	    "Answers given from memory.", s.hits);
	one(b, "cccp_cache_misses_total", "counter",
	    "Answers that had to be made.", s.misses);
	one(b, "cccp_cache_waits_total", "counter",
	    "Requests that waited for one that another made.", s.waits);
	one(b, "cccp_cache_stale_total", "counter",
	    "Old answers given while the database was away.", s.old);
}

static void
write_streams(struct buf *b, struct streams *streams)
{
	struct streams_stats s;

	streams_stats(streams, &s);
	one(b, "cccp_streams_open", "gauge", "Event streams parked.", s.open);
	one(b, "cccp_streams_parked_total", "counter",
	    "Event streams that have begun.", s.parked);
	one(b, "cccp_streams_dropped_total", "counter",
	    "Event streams ended because their reader was too slow.",
	    s.dropped);
	one(b, "cccp_streams_refused_total", "counter",
	    "Event streams refused because their user had too many.",
	    s.refused);
	one(b, "cccp_streams_messages_total", "counter",
	    "Messages told to all streams.", s.told);
}

static void
write_audit(struct buf *b, struct access_log *log)
{
	uint64_t waiting, lost;

	access_log_stats(log, &waiting, &lost);
	one(b, "cccp_audit_waiting", "gauge",
	    "Lines of the access log that wait to be written.", waiting);
	one(b, "cccp_audit_lost_total", "counter",
	    "Lines that the database did not take.", lost);
}

static void
sample(struct buf *b, const char *name, const struct generation_source *s)
{
	buf_printf(b, "%s{source=", name);
	counters_label(b, s->name);
}

static void
write_status(struct buf *b, const struct generation *gen, bool away)
{
	const size_t n = sizeof(statuses) / sizeof(statuses[0]);
	size_t i, k;

	family(b, "cccp_source_status", "gauge",
	    "1 for the status that the source has, 0 for the others.");
	for (i = 0; i < gen->n; i++)
		for (k = 0; k < n; k++) {
			sample(b, "cccp_source_status", &gen->source[i]);
			buf_printf(b, ",status=\"%s\"} %d\n", statuses[k],
			    strcmp(generation_status(&gen->source[i], away),
			    statuses[k]) == 0);
		}
}

static void
write_sources(struct buf *b, const struct generation *gen, bool away)
{
	const double passed = (double)(now_monotonic() - gen->read_us) / 1e6;
	const struct generation_source *s, *end = gen->source + gen->n;

	write_status(b, gen, away);
	family(b, "cccp_source_age_seconds", "gauge",
	    "Since the source last gave a sign of life.");
	for (s = gen->source; s < end; s++)
		if (s->aged) {
			sample(b, "cccp_source_age_seconds", s);
			buf_str(b, "} ");
			generation_age(b, true, s->age_s + passed);
			buf_char(b, '\n');
		}
	family(b, "cccp_source_stale", "gauge",
	    "Whether that is too long ago, or the database is away.");
	for (s = gen->source; s < end; s++) {
		sample(b, "cccp_source_stale", s);
		buf_printf(b, "} %d\n", s->stale || away);
	}
	family(b, "cccp_source_generation", "gauge",
	    "Generation of the source's last change.");
	for (s = gen->source; s < end; s++) {
		sample(b, "cccp_source_generation", s);
		buf_printf(b, "} %" PRId64 "\n", s->generation);
	}
}

static void
write_purge(struct buf *b, const struct generation *gen)
{
	static const char name[] = "cccp_history_purge_age_seconds";
	const double passed = (double)(now_monotonic() - gen->read_us) / 1e6;

	family(b, name, "gauge", "Since history that was too old was last "
	    "dropped; absent while that has never succeeded.");
	if (!gen->purged)
		return;
	buf_printf(b, "%s ", name);
	generation_age(b, true, gen->purge_age_s + passed);
	buf_char(b, '\n');
}

/* One metric of each class of cccp.retention: generation.h has their form. */
static void
write_classes(struct buf *b, const char *name, const struct generation *gen,
    bool ages)
{
	const double passed = (double)(now_monotonic() - gen->read_us) / 1e6;
	const char *p = gen->retention;
	char class[16];
	double age;
	int failed, n = 0;

	for (; sscanf(p, "%15[a-z] %lf %d;%n", class, &age, &failed, &n) == 3 &&
	    n > 0; p += n, n = 0) {
		if (ages && age < 0)
			continue;
		buf_printf(b, "%s{class=\"%s\"} ", name, class);
		if (ages)
			generation_age(b, true, age + passed);
		else
			buf_printf(b, "%d", failed != 0);
		buf_char(b, '\n');
	}
}

static void
write_retention(struct buf *b, const struct generation *gen)
{
	static const char age[] = "cccp_retention_age_seconds";
	static const char failed[] = "cccp_retention_failed";

	family(b, age, "gauge", "Since what was too old of a class of data was "
	    "last removed; absent while that has never succeeded.");
	write_classes(b, age, gen, true);
	family(b, failed, "gauge", "Whether the last try to remove what was too "
	    "old failed.");
	write_classes(b, failed, gen, false);
}

/* From the watch; in CGI mode, or when it does not know, by a statement. */
static bool
read_generation(struct context *ctx, struct generation *gen, bool *away)
{
	struct watch *watch = ctx->settings->watch;
	PGresult *res;
	bool ok;

	*away = false;
	if (watch != NULL && watch_generation(watch, gen, away))
		return true;
	if (!context_query_whole(ctx, generation_sql, 0, NULL, &res))
		return false;
	ok = generation_read(gen, res, now_monotonic()) && gen->ours;
	PQclear(res);
	return ok;
}

/* Always 200: a failure of the database is one of the metrics. */
void
metrics_answer(struct context *ctx)
{
	const struct settings *set = ctx->settings;
	struct buf *b = &ctx->res.body;
	struct generation gen = { 0 };
	bool away, known;

	known = read_generation(ctx, &gen, &away);
	response_reset(&ctx->res);
	response_no_store(&ctx->res,
	    "text/plain; version=0.0.4; charset=utf-8");
	family(b, "cccp_build_info", "gauge", "The program's version.");
	buf_str(b, "cccp_build_info{version=\"" VERSION "\"} 1\n");
	if (set->counters != NULL)
		counters_write(b, set->counters);
	if (set->cache != NULL)
		write_cache(b, set->cache);
	if (set->streams != NULL)
		write_streams(b, set->streams);
	write_audit(b, set->log);
	one(b, "cccp_database_up", "gauge", "Whether the database answers and "
	    "its schema is the program's.", known && !away);
	if (known) {
		one(b, "cccp_generation", "gauge",
		    "Number of the last change in the database.",
		    (uint64_t)gen.number);
		write_purge(b, &gen);
		write_retention(b, &gen);
		write_sources(b, &gen, away);
	}
	generation_free(&gen);
}
