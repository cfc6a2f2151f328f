#include "fcgi/api/api.h"
#include "fcgi/fresh/live.h"
#include "fcgi/http/json.h"

/* GET /healthz: the program runs. */
void
status_health(struct context *ctx)
{
	response_no_store(&ctx->res, "application/json");
	buf_str(&ctx->res.body, "{\"status\":\"ok\",\"version\":\"" VERSION
	    "\"}\n");
}

static void
check(struct buf *b, const char *name, bool ok, bool known)
{
	json_add_key(b, name);
	json_add_text(b, ok ? "ok" : known ? "failed" : "unknown");
}

/*
 * GET /readyz: the database answers, its schema is this program's, and the
 * sources are live.  Anybody may ask: so it names nothing but the checks, and
 * costs at most one reading of the watch, which all requests share.
 */
void
status_ready(struct context *ctx)
{
	struct response *res = &ctx->res;
	struct live live;
	const enum live_err err = live_read(ctx, &live);
	const bool database = err != LIVE_AWAY && !live.away;
	const bool schema = database && err == LIVE_OK;
	const bool sources = schema && live.aged && !live.stale;

	response_reset(res);
	res->status = database && schema && sources ? 200 : 503;
	response_no_store(res, "application/json");
	if (res->status == 503)
		response_header(res, "Retry-After", "2");
	buf_char(&res->body, '{');
	json_add_key(&res->body, "status");
	json_add_text(&res->body, res->status == 200 ? "ok" : "failed");
	json_add_key(&res->body, "checks");
	buf_char(&res->body, '{');
	check(&res->body, "database", database, true);
	check(&res->body, "schema", schema, database);
	check(&res->body, "sources", sources, schema);
	buf_str(&res->body, "}}\n");
}
