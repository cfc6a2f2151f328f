#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/store_private.h"

static void
check_schema(struct store *st, const PGresult *res)
{
	const char *is = PQgetvalue(res, 0, 0);

	if (strtol(is, NULL, 10) == DB_SCHEMA_VERSION)
		return;
	syslog(LOG_ERR, "database: schema version %s, this program knows %d: "
	    "%s", is, DB_SCHEMA_VERSION,
	    strtol(is, NULL, 10) < DB_SCHEMA_VERSION ?
	    "run make schema PGDATABASE=... as its owner" :
	    "install the newer program");
	st->refused = true;
}

static void
query_failed(struct store *st, const PGresult *res)
{
	const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	const char *why = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);

	st->failed = true;
	/* Data and constraint errors quote values, which no log is to have. */
	if (state != NULL && (strncmp(state, "22", 2) == 0 ||
	    strncmp(state, "23", 2) == 0))
		why = "a value was refused";
	syslog(LOG_ERR, "database: %s: %s (SQLSTATE %s)",
	    st->state == SETUP ? "set-up" : st->state == FLUSHING ?
	    "flush" : st->state == LOCKING ? "lock" : "retention",
	    why != NULL ? why : "no answer", state != NULL ? state : "none");
	/* undefined function, undefined schema: nothing has been set up */
	if (st->state == SETUP && state != NULL &&
	    (strcmp(state, "42883") == 0 || strcmp(state, "3F000") == 0)) {
		syslog(LOG_ERR, "database: it has no cccp schema: run make "
		    "schema PGDATABASE=... as its owner");
		st->refused = true;
	}
}

void
store_result(struct store *st, const PGresult *res)
{
	switch (PQresultStatus(res)) {
	case PGRES_COPY_IN:
		st->copying = flush_next(&st->flush, st->copying);
		st->sent = 0;
		break;
	case PGRES_TUPLES_OK:
		if (st->state == SETUP && PQntuples(res) == 1 &&
		    strcmp(PQfname(res, 0), "schema_version") == 0)
			check_schema(st, res);
		else if (st->state == KEEPING && PQntuples(res) == 1 &&
		    strcmp(PQgetvalue(res, 0, 0), "0") != 0)
			syslog(LOG_INFO, "database: dropped %s months of "
			    "history", PQgetvalue(res, 0, 0));
		else if (st->state == LOCKING && PQntuples(res) == 1)
			st->got_lock = *PQgetvalue(res, 0, 0) == 't';
		else if (st->state == FLUSHING && PQntuples(res) == 1)
			syslog(LOG_DEBUG, "generation %s: %s rows",
			    PQgetvalue(res, 0, 1), PQgetvalue(res, 0, 2));
		break;
	case PGRES_COMMAND_OK:
		break;
	default:
		query_failed(st, res);
		break;
	}
}
