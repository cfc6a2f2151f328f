#include <stdlib.h>
#include <time.h>

#include "fcgi/context.h"
#include "fcgi/problem.h"
#include "fcgi/route.h"

#define STATEMENT_TIMEOUT_MS	5000

struct context *
context_new(const struct settings *settings)
{
	struct context *ctx = calloc(1, sizeof(*ctx));

	if (ctx == NULL)
		return NULL;
	ctx->settings = settings;
	ctx->db = db_open("", "cccp.fcgi", true, STATEMENT_TIMEOUT_MS);
	if (ctx->db == NULL) {
		free(ctx);
		return NULL;
	}
	return ctx;
}

void
context_free(struct context *ctx)
{
	if (ctx == NULL)
		return;
	db_close(ctx->db);
	response_free(&ctx->res);
	buf_free(&ctx->sql);
	free(ctx);
}

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

bool
context_serve(struct context *ctx, char *const *env, response_write *put,
    void *arg)
{
	enum request_err err;
	bool ok;

	ctx->began_us = now_us();
	ctx->db_us = 0;
	ctx->asset = NULL;
	response_reset(&ctx->res);
	err = request_read(&ctx->req, env);
	route_answer(ctx, err);
	ok = response_send(&ctx->res, ctx->req.method == METHOD_HEAD, put, arg);
	asset_put(ctx->settings->assets, ctx->asset);
	return ok;
}

bool
context_query(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	static const enum problem problems[DB_ERR__MAX] = {
		[DB_RETRY] = PROBLEM_DATABASE,
		[DB_REFUSED] = PROBLEM_REFUSED,
		[DB_BUG] = PROBLEM_INTERNAL,
	};
	const int64_t start = now_us();
	const enum db_err err = db_query(ctx->db, sql, n, param, res);

	ctx->db_us += now_us() - start;
	if (err == DB_OK)
		return true;
	problem_answer(&ctx->res, &ctx->req, problems[err], NULL);
	return false;
}

void
context_data_headers(struct context *ctx)
{
	const int64_t all = now_us() - ctx->began_us;

	response_header(&ctx->res, "Cache-Control", "private, no-cache");
	response_header(&ctx->res, "Vary", "Accept-Language");
	response_header(&ctx->res, "X-Content-Type-Options", "nosniff");
	response_header(&ctx->res, "Server-Timing", "db;dur=%.2f, "
	    "total;dur=%.2f", (double)ctx->db_us / 1000, (double)all / 1000);
	if (ctx->res.status == 200)
		response_header(&ctx->res, "Content-Type", "application/json");
}
