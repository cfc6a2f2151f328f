#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "fcgi/access/log.h"
#include "fcgi/access/queue.h"
#include "fcgi/http/json.h"
#include "sql/lib/db.h"
#include "sql/lib/now.h"
#include "sql/lib/throttle.h"

#define STATEMENT_TIMEOUT_MS	5000
#define OPEN_WAIT_MS		1000

struct access_log {
	enum audit_mode	 mode;
	struct db	*db;		/* of the queue's thread, if any */
	struct queue	*queue;		/* NULL: without a thread */
	atomic_uint_fast64_t lost;
	struct throttle	 throttle;
};

const char *const audit_mode_names[AUDIT__MAX] = {
	[AUDIT_OPEN] = "open",
	[AUDIT_CLOSED] = "closed",
};

/* As cccp.log_access() names them. */
static const char *const actions[ACCESS_ACTION__MAX] = {
	[ACCESS_DETAIL] = "detail",
	[ACCESS_HISTORY] = "history",
	[ACCESS_CALLS] = "calls",
	[ACCESS_EXPORT] = "export",
	[ACCESS_PERSON_EXPORT] = "person_export",
	[ACCESS_CONFIG] = "config",
	[ACCESS_AUDIT] = "audit",
};

static void
add(struct buf *b, const char *key, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	json_add_key(b, key);
	json_add_text(b, value);
}

/* The line as a JSON object, with a NUL. */
static void
compose(struct buf *b, const struct access_line *line)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	buf_printf(b, "{\"at\":%lld.%06ld", (long long)now.tv_sec,
	    now.tv_nsec / 1000);
	add(b, "action", actions[line->action]);
	add(b, "reader", line->reader);
	add(b, "role", line->role < ROLE__MAX ? role_names[line->role] : NULL);
	add(b, "address", line->address);
	add(b, "source", line->source);
	add(b, "login", line->login);
	add(b, "query", line->query);
	add(b, "request_id", line->request_id);
	if (line->rows >= 0) {
		json_add_key(b, "rows");
		buf_printf(b, "%ld", line->rows);
	}
	buf_char(b, '}');
	buf_char(b, '\0');
}

/* A queue_send(). */
static bool
send_batch(void *arg, const char *batch)
{
	struct access_log *log = arg;
	const char *const param[] = { batch };
	PGresult *res;

	if (db_query(log->db, "SELECT cccp.log_access($1::jsonb)", 1, param,
	    &res) == DB_OK) {
		PQclear(res);
		return true;
	}
	/* It may be a standby by now: the next one may be the primary. */
	db_leave(log->db);
	return false;
}

struct access_log *
access_log_open(enum audit_mode mode, bool thread)
{
	struct access_log *log = calloc(1, sizeof(*log));

	if (log == NULL)
		return NULL;
	log->mode = mode;
	log->db = db_open("target_session_attrs=read-write", "cccp.fcgi log",
	    false, STATEMENT_TIMEOUT_MS);
	if (log->db != NULL && thread)
		log->queue = queue_start(send_batch, log);
	if (log->db != NULL && (log->queue != NULL || !thread))
		return log;
	db_close(log->db);
	free(log);
	return NULL;
}

/* Counts lines that are lost, and tells once a minute. */
static void
lose(struct access_log *log, size_t n)
{
	unsigned missed;

	if (n == 0)
		return;
	atomic_fetch_add(&log->lost, n);
	if (throttle_due(&log->throttle, now_monotonic(), &missed))
		syslog(LOG_ERR, "access log: lines are lost, %" PRIuFAST64
		    " until now: the database does not take them",
		    atomic_load(&log->lost));
}

void
access_log_close(struct access_log *log)
{
	if (log == NULL)
		return;
	lose(log, queue_stop(log->queue));
	db_close(log->db);
	free(log);
}

/* The line with its end, alone or by the queue. */
static bool
store(struct access_log *log, const struct buf *line)
{
	const bool closed = log->mode == AUDIT_CLOSED;
	struct buf batch = { 0 };
	enum queue_end end = QUEUE_FULL;

	if (log->queue != NULL) {
		end = queue_add(log->queue, line->data, closed ?
		    STATEMENT_TIMEOUT_MS : OPEN_WAIT_MS, closed);
	} else {
		buf_printf(&batch, "[%s]", line->data);
		buf_char(&batch, '\0');
		if (buf_ok(&batch) && send_batch(log, batch.data))
			end = QUEUE_WRITTEN;
		buf_free(&batch);
		db_leave(log->db);	/* the answer may take long */
	}
	if (end == QUEUE_FULL && !closed)
		lose(log, 1);
	return end == QUEUE_WRITTEN || !closed;
}

bool
access_log_write(struct access_log *log, const struct access_line *line)
{
	struct buf text = { 0 };
	bool ok;

	compose(&text, line);
	if (buf_ok(&text)) {
		syslog(LOG_AUTHPRIV | LOG_INFO, "access %s", text.data);
		ok = store(log, &text);
	} else {
		lose(log, 1);
		ok = log->mode != AUDIT_CLOSED;
	}
	buf_free(&text);
	return ok;
}

void
access_log_stats(struct access_log *log, uint64_t *waiting, uint64_t *lost)
{
	*waiting = log->queue != NULL ? queue_waiting(log->queue) : 0;
	*lost = atomic_load(&log->lost);
}
