#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fcgi/cache.h"
#include "fcgi/json.h"
#include "fcgi/list.h"
#include "fcgi/live.h"
#include "fcgi/problem.h"
#include "fcgi/route.h"

#define LINK_MAX	2048		/* bytes of the header */

/* A row of a page; the result may have any columns, in q's order. */
static void
add_row(struct buf *b, const struct list_column *const *columns, size_t n,
    const PGresult *res, int row, int col)
{
	size_t i;

	buf_char(b, '{');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_char(b, ',');
		buf_str(b, columns[i]->label);
		json_value(b, res, row, col + (int)i);
	}
	buf_char(b, '}');
}

void
list_add_row(struct buf *b, const struct list_query *q, const PGresult *res,
    int row, int col)
{
	add_row(b, q->column, q->ncolumns, res, row, col);
}

void
list_add(struct buf *b, const struct list *l, const PGresult *res, int row,
    int col)
{
	const struct list_column *columns[LIST_COLUMNS_MAX];
	size_t i;

	for (i = 0; i < l->ncolumns; i++)
		columns[i] = &l->columns[i];
	add_row(b, columns, l->ncolumns, res, row, col);
}

/* What the rows that count say. */
struct counts {
	const char	*at;
	int64_t		 generation, total, filtered;
	int64_t		 page, per_page, pages;
};

static int64_t
number_at(const PGresult *res, int row, int col)
{
	return strtoll(PQgetvalue(res, row, col), NULL, 10);
}

static bool
is_kind(const PGresult *res, int row, const char *kind)
{
	return strcmp(PQgetvalue(res, row, LIST_ROW_KIND), kind) == 0;
}

static void
read_counts(struct counts *c, const struct params *ps, const PGresult *res)
{
	int64_t number;
	int row;

	*c = (struct counts){ .page = 1, .per_page = LIST_PER_PAGE_DEFAULT,
	    .total = -1, .at = "" };
	for (row = 0; row < PQntuples(res); row++) {
		number = number_at(res, row, LIST_ROW_NUMBER);
		if (is_kind(res, row, "total")) {
			c->total = number;
		} else if (is_kind(res, row, "meta")) {
			c->generation = number;
			c->at = PQgetvalue(res, row, LIST_ROW_TEXT);
		} else if (is_kind(res, row, "count") &&
		    number_at(res, row, LIST_ROW_FACET) == 0 &&
		    number_at(res, row, LIST_ROW_FAILED) == 0) {
			c->filtered = number;
		}
	}
	if (c->total == -1)		/* nothing is filtered */
		c->total = c->filtered;
	if (ps->value[LIST_PAGE].given)
		c->page = ps->value[LIST_PAGE].number;
	if (ps->value[LIST_PER_PAGE].given)
		c->per_page = ps->value[LIST_PER_PAGE].number;
	c->pages = (c->filtered + c->per_page - 1) / c->per_page;
	if (c->pages == 0)
		c->pages = 1;
}

static void
add_number(struct buf *b, const char *key, int64_t number)
{
	json_key(b, key);
	buf_u64(b, (uint64_t)number);
}

/* "?page=2&q=zoe": what is the same for all pages comes in `query`. */
static void
page_link(struct buf *b, int64_t page, const struct buf *query)
{
	buf_printf(b, "?page=%" PRId64 "%s%.*s", page,
	    query->len > 0 ? "&" : "", (int)query->len,
	    query->len > 0 ? query->data : "");
}

static void
add_meta(struct buf *b, const struct counts *c, const struct live *live,
    const struct buf *query)
{
	struct buf link = { 0 };

	json_key(b, "meta");
	buf_char(b, '{');
	add_number(b, "total", c->total);
	add_number(b, "filtered", c->filtered);
	add_number(b, "page", c->page);
	add_number(b, "per_page", c->per_page);
	add_number(b, "pages", c->pages);
	json_key(b, "next");
	if (c->page < c->pages) {
		page_link(&link, c->page + 1, query);
		json_string(b, link.data, link.len);
	} else {
		buf_str(b, "null");
	}
	add_number(b, "generation", c->generation);
	json_key(b, "generated_at");
	json_time(b, c->at, strlen(c->at));
	live_meta(b, live);
	buf_char(b, '}');
	b->failed |= !buf_ok(&link);
	buf_free(&link);
}

/*
 * One facet.  Of a value there may be two rows: those who fail nothing, and
 * those who fail but this filter; they follow one another.
 */
static void
add_facet(struct buf *b, const PGresult *res, size_t facet)
{
	const char *value, *last = NULL;
	int64_t failed, n = 0;
	int row;

	for (row = 0; row < PQntuples(res); row++) {
		if (!is_kind(res, row, "count") ||
		    number_at(res, row, LIST_ROW_FACET) != 1 << facet)
			continue;
		failed = number_at(res, row, LIST_ROW_FAILED);
		if (failed != 0 && failed != 1 << facet)
			continue;
		value = PQgetvalue(res, row, LIST_ROW_TEXT);
		if (last == NULL || strcmp(value, last) != 0) {
			if (last != NULL)
				add_number(b, last, n);
			last = value;
			n = 0;
		}
		n += number_at(res, row, LIST_ROW_NUMBER);
	}
	if (last != NULL)
		add_number(b, last, n);
}

static void
add_facets(struct buf *b, const struct list *l, const PGresult *res)
{
	size_t i, n = 0;

	json_key(b, "facets");
	buf_char(b, '{');
	for (i = 0; (i = list_facet(l, i)) != 0; n++) {
		json_key(b, l->params[i].name);
		buf_char(b, '{');
		add_facet(b, res, n);
		buf_char(b, '}');
	}
	buf_char(b, '}');
}

static void
add_rows(struct buf *b, const struct list_query *q, const PGresult *res)
{
	int row;

	json_key(b, q->list->name);
	buf_char(b, '[');
	for (row = 0; row < PQntuples(res); row++)
		if (is_kind(res, row, "row")) {
			json_next(b);
			list_add_row(b, q, res, row, LIST_ROW_COLUMNS);
		}
	buf_char(b, ']');
}

/*
 * RFC 8288; the links are relative, whatever the mount.  Each repeats the
 * query, and web servers take so much in headers only (nginx 4 kB in all).
 */
static void
link_header(struct context *ctx, const struct counts *c,
    const struct buf *query)
{
	const struct {
		const char	*rel;
		int64_t		 page;
	} links[] = {
		{ "first", 1 },
		{ "prev", c->page <= c->pages ? c->page - 1 : c->pages },
		{ "next", c->page < c->pages ? c->page + 1 : 0 },
		{ "last", c->pages },
	};
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (links[i].page == 0)
			continue;
		buf_str(&b, b.len > 0 ? ", <" : "<");
		page_link(&b, links[i].page, query);
		buf_printf(&b, ">; rel=\"%s\"", links[i].rel);
	}
	if (!buf_ok(&b))
		ctx->res.head.failed = true;
	else if (b.len <= LINK_MAX)
		response_header(&ctx->res, "Link", "%.*s", (int)b.len, b.data);
	buf_free(&b);
}

bool
list_moved(struct context *ctx, int64_t generation)
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

/* What cache_answer() hands to make_page(). */
struct page {
	const struct list *list;
	struct buf	 query;		/* as asked, but for the page */
};

static int64_t
render(struct context *ctx, const struct live *live, const struct page *page,
    const struct list_query *q, const PGresult *res)
{
	struct buf *b = &ctx->res.body;
	struct counts c;

	read_counts(&c, &ctx->params, res);
	if (list_moved(ctx, c.generation))
		return -1;
	buf_char(b, '{');
	add_meta(b, &c, live, &page->query);
	add_facets(b, q->list, res);
	add_rows(b, q, res);
	buf_str(b, "}\n");
	link_header(ctx, &c, &page->query);
	response_header(&ctx->res, "X-Total-Count", "%" PRId64, c.filtered);
	return c.generation;
}

static int64_t
make_page(struct context *ctx, const struct live *live, void *arg)
{
	const struct page *page = arg;
	struct list_query q = { 0 };
	int64_t generation = -1;
	PGresult *res;

	if (!list_compose(&q, page->list, &ctx->params)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	} else if (context_query(ctx, q.sql.data, q.n, q.bind, &res)) {
		generation = render(ctx, live, page, &q, res);
		PQclear(res);
	}
	list_query_free(&q);
	return generation;
}

/* How an answer ages without a new generation. */
enum ageing { LASTING, DAILY, TICKING };

static enum ageing
ageing(const struct list *l, const struct params *ps)
{
	enum ageing how = LASTING;
	size_t i;

	for (i = LIST_FILTERS; i < l->nparams; i++) {
		if (l->filters[i].how == LIST_SINCE && !ps->value[i].given)
			how = DAILY;
		if ((l->filters[i].how == LIST_ABOVE ||
		    l->filters[i].how == LIST_BELOW) && ps->value[i].given)
			return TICKING;
	}
	return how;
}

/* Today, by the time zone of this process, as the database is told it. */
static void
today(char day[16])
{
	const time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(day, 16, "%F", &tm);
}

static void
page_answer(struct context *ctx, const struct list *l)
{
	struct page page = { .list = l };
	struct buf whole = { 0 };
	struct live live;
	char day[16] = "";
	const enum ageing how = ageing(l, &ctx->params);

	if (live_read(ctx, &live) != LIVE_OK)
		return;
	if (how == DAILY)
		today(day);
	if (how == TICKING)	/* kept until the news are read again */
		live.epoch = live.reading;
	buf_str(&whole, ctx->req.path);
	buf_str(&whole, day);
	buf_char(&whole, '?');
	params_query(&whole, &ctx->params, l->params, l->nparams, NULL);
	params_query(&page.query, &ctx->params, l->params, l->nparams, "page");
	whole.failed |= !buf_ok(&page.query);
	cache_answer(ctx, &live, &whole, how == TICKING ? NULL : day,
	    make_page, &page);
	buf_free(&whole);
	buf_free(&page.query);
}

static void
list_answer(struct context *ctx, const struct list *l)
{
	const struct param_value *format = &ctx->params.value[LIST_FORMAT];
	const enum export_format f = export_choose(format->text,
	    ctx->req.accept);

	if (f == EXPORT_JSON)
		page_answer(ctx, l);
	else if (f == EXPORT__MAX)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_ACCEPTABLE,
		    NULL);
	else
		export_answer(ctx, l, f);
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
