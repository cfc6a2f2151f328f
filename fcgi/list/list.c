/* The handlers of lists: each answers in the format that the reader wants. */
#include "fcgi/list/private.h"

static void
list_answer(struct context *ctx, const struct list *l)
{
	const struct param_value *format = &ctx->params.value[LIST_FORMAT];
	const enum format f = format_choose(format->text, ctx->req.accept);

	context_need(ctx, ctx->scope->persons ? l->need : "count");
	if (list_refused_cursor(ctx, l) || list_refused_period(ctx, l) ||
	    list_refused_scope(ctx, l))
		return;
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
