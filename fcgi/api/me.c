/* GET /api/v1/me: who is asking, as this program sees it. */
#include "fcgi/api/api.h"
#include "fcgi/http/json.h"

/*
 * There is one role, reader, which sees all sources.  The users that the web
 * server names have it; others have it when CCCP_ANONYMOUS says so.
 */
void
me_answer(struct context *ctx)
{
	struct buf *b = &ctx->res.body;

	buf_str(b, "{\"me\":{");
	json_add_key(b, "user");
	json_add_text(b, ctx->req.user);
	json_add_key(b, "anonymous");
	buf_str(b, ctx->req.user == NULL ? "true" : "false");
	json_add_key(b, "role");
	json_add_text(b, "reader");
	json_add_key(b, "scope");
	buf_str(b, "{\"sources\":null}}}\n");
	response_header(&ctx->res, "Content-Type", "application/json");
	response_header(&ctx->res, "Cache-Control", "no-store");
}
