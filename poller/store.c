#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "poller/flush.h"
#include "poller/store.h"

#define LOCK_CLASS	6735003	/* any number that nobody else takes */
#define KEEP_AGAIN_US	(600 * INT64_C(1000000))
#define CHUNK		((size_t)256 << 10)	/* bytes given to libpq at once */
#define BACKOFF_US	(30 * INT64_C(1000000))
#define CONNECT_US	(15 * INT64_C(1000000))

static const char setup[] =
    "SET statement_timeout = '60s';"
    "SET idle_in_transaction_session_timeout = '60s';"
    "SET timezone = 'UTC';"
    "SELECT cccp.schema_version();"
    "SELECT cccp.staging()";

enum state { OFF, CONNECTING, SETUP, READY, KEEPING, LOCKING, FLUSHING };

struct store {
	const char	*conninfo, *retention;
	int64_t		 keep_at;	/* next store_keep() */
	PGconn		*conn;
	enum state	 state;
	short		 events;	/* what to wait for */
	int64_t		 deadline;	/* of the state; OFF: next attempt */
	unsigned	 failures;
	bool		 failed;	/* an error in the query in hand */
	bool		 refused;
	bool		 got_lock;
	unsigned	 connection;	/* number of it, from 1 */
	struct source	*locking;
	int		 copying;	/* table, or -1 */
	size_t		 sent;		/* bytes of its rows */
	struct flush	 flush;		/* the one in hand */
	struct buf	 query;		/* any other command */
};

struct store *
store_open(const char *conninfo, const char *retention)
{
	struct store *st = calloc(1, sizeof(*st));

	if (st != NULL) {
		st->conninfo = conninfo;
		st->retention = retention;
		st->copying = -1;
	}
	return st;
}

static void
disconnect(struct store *st)
{
	PQfinish(st->conn);
	st->conn = NULL;
	st->state = OFF;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	disconnect(st);
	flush_free(&st->flush);
	buf_free(&st->query);
	free(st);
}

void
store_reopen(struct store *st)
{
	disconnect(st);
	st->deadline = 0;
}

/* 0.5, 1, 2 … 30 s; the database is near, so the first retry is quick. */
static void
back_off(struct store *st, int64_t now)
{
	int64_t wait = BACKOFF_US;

	if (st->failures < 6)
		wait = INT64_C(500000) << st->failures;
	st->failures++;
	disconnect(st);
	st->deadline = now + wait - wait / 2 * (random() % 1001) / 1000;
}

/* The connection is bad: libpq says why, with a line for each host. */
static void
lose(struct store *st, int64_t now, const char *doing)
{
	char why[1024], *line, *next = why;

	snprintf(why, sizeof(why), "%s", st->conn != NULL ?
	    PQerrorMessage(st->conn) : "out of memory");
	while ((line = strsep(&next, "\n")) != NULL)
		if (*line != '\0')
			syslog(LOG_ERR, "database: %s: %s", doing, line);
	back_off(st, now);
}

static void
connect_start(struct store *st, int64_t now)
{
	const char *keywords[DB_KEYWORDS], *values[DB_KEYWORDS];

	db_keywords(st->conninfo, "cccp-poller", keywords, values);
	st->conn = PQconnectStartParams(keywords, values, 1);
	if (st->conn == NULL || PQstatus(st->conn) == CONNECTION_BAD) {
		lose(st, now, "connect");
		return;
	}
	st->state = CONNECTING;
	st->events = POLLOUT;
	st->deadline = now + CONNECT_US;
}

static bool
send_query(struct store *st, const char *sql, enum state state, int64_t now)
{
	st->failed = st->refused = false;
	st->copying = -1;
	if (PQsendQuery(st->conn, sql) != 1) {
		lose(st, now, "send");
		return false;
	}
	st->state = state;
	st->deadline = now + STORE_TIMEOUT_US;
	return true;
}

static void
connecting(struct store *st, int64_t now)
{
	switch (PQconnectPoll(st->conn)) {
	case PGRES_POLLING_READING:
		st->events = POLLIN;
		break;
	case PGRES_POLLING_WRITING:
		st->events = POLLOUT;
		break;
	case PGRES_POLLING_OK:
		db_prepare(st->conn);
		PQsetnonblocking(st->conn, 1);
		st->connection++;
		(void)send_query(st, setup, SETUP, now);
		break;
	default:
		lose(st, now, "connect");
		break;
	}
}

/* Rows to libpq as fast as the socket takes them; true: all are there. */
static bool
copy_rows(struct store *st)
{
	const struct buf *rows = &st->flush.rows[st->copying];
	size_t n;

	while (st->sent < rows->len) {
		if (PQflush(st->conn) != 0)
			return false;
		n = rows->len - st->sent;
		if (n > CHUNK)
			n = CHUNK;
		if (PQputCopyData(st->conn, rows->data + st->sent,
		    (int)n) != 1)
			return false;
		st->sent += n;
	}
	return PQputCopyEnd(st->conn, NULL) == 1;
}

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

static void
take_result(struct store *st, const PGresult *res)
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

/* The query in hand has had its last result. */
static enum store_event
query_end(struct store *st, int64_t now)
{
	enum state was = st->state;

	if (st->refused)
		return STORE_REFUSED;
	/* What failed was logged; only retention can wait for another time. */
	if (st->failed && was == KEEPING)
		st->keep_at = now + KEEP_AGAIN_US;
	else if (st->failed) {
		back_off(st, now);
		return was == FLUSHING ? STORE_FAILED : STORE_NOTHING;
	}
	st->state = READY;
	st->events = POLLIN;
	flush_trim(&st->flush);
	switch (was) {
	case SETUP:
		if (st->failures > 0)
			syslog(LOG_INFO, "database: connected again");
		break;
	case LOCKING:
		if (!st->got_lock)
			return STORE_TAKEN;
		st->locking->locked = st->connection;
		return STORE_LOCKED;
	case FLUSHING:
		/* Only now: a flush that always fails is to be backed off. */
		st->failures = 0;
		return STORE_DONE;
	default:
		break;
	}
	return STORE_NOTHING;
}

static enum store_event
busy(struct store *st, int64_t now)
{
	bool flushing = st->state == FLUSHING;
	PGresult *res;
	int flush;

	if (PQconsumeInput(st->conn) != 1)
		goto lost;
	for (;;) {
		if (st->copying >= 0 && st->sent != SIZE_MAX) {
			if (copy_rows(st))
				st->sent = SIZE_MAX;	/* all is given */
			else if (PQstatus(st->conn) == CONNECTION_BAD)
				goto lost;
			else
				break;
		}
		if ((flush = PQflush(st->conn)) == -1)
			goto lost;
		if (PQisBusy(st->conn))
			break;
		if ((res = PQgetResult(st->conn)) == NULL)
			return query_end(st, now);
		take_result(st, res);
		PQclear(res);
	}
	st->events = POLLIN | (PQflush(st->conn) > 0 ? POLLOUT : 0);
	return STORE_NOTHING;
lost:
	lose(st, now, "connection");
	return flushing ? STORE_FAILED : STORE_NOTHING;
}

enum store_event
store_work(struct store *st, int64_t now)
{
	bool flushing = st->state == FLUSHING;

	if (st->state == OFF && now >= st->deadline)
		connect_start(st, now);
	if (st->state == CONNECTING && now < st->deadline) {
		struct pollfd pfd;

		/* PQconnectPoll() may only be called once it is ready. */
		if (store_fds(st, &pfd, 1) == 1 && poll(&pfd, 1, 0) == 1)
			connecting(st, now);
	}
	if (st->state == SETUP || st->state >= KEEPING) {
		if (now < st->deadline)
			return busy(st, now);
	} else if (st->state == READY) {
		if (PQconsumeInput(st->conn) != 1 ||
		    PQstatus(st->conn) == CONNECTION_BAD)
			lose(st, now, "connection");
		return STORE_NOTHING;
	}
	if (st->state != OFF && now >= st->deadline) {
		lose(st, now, "no answer in time");
		return flushing ? STORE_FAILED : STORE_NOTHING;
	}
	return STORE_NOTHING;
}

size_t
store_fds(const struct store *st, struct pollfd *fds, size_t max)
{
	if (st->conn == NULL || PQsocket(st->conn) < 0 || max == 0)
		return 0;
	fds[0] = (struct pollfd){ .fd = PQsocket(st->conn),
	    .events = st->events };
	return 1;
}

int64_t
store_deadline(const struct store *st)
{
	return st->state == READY ? INT64_MAX : st->deadline;
}

bool
store_ready(const struct store *st)
{
	return st->state == READY;
}

unsigned
store_failures(const struct store *st)
{
	return st->failures;
}

bool
store_keep(struct store *st, int64_t now)
{
	char *quoted;

	if (now < st->keep_at)
		return false;
	st->keep_at = now + STORE_KEEP_US;
	quoted = PQescapeLiteral(st->conn, st->retention,
	    strlen(st->retention));
	buf_reset(&st->query);
	buf_printf(&st->query, "SELECT cccp.keep_partitions(%s) AS dropped",
	    quoted != NULL ? quoted : "NULL");
	buf_char(&st->query, '\0');
	PQfreemem(quoted);
	return quoted != NULL && buf_ok(&st->query) &&
	    send_query(st, st->query.data, KEEPING, now);
}

bool
store_locked(const struct store *st, const struct source *s)
{
	return st->conn != NULL && s->locked == st->connection;
}

bool
store_lock(struct store *st, struct source *s, int64_t now)
{
	/* A name needs no quoting: it is of a-z, 0-9, _ and -. */
	buf_reset(&st->query);
	buf_printf(&st->query, "SELECT pg_try_advisory_lock(%d, "
	    "hashtext('%s'))", LOCK_CLASS, s->at.name);
	buf_char(&st->query, '\0');
	if (!buf_ok(&st->query))
		return false;
	st->got_lock = false;
	st->locking = s;
	return send_query(st, st->query.data, LOCKING, now);
}

bool
store_flush(struct store *st, struct source *s, int64_t now)
{
	if (!flush_prepare(&st->flush, s, now)) {
		syslog(LOG_ERR, "%s: flush: out of memory", s->at.name);
		return false;
	}
	syslog(LOG_DEBUG, "%s: flush", s->at.name);
	return send_query(st, st->flush.query.data, FLUSHING, now);
}
