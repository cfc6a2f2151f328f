/* All rows of a list as CSV or NDJSON, in constant memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "fcgi/gate.h"
#include "fcgi/http/json.h"
#include "fcgi/list/private.h"

#define CHUNK	((size_t)64 << 10)	/* bytes given to the web server */
#define FETCH	"FETCH 500 FROM export"

/* An export under way. */
struct export {
	struct context	*ctx;
	const struct list *list;
	enum format format;
	enum dialect dialect;
	struct list_query q;
	PGresult	*some;		/* the rows that were fetched last */
	struct buf	 out;
};

static void
names(struct export *x)
{
	size_t i;

	if (x->format != FORMAT_CSV)
		return;
	csv_begin(&x->out, x->dialect);
	for (i = 0; i < x->q.ncolumns; i++) {
		if (i > 0)
			buf_char(&x->out, csv_separator(x->dialect));
		buf_str(&x->out, x->q.column[i]->key);
	}
	buf_str(&x->out, "\r\n");
}

static void
add_line(struct export *x, const PGresult *res, int row)
{
	size_t i;

	if (x->format == FORMAT_NDJSON) {
		list_add_row(&x->out, &x->q, res, row, 0);
		buf_char(&x->out, '\n');
		return;
	}
	for (i = 0; i < x->q.ncolumns; i++) {
		if (i > 0)
			buf_char(&x->out, csv_separator(x->dialect));
		if (x->q.column[i]->sort != LIST_SORT_SECONDS)
			csv_cell(&x->out, x->dialect, x->q.column[i]->key,
			    res, row, (int)i);
		else if (!PQgetisnull(res, row, (int)i))
			json_add_seconds(&x->out, res, row, (int)i);
	}
	buf_str(&x->out, "\r\n");
}

static bool
flush(struct export *x)
{
	const bool ok = buf_ok(&x->out) && context_write(x->ctx, &x->out);

	buf_reset(&x->out);
	return ok;
}

static void
headers(struct export *x, const struct live *live)
{
	struct response *res = &x->ctx->res;
	char day[LIVE_DAY_MAX];

	live_today(day);
	res->type = format_type(x->format);
	response_header(res, "Content-Disposition", "attachment; "
	    "filename=\"%s-%s.%s\"", x->list->name, day,
	    format_words[x->format]);
	live_headers(x->ctx, live, NULL);
}

/* Writes all rows, some at a time.  False: it is incomplete. */
static bool
rows(struct export *x)
{
	int row, n;

	names(x);
	while ((n = PQntuples(x->some)) > 0) {
		for (row = 0; row < n; row++) {
			add_line(x, x->some, row);
			if (x->out.len >= CHUNK && !flush(x))
				return false;
		}
		PQclear(x->some);
		x->some = NULL;
		if (!context_step(x->ctx, FETCH, 0, NULL, &x->some))
			return false;
	}
	return flush(x);
}

/*
 * Do the data have the generation that was asked for?  If not, or if it cannot
 * be read, the answer has become a problem.
 */
static bool
check_generation(struct export *x)
{
	PGresult *res;
	bool ok;

	if (!context_step(x->ctx, "SELECT generation FROM cccp.clock", 0, NULL,
	    &res))
		return false;
	ok = PQntuples(res) != 1 || !list_refused_generation(x->ctx,
	    strtoll(PQgetvalue(res, 0, 0), NULL, 10));
	PQclear(res);
	return ok;
}

/*
 * Opens a cursor and reads its first rows.  That is nearly all of the work, and
 * a failure can still be answered as a problem.
 */
static bool
open_cursor(struct export *x)
{
	struct buf sql = { 0 };
	PGresult *res;
	bool ok;

	buf_str(&sql, "DECLARE export NO SCROLL CURSOR FOR ");
	buf_add(&sql, x->q.sql.data, x->q.sql.len);
	if (!(ok = buf_ok(&sql)))
		problem_answer(&x->ctx->res, &x->ctx->req, PROBLEM_BUSY, NULL);
	else if ((ok = context_step(x->ctx, sql.data, x->q.n, x->q.bind,
	    &res)))
		PQclear(res);
	buf_free(&sql);
	return ok && context_step(x->ctx, FETCH, 0, NULL, &x->some);
}

/* Writes all in one transaction, which sees one generation. */
static void
write_all(struct export *x, const struct live *live)
{
	if (context_begin_reading(x->ctx) && check_generation(x) &&
	    open_cursor(x)) {
		headers(x, live);
		if (context_begin(x->ctx) && !rows(x)) {
			syslog(LOG_WARNING, "request %s: an export of %s was "
			    "cut short", x->ctx->req.id, x->list->name);
			x->ctx->cut = true;
		}
	}
	PQclear(x->some);
	context_end_reading(x->ctx);
}

void
list_export(struct context *ctx, const struct list *l, enum format format)
{
	const struct param_value *csv = &ctx->params.value[LIST_CSV];
	struct export x = { .ctx = ctx, .list = l, .format = format,
	    .dialect = dialect_choose(csv->given ? csv->text : NULL) };
	struct live live;

	if (!context_permits(ctx, PERMIT_EXPORT) ||
	    live_read(ctx, &live) != LIVE_OK)
		return;
	context_need(ctx, "export");
	x.q.limited = !ctx->scope->whole;
	/* So that threads are left for pages. */
	if (!gate_enter(ctx->settings->gate)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_EXPORTS, NULL);
		return;
	}
	ctx->asking = true;
	if (list_compose(&x.q, l, &ctx->params, LIST_ALL_ROWS))
		write_all(&x, &live);
	else
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	gate_leave(ctx->settings->gate);
	list_query_free(&x.q);
	buf_free(&x.out);
}
