/* GET /api/v1/me: who is asking, and what the reader may see. */
#include "fcgi/api/api.h"
#include "fcgi/http/json.h"

static void
add_bool(struct buf *b, const char *key, bool value)
{
	json_add_key(b, key);
	buf_str(b, value ? "true" : "false");
}

static void
add_groups(struct buf *b, const struct identity *id)
{
	size_t i;

	json_add_key(b, "groups");
	buf_char(b, '[');
	for (i = 0; i < id->n; i++) {
		json_add_comma(b);
		json_add_text(b, id->group[i]);
	}
	buf_char(b, ']');
}

static void
add_scope(struct buf *b, const struct scope *scope)
{
	enum permit permit;

	json_add_key(b, "role");
	json_add_text(b, role_names[scope->role]);
	json_add_key(b, "scope");
	buf_char(b, '{');
	add_bool(b, "whole", scope->whole);
	json_add_key(b, "team");
	json_add_text(b, scope->team);
	json_add_key(b, "grants");
	buf_str(b, scope->grants);
	buf_char(b, '}');
	json_add_key(b, "permits");
	buf_char(b, '{');
	for (permit = 0; permit < PERMIT__MAX; permit++)
		add_bool(b, permit_names[permit], permit_has(scope, permit));
	buf_char(b, '}');
}

/* For an admin who sees as another user, role and scope are the other's. */
void
me_answer(struct context *ctx)
{
	struct buf *b = &ctx->res.body;

	buf_str(b, "{\"me\":{");
	json_add_key(b, "user");
	json_add_text(b, ctx->identity.user);
	add_bool(b, "anonymous", ctx->identity.user == NULL);
	add_groups(b, &ctx->identity);
	add_scope(b, ctx->scope);
	if (ctx->as.user != NULL) {
		json_add_key(b, "view_as");
		buf_char(b, '{');
		json_add_key(b, "user");
		json_add_text(b, ctx->as.user);
		add_groups(b, &ctx->as);
		buf_char(b, '}');
	}
	buf_str(b, "}}\n");
	response_no_store(&ctx->res, "application/json");
}
