/* /api/v1/grants: who may see what.  For admins; the database checks that. */
#include <stdio.h>

#include "fcgi/api/api.h"
#include "fcgi/call.h"
#include "fcgi/http/json.h"
#include "fcgi/http/text.h"
#include "fcgi/http/write.h"

#define READER	"reader => $1::text, groups => $2::text[]," \
		" anonymous_role => $3::text"

static const char *const kinds[] = { "user", "group", "everyone", NULL };
static const char *const roles[] = { "wall", "reader", "supervisor", "admin",
    "auditor", NULL };

/* In the order of the parameters of VALUES. */
static const struct param fields[] = {
	{ .name = "who_kind", .type = PARAM_SET, .choices = kinds,
	    .required = true },
	{ .name = "who", .max_len = 1000, .type = PARAM_TEXT, .null = true },
	{ .name = "role", .type = PARAM_SET, .choices = roles,
	    .required = true },
	{ .name = "source", .max_len = 32, .type = PARAM_TEXT, .null = true },
	{ .name = "team", .max_len = 1000, .type = PARAM_TEXT, .null = true },
	{ .name = "queue", .max_len = 1000, .type = PARAM_TEXT, .null = true },
	{ .name = "detail", .type = PARAM_BOOL, .null = true },
	{ .name = "history", .type = PARAM_BOOL, .null = true },
	{ .name = "numbers", .type = PARAM_BOOL, .null = true },
	{ .name = "export", .type = PARAM_BOOL, .null = true },
	{ .name = "since", .type = PARAM_TIME, .null = true },
	{ .name = "until", .type = PARAM_TIME, .null = true },
	{ .name = "note", .max_len = 4000, .type = PARAM_TEXT, .null = true },
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

#define VALUES	"who_kind => $4::text, who => $5::text, role => $6::text," \
		" source => $7::text, team => $8::text, queue => $9::text," \
		" detail => $10::boolean, history => $11::boolean," \
		" numbers => $12::boolean, export => $13::boolean," \
		" valid => tstzrange($14::timestamptz, $15::timestamptz)," \
		" note => $16::text"

static void
no_store(struct context *ctx)
{
	response_header(&ctx->res, "Content-Type", "application/json");
	response_header(&ctx->res, "Cache-Control", "no-store");
}

void
grants_answer(struct context *ctx)
{
	struct buf *b = &ctx->res.body;
	PGresult *res;

	if (!call_read(ctx, "SELECT * FROM cccp.access_grants(" READER ")", 0,
	    NULL, &res))
		return;
	buf_char(b, '{');
	json_add_rows(b, "grants", res, 0);
	buf_str(b, "}\n");
	PQclear(res);
	no_store(ctx);
}

void
grant_answer(struct context *ctx)
{
	const char *const id[] = { ctx->part[0] };
	struct buf *b = &ctx->res.body;
	char tag[WRITE_VERSION_MAX + 2];
	PGresult *res;

	if (!text_is_id(id[0])) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
		return;
	}
	if (!call_read(ctx, "SELECT * FROM cccp.access_grants(" READER ")"
	    " WHERE id = $4::bigint", 1, id, &res))
		return;
	if (PQntuples(res) == 0) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
		PQclear(res);
		return;
	}
	snprintf(tag, sizeof(tag), "\"%s\"",
	    PQgetvalue(res, 0, PQfnumber(res, "etag")));
	buf_char(b, '{');
	json_add_key(b, "grant");
	json_add_row(b, res, 0, 0);
	buf_str(b, "}\n");
	PQclear(res);
	no_store(ctx);
	response_header(&ctx->res, "ETag", "%s", tag);
	if (request_has(&ctx->req, tag))
		ctx->res.status = 304;
}

/* The values of the fields, as parameters. */
static int
take_values(const struct context *ctx, const char **param)
{
	size_t i;

	for (i = 0; i < FIELDS; i++)
		param[i] = ctx->body.value[i].text;
	return (int)FIELDS;
}

static void
add_grant(struct context *ctx)
{
	const char *param[FIELDS];
	PGresult *res;

	if (!call_write(ctx, "SELECT cccp.grant_access(" VALUES ", " READER
	    ")", take_values(ctx, param), param, &res))
		return;
	buf_str(&ctx->res.body, "{\"id\":");
	json_add_value(&ctx->res.body, res, 0, 0);
	buf_str(&ctx->res.body, "}\n");
	PQclear(res);
	ctx->res.status = 201;
	no_store(ctx);
}

/* An edit of the grant that the path names, by a statement without a result. */
static void
edit(struct context *ctx, const char *sql, int n, const char **param)
{
	char version[WRITE_VERSION_MAX];
	PGresult *res;

	if (!text_is_id(ctx->part[0])) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
		return;
	}
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

static void
change_grant(struct context *ctx)
{
	const char *param[FIELDS + 2];

	edit(ctx, "SELECT cccp.change_access(id => $17::bigint, etag => $18,"
	    " " VALUES ", " READER ")", take_values(ctx, param), param);
}

static void
end_grant(struct context *ctx)
{
	const char *param[2];

	edit(ctx, "SELECT cccp.end_access(id => $4::bigint, etag => $5, "
	    READER ")", 0, param);
}

const struct action grants_actions[] = {
	{ .method = METHOD_POST, .fields = fields, .nfields = FIELDS,
	    .answer = add_grant },
	{ .answer = NULL }
};

const struct action grant_actions[] = {
	{ .method = METHOD_PUT, .edits = true, .fields = fields,
	    .nfields = FIELDS, .answer = change_grant },
	{ .method = METHOD_DELETE, .edits = true, .answer = end_grant },
	{ .answer = NULL }
};
