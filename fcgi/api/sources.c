#include <stdlib.h>

#include "fcgi/api/api.h"
#include "fcgi/fresh/answer.h"
#include "fcgi/fresh/live.h"
#include "fcgi/http/json.h"

static const char sql_sources[] =
    "SELECT c.generation, now(), s.source, s.url, s.status, s.status_since,"
    " s.alive_at, s.age_seconds, s.stale, s.error, s.error_at, s.last_sync,"
    " s.last_change, s.generation, s.users, s.clock_skew_s, s.server_version,"
    " (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'source'"
    " ORDER BY d.kind DESC, d.list DESC, d.path), '[]')"
    " FROM cccp_web.source_defect AS d WHERE d.source = s.source) AS defects"
    " FROM cccp.clock AS c LEFT JOIN cccp_web.source AS s ON true"
    " ORDER BY s.source COLLATE cccp.french";

#define FIRST	2	/* the first column of a source */

static int64_t
make_sources(struct context *ctx, const struct live *live, void *arg)
{
	struct buf *b = &ctx->res.body;
	int64_t generation;
	PGresult *res;

	(void)arg;
	if (!context_query(ctx, sql_sources, 0, NULL, &res))
		return -1;
	generation = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
	buf_str(b, "{\"meta\":{\"generation\":");
	json_add_value(b, res, 0, 0);
	json_add_key(b, "generated_at");
	json_add_value(b, res, 0, 1);
	generation_meta(b, live);
	buf_char(b, '}');
	/* Without a source there is one row, which is null. */
	json_add_rows(b, "sources", res, FIRST);
	buf_str(b, "}\n");
	PQclear(res);
	return generation;
}

/* Ages grow without a new generation: kept until the watch reads again. */
void
sources_answer(struct context *ctx)
{
	struct buf question = { 0 };
	struct live live;

	context_need(ctx, "count");
	if (live_read(ctx, &live) != LIVE_OK)
		return;
	live.epoch = live.reading;
	context_question(ctx, &question, ctx->req.path);
	answer_fill(ctx, &live, &question, NULL, CACHE_WAIT_MS, make_sources,
	    NULL);
	buf_free(&question);
}
