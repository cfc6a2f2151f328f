/* Writes a page of a list: counts, facets, rows, links to other pages. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/json.h"
#include "fcgi/http/problem.h"
#include "fcgi/list/private.h"

#define LINK_MAX	2048		/* bytes of the header Link */

/* A row as an object: n columns of the result, from col on. */
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
		if (columns[i]->sort == LIST_SORT_SECONDS)
			json_add_seconds(b, res, row, col + (int)i);
		else
			json_add_value(b, res, row, col + (int)i);
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
list_add_default(struct buf *b, const struct list *l, const PGresult *res,
    int row, int col)
{
	const struct list_column *columns[LIST_COLUMNS_MAX];
	size_t i, n = 0;

	for (i = 0; i < l->ncolumns; i++)
		if (!l->columns[i].asked)
			columns[n++] = &l->columns[i];
	add_row(b, columns, n, res, row, col);
}

static int
meta_row(const PGresult *res)
{
	int row;

	for (row = 0; !list_is_kind(res, row, "meta"); row++)
		;
	return row;
}

int64_t
list_generation(const PGresult *res)
{
	return list_number_at(res, meta_row(res), LIST_ROW_NUMBER);
}

/* The position of a page in the list. */
struct place {
	bool		 numbered;	/* false: it follows a cursor */
	int64_t		 page, per_page, pages;
	struct buf	 next;		/* "?...", the next page; or empty */
};

/* "?page=2&q=zoe"; query is the part that all pages share. */
static void
page_link(struct buf *b, int64_t page, const struct buf *query)
{
	buf_printf(b, "?page=%" PRId64 "%s", page, query->len > 0 ? "&" : "");
	buf_add(b, query->data, query->len);
}

/* "?after=...": the page after a row.  False: the cursor would not fit. */
static bool
cursor_link(struct buf *b, const struct list_query *q,
    const struct params *ps, const PGresult *res, int row,
    const struct buf *query)
{
	const char *values[LIST_KEYS_MAX];
	size_t i;
	int col;

	for (i = 0; i < q->nkeys; i++) {
		col = LIST_ROW_COLUMNS + (int)q->key_at[i];
		values[i] = PQgetisnull(res, row, col) ? NULL :
		    PQgetvalue(res, row, col);
	}
	buf_str(b, "?after=");
	if (!list_cursor_write(b, q->list, ps, values)) {
		buf_reset(b);
		return false;
	}
	buf_str(b, query->len > 0 ? "&" : "");
	buf_add(b, query->data, query->len);
	return true;
}

/*
 * The link to the next page: by number when this page was asked for by number,
 * else by cursor.  The first page gets a number when a cursor would not fit.
 */
static bool
find_next(struct place *p, const struct list_query *q,
    const struct params *ps, const PGresult *res, int first,
    const struct buf *query)
{
	const int64_t rows = PQntuples(res) - first;

	if (rows <= p->per_page)
		return true;
	if (!ps->value[LIST_PAGE].given && cursor_link(&p->next, q, ps, res,
	    first + (int)p->per_page - 1, query))
		return true;
	if (p->numbered)
		page_link(&p->next, p->page + 1, query);
	return p->numbered;
}

static void
add_meta(struct buf *b, const struct list_counts *c, const struct place *p,
    const PGresult *res, const struct live *live)
{
	const int row = meta_row(res);
	const char *at = PQgetvalue(res, row, LIST_ROW_TEXT);

	json_add_key(b, "meta");
	buf_char(b, '{');
	list_add_number(b, "total", c->total);
	list_add_number(b, "filtered", c->filtered);
	json_add_key(b, "page");
	if (p->numbered)
		buf_u64(b, (uint64_t)p->page);
	else
		buf_str(b, "null");
	list_add_number(b, "per_page", p->per_page);
	list_add_number(b, "pages", p->pages);
	json_add_key(b, "next");
	if (p->next.len > 0)
		json_add_string(b, p->next.data, p->next.len);
	else
		buf_str(b, "null");
	list_add_number(b, "generation", list_generation(res));
	json_add_key(b, "generated_at");
	json_add_time(b, at, strlen(at));
	generation_meta(b, live);
	buf_char(b, '}');
}

/* Returns how many they are. */
static int
add_rows(struct buf *b, const struct list_query *q, const PGresult *res,
    int first, int64_t per_page)
{
	int row;

	json_add_key(b, q->list->name);
	buf_char(b, '[');
	for (row = first; row < PQntuples(res) && row - first < per_page; row++) {
		json_add_comma(b);
		list_add_row(b, q, res, row, LIST_ROW_COLUMNS);
	}
	buf_char(b, ']');
	return row - first;
}

static void
add_link(struct buf *b, const char *rel, const struct buf *to)
{
	buf_str(b, b->len > 0 ? ", <" : "<");
	buf_add(b, to->data, to->len);
	buf_printf(b, ">; rel=\"%s\"", rel);
	b->failed |= to->failed;
}

/*
 * The header Link (RFC 8288), with relative links.  Each repeats the query, so
 * it is left out when it is long: web servers bound all headers (nginx: 4 kB).
 */
static void
link_header(struct context *ctx, const struct place *p,
    const struct buf *query)
{
	const struct {
		const char	*rel;
		int64_t		 page;
	} links[] = {
		{ "first", 1 },
		{ "prev", !p->numbered ? 0 :
		    p->page <= p->pages ? p->page - 1 : p->pages },
		{ "next", 0 },
		{ "last", p->numbered ? p->pages : 0 },
	};
	struct buf b = { 0 }, to = { 0 };
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		if (strcmp(links[i].rel, "next") == 0 && p->next.len > 0) {
			add_link(&b, "next", &p->next);
		} else if (links[i].page > 0) {
			page_link(&to, links[i].page, query);
			add_link(&b, links[i].rel, &to);
			buf_reset(&to);
		}
	}
	if (!buf_ok(&b))
		ctx->res.head.failed = true;
	else if (b.len <= LINK_MAX)
		response_header(&ctx->res, "Link", "%.*s", (int)b.len, b.data);
	buf_free(&b);
	buf_free(&to);
}

/* The position, without the link to the next page. */
static struct place
place_of(const struct params *ps, const struct list_counts *c)
{
	struct place p = { .numbered = !ps->value[LIST_AFTER].given,
	    .page = 1, .per_page = LIST_PER_PAGE_DEFAULT };

	if (ps->value[LIST_PAGE].given)
		p.page = ps->value[LIST_PAGE].number;
	if (ps->value[LIST_PER_PAGE].given)
		p.per_page = ps->value[LIST_PER_PAGE].number;
	p.pages = (c->filtered + p.per_page - 1) / p.per_page;
	if (p.pages == 0)
		p.pages = 1;
	return p;
}

static void
render(struct context *ctx, const struct live *live,
    const struct list_query *q, const PGresult *res, int first,
    const struct list_counts *c, const struct place *p)
{
	struct buf *b = &ctx->res.body;

	buf_char(b, '{');
	add_meta(b, c, p, res, live);
	buf_add(b, c->members, c->members_len);
	ctx->res.rows = add_rows(b, q, res, first, p->per_page);
	buf_str(b, "}\n");
	response_header(&ctx->res, "X-Total-Count", "%" PRId64, c->filtered);
}

bool
list_render(struct context *ctx, const struct live *live,
    const struct list_query *q, const PGresult *res,
    const struct list_counts *c)
{
	const struct params *ps = &ctx->params;
	const struct list *l = q->list;
	struct place p = place_of(ps, c);
	struct buf query = { 0 };
	int first = 0;
	bool ok;

	/* The rows of the page come last. */
	while (first < PQntuples(res) && !list_is_kind(res, first, "row"))
		first++;
	params_query(&query, ps, l->params, LIST_PER_PAGE, l->nparams);
	/* Other pages are seen as by the same user. */
	buf_str(&query, query.len > 0 && ctx->as_query.len > 0 ? "&" : "");
	buf_add(&query, ctx->as_query.data, ctx->as_query.len);
	query.failed |= ctx->as_query.failed;
	if ((ok = find_next(&p, q, ps, res, first, &query))) {
		render(ctx, live, q, res, first, c, &p);
		link_header(ctx, &p, &query);
	} else {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_CURSOR, NULL);
	}
	ctx->res.body.failed |= query.failed || p.next.failed;
	buf_free(&query);
	buf_free(&p.next);
	return ok;
}
