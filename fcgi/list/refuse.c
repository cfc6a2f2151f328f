/* Refuses parameters that are wrong only for this list or its current data. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/list/private.h"

bool
list_refused_cursor(struct context *ctx, const struct list *l)
{
	struct param_refusal no = { .param = &l->params[LIST_AFTER],
	    .name = "after" };
	struct list_cursor cursor;

	if (!ctx->params.value[LIST_AFTER].given)
		return false;
	if (ctx->params.value[LIST_PAGE].given) {
		no.err = PARAM_AGAINST;
		strcpy(no.item, "page");
	} else if (!list_cursor_read(&cursor, l, &ctx->params)) {
		no.err = PARAM_NOT_CURSOR;
	} else {
		return false;
	}
	problem_parameter(&ctx->res, &ctx->req, &no, l->params, l->nparams);
	return true;
}

bool
list_refused_generation(struct context *ctx, int64_t generation)
{
	const struct param_value *v = &ctx->params.value[LIST_GENERATION];
	char is[24];
	const char *const args[] = { v->text, is };

	if (!v->given || v->number == generation)
		return false;
	snprintf(is, sizeof(is), "%" PRId64, generation);
	problem_answer(&ctx->res, &ctx->req, PROBLEM_MOVED, args);
	return true;
}
