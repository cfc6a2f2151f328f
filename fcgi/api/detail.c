/* One user, or one queue, in full: what it is now, and what was in a period. */
#include <stdlib.h>

#include "fcgi/api/api.h"
#include "fcgi/fresh/answer.h"
#include "fcgi/http/json.h"
#include "fcgi/http/problem.h"
#include "fcgi/list/list.h"

#define MOST_DAYS	"7"

enum { FROM, TO, SOURCE, NAME };

_Static_assert(FROM < DETAIL_PERIOD && TO < DETAIL_PERIOD &&
    SOURCE >= DETAIL_PERIOD && NAME >= DETAIL_PERIOD, "the period is first");

#define PARAMS(name_)							\
	[FROM] = { .name = "from", .type = PARAM_TIME },		\
	[TO] = { .name = "to", .type = PARAM_TIME },			\
	[SOURCE] = { .name = "source", .type = PARAM_TEXT,		\
	    .max_len = REQUEST_PATH_MAX, .required = true },		\
	[NAME] = { .name = name_, .type = PARAM_TEXT,			\
	    .max_len = REQUEST_PATH_MAX, .required = true }

const struct param user_params[DETAIL_PARAMS] = { PARAMS("login") };
const struct param queue_params[DETAIL_PARAMS] = { PARAMS("name") };

/* The columns of the first statement before those of the user or queue. */
enum { ID, GENERATION, NOW, SINCE, UNTIL, FITS, COLUMNS };

/* Further rows.  $1: our key; $2, $3: the period; null where it is open. */
struct rows {
	const char	*name;		/* of the array; NULL ends them */
	const char	*sql;
	bool		 asked;		/* $2 is null unless from was given */
};

struct detail {
	const struct list *list;
	const char	*one;		/* its key in the answer */
	const char	*need;		/* of the scope, see context_need() */
	const struct param *params;	/* the last one names the column, too */
	const char	*since;		/* where the period begins by default */
	bool		 daily;		/* since changes at midnight */
	struct rows	 rows[3];
};

/*
 * The first interval is the one that contains the beginning of the period.  Its
 * start is a lower bound, so that partitions of other months are not read.
 */
static const char sql_states[] =
    "SELECT state, mode, mode_label, since, until,"
    " floor(seconds)::bigint AS seconds, gap"
    " FROM cccp_web.user_state WHERE user_id = $1::int AND since >= coalesce("
    "(SELECT since FROM cccp_web.user_state WHERE user_id = $1::int"
    " AND since <= $2::timestamptz ORDER BY since DESC LIMIT 1),"
    " $2::timestamptz) AND (until IS NULL OR until > $2::timestamptz)"
    " AND since < coalesce($3::timestamptz, 'infinity') ORDER BY since";

static const char sql_calls[] =
    "SELECT call_key, stage, direction, active, queue, queue_label, caller,"
    " callee, queued_at, unqueued_at, managed_at, post_managed_at, ended_at,"
    " floor(waiting_seconds)::bigint AS waiting_seconds,"
    " floor(contact_seconds)::bigint AS contact_seconds,"
    " floor(wrapup_seconds)::bigint AS wrapup_seconds"
    " FROM cccp_web.call WHERE user_id = $1::int"
    " AND queued_at >= coalesce($2::timestamptz, '-infinity')"
    " AND queued_at < coalesce($3::timestamptz, 'infinity')"
    " ORDER BY queued_at DESC, call_key LIMIT 20";

static const char sql_samples[] =
    "SELECT minute, logged_sessions, working_sessions, withdrawn_sessions,"
    " running_tasks, waiting_tasks, managed_tasks, failed_tasks, turned_away,"
    " floor(contact_seconds)::bigint AS contact_seconds,"
    " floor(waiting_seconds)::bigint AS waiting_seconds, oldest_waiting_at"
    " FROM cccp_web.queue_sample WHERE queue_id = $1::int"
    " AND minute >= $2::timestamptz"
    " AND minute < coalesce($3::timestamptz, 'infinity') ORDER BY minute";

static const struct detail user = {
	.list = &users_list,
	.one = "user",
	.need = "detail",
	.params = user_params,
	.since = "date_trunc('day', now())",
	.daily = true,
	.rows = {
		{ "states", sql_states, false },
		{ "calls", sql_calls, true },
	},
};

static const struct detail queue = {
	.list = &queues_list,
	.one = "queue",
	.need = "count",
	.params = queue_params,
	.since = "now() - interval '1 hour'",
	.rows = {
		{ "samples", sql_samples, false },
	},
};

/* The parameter from or to; NULL: not given. */
static const char *
period_param(const struct context *ctx, int which)
{
	const struct param_value *v = &ctx->params.value[which];

	return v->given ? v->item[0].text : NULL;
}

/* The source or name: a parameter, or a part of the path. */
static const char *
key_part(const struct context *ctx, int which)
{
	return ctx->params.value[which].given ?
	    ctx->params.value[which].text : ctx->part[which - SOURCE];
}

static bool
read_one(struct context *ctx, const struct detail *d, PGresult **res)
{
	const char *const param[] = { key_part(ctx, SOURCE),
		key_part(ctx, NAME),
		period_param(ctx, FROM), period_param(ctx, TO) };
	struct buf *sql = &ctx->sql;
	size_t i;

	buf_reset(sql);
	buf_printf(sql, "SELECT r.id, c.generation, now(), p.since, p.until,"
	    " p.since < coalesce(p.until, 'infinity') AND coalesce(p.until,"
	    " now()) <= p.since + interval '" MOST_DAYS " days'");
	for (i = 0; i < d->list->ncolumns; i++)
		if (!d->list->columns[i].asked)
			buf_printf(sql, ", r.%s", d->list->columns[i].key);
	buf_printf(sql, " FROM %s AS r CROSS JOIN cccp.clock AS c CROSS JOIN"
	    " (SELECT coalesce($3::timestamptz, %s) AS since,"
	    " $4::timestamptz AS until) AS p WHERE r.source = $1::text AND"
	    " r.%s = $2::text AND %s", d->list->view, d->since,
	    d->params[NAME].name, d->list->shown);
	buf_char(sql, '\0');
	if (buf_ok(sql))
		return context_query(ctx, sql->data, 4, param, res);
	problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	return false;
}

static bool
add_rows(struct context *ctx, const struct rows *rows, const PGresult *one)
{
	const char *const param[] = { PQgetvalue(one, 0, ID),
		rows->asked ? period_param(ctx, FROM) :
		    PQgetvalue(one, 0, SINCE),
		period_param(ctx, TO) };
	PGresult *res;

	if (!context_query(ctx, rows->sql, 3, param, &res))
		return false;
	json_add_rows(&ctx->res.body, rows->name, res, 0);
	PQclear(res);
	return true;
}

static void
add_meta(struct buf *b, const struct live *live, const PGresult *one)
{
	buf_str(b, "{\"meta\":{\"generation\":");
	json_add_value(b, one, 0, GENERATION);
	json_add_key(b, "generated_at");
	json_add_value(b, one, 0, NOW);
	json_add_key(b, "from");
	json_add_value(b, one, 0, SINCE);
	json_add_key(b, "to");
	json_add_value(b, one, 0, UNTIL);
	generation_meta(b, live);
	buf_char(b, '}');
}

/*
 * The generation is that of the first statement.  When the further rows are
 * newer, the next conditional request gets an answer that agrees.
 */
static int64_t
make_detail(struct context *ctx, const struct live *live, void *arg)
{
	static const char *const most[] = { MOST_DAYS };
	const struct detail *d = arg;
	const struct rows *rows;
	int64_t generation = -1;
	bool ok = true;
	PGresult *one;

	if (!read_one(ctx, d, &one))
		return -1;
	if (PQntuples(one) != 1) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
	} else if (*PQgetvalue(one, 0, FITS) != 't') {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_PERIOD, most);
	} else {
		generation = strtoll(PQgetvalue(one, 0, GENERATION), NULL, 10);
		add_meta(&ctx->res.body, live, one);
		json_add_key(&ctx->res.body, d->one);
		list_add_default(&ctx->res.body, d->list, one, 0, COLUMNS);
		for (rows = d->rows; ok && rows->name != NULL; rows++)
			ok = add_rows(ctx, rows, one);
		if (ok)
			buf_str(&ctx->res.body, "}\n");
	}
	PQclear(one);
	return generation;
}

static void
answer(struct context *ctx, const struct detail *d)
{
	const bool daily = d->daily && !ctx->params.value[FROM].given;
	struct buf question = { 0 };
	struct live live;
	char day[LIVE_DAY_MAX] = "";

	context_need(ctx, d->need);
	if (live_read(ctx, &live) != LIVE_OK)
		return;
	ctx->asking = true;
	if (daily)
		live_today(day);
	if (d == &user) {
		context_consult(ctx, period_param(ctx, FROM) != NULL ?
		    ACCESS_HISTORY : ACCESS_DETAIL, key_part(ctx, SOURCE),
		    key_part(ctx, NAME));
		params_query(&ctx->looked, &ctx->params, d->params, 0,
		    DETAIL_PERIOD);
	}
	context_question(ctx, &question, ctx->req.path);
	buf_printf(&question, "%s?", day);
	params_query(&question, &ctx->params, d->params, 0, DETAIL_PARAMS);
	answer_fill(ctx, &live, &question, day, CACHE_WAIT_MS, make_detail,
	    (void *)d);
	buf_free(&question);
}

void
user_answer(struct context *ctx)
{
	answer(ctx, &user);
}

void
queue_answer(struct context *ctx)
{
	answer(ctx, &queue);
}
