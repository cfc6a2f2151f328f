/* /api/v1/access-log: who looked at whom; /api/v1/export/user.  For auditors. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/api/api.h"
#include "fcgi/call.h"
#include "fcgi/http/json.h"
#include "fcgi/http/problem.h"
#include "fcgi/list/format.h"

#define PER_PAGE	50
#define CHUNK		((size_t)64 << 10)
#define FETCH		"FETCH 500 FROM consultations"

static const char *const actions[] = { "detail", "history", "replay", "calls",
    "users", "export", "person_export", "ack", "config", "audit", "other",
    NULL };
static const char *const formats[] = { "json", "csv", NULL };

enum { READER, ACTION, SOURCE, LOGIN, FROM, TO, FILTERS, PAGE = FILTERS,
    PER, FORMAT, CSV };

const struct param access_log_params[ACCESS_LOG_PARAMS] = {
	[READER] = { .name = "reader", .type = PARAM_TEXT, .max_len = 200 },
	[ACTION] = { .name = "action", .type = PARAM_FIELDS,
	    .choices = actions },
	[SOURCE] = { .name = "source", .type = PARAM_TEXT, .max_len = 32 },
	[LOGIN] = { .name = "login", .type = PARAM_TEXT,
	    .max_len = REQUEST_PATH_MAX },
	[FROM] = { .name = "from", .type = PARAM_TIME },
	[TO] = { .name = "to", .type = PARAM_TIME },
	[PAGE] = { .name = "page", .type = PARAM_NUMBER, .min = 1,
	    .max = 1000000 },
	[PER] = { .name = "per_page", .type = PARAM_NUMBER, .min = 1,
	    .max = 500 },
	[FORMAT] = { .name = "format", .type = PARAM_FIELDS, .max_items = 1,
	    .choices = formats },
	[CSV] = { .name = "csv", .type = PARAM_FIELDS, .max_items = 1,
	    .choices = dialect_words },
};
_Static_assert(CSV + 1 == ACCESS_LOG_PARAMS, "as api.h says");

#define MATCHING							\
	" FROM cccp_audit.consultation WHERE"				\
	" ($1::text IS NULL OR reader = $1)"				\
	" AND ($2::text IS NULL OR action = ANY (string_to_array($2, ',')))" \
	" AND ($3::text IS NULL OR source = $3)"			\
	" AND ($4::text IS NULL OR login = $4)"				\
	" AND at >= coalesce($5::timestamptz, now() - interval '7 days')" \
	" AND at < coalesce($6::timestamptz, 'infinity')"

#define LINES								\
	"SELECT at, reader, role, address, action, source, login, name,"	\
	" call_key, query, rows, request_id, user_id, id" MATCHING	\
	" ORDER BY at DESC, id DESC"

/* The values of the filters, as MATCHING has them; NULL: not given. */
static void
filters(const struct context *ctx, const char **param)
{
	const struct param_value *v = ctx->params.value;
	size_t i;

	for (i = 0; i < FILTERS; i++)
		param[i] = !v[i].given ? NULL :
		    i == FROM || i == TO ? v[i].item[0].text : v[i].text;
}

static void
answer_page(struct context *ctx)
{
	const struct param_value *v = ctx->params.value;
	const long page = v[PAGE].given ? v[PAGE].number : 1;
	const long per = v[PER].given ? v[PER].number : PER_PAGE;
	const char *param[FILTERS + 2];
	struct buf *b = &ctx->res.body;
	char limit[24], offset[24];
	PGresult *res;

	filters(ctx, param);
	if (!context_query(ctx, "SELECT count(*)" MATCHING, FILTERS, param,
	    &res))
		return;
	buf_str(b, "{\"meta\":{\"total\":");
	json_add_value(b, res, 0, 0);
	PQclear(res);
	buf_printf(b, ",\"page\":%ld,\"per_page\":%ld}", page, per);
	snprintf(limit, sizeof(limit), "%ld", per);
	snprintf(offset, sizeof(offset), "%ld", (page - 1) * per);
	param[FILTERS] = limit;
	param[FILTERS + 1] = offset;
	if (!context_query(ctx, LINES " LIMIT $7::bigint OFFSET $8::bigint",
	    FILTERS + 2, param, &res))
		return;
	json_add_rows(b, "lines", res, 0);
	ctx->res.rows = PQntuples(res);
	buf_str(b, "}\n");
	PQclear(res);
	response_no_store(&ctx->res, "application/json");
}

static void
add_names(struct buf *b, enum dialect dialect, const PGresult *res)
{
	int i;

	csv_begin(b, dialect);
	for (i = 0; i < PQnfields(res); i++) {
		if (i > 0)
			buf_char(b, csv_separator(dialect));
		buf_str(b, PQfname(res, i));
	}
	buf_str(b, "\r\n");
}

static void
add_line(struct buf *b, enum dialect dialect, const PGresult *res, int row)
{
	int i;

	for (i = 0; i < PQnfields(res); i++) {
		if (i > 0)
			buf_char(b, csv_separator(dialect));
		csv_cell(b, dialect, PQfname(res, i), res, row, i);
	}
	buf_str(b, "\r\n");
}

/* Gives what is in b away once it is enough.  False: it could not. */
static bool
flush(struct context *ctx, struct buf *b, size_t enough)
{
	bool ok = true;

	if (b->len < enough)
		return true;
	ok = buf_ok(b) && context_write(ctx, b);
	buf_reset(b);
	return ok;
}

/* All lines that *res has, and those that follow; it is released. */
static bool
write_lines(struct context *ctx, enum dialect dialect, PGresult **res)
{
	struct buf b = { 0 };
	bool ok = true;
	int row, n;

	add_names(&b, dialect, *res);
	while (ok && (n = PQntuples(*res)) > 0) {
		for (row = 0; ok && row < n; row++) {
			add_line(&b, dialect, *res, row);
			ok = flush(ctx, &b, CHUNK);
		}
		PQclear(*res);
		*res = NULL;
		ok = ok && context_step(ctx, FETCH, 0, NULL, res);
	}
	ok = ok && flush(ctx, &b, 0);
	buf_free(&b);
	return ok;
}

static void
answer_csv(struct context *ctx)
{
	const struct param_value *csv = &ctx->params.value[CSV];
	const enum dialect dialect = dialect_choose(csv->given ? csv->text :
	    NULL);
	const char *param[FILTERS];
	PGresult *res, *some = NULL;

	filters(ctx, param);
	if (context_begin_reading(ctx) && context_step(ctx,
	    "DECLARE consultations NO SCROLL CURSOR FOR " LINES, FILTERS,
	    param, &res)) {
		PQclear(res);
		if (context_step(ctx, FETCH, 0, NULL, &some)) {
			ctx->res.type = format_type(FORMAT_CSV);
			response_no_store(&ctx->res, ctx->res.type);
			response_header(&ctx->res, "Content-Disposition",
			    "attachment; filename=\"access-log.csv\"");
			if (context_begin(ctx) &&
			    !write_lines(ctx, dialect, &some))
				ctx->cut = true;
		}
	}
	PQclear(some);
	context_end_reading(ctx);
}

void
access_log_answer(struct context *ctx)
{
	const struct param_value *format = &ctx->params.value[FORMAT];
	const enum format f = format_choose(format->text, ctx->req.accept);

	context_consult(ctx, ACCESS_AUDIT, NULL, NULL);
	params_query(&ctx->looked, &ctx->params, access_log_params, 0,
	    ACCESS_LOG_PARAMS);
	context_need(ctx, "audit");
	ctx->asking = true;
	if (f == FORMAT_JSON)
		answer_page(ctx);
	else if (f == FORMAT_CSV)
		answer_csv(ctx);
	else
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_ACCEPTABLE,
		    NULL);
}

const struct param person_params[PERSON_PARAMS] = {
	{ .name = "source", .type = PARAM_TEXT, .max_len = REQUEST_PATH_MAX,
	    .required = true },
	{ .name = "login", .type = PARAM_TEXT, .max_len = REQUEST_PATH_MAX,
	    .required = true },
};

void
person_answer(struct context *ctx)
{
	const struct param_value *v = ctx->params.value;
	const char *const param[] = { v[0].text, v[1].text };
	struct buf *b = &ctx->res.body;
	PGresult *res;
	int row;

	context_consult(ctx, ACCESS_PERSON_EXPORT, param[0], param[1]);
	if (!call_read(ctx, "SELECT cccp.export_person(source => $4::text,"
	    " login => $5::text, reader => $1::text, groups => $2::text[],"
	    " anonymous_role => $3::text)", 2, param, &res))
		return;
	for (row = 0; row < PQntuples(res); row++) {
		json_add_value(b, res, row, 0);
		buf_char(b, '\n');
	}
	ctx->res.rows = PQntuples(res);
	PQclear(res);
	ctx->res.type = format_type(FORMAT_NDJSON);
	response_no_store(&ctx->res, ctx->res.type);
	response_header(&ctx->res, "Content-Disposition",
	    "attachment; filename=\"person.ndjson\"");
}
