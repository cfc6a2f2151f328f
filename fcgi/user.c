#include <string.h>

#include "fcgi/json.h"
#include "fcgi/list.h"
#include "fcgi/live.h"
#include "fcgi/problem.h"
#include "fcgi/route.h"

/* What the columns are that come before the user's own. */
enum { ID, GENERATION, NOW, DAY, COLUMNS };

/*
 * Intervals of today, by the clock of this process's time zone: from the one
 * that midnight fell in.  Saying so lets other months go unread.
 */
static const char sql_states[] =
    "SELECT state, mode, mode_label, since, until, seconds, gap"
    " FROM cccp_v1.user_state WHERE user_id = $1::int AND since >= coalesce("
    "(SELECT since FROM cccp.agent_state WHERE agent_id = $1::int"
    " AND since <= date_trunc('day', now()) ORDER BY since DESC LIMIT 1),"
    " date_trunc('day', now()))"
    " AND (until IS NULL OR until > date_trunc('day', now()))"
    " ORDER BY since";

static const char sql_calls[] =
    "SELECT call_key, direction, active, queue, queue_label, caller, callee,"
    " queued_at, unqueued_at, managed_at, post_managed_at, ended_at, lost,"
    " waiting_seconds, contact_seconds, wrapup_seconds"
    " FROM cccp_v1.call WHERE user_id = $1::int"
    " ORDER BY queued_at DESC, call_key LIMIT 20";

static bool
read_user(struct context *ctx, PGresult **res)
{
	const char *const param[] = { ctx->part[0], ctx->part[1] };
	size_t i;

	buf_reset(&ctx->sql);
	buf_str(&ctx->sql, "SELECT u.user_id, c.generation, now(),"
	    " date_trunc('day', now())");
	for (i = 0; i < users_list.ncolumns; i++)
		buf_printf(&ctx->sql, ", u.%s", users_list.columns[i].column);
	buf_str(&ctx->sql, " FROM cccp_v1.user AS u CROSS JOIN cccp.clock AS c"
	    " WHERE u.source = $1::text AND u.login = $2::text"
	    " AND u.present AND NOT u.hidden");
	buf_char(&ctx->sql, '\0');
	if (!buf_ok(&ctx->sql)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
		return false;
	}
	return context_query(ctx, ctx->sql.data, 2, param, res);
}

/* "name":[{…},…] with the columns under their names. */
static void
add_rows(struct buf *b, const char *name, const PGresult *res)
{
	int row, col;

	json_key(b, name);
	buf_char(b, '[');
	for (row = 0; row < PQntuples(res); row++) {
		json_next(b);
		buf_char(b, '{');
		for (col = 0; col < PQnfields(res); col++) {
			json_key(b, PQfname(res, col));
			json_value(b, res, row, col);
		}
		buf_char(b, '}');
	}
	buf_char(b, ']');
}

static void
render(struct context *ctx, const struct live *live, const PGresult *user,
    const PGresult *states, const PGresult *calls)
{
	struct buf *b = &ctx->res.body;

	buf_str(b, "{\"meta\":{\"generation\":");
	json_value(b, user, 0, GENERATION);
	json_key(b, "generated_at");
	json_value(b, user, 0, NOW);
	live_meta(b, live);
	buf_char(b, '}');
	json_key(b, "user");
	list_add(b, &users_list, user, 0, COLUMNS);
	add_rows(b, "states", states);
	add_rows(b, "calls", calls);
	buf_str(b, "}\n");
}

static void
answer(struct context *ctx, const struct live *live, const PGresult *user)
{
	const char *const param[] = { PQgetvalue(user, 0, ID) };
	struct buf question = { .data = ctx->req.path,
	    .len = strlen(ctx->req.path) };
	PGresult *states, *calls;
	char tag[LIVE_TAG_MAX];

	/*
	 * The generation of before: should the states or calls be newer than
	 * the user, the next conditional request brings them together.
	 */
	live_tag(tag, live, live->generation, &question,
	    PQgetvalue(user, 0, DAY));
	if (live_unchanged(ctx, live, tag) ||
	    !context_query(ctx, sql_states, 1, param, &states))
		return;
	if (context_query(ctx, sql_calls, 1, param, &calls)) {
		render(ctx, live, user, states, calls);
		live_headers(ctx, live, tag);
		PQclear(calls);
	}
	PQclear(states);
}

void
user_answer(struct context *ctx)
{
	struct live live;
	PGresult *user;

	if (live_read(ctx, &live) != LIVE_OK || !read_user(ctx, &user))
		return;
	if (PQntuples(user) == 1)
		answer(ctx, &live, user);
	else
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
	PQclear(user);
}
