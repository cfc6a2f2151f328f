#include <string.h>

#include "fcgi/call.h"
#include "fcgi/counters.h"
#include "fcgi/gate.h"
#include "sql/lib/now.h"

#define WRITE_TIMEOUT_MS	5000

/* The first that the SQLSTATE starts with; else it is no refusal. */
static const struct {
	const char	*start;
	enum problem	 problem;
} refusals[] = {
	{ "42501", PROBLEM_NO_RIGHT },
	{ "P0002", PROBLEM_NOT_FOUND },
	{ "CV412", PROBLEM_CHANGED },
	{ "40001", PROBLEM_CHANGED },
	{ "55000", PROBLEM_STATE },
	{ "55006", PROBLEM_STATE },
	{ "54000", PROBLEM_MANY },
	{ "23505", PROBLEM_CONFLICT },
	{ "23P01", PROBLEM_CONFLICT },
	{ "25006", PROBLEM_NO_WRITER },	/* it became a standby */
};

/* What the constraints demand. */
static const struct {
	const char	*constraint;
	const char	*field;		/* of the body */
	const char	*words[LANG__MAX];
} rules[] = {
	{ "access_grant_who_check", "who",
	    { "« who » n’est pas vide", "“who” is not empty" } },
	{ "access_grant_source_check", "source",
	    { "« source » a 1 à 32 lettres minuscules, chiffres, _ ou -",
	      "“source” has 1 to 32 lower-case letters, digits, _ or -" } },
	{ "access_grant_team_check", "team",
	    { "« team » ne commence ni ne finit par /",
	      "“team” neither begins nor ends with /" } },
	{ "access_grant_queue_check", "queue",
	    { "« queue » n’est pas vide", "“queue” is not empty" } },
	{ "access_grant_everyone_check", "who",
	    { "« who » est donné pour user et group, mais non pour everyone",
	      "“who” is given for user and group, but not for everyone" } },
	{ "access_grant_whole_check", "role",
	    { "admin et auditor sont sans « source », « team » ni « queue »",
	      "admin and auditor are without “source”, “team” and “queue”" } },
	{ "saved_view_name_check", "name",
	    { "« name » a 1 à 80 caractères", "“name” has 1 to 80 characters" } },
	{ "saved_view_query_check", "query",
	    { "« query » a des paramètres comme dans une adresse",
	      "“query” has parameters as in an address" } },
	{ "saved_view_columns_check", "columns",
	    { "« columns » a des noms de champs, séparés par des virgules",
	      "“columns” has names of fields, separated by commas" } },
	{ "saved_view_sort_check", "sort",
	    { "« sort » est comme le paramètre sort",
	      "“sort” is as the parameter sort" } },
	{ "saved_view_shared_check", "shared",
	    { "« shared » est none, all ou team: et une équipe",
	      "“shared” is none, all, or team: and a team" } },
};

#define RULES	(sizeof(rules) / sizeof(rules[0]))

static enum problem
refusal_of(const char *state)
{
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(state, refusals[i].start) == 0)
			return refusals[i].problem;
	return PROBLEM__MAX;
}

/* The answer to values that a constraint refuses. */
static void
refuse_rule(struct context *ctx, const char *constraint)
{
	const char *words[1] = { constraint };
	size_t i = 0;

	while (i < RULES && strcmp(constraint, rules[i].constraint) != 0)
		i++;
	if (i < RULES)
		words[0] = rules[i].words[ctx->req.lang];
	problem_field(&ctx->res, &ctx->req, PROBLEM_RULE, words,
	    i < RULES ? rules[i].field : NULL);
}

/* The answer to a statement that failed. */
static void
refuse(struct context *ctx, const struct db *db, enum db_err err)
{
	const char *constraint = db_constraint(db);
	enum problem p = refusal_of(db_sqlstate(db));

	if (p == PROBLEM__MAX && err == DB_REFUSED)
		p = *constraint != '\0' ? PROBLEM_RULE : PROBLEM_REFUSED;
	else if (p == PROBLEM__MAX && err == DB_BUG)
		p = PROBLEM_INTERNAL;
	else if (p == PROBLEM__MAX)
		p = db != ctx->db && !db_connected(db) &&
		    db_sqlstate(db)[0] == '\0' ? PROBLEM_NO_WRITER :
		    err == DB_SLOW ? PROBLEM_SLOW : PROBLEM_DATABASE;
	if (err != DB_REFUSED)
		counters_failure(ctx->settings->counters, err);
	if (p == PROBLEM_RULE)
		refuse_rule(ctx, constraint);
	else
		problem_answer(&ctx->res, &ctx->req, p, NULL);
}

static bool
call(struct context *ctx, struct db *db, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	const bool named = ctx->identity.user != NULL;
	struct buf groups = { 0 };
	const char *all[CALL_PARAMS] = { ctx->identity.user, NULL, named ?
	    NULL : role_names[ctx->settings->anonymous] };
	const int64_t start = now_monotonic();
	enum db_err err;

	identity_array(&groups, &ctx->identity);
	buf_char(&groups, '\0');
	if (!buf_ok(&groups)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
		return false;
	}
	all[1] = groups.data;
	memcpy(all + CALL_READER, param, (size_t)n * sizeof(*param));
	err = db_query(db, sql, CALL_READER + n, all, res);
	ctx->db_us += now_monotonic() - start;
	buf_free(&groups);
	if (err != DB_OK)
		refuse(ctx, db, err);
	return err == DB_OK;
}

bool
call_read(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	return call(ctx, ctx->db, sql, n, param, res);
}

/* On a connection of its own, to a server that takes writes. */
static bool
write_within(struct context *ctx, unsigned timeout_ms, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	struct db *db = db_open("target_session_attrs=read-write", "cccp.fcgi",
	    false, timeout_ms);
	bool ok = false;

	if (db != NULL)
		ok = call(ctx, db, sql, n, param, res);
	else
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
	db_close(db);
	return ok;
}

bool
call_write(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	return write_within(ctx, WRITE_TIMEOUT_MS, sql, n, param, res);
}

bool
call_write_long(struct context *ctx, const char *sql, int n,
    const char *const *param, PGresult **res)
{
	bool ok;

	if (!gate_enter(ctx->settings->gate)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_EXPORTS, NULL);
		return false;
	}
	ok = write_within(ctx, CALL_LONG_S * 1000, sql, n, param, res);
	gate_leave(ctx->settings->gate);
	return ok;
}
