#include <stdlib.h>
#include <string.h>

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
	buf_free(&ctx->limited);
	buf_free(&ctx->looked);
	buf_free(&ctx->as_query);
	free(ctx);
}

void
context_start(struct context *ctx, response_write *write, void *arg)
{
	ctx->began_us = now_monotonic();
	ctx->db_us = 0;
	ctx->cached = NULL;
	ctx->scope = NULL;
	ctx->need = NULL;
	ctx->as.user = NULL;
	buf_reset(&ctx->as_query);
	ctx->line = (struct access_line){ .action = ACCESS_NOTHING };
	buf_reset(&ctx->looked);
	db_scope(ctx->db, NULL, NULL);
	ctx->write = write;
	ctx->write_arg = arg;
	ctx->begun = ctx->cut = ctx->asking = false;
	ctx->why = PROBLEM_BUSY;	/* out of memory or of disk space */
	response_reset(&ctx->res);
}

void
context_consult(struct context *ctx, enum access_action action,
    const char *source, const char *login)
{
	const bool as = ctx->as.user != NULL;

	buf_reset(&ctx->looked);
	ctx->line = (struct access_line){ .action = action,
	    /* Only an admin sees as another. */
	    .role = as ? ROLE_ADMIN : ctx->scope->role,
	    .reader = ctx->req.user, .address = ctx->req.address,
	    .source = source, .login = login, .request_id = ctx->req.id };
	if (as) {
		buf_add(&ctx->looked, ctx->as_query.data, ctx->as_query.len);
		buf_char(&ctx->looked, '&');
	}
}

bool
context_log(struct context *ctx)
{
	bool ok;

	if (ctx->line.action == ACCESS_NOTHING)
		return true;
	if (ctx->looked.len > 0 && ctx->looked.data[ctx->looked.len - 1] == '&')
		ctx->looked.len--;
	buf_char(&ctx->looked, '\0');
	ctx->line.query = buf_ok(&ctx->looked) ? ctx->looked.data : NULL;
	/* A 304 shows what the reader has, however many that are. */
	ctx->line.rows = ctx->res.status == 200 ? ctx->res.rows : -1;
	ok = access_log_write(ctx->settings->log, &ctx->line);
	ctx->line.action = ACCESS_NOTHING;
	if (!ok)
		problem_answer(&ctx->res, &ctx->req, PROBLEM_AUDIT, NULL);
	return ok;
}

/* The same for an answer that shows what was looked at. */
static bool
log_shown(struct context *ctx)
{
	return (ctx->res.status != 200 && ctx->res.status != 304) ||
	    context_log(ctx);
}

bool
context_send(struct context *ctx)
{
	if (!ctx->begun)
		log_shown(ctx);
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
	db_scope(ctx->db, NULL, NULL);
	scope_release(ctx->scope);
	ctx->scope = NULL;
	if (connected != ctx->connected)
		counters_connections(c, connected ? 1 : -1);
	ctx->connected = connected;
	counters_request(c, ctx->route, ctx->res.status,
	    now_monotonic() - ctx->began_us);
}

void
context_need(struct context *ctx, const char *need)
{
	ctx->need = need;
	db_scope(ctx->db, ctx->scope->text, need);
}

bool
context_permits(struct context *ctx, enum permit permit)
{
	const char *const args[] = { role_names[ctx->scope->role],
	    permit < PERMIT__MAX ? permit_words[permit][ctx->req.lang] : "" };

	if (permit_has(ctx->scope, permit))
		return true;
	problem_answer(&ctx->res, &ctx->req, PROBLEM_FORBIDDEN, args);
	return false;
}

void
context_question(const struct context *ctx, struct buf *b, const char *name)
{
	buf_printf(b, "%s %s %s", ctx->scope->digest, ctx->need, name);
}

bool
context_begin(struct context *ctx)
{
	if (!log_shown(ctx))
		return false;
	ctx->begun = true;
	ctx->cut = !response_begin(&ctx->res, ctx->write, ctx->write_arg);
	return !ctx->cut && ctx->req.method != METHOD_HEAD;
}

bool
context_write(struct context *ctx, const struct buf *b)
{
	return b->len == 0 || ctx->write(ctx->write_arg, b->data, b->len);
}

/*
 * The statement with the names of the views that a limited scope reads.  Its
 * text is constant, what readers write is bound: so every such name is a view.
 */
static const char *
name_views(struct context *ctx, const char *sql)
{
	static const char schema[] = "cccp_web.";
	struct buf *b = &ctx->limited;
	const char *name;
	size_t len;

	if (ctx->scope == NULL || ctx->scope->whole)
		return sql;
	buf_reset(b);
	while ((name = strstr(sql, schema)) != NULL) {
		len = strlen(schema);
		len += strspn(name + len, "abcdefghijklmnopqrstuvwxyz_");
		buf_add(b, sql, (size_t)(name - sql) + len);
		buf_str(b, "_part");
		sql = name + len;
	}
	buf_str(b, sql);
	buf_char(b, '\0');
	return buf_ok(b) ? b->data : NULL;
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
	const enum db_err err = sql == NULL ? DB_RETRY :
	    call(ctx->db, sql, n, param, res);
	const enum problem problem = sql == NULL ? PROBLEM_BUSY :
	    err == DB_RETRY && !db_connected(ctx->db) ? PROBLEM_AWAY :
	    problems[err];

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
	return query(ctx, db_query, name_views(ctx, sql), n, param, res);
}

bool
context_query_whole(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	bool ok;

	db_scope(ctx->db, "whole", "");
	ok = query(ctx, db_query, sql, n, param, res);
	db_scope(ctx->db, NULL, NULL);
	if (ctx->need != NULL)
		context_need(ctx, ctx->need);
	return ok;
}

bool
context_begin_reading(struct context *ctx)
{
	const char *const param[] = { ctx->scope->text, ctx->need };
	PGresult *res;

	/* Before its isolation is set, a transaction may run no statement. */
	db_scope(ctx->db, NULL, NULL);
	if (!context_query(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ "
	    "READ ONLY", 0, NULL, &res))
		return false;
	PQclear(res);
	if (!context_step(ctx, "SELECT set_config('cccp.scope', $1, true),"
	    " set_config('cccp.need', $2, true)", 2, param, &res))
		return false;
	PQclear(res);
	return true;
}

void
context_end_reading(struct context *ctx)
{
	PGresult *res;

	if (db_step(ctx->db, "ROLLBACK", 0, NULL, &res) == DB_OK)
		PQclear(res);
}

bool
context_step(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	return query(ctx, db_step, name_views(ctx, sql), n, param, res);
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
