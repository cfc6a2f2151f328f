#include <stddef.h>

#include "sql/lib/conn.h"

void
conn_keywords(const char *conninfo, const char *application,
    const char **keywords, const char **values)
{
	/* Settings after dbname replace those of conninfo. */
	const char *const pairs[CONN_KEYWORDS][2] = {
		{ "fallback_application_name", application },
		{ "dbname", conninfo },
		{ "client_encoding", "UTF8" },
	};
	size_t i;

	for (i = 0; i < CONN_KEYWORDS; i++) {
		keywords[i] = pairs[i][0];
		values[i] = pairs[i][1];
	}
}

static void
ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

void
conn_prepare(PGconn *conn)
{
	PQsetErrorVerbosity(conn, PQERRORS_TERSE);
	PQsetErrorContextVisibility(conn, PQSHOW_CONTEXT_NEVER);
	PQsetNoticeReceiver(conn, ignore_notice, NULL);
}
