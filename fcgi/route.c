#include <string.h>

#include "fcgi/api/api.h"
#include "fcgi/counters.h"
#include "fcgi/event/event.h"
#include "fcgi/http/problem.h"
#include "fcgi/http/text.h"
#include "fcgi/http/write.h"
#include "fcgi/list/list.h"
#include "fcgi/page/page.h"
#include "fcgi/reader.h"
#include "fcgi/route.h"

/* The first row whose path matches is taken. */
static const struct route {
	/* {name} is a part without a slash; at the end it may have slashes. */
	const char	*path;
	bool		 open;		/* no user is needed */
	bool		 loopback;	/* none on this machine itself */
	enum permit	 permit;	/* what the reader needs, see permit.h */
	bool		 any_query;	/* the query is for the page's script */
	const struct list *list;	/* takes the list's parameters; or */
	const struct param *params;	/* these; both may be NULL */
	size_t		 nparams;
	void		(*answer)(struct context *);	/* GET and HEAD */
	const struct action *actions;	/* POST and so on; NULL: none */
	/* For an endless answer to GET, see route_stream(). */
	void		(*stream)(struct context *, int fd, unsigned request);
} routes[] = {
	{ "/api/v1/users", .permit = PERMIT_USERS, .list = &users_list,
	    .answer = users_answer },
	{ "/api/v1/queues", .permit = PERMIT_QUEUES, .list = &queues_list,
	    .answer = queues_answer },
	{ "/api/v1/calls", .permit = PERMIT_CALLS, .list = &calls_list,
	    .answer = calls_answer },
	{ "/api/v1/users/{source}/{login}", .permit = PERMIT_DETAIL,
	    .params = user_params, .nparams = DETAIL_PERIOD,
	    .answer = user_answer },
	{ "/api/v1/user", .permit = PERMIT_DETAIL, .params = user_params,
	    .nparams = DETAIL_PARAMS, .answer = user_answer },
	{ "/api/v1/queues/{source}/{name}", .permit = PERMIT_QUEUES,
	    .params = queue_params, .nparams = DETAIL_PERIOD,
	    .answer = queue_answer },
	{ "/api/v1/queue", .permit = PERMIT_QUEUES, .params = queue_params,
	    .nparams = DETAIL_PARAMS, .answer = queue_answer },
	{ "/api/v1/sources", .permit = PERMIT_QUEUES,
	    .answer = sources_answer },
	{ "/api/v1/me", .permit = PERMIT__MAX, .answer = me_answer },
	{ "/api/v1/grants", .permit = PERMIT_ADMIN, .answer = grants_answer,
	    .actions = grants_actions },
	{ "/api/v1/grants/{id}", .permit = PERMIT_ADMIN,
	    .answer = grant_answer, .actions = grant_actions },
	{ "/api/v1/views", .permit = PERMIT_VIEWS, .answer = views_answer,
	    .actions = views_actions },
	{ "/api/v1/views/{id}", .permit = PERMIT_VIEWS,
	    .answer = view_answer, .actions = view_actions },
	{ "/api/v1/forget", .permit = PERMIT_ADMIN,
	    .actions = forget_actions },
	{ "/api/v1/access-log", .permit = PERMIT_AUDIT,
	    .params = access_log_params, .nparams = ACCESS_LOG_PARAMS,
	    .answer = access_log_answer },
	{ "/api/v1/export/user", .permit = PERMIT_AUDIT,
	    .params = person_params, .nparams = PERSON_PARAMS,
	    .answer = person_answer },
	{ "/api/v1/events", .permit = PERMIT_QUEUES, .answer = events_answer,
	    .stream = events_stream },
	{ "/healthz", .open = true, .answer = status_health },
	{ "/readyz", .open = true, .answer = status_ready },
	{ "/metrics", .loopback = true, .permit = PERMIT_ADMIN,
	    .answer = metrics_answer },
	{ "/{asset}", .open = true, .any_query = true,
	    .answer = page_answer },
	{ "/", .open = true, .any_query = true, .answer = page_answer },
};

#define ROUTES	(sizeof(routes) / sizeof(routes[0]))

_Static_assert(ROUTES + 1 <= COUNTERS_ROUTES_MAX, "each is counted");

size_t
route_count(void)
{
	return ROUTES + 1;
}

const char *
route_name(size_t i)
{
	return i < ROUTES ? routes[i].path : "none";
}

/* Does the path match?  Then part has the values of the names. */
static bool
matches(const char *path, const char *pattern,
    char part[CONTEXT_PARTS][REQUEST_PATH_MAX + 1])
{
	size_t len, i = 0;

	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '{') {
			if (*pattern != *path++)
				return false;
			continue;
		}
		pattern += strcspn(pattern, "}");
		len = pattern[1] == '\0' ? strlen(path) : strcspn(path, "/");
		if (len == 0)
			return false;
		memcpy(part[i], path, len);
		part[i++][len] = '\0';
		path += len;
	}
	return *path == '\0';
}

/* The index of the row, ROUTES when there is none. */
static size_t
find(const char *path, char part[CONTEXT_PARTS][REQUEST_PATH_MAX + 1])
{
	size_t i = 0;

	while (i < ROUTES && !matches(path, routes[i].path, part))
		i++;
	return i;
}

/* What the row does by that method; NULL: nothing. */
static const struct action *
find_action(const struct route *r, enum method method)
{
	const struct action *a = r != NULL ? r->actions : NULL;

	for (; a != NULL && a->answer != NULL; a++)
		if (a->method == method)
			return a;
	return NULL;
}

bool
route_needs_body(char *const *env)
{
	char part[CONTEXT_PARTS][REQUEST_PATH_MAX + 1];
	struct request req;
	size_t i;

	if (request_method(env) < METHOD_POST ||
	    request_read(&req, env) != REQUEST_OK)
		return false;
	i = find(req.path, part);
	return i < ROUTES && find_action(routes + i, req.method) != NULL;
}

/* The links of the page are relative: its address has to end with a slash. */
static void
add_slash(struct context *ctx)
{
	struct buf to = { 0 };
	const char *script = ctx->req.script;

	/* Two slashes at the start would name another host. */
	script += strspn(script, "/");
	buf_char(&to, '/');
	text_encode(&to, script, strlen(script));
	buf_char(&to, '/');
	if (*ctx->req.query != '\0') {
		buf_char(&to, '?');
		buf_str(&to, ctx->req.query);
	}
	buf_char(&to, '\0');
	ctx->res.status = 308;
	if (buf_ok(&to))
		response_header(&ctx->res, "Location", "%s", to.data);
	else
		ctx->res.head.failed = true;
	buf_free(&to);
}

static void
refuse_request(struct context *ctx, enum request_err err)
{
	static const char *const uri[] = { "1024", "8192" };
	static const char *const header[] = { "4096" };

	_Static_assert(REQUEST_PATH_MAX == 1024 && REQUEST_QUERY_MAX == 8192 &&
	    REQUEST_HEADER_MAX == 4096, "as the texts above");
	if (err == REQUEST_URI_LONG)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_URI_LONG, uri);
	else if (err == REQUEST_HEADER_LONG)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_HEADER_LONG,
		    header);
	else
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
}

static void
refuse_method(struct context *ctx, const struct route *r)
{
	const struct action *a = r != NULL ? r->actions : NULL;
	struct buf names = { 0 };
	const char *args[1];

	if (r == NULL || r->answer != NULL)
		buf_str(&names, "GET, HEAD");
	for (; a != NULL && a->answer != NULL; a++) {
		buf_str(&names, names.len > 0 ? ", " : "");
		buf_str(&names, method_names[a->method]);
	}
	buf_char(&names, '\0');
	args[0] = names.data;
	problem_answer(&ctx->res, &ctx->req, buf_ok(&names) ? PROBLEM_METHOD :
	    PROBLEM_BUSY, args);
	buf_free(&names);
}

/* The text of a field of the body; NULL: it has none. */
static const char *
field_text(const struct context *ctx, const struct action *a,
    const char *name)
{
	size_t i = 0;

	while (i < a->nfields && strcmp(a->fields[i].name, name) != 0)
		i++;
	return i < a->nfields ? ctx->body.value[i].text : NULL;
}

/*
 * Only the database knows whether it will do what an admin asks.  So that
 * nothing is done without a line, the line is written before.
 */
static bool
log_action(struct context *ctx, const struct route *r,
    const struct action *a)
{
	if (r->permit != PERMIT_ADMIN)
		return true;
	context_consult(ctx, ACCESS_CONFIG, field_text(ctx, a, "source"),
	    field_text(ctx, a, "login"));
	buf_printf(&ctx->looked, "%s %s", method_names[ctx->req.method],
	    ctx->req.path);
	return context_log(ctx);
}

/* Checks what an action demands, then does it. */
static void
act(struct context *ctx, const struct route *r, const struct action *a,
    const struct request_body *body)
{
	static const char *const max[] = { "65536" };
	const enum problem p = write_check(&ctx->req, body, a->edits);
	struct param_refusal no;

	_Static_assert(REQUEST_BODY_MAX == 65536, "as the text above");
	if (p != PROBLEM__MAX)
		problem_answer(&ctx->res, &ctx->req, p, max);
	else if (!params_read(&ctx->params, ctx->req.query, NULL, 0, &no))
		problem_parameter(&ctx->res, &ctx->req, &no, NULL, 0);
	else if (!body_read(&ctx->body, body->data, body->len, a->fields,
	    a->nfields, &no))
		problem_body(&ctx->res, &ctx->req, &no, a->fields, a->nfields);
	else if (log_action(ctx, r, a))
		a->answer(ctx);
}

/* May the reader ask this?  False: the answer has become a problem. */
static bool
admit(struct context *ctx, const struct route *r, char *const *env)
{
	if (r->open || (r->loopback && request_is_local(&ctx->req)))
		return true;
	if (!reader_admit(ctx, env) || !context_permits(ctx, r->permit))
		return false;
	if (r->permit != PERMIT_AUDIT || ctx->as.user == NULL)
		return true;
	/* What auditors see is for them alone, not for who sees as one. */
	problem_answer(&ctx->res, &ctx->req, PROBLEM_NO_RIGHT, NULL);
	return false;
}

/* Checks all that the route states, then calls its handler. */
static void
answer(struct context *ctx, char *const *env, enum request_err err,
    const struct request_body *body)
{
	const struct route *r;
	const struct action *a;
	const struct param *params = NULL;
	struct param_refusal no;
	size_t n = 0;

	ctx->route = find(ctx->req.path, ctx->part);
	r = ctx->route < ROUTES ? routes + ctx->route : NULL;
	a = find_action(r, ctx->req.method);
	if (r != NULL && r->list != NULL) {
		params = r->list->params;
		n = r->list->nparams;
	} else if (r != NULL) {
		params = r->params;
		n = r->nparams;
	}
	if (a == NULL && (!request_reads(&ctx->req) ||
	    (r != NULL && r->answer == NULL))) {
		refuse_method(ctx, r);
	} else if (err != REQUEST_OK) {
		refuse_request(ctx, err);
	} else if (ctx->req.path[0] == '\0') {
		add_slash(ctx);
	} else if (r == NULL) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
	} else if (ctx->req.ambiguous && !r->any_query) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_PATH, NULL);
	} else if (!admit(ctx, r, env)) {
		return;
	} else if (a != NULL) {
		act(ctx, r, a, body);
	} else if (!r->any_query && !params_read(&ctx->params,
	    ctx->req.query, params, n, &no)) {
		problem_parameter(&ctx->res, &ctx->req, &no, params, n);
	} else {
		r->answer(ctx);
	}
}

enum route_end
route_serve(struct context *ctx, char *const *env,
    const struct request_body *body, response_write *write, void *arg)
{
	bool ok, stream;

	context_start(ctx, write, arg);
	answer(ctx, env, request_read(&ctx->req, env), body);
	stream = ctx->res.endless && ctx->req.method == METHOD_GET;
	ok = context_send(ctx);
	/* Without memory for its head, the answer has become a whole one. */
	if (stream && (!ok || !ctx->res.endless)) {
		route_stream(ctx, -1, 0);
		stream = false;
	}
	context_end(ctx);
	return !ok ? ROUTE_CUT : stream ? ROUTE_STREAM : ROUTE_DONE;
}

void
route_stream(struct context *ctx, int fd, unsigned request)
{
	routes[ctx->route].stream(ctx, fd, request);
}
