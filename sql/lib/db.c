#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "sql/lib/db.h"
#include "sql/lib/dial.h"
#include "sql/lib/hash.h"
#include "sql/lib/now.h"
#include "sql/lib/reply.h"
#include "sql/lib/throttle.h"

/* How long calls fail at once after connecting has failed. */
#define RECONNECT_MS		500

/* The server ends a statement at timeout_ms; this is its time to say so. */
#define GRACE_MS		2000

/* The statement that is prepared on each connection, see db_scope(). */
#define SCOPE			"scope"

struct statement {
	char		*sql;		/* NULL: free */
	uint64_t	 hash;
	uint64_t	 used;		/* db->turn at the last use */
};

struct db {
	const char	*conninfo;
	const char	*application;
	bool		 read_only;
	unsigned	 timeout_ms;	/* 0: none */
	PGconn		*conn;		/* NULL: not connected */
	int64_t		 refused_at;	/* ms; 0: the last connect succeeded */
	const char	*scope, *need;	/* see db_scope() */
	char		 sqlstate[6], constraint[64];	/* of the last failure */
	uint64_t	 turn;
	struct statement stmts[DB_STATEMENTS_MAX];	/* index: its name */
};

/*
 * SQLSTATEs and their classes, PostgreSQL manual, Appendix A: the first that
 * fits.  All others are DB_BUG.
 */
static const struct {
	const char	*start;
	enum db_err	err;
} classes[] = {
	{ "08", DB_RETRY },	/* connection */
	{ "21", DB_REFUSED },	/* cardinality */
	{ "22", DB_REFUSED },	/* data */
	{ "23", DB_REFUSED },	/* constraint */
	{ "40", DB_RETRY },	/* deadlock, serialization */
	{ "53", DB_RETRY },	/* insufficient resources */
	{ "55", DB_RETRY },	/* object in use, lock not available */
	{ "57014", DB_SLOW },	/* time-out, or somebody cancelled it */
	{ "57", DB_RETRY },	/* shutdown */
	{ "58", DB_RETRY },	/* the server's disk or system */
	{ "CV", DB_REFUSED },	/* of our own functions */
	{ "P0002", DB_REFUSED },	/* there is no such thing */
};

enum db_err
db_classify(const PGresult *res)
{
	const char *state = NULL;
	size_t i;

	if (res != NULL)
		state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	if (state == NULL)
		return DB_RETRY;	/* from libpq: connection lost */
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strncmp(state, classes[i].start,
		    strlen(classes[i].start)) == 0)
			return classes[i].err;
	return DB_BUG;
}

struct db *
db_open(const char *conninfo, const char *application, bool read_only,
    unsigned timeout_ms)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db == NULL)
		return NULL;
	db->conninfo = conninfo;
	db->application = application;
	db->read_only = read_only;
	db->timeout_ms = timeout_ms;
	return db;
}

static void
disconnect(struct db *db)
{
	size_t i;

	PQfinish(db->conn);	/* NULL is fine */
	db->conn = NULL;
	for (i = 0; i < DB_STATEMENTS_MAX; i++) {
		free(db->stmts[i].sql);
		db->stmts[i] = (struct statement){ 0 };
	}
}

void
db_scope(struct db *db, const char *scope, const char *need)
{
	db->scope = scope;
	db->need = need;
}

void
db_leave(struct db *db)
{
	disconnect(db);
}

void
db_close(struct db *db)
{
	if (db == NULL)
		return;
	disconnect(db);
	free(db);
}

bool
db_connected(const struct db *db)
{
	return db->conn != NULL;
}

const char *
db_sqlstate(const struct db *db)
{
	return db->sqlstate;
}

const char *
db_constraint(const struct db *db)
{
	return db->constraint;
}

static int64_t
now_ms(void)
{
	return now_monotonic() / 1000;
}

/* Logs the message as one line without control characters. */
static void
complain(int priority, const char *what, const char *message, unsigned missed)
{
	char line[512], more[64] = "";
	size_t n = 0;

	for (; *message != '\0' && n < sizeof(line) - 1; message++)
		line[n++] = iscntrl((unsigned char)*message) ? ' ' : *message;
	while (n > 0 && line[n - 1] == ' ')
		n--;
	line[n] = '\0';
	if (missed > 0)
		snprintf(more, sizeof(more), " (and %u times more since the "
		    "last such line)", missed);
	syslog(priority, "PostgreSQL: %s: %s%s", what, line, more);
}

/* The server is away: every request finds that. */
static void
complain_away(const char *what, const char *message)
{
	static struct throttle throttle;
	unsigned missed;

	if (throttle_due(&throttle, now_monotonic(), &missed))
		complain(LOG_ERR, what, message, missed);
}

static int64_t
deadline(const struct db *db)
{
	return db->timeout_ms == 0 ? 0 : now_monotonic() +
	    (int64_t)(db->timeout_ms + GRACE_MS) * 1000;
}

/* Sets up the session. */
static bool
settle(struct db *db)
{
	char sql[512];
	PGresult *res = NULL;
	bool ok;

	/*
	 * Planning a statement takes as long as running it, so plans are made
	 * once and kept.  JIT would take longer still.  A statement gets no
	 * parallel workers, as other requests run at the same time.  To wait
	 * for a lock has a time-out of its own: it is no fault of what is asked.
	 * The statement that sets the scope takes its place in a pipeline.
	 */
	snprintf(sql, sizeof(sql), "SET default_transaction_read_only = %s; "
	    "SET statement_timeout = %u; SET lock_timeout = %u; SET jit = off; "
	    "SET plan_cache_mode = force_generic_plan; "
	    "SET max_parallel_workers_per_gather = 0; "
	    "SET datestyle = ISO; "
	    "PREPARE " SCOPE " (text, text) AS SELECT set_config('cccp.scope',"
	    " $1, true), set_config('cccp.need', $2, true)",
	    db->read_only ? "on" : "off", db->timeout_ms,
	    db->timeout_ms / 5 * 4);
	if (PQsendQuery(db->conn, sql))
		res = reply_await(db->conn, deadline(db));
	ok = PQresultStatus(res) == PGRES_COMMAND_OK;
	PQclear(res);
	return ok;
}

static enum db_err
reconnect(struct db *db)
{
	struct dial *dial;
	bool dialled;

	if (db->refused_at != 0 && now_ms() - db->refused_at < RECONNECT_MS)
		return DB_RETRY;	/* already logged */
	dial = dial_start(db->conninfo, db->application);
	dialled = dial != NULL && dial_wait(dial) == DIAL_DONE;
	if (dialled) {
		db->conn = dial_connection(dial);
		if (settle(db)) {
			dial_free(dial);
			db->refused_at = 0;
			return DB_OK;
		}
	}
	complain_away("connect", dialled ? PQerrorMessage(db->conn) :
	    dial != NULL ? dial_error(dial) : "out of memory");
	dial_free(dial);
	disconnect(db);
	db->refused_at = now_ms();
	return DB_RETRY;
}

/* The slot that has sql; otherwise the one to use for it. */
static struct statement *
find(struct db *db, const char *sql, uint64_t hash)
{
	struct statement *st, *oldest = db->stmts;

	for (st = db->stmts; st < db->stmts + DB_STATEMENTS_MAX; st++) {
		if (st->sql != NULL && st->hash == hash &&
		    strcmp(st->sql, sql) == 0)
			return st;
		if (st->used < oldest->used)	/* free ones have 0 */
			oldest = st;
	}
	return oldest;
}

/*
 * Makes a slot free.  On its own: after another statement of its pipeline, a
 * BEGIN could not say its isolation level.
 */
static bool
discard(struct db *db, struct statement *st, const char *name)
{
	char sql[40];
	PGresult *res = NULL;
	bool ok;

	snprintf(sql, sizeof(sql), "DEALLOCATE %s", name);
	if (PQsendQuery(db->conn, sql))
		res = reply_await(db->conn, deadline(db));
	ok = PQresultStatus(res) == PGRES_COMMAND_OK;
	PQclear(res);
	if (ok) {
		free(st->sql);
		*st = (struct statement){ 0 };
	}
	return ok;
}

/*
 * The result (new), successful or not; NULL: the connection is lost.  The
 * scope, and the statement's preparation where it is needed, are sent together
 * with it: that is one round trip and one transaction.
 */
static PGresult *
run(struct db *db, const char *sql, int n, const char *const *param)
{
	const char *const scope[] = { db->scope, db->need };
	const uint64_t hash = hash_add(HASH_EMPTY, sql, strlen(sql));
	struct statement *st = find(db, sql, hash);
	const bool fresh = st->sql == NULL || st->hash != hash ||
	    strcmp(st->sql, sql) != 0;
	size_t before = 0, done;
	char name[24];
	PGresult *res;

	snprintf(name, sizeof(name), "s%td", st - db->stmts);
	if (fresh && st->sql != NULL && !discard(db, st, name))
		return NULL;
	if (!PQenterPipelineMode(db->conn))
		return NULL;
	if (db->scope != NULL)
		before += (size_t)PQsendQueryPrepared(db->conn, SCOPE, 2,
		    scope, NULL, NULL, 0);
	if (fresh)
		before += (size_t)PQsendPrepare(db->conn, name, sql, 0, NULL);
	if (!PQsendQueryPrepared(db->conn, name, n, param, NULL, NULL, 0) ||
	    !PQpipelineSync(db->conn))
		return NULL;
	res = reply_await_pipeline(db->conn, deadline(db), &done);
	if (fresh && done >= before) {
		st->hash = hash;
		if ((st->sql = strdup(sql)) == NULL) {
			PQclear(res);
			return NULL;
		}
	}
	st->used = ++db->turn;
	return res;
}

/*
 * Would a new connection help?  The connection may have been lost while it was
 * idle, and a change of the schema makes prepared statements invalid (0A000,
 * 26000).
 */
static bool
outlived(const struct db *db, const PGresult *res)
{
	const char *state;

	if (res == NULL || PQstatus(db->conn) != CONNECTION_OK)
		return true;
	state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	return state != NULL && (strcmp(state, "0A000") == 0 ||
	    strcmp(state, "26000") == 0);
}

/*
 * Remembers a failure, and logs it: for refused values only the name of the
 * constraint.
 */
static void
explain(struct db *db, const PGresult *res, enum db_err err)
{
	const char *state, *constraint;
	char what[128];

	db->sqlstate[0] = db->constraint[0] = '\0';
	if (res == NULL) {
		complain_away("no answer", PQerrorMessage(db->conn));
		return;
	}
	state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
	constraint = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);
	snprintf(what, sizeof(what), "SQLSTATE %s", state ? state : "none");
	snprintf(db->sqlstate, sizeof(db->sqlstate), "%s", state ? state : "");
	snprintf(db->constraint, sizeof(db->constraint), "%s",
	    constraint ? constraint : "");
	if (err == DB_REFUSED)
		complain(LOG_WARNING, what,
		    constraint != NULL ? constraint : "refused", 0);
	else
		complain(LOG_ERR, what, PQresultErrorMessage(res), 0);
}

enum db_err
db_query(struct db *db, const char *sql, int n, const char *const *param,
    PGresult **out)
{
	PGresult *res;
	enum db_err err;
	bool again;

	*out = NULL;
	do {
		/* Only a read may be repeated. */
		again = db->conn != NULL && db->read_only;
		db->sqlstate[0] = db->constraint[0] = '\0';
		if (db->conn == NULL && (err = reconnect(db)) != DB_OK)
			return err;
		res = run(db, sql, n, param);
		if (reply_ok(res)) {
			*out = res;		/* now the caller's */
			return DB_OK;
		}
		err = db_classify(res);
		if (!outlived(db, res)) {
			explain(db, res, err);
			PQclear(res);
			return err;
		}
		if (!again)
			explain(db, res, err);
		PQclear(res);
		disconnect(db);		/* the next call connects */
	} while (again);
	return err;
}

enum db_err
db_step(struct db *db, const char *sql, int n, const char *const *param,
    PGresult **out)
{
	PGresult *res = NULL;
	enum db_err err;

	*out = NULL;
	if (db->conn == NULL)
		return DB_RETRY;	/* already logged */
	if (PQsendQueryParams(db->conn, sql, n, NULL, param, NULL, NULL, 0))
		res = reply_await(db->conn, deadline(db));
	if (reply_ok(res)) {
		*out = res;		/* now the caller's */
		return DB_OK;
	}
	err = db_classify(res);
	explain(db, res, err);
	PQclear(res);
	if (res == NULL || PQstatus(db->conn) != CONNECTION_OK)
		disconnect(db);
	return err;
}
