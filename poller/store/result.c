#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/store/private.h"
#include "sql/lib/schema.h"

static void
check_schema(struct store *st, const PGresult *res)
{
	const char *is = PQgetvalue(res, 0, 0);

	if (schema_is_ours(is))
		return;
	syslog(LOG_ERR, "database: schema version %s, this program needs %s: "
	    "%s", is, schema_ours, schema_is_newer(is) ?
	    "install the newer program" :
	    "run cccp-migrate (make schema PGDATABASE=...) as its owner; if it "
	    "finds nothing to do, install this program anew and restart it");
	st->refused = true;
}

/* Errors of the rows: SQLSTATE or its class, and its meaning. */
static const struct {
	const char	*state, *what;
} faults[] = {
	{ "22003", "a number out of range" },
	{ "22008", "a date out of range" },
	{ "22021", "bytes that are no text" },
	{ "22001", "a text that is too long" },
	{ "22", "a value of another kind" },
	{ "23502", "a value is missing" },
	{ "23514", "a value that a rule forbids" },
	{ "23", "a value that is not allowed" },
	{ "21", "more rows than there may be" },
	{ "54", "more than there is room for" },
};

/*
 * Notes what is wrong with the rows, and where; false: the error is not one of
 * the rows.  PostgreSQL's own message is not used: it quotes values.
 */
static bool
rejected(struct store *st, const PGresult *res, const char *state)
{
	const char *rule = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
	const char *column = PQresultErrorField(res, PG_DIAG_COLUMN_NAME);
	const char *where = PQresultErrorField(res, PG_DIAG_CONTEXT);
	char name[64] = "";
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (strncmp(state, faults[i].state,
		    strlen(faults[i].state)) == 0)
			break;
	if (i == sizeof(faults) / sizeof(faults[0]))
		return false;
	if (where != NULL && column == NULL && sscanf(where,
	    "COPY %*[a-z_], line %*u, column %63[a-z_]", name) == 1)
		column = name;
	snprintf(st->why, sizeof(st->why), "%s%s%.63s (SQLSTATE %.5s)",
	    faults[i].what, rule != NULL || column != NULL ? ": " : "",
	    rule != NULL ? rule : column != NULL ? column : "", state);
	return true;
}

static void
query_failed(struct store *st, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *why = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	st->failed = true;
	if (st->state == STORE_FLUSHING && state != NULL && !st->rejected)
		st->rejected = rejected(st, res, state);
	/* Logged as an error of its source, or of the schema. */
	if (st->rejected || st->refused)
		return;
	syslog(LOG_ERR, "database: %s: %s (SQLSTATE %s)",
	    st->state == STORE_SETUP ? "set-up" : st->state == STORE_FLUSHING ?
	    "flush" : st->state == STORE_LOCKING ? "lock" : "retention",
	    why != NULL ? why : "no answer", state != NULL ? state : "none");
	/* undefined function, undefined schema: nothing has been set up */
	if (st->state == STORE_SETUP && state != NULL &&
	    (strcmp(state, "42883") == 0 || strcmp(state, "3F000") == 0)) {
		syslog(LOG_ERR, "database: it has no cccp schema: run "
		    "cccp-migrate (make schema PGDATABASE=...) as its owner");
		st->refused = true;
	}
}

/* The answer of cccp.purge(), a row for each class of data. */
static void
purged(struct store *st, const PGresult *res)
{
	enum { CLASS, REMOVED, MORE, ERROR };
	const char *class, *removed;
	int row;

	for (row = 0; row < PQntuples(res); row++) {
		class = PQgetvalue(res, row, CLASS);
		removed = PQgetvalue(res, row, REMOVED);
		if (*PQgetvalue(res, row, MORE) == 't')
			st->purge_more = true;
		if (!PQgetisnull(res, row, ERROR)) {
			st->failed = true;
			syslog(LOG_ERR, "database: retention: %s: %s", class,
			    PQgetvalue(res, row, ERROR));
		} else if (strcmp(removed, "0") == 0) {
			continue;
		} else if (strcmp(class, "numbers") == 0) {
			syslog(LOG_INFO, "database: masked the numbers of %s "
			    "calls", removed);
		} else {
			syslog(LOG_INFO, "database: dropped %s months of %s",
			    removed, class);
		}
	}
}

/* An answer of the set-up query. */
static void
set_up(struct store *st, PGresult **res)
{
	if (strcmp(PQfname(*res, 0), "schema_version") == 0 &&
	    PQntuples(*res) == 1) {
		check_schema(st, *res);
	} else if (strcmp(PQfname(*res, 0), "source") == 0) {
		PQclear(st->ends);
		st->ends = *res;
		*res = NULL;
	}
}

void
store_result(struct store *st, PGresult *res)
{
	switch (PQresultStatus(res)) {
	case PGRES_COPY_IN:
		st->copying = flush_next(&st->flush, st->copying);
		st->sent = 0;
		break;
	case PGRES_TUPLES_OK:
		if (st->state == STORE_SETUP)
			set_up(st, &res);
		else if (st->state == STORE_PURGING)
			purged(st, res);
		else if (st->state == STORE_LOCKING && PQntuples(res) == 1)
			st->got_lock = *PQgetvalue(res, 0, 0) == 't';
		else if (st->state == STORE_FLUSHING && PQntuples(res) == 1)
			syslog(LOG_DEBUG, "generation %s: %s rows",
			    PQgetvalue(res, 0, 1), PQgetvalue(res, 0, 2));
		break;
	case PGRES_COMMAND_OK:
		break;
	default:
		query_failed(st, res);
		break;
	}
	PQclear(res);
}
