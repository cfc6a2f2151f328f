#include <stdio.h>

#include "fcgi/api/rows.h"
#include "fcgi/call.h"
#include "fcgi/http/json.h"
#include "fcgi/http/text.h"
#include "fcgi/http/write.h"

void
rows_list(struct context *ctx, const char *name, const char *sql)
{
	struct buf *b = &ctx->res.body;
	PGresult *res;

	if (!call_read(ctx, sql, 0, NULL, &res))
		return;
	buf_char(b, '{');
	json_add_rows(b, name, res, 0);
	buf_str(b, "}\n");
	PQclear(res);
	response_no_store(&ctx->res, "application/json");
}

static void
answer_row(struct context *ctx, const char *name, const char *version,
    const PGresult *res)
{
	struct buf *b = &ctx->res.body;
	char tag[WRITE_VERSION_MAX + 2];

	snprintf(tag, sizeof(tag), "\"%s\"",
	    PQgetvalue(res, 0, PQfnumber(res, version)));
	buf_char(b, '{');
	json_add_key(b, name);
	json_add_row(b, res, 0, 0);
	buf_str(b, "}\n");
	response_no_store(&ctx->res, "application/json");
	response_header(&ctx->res, "ETag", "%s", tag);
	if (request_has(&ctx->req, tag))
		ctx->res.status = 304;
}

/* Does the path name a key?  False: the answer has become a problem. */
static bool
has_key(struct context *ctx)
{
	if (text_is_id(ctx->part[0]))
		return true;
	problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
	return false;
}

void
rows_one(struct context *ctx, const char *name, const char *sql,
    const char *version)
{
	const char *const id[] = { ctx->part[0] };
	PGresult *res;

	if (!has_key(ctx) || !call_read(ctx, sql, 1, id, &res))
		return;
	if (PQntuples(res) > 0)
		answer_row(ctx, name, version, res);
	else
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
	PQclear(res);
}

void
rows_add(struct context *ctx, const char *sql, int n,
    const char *const *param)
{
	PGresult *res;

	if (!call_write(ctx, sql, n, param, &res))
		return;
	buf_str(&ctx->res.body, "{\"id\":");
	json_add_value(&ctx->res.body, res, 0, 0);
	buf_str(&ctx->res.body, "}\n");
	PQclear(res);
	ctx->res.status = 201;
	response_no_store(&ctx->res, "application/json");
}

void
rows_edit(struct context *ctx, const char *sql, int n, const char **param)
{
	char version[WRITE_VERSION_MAX];
	PGresult *res;

	if (!has_key(ctx))
		return;
	if (!write_version(&ctx->req, version)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_CHANGED, NULL);
		return;
	}
	param[n++] = ctx->part[0];
	param[n++] = version;
	if (!call_write(ctx, sql, n, param, &res))
		return;
	PQclear(res);
	ctx->res.status = 204;
	response_header(&ctx->res, "Cache-Control", "no-store");
}
