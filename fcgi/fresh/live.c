#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "fcgi/fresh/live.h"
#include "fcgi/fresh/watch.h"
#include "fcgi/http/problem.h"
#include "sql/lib/hash.h"
#include "sql/lib/now.h"
#include "sql/lib/throttle.h"

static const char sql_version[] = "SELECT cccp.schema_version()";

/* Needs no rights, unlike sql_version. */
static const char sql_absent[] = "SELECT to_regnamespace('cccp') IS NULL";

static enum live_err
refuse_schema(struct context *ctx, const char *version)
{
	const char *const args[] = { version, schema_ours };
	const bool newer = schema_is_newer(version);
	static struct throttle throttles[2];
	unsigned missed;

	if (throttle_due(&throttles[newer], now_monotonic(), &missed))
		syslog(LOG_ERR, "the database has schema version %s, this "
		    "program needs %s: %s (%u times more since the last such "
		    "line)", version, schema_ours, newer ?
		    "install a newer one" : "run cccp-migrate (make schema "
		    "PGDATABASE=...); if it finds nothing to do, install this "
		    "program anew and restart it", missed);
	problem_answer(&ctx->res, &ctx->req,
	    newer ? PROBLEM_SCHEMA_NEW : PROBLEM_SCHEMA_OLD, args);
	return LIVE_SCHEMA;
}

/*
 * The statement failed as if by a fault of ours.  When the schema is another
 * one or is absent, that is the reason, and the answer says how to mend it.
 */
static enum live_err
check_schema(struct context *ctx)
{
	PGresult *res = NULL;
	enum live_err err = LIVE_FAILED;

	if (db_query(ctx->db, sql_version, 0, NULL, &res) == DB_OK) {
		if (!schema_is_ours(PQgetvalue(res, 0, 0)))
			err = refuse_schema(ctx, PQgetvalue(res, 0, 0));
	} else if (db_query(ctx->db, sql_absent, 0, NULL, &res) == DB_OK) {
		if (*PQgetvalue(res, 0, 0) == 't')
			err = refuse_schema(ctx, "0");
	}
	PQclear(res);
	return err;
}

static enum live_err
ask(struct context *ctx, struct live *live)
{
	struct generation gen = { 0 };
	PGresult *res;
	enum live_err err = LIVE_OK;

	*live = (struct live){ 0 };
	if (!context_query_whole(ctx, generation_sql, 0, NULL, &res))
		return ctx->res.status == 500 ? check_schema(ctx) : LIVE_AWAY;
	if (!generation_read(&gen, res, now_monotonic())) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
		err = LIVE_FAILED;
	} else if (!gen.ours) {
		err = refuse_schema(ctx, gen.version);
	} else {
		generation_live(&gen, false, gen.read_us, live);
	}
	generation_free(&gen);
	PQclear(res);
	return err;
}

enum live_err
live_read(struct context *ctx, struct live *live)
{
	if (ctx->settings->watch != NULL &&
	    watch_live(ctx->settings->watch, live))
		return LIVE_OK;
	return ask(ctx, live);
}

void
live_today(char day[LIVE_DAY_MAX])
{
	const time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(day, LIVE_DAY_MAX, "%F", &tm);
}

void
live_tag(char tag[LIVE_TAG_MAX], const struct live *live, int64_t generation,
    const struct buf *question, const char *day)
{
	uint64_t h = hash_add(HASH_EMPTY, question->data, question->len);

	h = hash_add(h, &live->tag, sizeof(live->tag));
	h = hash_add(h, day, strlen(day));
	h = hash_add(h, VERSION, sizeof(VERSION));
	snprintf(tag, LIVE_TAG_MAX, "W/\"%" PRId64 "-%016" PRIx64 "\"",
	    generation, h);
}

bool
live_unchanged(struct context *ctx, const struct live *live, const char *tag)
{
	if (!request_has(&ctx->req, tag))
		return false;
	response_reset(&ctx->res);
	ctx->res.status = 304;
	live_headers(ctx, live, tag);
	return true;
}

void
live_headers(struct context *ctx, const struct live *live, const char *tag)
{
	if (tag != NULL) {
		response_lines(&ctx->res, "ETag: ");
		response_lines(&ctx->res, tag);
		response_lines(&ctx->res, "\r\n");
	}
	if (live->aged) {
		response_lines(&ctx->res, "X-Source-Age: ");
		generation_age(&ctx->res.head, true, live->age_s);
		response_lines(&ctx->res, "\r\n");
	}
	context_data_headers(ctx);
}
