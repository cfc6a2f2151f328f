#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "fcgi/json.h"
#include "fcgi/live.h"
#include "fcgi/problem.h"
#include "fcgi/text.h"

/*
 * The state of a user depends on its source's staleness, which comes with
 * time alone.  last_change tells a database from another one that happens to
 * be at the same generation.
 */
static const char sql_live[] =
    "SELECT cccp.schema_version(), c.generation, s.*"
    " FROM cccp.clock AS c CROSS JOIN ("
    "SELECT max(age_seconds), bool_or(stale),"
    " string_agg(source || stale || extract(epoch FROM last_change), ' '"
    " ORDER BY source) FROM cccp_v1.source) AS s (age, stale, tag)";

static const char sql_version[] = "SELECT cccp.schema_version()";

/* Needs no rights, unlike the other one. */
static const char sql_absent[] = "SELECT to_regnamespace('cccp') IS NULL";

static enum live_err
refuse_schema(struct context *ctx, const char *version)
{
	char known[16];
	const char *const args[] = { version, known };
	const bool old = atoi(version) < DB_SCHEMA_VERSION;

	snprintf(known, sizeof(known), "%d", DB_SCHEMA_VERSION);
	syslog(LOG_ERR, "the database has schema version %s, this program "
	    "needs %s: %s", version, known, old ?
	    "run \"make schema PGDATABASE=...\"" : "install a newer one");
	problem_answer(&ctx->res, &ctx->req,
	    old ? PROBLEM_SCHEMA_OLD : PROBLEM_SCHEMA_NEW, args);
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
		if (atoi(PQgetvalue(res, 0, 0)) != DB_SCHEMA_VERSION)
			err = refuse_schema(ctx, PQgetvalue(res, 0, 0));
	} else if (db_query(ctx->db, sql_absent, 0, NULL, &res) == DB_OK) {
		if (*PQgetvalue(res, 0, 0) == 't')
			err = refuse_schema(ctx, "0");
	}
	PQclear(res);
	return err;
}

static void
read_row(struct live *live, const PGresult *res)
{
	live->generation = strtoll(PQgetvalue(res, 0, 1), NULL, 10);
	live->aged = !PQgetisnull(res, 0, 2);
	live->age_s = strtod(PQgetvalue(res, 0, 2), NULL);
	live->stale = *PQgetvalue(res, 0, 3) == 't';
	live->tag = text_hash(TEXT_HASH, PQgetvalue(res, 0, 4),
	    (size_t)PQgetlength(res, 0, 4));
}

enum live_err
live_read(struct context *ctx, struct live *live)
{
	PGresult *res;
	enum live_err err = LIVE_OK;

	*live = (struct live){ 0 };
	if (!context_query(ctx, sql_live, 0, NULL, &res))
		return ctx->res.status == 500 ? look_closer(ctx) : LIVE_AWAY;
	if (PQntuples(res) != 1)
		err = refuse_schema(ctx, "0");
	else if (atoi(PQgetvalue(res, 0, 0)) != DB_SCHEMA_VERSION)
		err = refuse_schema(ctx, PQgetvalue(res, 0, 0));
	else
		read_row(live, res);
	PQclear(res);
	return err;
}

void
live_meta(struct buf *b, const struct live *live)
{
	json_key(b, "source_age");
	if (live->aged)
		buf_printf(b, "%.1f", live->age_s);
	else
		buf_str(b, "null");
	json_key(b, "stale");
	buf_str(b, live->stale ? "true" : "false");
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
	ctx->res.status = 304;
	live_headers(ctx, live, tag);
	return true;
}

void
live_headers(struct context *ctx, const struct live *live, const char *tag)
{
	if (tag != NULL)
		response_header(&ctx->res, "ETag", "%s", tag);
	if (live->aged)
		response_header(&ctx->res, "X-Source-Age", "%.1f",
		    live->age_s);
	context_data_headers(ctx);
}
