#include <errno.h>
#include <poll.h>
#include <stdbool.h>

#include "sql/lib/now.h"
#include "sql/lib/reply.h"

/* False: the time is over.  PQgetResult() tells that the connection is lost. */
static bool
await_ready(PGconn *conn, int64_t until_us)
{
	struct pollfd pfd = { .fd = PQsocket(conn), .events = POLLIN };
	int64_t left = -1;
	int rc;

	while (PQisBusy(conn)) {
		if (until_us != 0) {
			left = (until_us - now_monotonic()) / 1000;
			if (left <= 0)
				return false;
		}
		rc = poll(&pfd, 1, (int)left);
		if (rc == -1 && errno != EINTR)
			return false;
		if (rc > 0 && !PQconsumeInput(conn))
			return true;
	}
	return true;
}

PGresult *
reply_await(PGconn *conn, int64_t until_us)
{
	PGresult *res = NULL, *next;

	for (;;) {
		if (!await_ready(conn, until_us)) {
			PQclear(res);
			return NULL;
		}
		if ((next = PQgetResult(conn)) == NULL)
			return res;
		PQclear(res);
		res = next;
	}
}

bool
reply_ok(const PGresult *res)
{
	return PQresultStatus(res) == PGRES_TUPLES_OK ||
	    PQresultStatus(res) == PGRES_COMMAND_OK;
}

PGresult *
reply_await_pipeline(PGconn *conn, int64_t until_us, size_t *done)
{
	PGresult *res = NULL, *next;
	bool ended = false, failed = false;

	*done = 0;
	while (!ended) {
		if (!await_ready(conn, until_us)) {
			PQclear(res);
			return NULL;
		}
		next = PQgetResult(conn);
		if (next == NULL && PQstatus(conn) != CONNECTION_OK)
			return res;
		ended = PQresultStatus(next) == PGRES_PIPELINE_SYNC;
		/* NULL ends each statement; those after a failure do not run. */
		if (next == NULL || ended || failed) {
			PQclear(next);
			continue;
		}
		PQclear(res);
		res = next;
		failed = !reply_ok(res);
		*done += !failed;
	}
	if (PQexitPipelineMode(conn))
		return res;
	PQclear(res);
	return NULL;
}
