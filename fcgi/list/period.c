/* The period that a list is asked for by `from` and `to`. */
#include <stdio.h>

#include "fcgi/http/moment.h"
#include "fcgi/list/private.h"

#define DAY	INT64_C(86400)

static const struct param_value *
value_of(const struct list *l, const struct params *ps, enum list_how how)
{
	size_t i;

	for (i = LIST_FILTERS; i < l->nparams; i++)
		if (l->filters[i].how == how && ps->value[i].given)
			return &ps->value[i];
	return NULL;
}

/* In seconds; negative: it ends before it begins; 0: without `from`. */
static int64_t
length(const struct list *l, const struct params *ps)
{
	const struct param_value *from = value_of(l, ps, LIST_SINCE);
	const struct param_value *to = value_of(l, ps, LIST_UNTIL);
	int64_t s;

	if (from == NULL)
		return 0;
	s = (to != NULL ? to->number : moment_wall_now()) - from->number;
	return to == NULL && s < 0 ? 0 : s;
}

bool
list_long(const struct list *l, const struct params *ps)
{
	return length(l, ps) > LIST_SHORT_DAYS * DAY;
}

bool
list_refused_period(struct context *ctx, const struct list *l)
{
	const int64_t s = length(l, &ctx->params);
	char days[8];
	const char *const args[] = { days };

	if (s >= 0 && s <= LIST_MOST_DAYS * DAY)
		return false;
	snprintf(days, sizeof(days), "%d", LIST_MOST_DAYS);
	problem_answer(&ctx->res, &ctx->req, PROBLEM_PERIOD, args);
	return true;
}
