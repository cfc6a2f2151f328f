#include <sys/eventfd.h>

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "fcgi/fresh/private.h"
#include "fcgi/http/json.h"
#include "sql/lib/db.h"
#include "sql/lib/dial.h"

#define QUERY_TIMEOUT_US	(5 * SECOND)
#define BACKOFF_MIN_US		(100 * MS)
#define BACKOFF_MAX_US		(2 * SECOND)

#define READ_EVERY_US		(1 * SECOND)	/* while it is wanted */
#define STANDBY_EVERY_US	(250 * MS)	/* without LISTEN */
#define READ_GAP_US		(20 * MS)	/* between readings, at least */
#define TELL_GAP_US		(100 * MS)	/* between changes, at least */
#define TELL_SHARE		10	/* and as many times what one took */
#define WANTED_FOR_US		(10 * SECOND)	/* after somebody asked */

/* Bytes of the users in a change. */
#define USERS_BYTES_MAX		32768

enum woken { WOKEN_SOCKET, WOKEN_TIME, WOKEN_CALL, WOKEN_STOP };

/* Waits for a descriptor (-1: none), until a time (-1: for ever). */
static enum woken
wait_on(struct watch *w, struct pollfd on, int64_t until_us)
{
	struct pollfd pfd[2] = { { .fd = w->wake, .events = POLLIN }, on };
	int64_t left = until_us - now_monotonic();
	eventfd_t n;
	bool stop;

	if (until_us != -1 && left < 0)
		left = 0;
	poll(pfd, 2, until_us == -1 ? -1 : (int)((left + MS - 1) / MS));
	if (pfd[0].revents != 0) {
		eventfd_read(w->wake, &n);
		pthread_mutex_lock(&w->lock);
		stop = w->stop;
		pthread_mutex_unlock(&w->lock);
		return stop ? WOKEN_STOP : WOKEN_CALL;
	}
	return pfd[1].revents != 0 ? WOKEN_SOCKET : WOKEN_TIME;
}

/* Waits for the connection; not for it when events is 0. */
static enum woken
wait_conn(struct watch *w, short events, int64_t until_us)
{
	return wait_on(w, (struct pollfd){ .fd = events ?
	    PQsocket(w->conn) : -1, .events = events }, until_us);
}

/* The result, new; NULL: connection lost, too late, or told to stop. */
static PGresult *
await(struct watch *w)
{
	const int64_t until = now_monotonic() + QUERY_TIMEOUT_US;
	PGresult *res = NULL, *next;
	enum woken woken;

	for (;;) {
		while (PQisBusy(w->conn)) {
			woken = wait_conn(w, POLLIN, until);
			if (woken == WOKEN_STOP || (woken != WOKEN_SOCKET &&
			    now_monotonic() >= until) ||
			    (woken == WOKEN_SOCKET &&
			    !PQconsumeInput(w->conn))) {
				PQclear(res);
				return NULL;
			}
		}
		if ((next = PQgetResult(w->conn)) == NULL)
			return res;
		PQclear(res);
		res = next;
	}
}

static PGresult *
query(struct watch *w, const char *sql, int n, const char *const *param)
{
	if (!PQsendQueryParams(w->conn, sql, n, NULL, param, NULL, NULL, 0))
		return NULL;
	return await(w);
}

static bool
connected(struct watch *w, struct dial *dial)
{
	struct pollfd pfd = { .fd = -1 };
	enum dial_state state;

	while ((state = dial_work(dial, now_monotonic())) == DIAL_BUSY) {
		if (dial_fds(dial, &pfd, 1) == 0)
			pfd.fd = -1;
		if (wait_on(w, pfd, dial_deadline(dial)) == WOKEN_STOP)
			return false;
	}
	if (state == DIAL_FAILED)
		return false;
	w->conn = dial_connection(dial);
	return true;
}

static bool
dial(struct watch *w)
{
	struct dial *dial = dial_start("", "cccp.fcgi live");
	bool ok = dial != NULL && connected(w, dial);

	dial_free(dial);
	return ok;
}

/* On a standby only LISTEN fails (25006). */
static bool
listen_to(struct watch *w, const char *sql)
{
	PGresult *res = query(w, sql, 0, NULL);
	const bool ok = PQresultStatus(res) == PGRES_COMMAND_OK;
	const char *state = res == NULL ? NULL : PQresultErrorField(res,
	    PG_DIAG_SQLSTATE);

	w->standby = !ok && state != NULL && strcmp(state, "25006") == 0;
	PQclear(res);
	return ok || w->standby;
}

static bool
set_up(struct watch *w)
{
	PGresult *res = query(w, "SELECT"
	    " set_config('default_transaction_read_only', 'on', false),"
	    " set_config('statement_timeout', '4s', false),"
	    " set_config('jit', 'off', false),"
	    " set_config('cccp.scope', 'whole', false)", 0, NULL);
	const bool ok = PQresultStatus(res) == PGRES_TUPLES_OK;

	PQclear(res);
	return ok && listen_to(w, "LISTEN cccp") &&
	    listen_to(w, "LISTEN cccp_access");
}

/* Logs each change once. */
static void
set_away(struct watch *w, bool away)
{
	bool changed;

	pthread_mutex_lock(&w->lock);
	changed = w->away != away;
	w->away = away;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	if (changed && away)
		syslog(LOG_ERR, "PostgreSQL: no connection to listen on: what "
		    "is known is served as stale");
	else if (changed)
		syslog(LOG_INFO, "PostgreSQL: connected again");
}

/*
 * Publishes a reading, which is stolen.  When it failed (sure is false), the
 * workers ask the database themselves, and answer with the reason.
 */
static void
publish(struct watch *w, struct generation *gen, bool sure)
{
	pthread_mutex_lock(&w->lock);
	w->unsure = !sure;
	if (sure) {
		if (!w->known || gen->tag != w->gen.tag ||
		    gen->number != w->gen.number)
			w->epoch++;
		w->reading++;
		if (w->hooks != NULL &&
		    (!w->known || gen->access != w->gen.access))
			w->hooks->access(w->hooks->arg, gen->access);
		generation_free(&w->gen);
		w->gen = *gen;
		if (!w->known) {
			w->told = gen->number;
			w->told_epoch = w->epoch;
		}
		w->known = true;
		w->late = false;
	}
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
}

/* Reads the generation.  False when the connection is lost. */
static bool
read_generation(struct watch *w)
{
	struct generation gen = { 0 };
	PGresult *res;
	bool sure;

	w->notified = false;
	w->began_us = now_monotonic();
	if ((res = query(w, generation_sql, 0, NULL)) == NULL)
		return false;
	if (PQresultStatus(res) != PGRES_TUPLES_OK &&
	    (db_classify(res) == DB_RETRY || db_classify(res) == DB_SLOW)) {
		PQclear(res);
		return false;
	}
	/*
	 * Ages count from the end of the statement, so that no source becomes
	 * stale here before it does in the database.
	 */
	sure = PQresultStatus(res) == PGRES_TUPLES_OK &&
	    generation_read(&gen, res, now_monotonic());
	if (sure && !gen.ours)
		sure = false;
	PQclear(res);
	publish(w, &gen, sure);
	if (!sure)
		generation_free(&gen);
	return true;
}

/*
 * Reads the users that changed since then; *res is new, or NULL when they are
 * too many.  False when the connection is lost.
 */
static bool
read_users(struct watch *w, int64_t since, PGresult **res)
{
	static const char sql[] = "SELECT source, login FROM cccp_web.user"
	    " WHERE generation > $1::bigint AND NOT hidden LIMIT $2::bigint";
	char from[24], limit[24];
	const char *const param[] = { from, limit };

	snprintf(from, sizeof(from), "%" PRId64, since);
	snprintf(limit, sizeof(limit), "%d", WATCH_USERS_MAX + 1);
	if ((*res = query(w, sql, 2, param)) == NULL)
		return false;
	if (PQresultStatus(*res) != PGRES_TUPLES_OK ||
	    PQntuples(*res) > WATCH_USERS_MAX) {
		PQclear(*res);
		*res = NULL;
	}
	return true;
}

static void
compose(struct watch *w, struct buf *b, int64_t since, const PGresult *users)
{
	size_t len;
	int row;

	buf_char(b, '{');
	json_add_key(b, "since");
	buf_printf(b, since < 0 ? "null" : "%" PRId64, since);
	pthread_mutex_lock(&w->lock);
	generation_json(b, &w->gen, false, now_monotonic());
	pthread_mutex_unlock(&w->lock);
	len = b->len;
	if (users != NULL) {
		json_add_key(b, "users");
		buf_char(b, '[');
		for (row = 0; row < PQntuples(users); row++) {
			json_add_comma(b);
			buf_char(b, '{');
			json_add_key(b, "source");
			json_add_text(b, PQgetvalue(users, row, 0));
			json_add_key(b, "login");
			json_add_text(b, PQgetvalue(users, row, 1));
			buf_char(b, '}');
		}
		buf_char(b, ']');
	}
	if (b->len > len + USERS_BYTES_MAX)
		b->len = len;		/* very long logins: as too many */
	buf_char(b, '}');
}

/* Is there a change to tell?  Only this thread writes what it reads. */
static bool
to_tell(const struct watch *w)
{
	return w->known && !w->unsure && w->hooks != NULL &&
	    w->told_epoch != w->epoch;
}

/* Tells the hooks of a change.  False when the connection is lost. */
static bool
tell(struct watch *w)
{
	const int64_t began = now_monotonic(), now = w->gen.number;
	const int64_t since = now < w->told ? -1 : w->told;
	PGresult *users = NULL;
	struct buf json = { 0 };
	int64_t gap;

	if (since >= 0 && since < now && w->hooks->wanted(w->hooks->arg) &&
	    !read_users(w, since, &users))
		return false;
	compose(w, &json, since, users);
	PQclear(users);
	pthread_mutex_lock(&w->lock);
	w->told = now;
	if (buf_ok(&json))
		w->hooks->tell(w->hooks->arg, since, now, &json);
	pthread_mutex_unlock(&w->lock);
	buf_free(&json);
	w->told_epoch = w->epoch;
	gap = (now_monotonic() - began) * TELL_SHARE;
	w->tell_at_us = began + (gap > TELL_GAP_US ? gap : TELL_GAP_US);
	return true;
}

/* When the next reading is due; -1: not before somebody asks. */
static int64_t
next_reading(struct watch *w)
{
	bool wanted = w->hooks != NULL && w->hooks->wanted(w->hooks->arg);
	int64_t at = -1;

	pthread_mutex_lock(&w->lock);
	wanted |= now_monotonic() - w->asked_us < WANTED_FOR_US;
	if (w->wanted_us > w->began_us || (wanted && w->notified))
		at = w->began_us + READ_GAP_US;
	else if (wanted)
		at = w->began_us + (w->standby ? STANDBY_EVERY_US :
		    READ_EVERY_US);
	w->idle = at == -1;
	pthread_mutex_unlock(&w->lock);
	return at;
}

static bool
read_notifies(struct watch *w)
{
	PGnotify *n;

	if (!PQconsumeInput(w->conn))
		return false;
	while ((n = PQnotifies(w->conn)) != NULL) {
		w->notified = true;
		PQfreemem(n);
	}
	return true;
}

/* Works until the connection is lost (false), or until told to stop (true). */
static bool
work(struct watch *w)
{
	enum woken woken = WOKEN_TIME;
	int64_t at, now;

	while (woken != WOKEN_STOP) {
		if (!read_notifies(w))
			return false;
		at = next_reading(w);
		now = now_monotonic();
		if (at != -1 && at <= now) {
			if (!read_generation(w))
				return false;
			continue;
		}
		if (to_tell(w)) {
			if (w->tell_at_us <= now) {
				if (!tell(w))
					return false;
				continue;
			}
			if (at == -1 || w->tell_at_us < at)
				at = w->tell_at_us;
		}
		woken = wait_conn(w, POLLIN, at);
	}
	return true;
}

void *
watch_run(void *arg)
{
	struct watch *w = arg;
	int64_t backoff = 0, now;
	bool stop = false;

	while (!stop) {
		w->notified = false;
		if (dial(w) && set_up(w) && read_generation(w)) {
			set_away(w, false);
			backoff = 0;
			stop = work(w);
		} else {
			set_away(w, true);
			backoff = backoff == 0 ? BACKOFF_MIN_US : backoff * 2;
			if (backoff > BACKOFF_MAX_US)
				backoff = BACKOFF_MAX_US;
		}
		PQfinish(w->conn);
		w->conn = NULL;
		pthread_mutex_lock(&w->lock);
		stop |= w->stop;
		pthread_mutex_unlock(&w->lock);
		/*
		 * Other processes lose their connections at the same time:
		 * the random part keeps them from all connecting at once.
		 */
		now = now_monotonic() + backoff / 2 +
		    (backoff > 1 ? random() % (backoff / 2) : 0);
		while (!stop && backoff > 0 && now_monotonic() < now)
			stop = wait_conn(w, 0, now) == WOKEN_STOP;
	}
	return NULL;
}
