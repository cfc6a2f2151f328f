#include <stdlib.h>

#include "fcgi/context.h"
#include "fcgi/counters.h"
#include "sql/lib/now.h"

#define STATEMENT_TIMEOUT_MS	5000

struct context *
context_new(const struct settings *settings)
{
	struct context *ctx = calloc(1, sizeof(*ctx));

	if (ctx == NULL)
		return NULL;
	ctx->settings = settings;
	ctx->db = db_open("", "cccp.fcgi", true, STATEMENT_TIMEOUT_MS);
	if (ctx->db == NULL) {
		free(ctx);
		return NULL;
	}
	return ctx;
}

void
context_free(struct context *ctx)
{
	if (ctx == NULL)
		return;
	db_close(ctx->db);
	if (ctx->connected)
		counters_connections(ctx->settings->counters, -1);
	response_free(&ctx->res);
	buf_free(&ctx->sql);
	free(ctx);
}

void
context_start(struct context *ctx, response_write *write, void *arg)
{
	ctx->began_us = now_monotonic();
	ctx->db_us = 0;
	ctx->cached = NULL;
	ctx->write = write;
	ctx->write_arg = arg;
	ctx->begun = ctx->cut = ctx->asking = false;
	ctx->why = PROBLEM_BUSY;	/* out of memory or of disk space */
	response_reset(&ctx->res);
}

bool
context_send(struct context *ctx)
{
	return ctx->begun ? !ctx->cut : response_send(&ctx->res,
	    ctx->req.method == METHOD_HEAD, ctx->write, ctx->write_arg);
}

/* Only requests open and close the connection: it is looked at after each. */
void
context_end(struct context *ctx)
{
	struct counters *c = ctx->settings->counters;
	const bool connected = db_connected(ctx->db);

	response_release(&ctx->res);
	body_free(&ctx->body);
	if (connected != ctx->connected)
		counters_connections(c, connected ? 1 : -1);
	ctx->connected = connected;
	counters_request(c, ctx->route, ctx->res.status,
	    now_monotonic() - ctx->began_us);
}

bool
context_begin(struct context *ctx)
{
	ctx->begun = true;
	ctx->cut = !response_begin(&ctx->res, ctx->write, ctx->write_arg);
	return !ctx->cut && ctx->req.method != METHOD_HEAD;
}

bool
context_write(struct context *ctx, const struct buf *b)
{
	return b->len == 0 || ctx->write(ctx->write_arg, b->data, b->len);
}

typedef enum db_err db_call(struct db *, const char *sql, int n,
    const char *const *param, PGresult **res);

static bool
query(struct context *ctx, db_call *call, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	const enum problem problems[DB_ERR__MAX] = {
		[DB_RETRY] = PROBLEM_DATABASE,
		[DB_SLOW] = ctx->asking ? PROBLEM_TOO_MUCH : PROBLEM_DATABASE,
		[DB_REFUSED] = PROBLEM_REFUSED,
		[DB_BUG] = PROBLEM_INTERNAL,
	};
	const int64_t start = now_monotonic();
	const enum db_err err = call(ctx->db, sql, n, param, res);
	const enum problem problem = err == DB_RETRY &&
	    !db_connected(ctx->db) ? PROBLEM_AWAY : problems[err];

	ctx->db_us += now_monotonic() - start;
	if (err == DB_OK)
		return true;
	counters_failure(ctx->settings->counters, err);
	ctx->why = problem;
	if (!ctx->begun)
		problem_answer(&ctx->res, &ctx->req, problem, NULL);
	return false;
}

bool
context_query(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	return query(ctx, db_query, sql, n, param, res);
}

bool
context_step(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	return query(ctx, db_step, sql, n, param, res);
}

/* "name;dur=1.23", in milliseconds.  printf(3) is slow with fractions. */
static void
add_duration(struct buf *b, const char *name, int64_t us)
{
	buf_str(b, name);
	buf_str(b, ";dur=");
	buf_u64(b, (uint64_t)us / 1000);
	buf_char(b, '.');
	buf_char(b, (char)('0' + us / 100 % 10));
	buf_char(b, (char)('0' + us / 10 % 10));
}

void
context_data_headers(struct context *ctx)
{
	struct buf *head = &ctx->res.head;

	response_lines(&ctx->res, "Cache-Control: private, no-cache\r\n"
	    "Vary: Accept, Accept-Encoding, Accept-Language\r\n"
	    "Server-Timing: ");
	if (ctx->cached != NULL) {
		buf_str(head, "cache;desc=");
		buf_str(head, ctx->cached);
		buf_str(head, ", ");
	}
	add_duration(head, "db", ctx->db_us);
	add_duration(head, ", total", now_monotonic() - ctx->began_us);
	response_lines(&ctx->res, "\r\n");
	if (ctx->res.status == 200)
		response_header(&ctx->res, "Content-Type", "%s",
		    ctx->res.type != NULL ? ctx->res.type :
		    "application/json");
}
