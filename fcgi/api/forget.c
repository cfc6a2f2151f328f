/*
 * POST /api/v1/forget: forgets a person.  For admins; the database checks that.
 */
#include "fcgi/api/api.h"
#include "fcgi/api/rows.h"
#include "fcgi/call.h"
#include "fcgi/http/json.h"

enum { SOURCE, LOGIN, FIELDS };

static const struct param fields[FIELDS] = {
	[SOURCE] = { .name = "source", .type = PARAM_TEXT, .max_len = 32,
	    .required = true },
	[LOGIN] = { .name = "login", .type = PARAM_TEXT, .max_len = 1000,
	    .required = true },
};

/* Every table and month is searched. */
static void
forget(struct context *ctx)
{
	const char *const param[FIELDS] = { ctx->body.value[SOURCE].text,
	    ctx->body.value[LOGIN].text };
	struct buf *b = &ctx->res.body;
	PGresult *res;

	if (!call_write_long(ctx, "SELECT * FROM cccp.forget_agent("
	    "source => $4::text, login => $5::text, " ROWS_READER ")", FIELDS,
	    param, &res))
		return;
	buf_char(b, '{');
	json_add_rows(b, "changed", res, 0);
	buf_str(b, "}\n");
	PQclear(res);
	response_no_store(&ctx->res, "application/json");
}

const struct action forget_actions[] = {
	{ .method = METHOD_POST, .fields = fields, .nfields = FIELDS,
	    .answer = forget },
	{ .answer = NULL }
};
