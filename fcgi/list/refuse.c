/* Refuses parameters that are wrong only for this list or its current data. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fcgi/list/private.h"

#define NUMBER_DIGITS	6	/* fewer are no phone number */

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

/* The columns of all lists that have numbers of persons. */
static bool
is_number(const char *column)
{
	static const char *const numbers[] = { "phone", "phone_uri", "caller",
		"callee", "outbound_target" };
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (strcmp(column, numbers[i]) == 0)
			return true;
	return false;
}

/*
 * Could the words be looking for a phone number?  Words of digits, and of the
 * marks that are written between them, count together.
 */
static bool
looks_for_number(const struct param_value *q)
{
	size_t i, digits = 0;
	const char *p;

	for (i = 0; i < q->n; i++) {
		p = q->item[i].text;
		if (!param_is_group(p, strlen(p)))
			continue;
		for (; *p != '\0'; p++)
			digits += *p >= '0' && *p <= '9';
	}
	return digits >= NUMBER_DIGITS;
}

/* The parameter that is about masked numbers; NULL: none. */
static const char *
about_numbers(const struct context *ctx, const struct list *l)
{
	const struct param_value *value = ctx->params.value;
	size_t i;

	for (i = 0; i < value[LIST_SORT].n; i++)
		if (is_number(value[LIST_SORT].item[i].text))
			return "sort";
	for (i = LIST_FILTERS; i < l->nparams; i++)
		if (value[i].given && l->filters[i].column != NULL &&
		    is_number(l->filters[i].column))
			return l->params[i].name;
	return looks_for_number(&value[LIST_Q]) ? "q" : NULL;
}

/* Does it ask for persons: their names, their order, or which they are? */
static bool
about_persons(const struct context *ctx, const struct list *l)
{
	const struct param_value *value = ctx->params.value;

	return l == &users_list && (value[LIST_Q].given ||
	    value[LIST_AFTER].given || value[LIST_FIELDS].given ||
	    value[LIST_SORT].given);
}

bool
list_refused_scope(struct context *ctx, const struct list *l)
{
	const char *const args[] = { about_numbers(ctx, l) };

	if (!ctx->scope->persons && about_persons(ctx, l))
		return !context_permits(ctx, PERMIT_PERSONS);
	if (ctx->scope->numbers || args[0] == NULL || l == &queues_list)
		return false;
	problem_answer(&ctx->res, &ctx->req, PROBLEM_MASKED, args);
	return true;
}
