#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "fcgi/json.h"
#include "fcgi/live.h"
#include "fcgi/problem.h"
#include "fcgi/text.h"

static const char sql_version[] = "SELECT cccp.schema_version()";

/* Needs no rights, unlike the other one. */
static const char sql_absent[] = "SELECT to_regnamespace('cccp') IS NULL";

static enum live_err
refuse_schema(struct context *ctx, const char *version)
{
	const char *const args[] = { version, schema_ours };
	const bool newer = schema_is_newer(version);

	syslog(LOG_ERR, "the database has schema version %s, this program "
	    "needs %s: %s", version, schema_ours, newer ?
	    "install a newer one" :
	    "run cccp-migrate (make schema PGDATABASE=...); if it finds "
	    "nothing to do, install this program anew and restart it");
	problem_answer(&ctx->res, &ctx->req,
	    newer ? PROBLEM_SCHEMA_NEW : PROBLEM_SCHEMA_OLD, args);
	return LIVE_SCHEMA;
}

/*
 * The answer is a 500.  Is it that the schema is another one, or not there?
 * Then somebody can mend it, and is told how.
 */
static enum live_err
look_closer(struct context *ctx)
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
	struct news news = { 0 };
	PGresult *res;
	enum live_err err = LIVE_OK;

	*live = (struct live){ 0 };
	if (!context_query(ctx, news_sql, 0, NULL, &res))
		return ctx->res.status == 500 ? look_closer(ctx) : LIVE_AWAY;
	if (!news_read(&news, res, now_monotonic())) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
		err = LIVE_FAILED;
	} else if (!news.ours) {
		err = refuse_schema(ctx, news.version);
	} else {
		news_live(&news, false, news.read_us, live);
	}
	news_free(&news);
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
	uint64_t h = text_hash(TEXT_HASH, question->data, question->len);

	h = text_hash(h, &live->tag, sizeof(live->tag));
	h = text_hash(h, day, strlen(day));
	h = text_hash(h, VERSION, sizeof(VERSION));
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
		news_age(&ctx->res.head, true, live->age_s);
		response_lines(&ctx->res, "\r\n");
	}
	context_data_headers(ctx);
}
