#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "poller/store/private.h"

#define LOCK_CLASS	6735003	/* of the advisory locks: any number */
#define PURGE_AGAIN_US	(600 * INT64_C(1000000))
#define PURGE_MORE_US	(10 * INT64_C(1000000))	/* sources come between */
#define CHUNK		((size_t)256 << 10)	/* bytes for libpq at once */
#define BACKOFF_US	(30 * INT64_C(1000000))

/*
 * The server has to notice within 4 seconds that our host is unreachable: until
 * then it keeps our locks.
 */
static const char setup[] =
    "SET tcp_keepalives_idle = 1;"
    "SET tcp_keepalives_interval = 1;"
    "SET tcp_keepalives_count = 3;"
    "SET tcp_user_timeout = 4000;"
    "SET statement_timeout = '60s';"
    "SET idle_in_transaction_session_timeout = '60s';"
    "SET timezone = 'UTC';"
    "SELECT cccp.schema_version();"
    "SELECT * FROM cccp.known_ends();"
    "SELECT cccp.staging()";

struct store *
store_open(const char *conninfo, const char *retention)
{
	struct store *st = calloc(1, sizeof(*st));

	if (st != NULL) {
		st->conninfo = conninfo;
		st->retention = retention;
	}
	return st;
}

static void
disconnect(struct store *st)
{
	dial_free(st->dial);
	st->dial = NULL;
	PQfinish(st->conn);
	st->conn = NULL;
	st->state = STORE_OFF;
}

void
store_close(struct store *st)
{
	if (st == NULL)
		return;
	disconnect(st);
	flush_free(&st->flush);
	buf_free(&st->query);
	PQclear(st->ends);
	free(st);
}

void
store_reopen(struct store *st)
{
	disconnect(st);
	st->deadline = 0;
}

/* Waits for 0.5, 1, 2 … 30 s, each cut by up to half at random. */
static void
back_off(struct store *st, int64_t now)
{
	int64_t wait = BACKOFF_US;

	if (st->failures < 6)
		wait = INT64_C(500000) << st->failures;
	st->failures++;
	if (st->state == STORE_PURGING)
		st->purge_at = now + PURGE_AGAIN_US;
	disconnect(st);
	st->deadline = now + wait - wait / 2 * (random() % 1001) / 1000;
}

/* Logs an error of libpq, which may have a line for each address. */
static void
complain(const char *doing, const char *why)
{
	int len;

	for (; *why != '\0'; why += len + (why[len] == '\n')) {
		len = (int)strcspn(why, "\n");
		if (len > 0)
			syslog(LOG_ERR, "database: %s: %.*s", doing, len, why);
	}
}

/* The connection is bad: logs why. */
static void
lose(struct store *st, int64_t now, const char *doing)
{
	complain(doing, PQerrorMessage(st->conn));
	back_off(st, now);
}

static bool
send_query(struct store *st, const char *sql, enum store_state state,
    int64_t now)
{
	st->failed = st->rejected = st->refused = false;
	st->copying = FLUSH_NONE;
	if (PQsendQuery(st->conn, sql) != 1) {
		lose(st, now, "send");
		return false;
	}
	st->state = state;
	st->deadline = now + STORE_TIMEOUT_US;
	st->events = POLLIN | (PQflush(st->conn) > 0 ? POLLOUT : 0);
	return true;
}

static void
connecting(struct store *st, int64_t now)
{
	if (st->dial == NULL)
		st->dial = dial_start(st->conninfo, "cccp-poller");
	st->state = STORE_CONNECTING;
	switch (st->dial != NULL ? dial_work(st->dial, now) : DIAL_FAILED) {
	case DIAL_BUSY:
		break;
	case DIAL_DONE:
		st->conn = dial_connection(st->dial);
		dial_free(st->dial);
		st->dial = NULL;
		PQsetnonblocking(st->conn, 1);
		st->connection++;
		if (st->purge_at == 0)
			st->purge_at = now;
		(void)send_query(st, setup, STORE_SETUP, now);
		break;
	case DIAL_FAILED:
		complain("connect", st->dial != NULL ? dial_error(st->dial) :
		    "out of memory");
		back_off(st, now);
		break;
	}
}

/* Gives rows to libpq while the socket accepts them; true: it has all. */
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

/* It is logged once that another poller writes, and once that it has gone. */
static enum store_event
lock_end(struct store *st)
{
	struct source *s = st->locking;
	unsigned locked = st->got_lock ? st->connection : SOURCE_LOCKED_OUT;

	if ((locked == SOURCE_LOCKED_OUT) != (s->locked == SOURCE_LOCKED_OUT))
		syslog(LOG_INFO, "%s: %s", s->at.name, st->got_lock ?
		    "the other poller has gone: taking over" :
		    "another poller writes this source: waiting");
	s->locked = locked;
	return st->got_lock ? STORE_LOCKED : STORE_LOCKED_OUT;
}

/* The current query has had its last result. */
static enum store_event
query_end(struct store *st, int64_t now)
{
	enum store_state was = st->state;

	if (st->refused)
		return STORE_REFUSED;
	/* The failure was logged.  After retention the connection is kept. */
	if (st->failed && was == STORE_PURGING)
		st->purge_at = now + PURGE_AGAIN_US;
	else if (was == STORE_PURGING && st->purge_more)
		st->purge_at = now + PURGE_MORE_US;
	else if (st->rejected && PQtransactionStatus(st->conn) == PQTRANS_IDLE)
		st->failures = 0;	/* of the connection */
	else if (st->failed) {
		back_off(st, now);
		return was == STORE_FLUSHING ? STORE_FAILED : STORE_NOTHING;
	}
	st->state = STORE_READY;
	st->events = POLLIN;
	flush_trim(&st->flush);
	switch (was) {
	case STORE_SETUP:
		if (st->failures > 0)
			syslog(LOG_INFO, "database: connected again");
		break;
	case STORE_LOCKING:
		return lock_end(st);
	case STORE_FLUSHING:
		/* Not earlier: a flush that always fails has to be delayed. */
		st->failures = 0;
		return st->rejected ? STORE_REJECTED : STORE_DONE;
	default:
		break;
	}
	return STORE_NOTHING;
}

static enum store_event
busy(struct store *st, int64_t now)
{
	bool flushing = st->state == STORE_FLUSHING;
	PGresult *res;
	int flush;

	if (PQconsumeInput(st->conn) != 1)
		goto lost;
	for (;;) {
		if (st->copying != FLUSH_NONE && st->sent != SIZE_MAX) {
			if (copy_rows(st))
				st->sent = SIZE_MAX;	/* libpq has all */
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
		store_result(st, res);
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
	bool flushing = st->state == STORE_FLUSHING;

	if (st->state == STORE_CONNECTING || (st->state == STORE_OFF &&
	    now >= st->deadline)) {
		connecting(st, now);
	} else if (st->state == STORE_READY) {
		if (PQconsumeInput(st->conn) != 1 ||
		    PQstatus(st->conn) == CONNECTION_BAD)
			lose(st, now, "connection");
	} else if (st->state != STORE_OFF && now < st->deadline) {
		return busy(st, now);
	} else if (st->state != STORE_OFF) {
		complain("connection", "no answer in time");
		back_off(st, now);
		return flushing ? STORE_FAILED : STORE_NOTHING;
	}
	return STORE_NOTHING;
}

size_t
store_fds(const struct store *st, struct pollfd *fds, size_t max)
{
	if (st->dial != NULL)
		return dial_fds(st->dial, fds, max);
	if (st->conn == NULL || PQsocket(st->conn) < 0 || max == 0)
		return 0;
	fds[0] = (struct pollfd){ .fd = PQsocket(st->conn),
	    .events = st->events };
	return 1;
}

int64_t
store_deadline(const struct store *st)
{
	if (st->dial != NULL)
		return dial_deadline(st->dial);
	return st->state == STORE_READY ? INT64_MAX : st->deadline;
}

bool
store_ready(const struct store *st)
{
	return st->state == STORE_READY;
}

bool
store_tried(const struct store *st)
{
	return st->state >= STORE_READY || st->failures > 0;
}

void
store_resume(const struct store *st, struct source *s)
{
	int i, n = st->ends != NULL ? PQntuples(st->ends) : 0;

	for (i = 0; i < n; i++)
		if (strcmp(PQgetvalue(st->ends, i, 0), s->at.name) == 0 &&
		    strcmp(PQgetvalue(st->ends, i, 1), s->at.shown) == 0) {
			s->ended = strtoll(PQgetvalue(st->ends, i, 2), NULL,
			    10);
			s->ended_zone_s = (int32_t)strtol(
			    PQgetvalue(st->ends, i, 3), NULL, 10);
		}
}

unsigned
store_failures(const struct store *st)
{
	return st->failures;
}

bool
store_purge(struct store *st, int64_t now, int64_t patience)
{
	char *quoted;

	if (now < st->purge_at + patience)
		return false;
	st->purge_at = now + STORE_PURGE_US;
	quoted = PQescapeLiteral(st->conn, st->retention,
	    strlen(st->retention));
	buf_reset(&st->query);
	st->purge_more = false;
	buf_printf(&st->query, "SELECT class, removed, more, error "
	    "FROM cccp.purge(%s)", quoted != NULL ? quoted : "NULL");
	buf_char(&st->query, '\0');
	PQfreemem(quoted);
	return quoted != NULL && buf_ok(&st->query) &&
	    send_query(st, st->query.data, STORE_PURGING, now);
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
	return send_query(st, st->query.data, STORE_LOCKING, now);
}

bool
store_flush(struct store *st, struct source *s, int64_t now)
{
	if (!flush_prepare(&st->flush, s, now)) {
		syslog(LOG_ERR, "%s: flush: out of memory", s->at.name);
		return false;
	}
	syslog(LOG_DEBUG, "%s: flush", s->at.name);
	return send_query(st, st->flush.query.data, STORE_FLUSHING, now);
}

const char *
store_why(const struct store *st)
{
	return st->why;
}
