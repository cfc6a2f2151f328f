/* The handlers of lists: each answers in the format that the reader wants. */
#include "fcgi/list/private.h"

/* Lists of users and queues as pages are no consultation of a person. */
static void
consult(struct context *ctx, const struct list *l, enum format f)
{
	context_consult(ctx, f == FORMAT_JSON ? ACCESS_CALLS : ACCESS_EXPORT,
	    NULL, NULL);
	if (f != FORMAT_JSON)
		buf_printf(&ctx->looked, "%s?", l->name);
	params_query(&ctx->looked, &ctx->params, l->params, 0, l->nparams);
}

static void
list_answer(struct context *ctx, const struct list *l)
{
	const struct param_value *format = &ctx->params.value[LIST_FORMAT];
	const enum format f = format_choose(format->text, ctx->req.accept);

	context_need(ctx, ctx->scope->persons ? l->need : "count");
	if (list_refused_cursor(ctx, l) || list_refused_period(ctx, l) ||
	    list_refused_scope(ctx, l))
		return;
	if (f != FORMAT_JSON || l == &calls_list)
		consult(ctx, l, f);
	if (f == FORMAT_JSON)
		list_page(ctx, l);
	else if (f == FORMAT__MAX)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_ACCEPTABLE,
		    NULL);
	else
		list_export(ctx, l, f);
}

void
users_answer(struct context *ctx)
{
	list_answer(ctx, &users_list);
}

void
queues_answer(struct context *ctx)
{
	list_answer(ctx, &queues_list);
}

void
calls_answer(struct context *ctx)
{
	list_answer(ctx, &calls_list);
}
