#include <stdio.h>
#include <string.h>

#include "fcgi/fresh/live.h"
#include "fcgi/fresh/watch.h"
#include "fcgi/http/problem.h"
#include "fcgi/reader.h"
#include "sql/lib/utf8.h"

enum { AS_USER, AS_GROUPS, AS_PARAMS };

static const struct param as_params[AS_PARAMS] = {
	[AS_USER] = { .name = "as_user", .type = PARAM_TEXT,
	    .max_len = CONTEXT_AS_MAX, .required = true },
	[AS_GROUPS] = { .name = "as_groups", .type = PARAM_TEXT },
};

/* Names the user and the groups that were seen, for whoever gives grants. */
static void
refuse(struct context *ctx, const struct identity *id)
{
	struct buf groups = { 0 };
	const char *args[2] = { id->user };
	size_t i;

	for (i = 0; i < id->n; i++) {
		buf_str(&groups, i > 0 ? ", " : "");
		buf_str(&groups, id->group[i]);
	}
	if (id->n == 0)
		buf_str(&groups, "–");
	buf_char(&groups, '\0');
	args[1] = groups.data;
	problem_answer(&ctx->res, &ctx->req, buf_ok(&groups) ?
	    PROBLEM_NO_GRANT : PROBLEM_BUSY, args);
	buf_free(&groups);
}

/*
 * Asks the database; NULL: the answer has become a problem.  Without the
 * functions, its schema is not this program's, which is the reason to give.
 */
static struct scope *
ask(struct context *ctx, const struct identity *id, const char *groups)
{
	const char *const anonymous = id->user == NULL ?
	    role_names[ctx->settings->anonymous] : NULL;
	/* A name that is no UTF-8 is in no grant. */
	const char *const user = id->user != NULL && !utf8_valid(id->user,
	    strlen(id->user)) ? "\xef\xbf\xbd" : id->user;
	const char *const param[SCOPE_PARAMS] = { user, groups, anonymous };
	struct scope *scope;
	struct live live;
	PGresult *res;
	bool failed;

	if (!context_query(ctx, scope_sql, SCOPE_PARAMS, param, &res)) {
		if (ctx->res.status == 500 && live_read(ctx, &live) == LIVE_OK)
			problem_answer(&ctx->res, &ctx->req, PROBLEM_INTERNAL,
			    NULL);
		return NULL;
	}
	scope = scope_new(res, &failed);
	PQclear(res);
	if (failed)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	else if (scope == NULL)
		refuse(ctx, id);
	return scope;
}

/* A new reference; NULL: the answer has become a problem. */
static const struct scope *
find(struct context *ctx, const struct identity *id)
{
	const struct settings *set = ctx->settings;
	const struct scope *kept = NULL;
	struct buf groups = { 0 }, key = { 0 };
	struct scope *scope = NULL;
	struct live live;
	bool keep;

	identity_array(&groups, id);
	buf_char(&groups, '\0');
	buf_add(&key, groups.data, groups.len);
	if (id->user != NULL)
		buf_str(&key, id->user);
	keep = set->scopes != NULL && buf_ok(&key) &&
	    watch_live(set->watch, &live);
	ctx->access = keep ? live.access : 0;
	if (keep)
		kept = scopes_find(set->scopes, &key, live.access, live.away);
	if (kept == NULL && buf_ok(&groups))
		kept = scope = ask(ctx, id, groups.data);
	else if (kept == NULL)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	if (keep && scope != NULL)
		scopes_store(set->scopes, &key, live.access, scope);
	buf_free(&groups);
	buf_free(&key);
	return kept;
}

/*
 * Divides the query in two: what says as whom, and the rest, which becomes the
 * request's.  False: nothing says so.
 */
static bool
divide(struct context *ctx, struct buf *as)
{
	const char *p = ctx->req.query;
	char *to = ctx->query;
	size_t len;

	if (strstr(p, "as_") == NULL)
		return false;
	for (; *p != '\0'; p += len) {
		len = strcspn(p, "&");
		len += p[len] == '&';
		if (strncmp(p, "as_user=", 8) == 0 ||
		    strncmp(p, "as_groups=", 10) == 0) {
			buf_add(as, p, len);
		} else {
			memcpy(to, p, len);
			to += len;
		}
	}
	if (as->len == 0)
		return false;
	/* An "&" at the end would be one more parameter, without a name. */
	if (to > ctx->query && to[-1] == '&')
		to--;
	*to = '\0';
	if (as->data[as->len - 1] == '&')
		as->len--;
	buf_char(as, '\0');
	ctx->req.query = ctx->query;
	return true;
}

/* Replaces the scope by that of another user, for an admin. */
static bool
see_as(struct context *ctx, const char *query)
{
	const struct param_value *v = ctx->params.value;
	struct param_refusal no;
	const struct scope *scope;

	if (!context_permits(ctx, PERMIT_ADMIN))
		return false;
	if (!params_read(&ctx->params, query, as_params, AS_PARAMS, &no)) {
		problem_parameter(&ctx->res, &ctx->req, &no, as_params,
		    AS_PARAMS);
		return false;
	}
	snprintf(ctx->as_user, sizeof(ctx->as_user), "%s", v[AS_USER].text);
	params_query(&ctx->as_query, &ctx->params, as_params, 0, AS_PARAMS);
	if (!identity_read(&ctx->as, ctx->as_user, v[AS_GROUPS].given ?
	    v[AS_GROUPS].text : NULL, ctx->settings->groups.separator))
		return false;	/* cannot be: a query is shorter */
	if ((scope = find(ctx, &ctx->as)) == NULL)
		return false;
	scope_release(ctx->scope);
	ctx->scope = scope;
	return true;
}

bool
reader_admit(struct context *ctx, char *const *env)
{
	static const char *const most[] = { "16384" };
	const struct settings *set = ctx->settings;
	struct buf as = { 0 };
	bool ok;

	_Static_assert(IDENTITY_BYTES_MAX == 16384, "as the text above");
	if (ctx->req.user == NULL && set->anonymous == ROLE__MAX) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_UNAUTHORIZED,
		    NULL);
		return false;
	}
	if (!identity_read(&ctx->identity, ctx->req.user,
	    request_variable(env, set->groups.groups),
	    set->groups.separator)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_HEADER_LONG,
		    most);
		return false;
	}
	if ((ctx->scope = find(ctx, &ctx->identity)) == NULL)
		return false;
	/* Nobody writes as another. */
	ok = !request_reads(&ctx->req) || !divide(ctx, &as) ||
	    (buf_ok(&as) && see_as(ctx, as.data));
	buf_free(&as);
	if (ok)
		context_need(ctx, "");
	return ok;
}
