/*
 * GET /metrics: what this process has counted, and what the database says of
 * its sources.
 */
#include <inttypes.h>
#include <string.h>

#include "fcgi/cache.h"
#include "fcgi/metrics.h"
#include "fcgi/route.h"
#include "fcgi/stream.h"

/* The closed set of cccp.source.status. */
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
	one(b, "cccp_streams_messages_total", "counter",
	    "Messages told to all streams.", s.told);
}

static void
sample(struct buf *b, const char *name, const struct news_source *s)
{
	buf_printf(b, "%s{source=", name);
	metrics_label(b, s->name);
}

static void
write_status(struct buf *b, const struct news *news)
{
	const size_t n = sizeof(statuses) / sizeof(statuses[0]);
	size_t i, k;

	family(b, "cccp_source_status", "gauge",
	    "1 for the status that the source has, 0 for the others.");
	for (i = 0; i < news->n; i++)
		for (k = 0; k < n; k++) {
			sample(b, "cccp_source_status", &news->source[i]);
			buf_printf(b, ",status=\"%s\"} %d\n", statuses[k],
			    strcmp(news->source[i].status, statuses[k]) == 0);
		}
}

static void
write_sources(struct buf *b, const struct news *news, bool away)
{
	const double passed = (double)(now_monotonic() - news->read_us) / 1e6;
	const struct news_source *s, *end = news->source + news->n;

	write_status(b, news);
	family(b, "cccp_source_age_seconds", "gauge",
	    "Since the source last gave a sign of life.");
	for (s = news->source; s < end; s++)
		if (s->aged) {
			sample(b, "cccp_source_age_seconds", s);
			buf_str(b, "} ");
			news_age(b, true, s->age_s + passed);
			buf_char(b, '\n');
		}
	family(b, "cccp_source_stale", "gauge",
	    "Whether that is too long ago, or the database is away.");
	for (s = news->source; s < end; s++) {
		sample(b, "cccp_source_stale", s);
		buf_printf(b, "} %d\n", s->stale || away);
	}
	family(b, "cccp_source_generation", "gauge",
	    "Generation of the source's last change.");
	for (s = news->source; s < end; s++) {
		sample(b, "cccp_source_generation", s);
		buf_printf(b, "} %" PRId64 "\n", s->generation);
	}
}

static void
write_purge(struct buf *b, const struct news *news)
{
	static const char name[] = "cccp_history_purge_age_seconds";
	const double passed = (double)(now_monotonic() - news->read_us) / 1e6;

	family(b, name, "gauge", "Since history that was too old was last "
	    "dropped; absent while that has never succeeded.");
	if (!news->purged)
		return;
	buf_printf(b, "%s ", name);
	news_age(b, true, news->purge_age_s + passed);
	buf_char(b, '\n');
}

/* Under FastCGI the watch's; else, or when it does not know, asked for. */
static bool
read_news(struct context *ctx, struct news *news, bool *away)
{
	struct watch *watch = ctx->settings->watch;
	PGresult *res;
	bool ok;

	*away = false;
	if (watch != NULL && watch_news(watch, news, away))
		return true;
	if (!context_query(ctx, news_sql, 0, NULL, &res))
		return false;
	ok = news_read(news, res, now_monotonic()) &&
	    news->ours;
	PQclear(res);
	return ok;
}

/* It is 200 whatever fails: that something does is what it has to tell. */
void
metrics_answer(struct context *ctx)
{
	const struct settings *set = ctx->settings;
	struct buf *b = &ctx->res.body;
	struct news news = { 0 };
	bool away, known;

	known = read_news(ctx, &news, &away);
	response_reset(&ctx->res);
	response_header(&ctx->res, "Content-Type",
	    "text/plain; version=0.0.4; charset=utf-8");
	response_header(&ctx->res, "Cache-Control", "no-store");
	family(b, "cccp_build_info", "gauge", "The program's version.");
	buf_str(b, "cccp_build_info{version=\"" VERSION "\"} 1\n");
	if (set->metrics != NULL)
		metrics_write(b, set->metrics, route_name, route_count());
	if (set->cache != NULL)
		write_cache(b, set->cache);
	if (set->streams != NULL)
		write_streams(b, set->streams);
	one(b, "cccp_database_up", "gauge", "Whether the database answers and "
	    "its schema is the program's.", known && !away);
	if (known) {
		one(b, "cccp_generation", "gauge",
		    "Number of the last change in the database.",
		    (uint64_t)news.generation);
		write_purge(b, &news);
		write_sources(b, &news, away);
	}
	news_free(&news);
}
