/* A page of a list: runs the statement, and keeps the counts. */
#include <stdlib.h>

#include "fcgi/fresh/answer.h"
#include "fcgi/gate.h"
#include "fcgi/http/problem.h"
#include "fcgi/list/private.h"

/* The argument of make_page(). */
struct page {
	const struct list *list;
	struct buf	 filter;	/* the question of its counts */
	bool		 refused;	/* too many long ones are under way */
};

static bool
read_page(struct context *ctx, const struct list *l, enum list_what what,
    struct list_query *q, PGresult **res)
{
	q->limited = !ctx->scope->whole;
	q->bare = !ctx->scope->persons && l == &users_list;
	if (list_compose(q, l, &ctx->params, what))
		return context_query(ctx, q->sql.data, q->n, q->bind, res);
	problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	return false;
}

/* Returns the generation of the page; -1: the answer has become a problem. */
static int64_t
render(struct context *ctx, const struct live *live,
    const struct list_query *q, const PGresult *res,
    const struct answer *counts)
{
	const struct list_counts c = list_counts_read(counts->data,
	    counts->len);

	if (list_refused_generation(ctx, counts->generation) ||
	    !list_render(ctx, live, q, res, &c))
		return -1;
	return counts->generation;
}

/*
 * Makes the page from kept counts: only the rows are read.  False, and nothing
 * done: the rows are of another generation.
 */
static bool
make_rows(struct context *ctx, const struct live *live,
    const struct page *page, const struct answer *counts,
    int64_t *generation)
{
	const struct list_counts c = list_counts_read(counts->data,
	    counts->len);
	/* Common rows are found soon by reading in the list's order. */
	struct list_query q = { .common = c.filtered >= c.total / 20 };
	PGresult *res;
	bool done = true;

	*generation = -1;
	if (read_page(ctx, page->list, LIST_PAGE_ONLY, &q, &res)) {
		done = list_generation(res) == counts->generation;
		if (done)
			*generation = render(ctx, live, &q, res, counts);
		PQclear(res);
	}
	list_query_free(&q);
	return done;
}

/* Reads rows and counts by one statement; *counts is new, or NULL. */
static int64_t
make_whole(struct context *ctx, const struct live *live,
    const struct page *page, struct answer **counts)
{
	struct buf text = { 0 };
	struct list_query q = { 0 };
	int64_t generation = -1;
	PGresult *res;

	*counts = NULL;
	if (read_page(ctx, page->list, LIST_WHOLE, &q, &res)) {
		list_counts_write(&text, page->list, res);
		if (buf_ok(&text))
			*counts = cache_answer_new(list_generation(res),
			    &(struct buf){ 0 }, &text);
		if (*counts != NULL)
			generation = render(ctx, live, &q, res, *counts);
		else
			problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY,
			    NULL);
		PQclear(res);
	}
	list_query_free(&q);
	buf_free(&text);
	return generation;
}

/* Counts are computed once for a filter and a generation; others wait. */
static int64_t
make_page(struct context *ctx, const struct live *live, void *arg)
{
	struct cache *cache = ctx->settings->counts;
	const struct page *page = arg;
	struct answer *counts = NULL;
	enum cache_found found = CACHE_ALONE;
	int64_t generation;
	bool done;

	if (page->refused) {
		ctx->why = PROBLEM_TOO_MUCH;
		problem_answer(&ctx->res, &ctx->req, PROBLEM_TOO_MUCH, NULL);
		return -1;
	}
	if (cache != NULL)
		found = cache_get(cache, &page->filter, live, CACHE_WAIT_MS,
		    &counts);
	done = found == CACHE_HIT &&
	    make_rows(ctx, live, page, counts, &generation);
	if (cache != NULL)
		cache_release(cache, counts);
	if (done)
		return generation;
	generation = make_whole(ctx, live, page, &counts);
	if (found == CACHE_MISS)
		cache_finish(cache, &page->filter, live, counts, NULL);
	else if (cache != NULL && counts != NULL)
		cache_store(cache, &page->filter, live, counts);
	else
		free(counts);
	return generation;
}

/* How an answer changes without a new generation. */
enum ageing {
	LASTING,	/* not at all */
	DAILY,		/* at midnight */
	TICKING		/* with each second: durations decide about the rows */
};

static enum ageing
ageing(const struct list *l, const struct params *ps)
{
	struct list_key keys[LIST_KEYS_MAX];
	enum ageing how = LASTING;
	size_t i, n;

	n = list_keys(l, ps, keys);
	for (i = 0; i < n; i++)
		if (keys[i].column->sort == LIST_SORT_SECONDS)
			return TICKING;
	for (i = LIST_FILTERS; i < l->nparams; i++) {
		if (l->filters[i].how == LIST_SINCE && !ps->value[i].given)
			how = DAILY;
		if ((l->filters[i].how == LIST_ABOVE ||
		    l->filters[i].how == LIST_BELOW) && ps->value[i].given)
			return TICKING;
	}
	return how;
}

void
list_page(struct context *ctx, const struct list *l)
{
	struct page page = { .list = l };
	struct buf whole = { 0 };
	struct live live;
	char day[LIVE_DAY_MAX] = "";
	const enum ageing how = ageing(l, &ctx->params);
	const bool is_long = list_long(l, &ctx->params);
	bool held;

	if (live_read(ctx, &live) != LIVE_OK)
		return;
	ctx->asking = true;
	if (how == DAILY)
		live_today(day);
	if (how == TICKING)	/* kept until the watch reads again */
		live.epoch = live.reading;
	context_question(ctx, &whole, l->name);
	buf_printf(&whole, "%s?", day);
	buf_add(&page.filter, whole.data, whole.len);
	/* The page has links, which repeat it; the counts have none. */
	buf_add(&whole, ctx->as_query.data, ctx->as_query.len);
	params_query(&whole, &ctx->params, l->params, 0, l->nparams);
	params_query(&page.filter, &ctx->params, l->params, LIST_Q,
	    l->nparams);
	whole.failed |= page.filter.failed;
	/* Who waits for the answer of another occupies a thread as well. */
	held = is_long && gate_enter(ctx->settings->gate);
	page.refused = is_long && !held;
	answer_fill(ctx, &live, &whole, how == TICKING ? NULL : day,
	    page.refused ? 0 : CACHE_WAIT_MS, make_page, &page);
	if (held)
		gate_leave(ctx->settings->gate);
	buf_free(&whole);
	buf_free(&page.filter);
}
