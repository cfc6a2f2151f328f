/* Checks the database: connection, schema, rights, clock and sources. */
#include <libpq-fe.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/doctor/database.h"
#include "sql/lib/conn.h"
#include "sql/lib/db.h"
#include "sql/lib/now.h"
#include "sql/lib/schema.h"

/* A larger difference between clocks, in seconds, is a finding. */
#define CLOCK_S		2.0
#define SKEW_S		5.0
/* Hours; the poller drops old history every 6 hours. */
#define PURGE_H		48.0

static const char sql_settle[] =
    "SELECT set_config('default_transaction_read_only', 'on', false),"
    " set_config('statement_timeout', '5s', false),"
    " set_config('cccp.scope', 'whole', false),"
    " current_setting('server_version'), current_user, current_database(),"
    " pg_is_in_recovery()";

/* Needs no rights. */
static const char sql_schema[] =
    "SELECT 1 FROM pg_namespace WHERE nspname = 'cccp'";

static const char sql_version[] = "SELECT cccp.schema_version()";

/*
 * What the handler needs, and all that sql/ grants to cccp_web: the relations
 * and functions that its statements name, and the functions in its views,
 * which run with the reader's rights.
 */
#define NEEDED \
    "cccp.access_clock, cccp.access_grants(), cccp.agent_counts()," \
    " cccp.change_access(), cccp.change_view(), cccp.clock," \
    " cccp.country_codes(), cccp.counts(), cccp.delete_view()," \
    " cccp.end_access(), cccp.export_person(), cccp.fold()," \
    " cccp.forget_agent(), cccp.grant_access(), cccp.is_stale()," \
    " cccp.log_access(), cccp.long_place(), cccp.mask_number()," \
    " cccp.migration, cccp.pattern(), cccp.patterns(), cccp.queue_counts()," \
    " cccp.retention, cccp.save_view(), cccp.saved_views()," \
    " cccp.schema_version(), cccp.scope_calls(), cccp.scope_has_login()," \
    " cccp.scope_of(), cccp.scope_queues(), cccp.scope_sources()," \
    " cccp.scope_users(), cccp.search_key(), cccp.seconds_between()," \
    " cccp.seconds_of_day(), cccp.seconds_since(), cccp.turned_away()," \
    " cccp_audit.consultation, cccp_web.agent_now, cccp_web.call," \
    " cccp_web.call_part, cccp_web.queue, cccp_web.queue_part," \
    " cccp_web.queue_sample, cccp_web.queue_sample_part, cccp_web.source," \
    " cccp_web.source_defect, cccp_web.source_defect_part," \
    " cccp_web.source_part, cccp_web.source_state, cccp_web.user," \
    " cccp_web.user_part, cccp_web.user_state, cccp_web.user_state_part"

/* Those of them that are not there, or that the role may not use. */
static const char sql_unusable[] =
    "WITH usable AS (SELECT format('%s.%s', nspname, relname) AS name"
    " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace"
    " WHERE has_schema_privilege(n.oid, 'USAGE')"
    " AND has_table_privilege(c.oid, 'SELECT')"
    " UNION ALL SELECT format('%s.%s()', nspname, proname)"
    " FROM pg_proc AS f JOIN pg_namespace AS n ON n.oid = pronamespace"
    " WHERE has_schema_privilege(n.oid, 'USAGE')"
    " AND has_function_privilege(f.oid, 'EXECUTE'))"
    " SELECT string_agg(name, ', ' ORDER BY name)"
    " FROM (SELECT unnest('{" NEEDED "}'::text[]) EXCEPT TABLE usable)"
    " AS x (name)";

/*
 * Everything that the role, or a role that it could become, may change in
 * this database: tables and views, also single columns; sequences; what it
 * may create; functions that write with the rights of their owner, except those
 * that handlers call.
 */
static const char sql_writable[] =
    "WITH me AS (SELECT * FROM pg_roles WHERE rolname = current_user),"
    " role AS (SELECT r.oid FROM pg_roles AS r, me"
    " WHERE NOT me.rolsuper AND pg_has_role(me.oid, r.oid, 'MEMBER')),"
    " schema AS (SELECT oid, nspname FROM pg_namespace"
    " WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),"
    " may AS (SELECT 0 AS rank, 'everything (superuser)' AS what FROM me"
    " WHERE rolsuper"
    " UNION SELECT 1, 'CREATEROLE' FROM me WHERE rolcreaterole"
    " AND NOT rolsuper"
    " UNION SELECT 1, 'CREATEDB' FROM me WHERE rolcreatedb AND NOT rolsuper"
    " UNION SELECT 2, format('database %I (CREATE)', current_database())"
    " FROM role WHERE has_database_privilege(oid, current_database(),"
    " 'CREATE')"
    " UNION SELECT 2, format('schema %I (CREATE)', nspname)"
    " FROM schema, role WHERE has_schema_privilege(role.oid, schema.oid,"
    " 'CREATE')"
    " UNION SELECT 3, format('%I.%I (%s)', nspname, relname,"
    " string_agg(DISTINCT p, ', '))"
    " FROM pg_class AS c JOIN schema ON schema.oid = relnamespace, role,"
    " unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p"
    " WHERE relkind IN ('r', 'p', 'v', 'm', 'f')"
    " AND CASE WHEN p IN ('INSERT', 'UPDATE')"
    " THEN has_any_column_privilege(role.oid, c.oid, p)"
    " ELSE has_table_privilege(role.oid, c.oid, p) END"
    " GROUP BY nspname, relname"
    " UNION SELECT 4, format('sequence %I.%I', nspname, relname)"
    " FROM pg_class AS c JOIN schema ON schema.oid = relnamespace, role"
    " WHERE CASE WHEN relkind = 'S'"
    " THEN has_sequence_privilege(role.oid, c.oid, 'USAGE, UPDATE') END"
    " UNION SELECT 5, format('%I.%I()', nspname, proname)"
    " FROM pg_proc AS f JOIN schema ON schema.oid = pronamespace, role"
    " WHERE prosecdef AND provolatile = 'v'"
    " AND NOT (nspname = 'cccp' AND proname = ANY ('{log_access, save_view,"
    " change_view, delete_view, forget_agent, export_person, grant_access,"
    " change_access, end_access}'))"
    " AND has_function_privilege(role.oid, f.oid, 'EXECUTE'))"
    " SELECT string_agg(what, ', ' ORDER BY rank, what)"
    " || CASE WHEN max(n) > 6 THEN ', …' ELSE '' END FROM ("
    "SELECT *, count(*) OVER () AS n FROM may ORDER BY rank, what LIMIT 6) m";

static const char sql_clock[] =
    "SELECT extract(epoch FROM clock_timestamp())";

static const char sql_purge[] =
    "SELECT round(extract(epoch FROM now() - min(purged_at)) / 3600, 1),"
    " string_agg(class, ', ' ORDER BY class) FILTER (WHERE error IS NOT NULL),"
    " bool_or(purged_at IS NULL) FROM cccp.retention";

static const char sql_sources[] =
    "SELECT source, status, round(age_seconds::numeric, 1),"
    " coalesce(error, '–'), clock_skew_s, coalesce(users, 0),"
    " (SELECT string_agg(format('%s × %s %s %s', d.count, kind, list, path),"
    " ', ' ORDER BY kind, list, path) FROM cccp_web.source_defect AS d"
    " WHERE d.source = s.source)"
    " FROM cccp_web.source AS s ORDER BY source";

/* A new result with rows; or NULL, and the error has been said. */
static PGresult *
ask(struct doctor *d, PGconn *conn, const char *sql)
{
	PGresult *res = PQexec(conn, sql);

	if (PQresultStatus(res) == PGRES_TUPLES_OK)
		return res;
	doctor_say(d, FOUND_QUERY_FAILED, PQerrorMessage(conn));
	PQclear(res);
	return NULL;
}

static PGconn *
connect_as(struct doctor *d, const char *role)
{
	const char *keywords[CONN_KEYWORDS], *values[CONN_KEYWORDS];
	PGconn *conn;
	PGresult *res;

	conn_keywords("", "cccp-doctor", keywords, values);
	conn = PQconnectdbParams(keywords, values, 1);
	if (PQstatus(conn) != CONNECTION_OK) {
		doctor_say(d, FOUND_NO_CONNECTION, role, conn == NULL ?
		    "out of memory" : PQerrorMessage(conn));
		PQfinish(conn);
		return NULL;
	}
	conn_prepare(conn);
	if ((res = ask(d, conn, sql_settle)) == NULL) {
		PQfinish(conn);
		return NULL;
	}
	doctor_say(d, FOUND_CONNECTED, PQgetvalue(res, 0, 3),
	    PQgetvalue(res, 0, 4), PQgetvalue(res, 0, 5));
	if (*PQgetvalue(res, 0, 6) == 't')
		doctor_say(d, FOUND_STANDBY);
	PQclear(res);
	return conn;
}

enum schema { SCHEMA_OURS, SCHEMA_OTHER, SCHEMA_UNKNOWN };

/* Is it there, and ours?  Unknown: rights that are missing may be why. */
static enum schema
check_schema(struct doctor *d, PGconn *conn)
{
	const char *is;
	PGresult *res = ask(d, conn, sql_schema);
	const int rows = res == NULL ? -1 : PQntuples(res);
	bool ours;

	PQclear(res);
	if (rows == 0) {
		doctor_say(d, FOUND_SCHEMA_NONE);
		return SCHEMA_OTHER;
	}
	if (rows != 1 || (res = ask(d, conn, sql_version)) == NULL)
		return SCHEMA_UNKNOWN;
	is = PQgetvalue(res, 0, 0);
	ours = schema_is_ours(is);
	doctor_say(d, ours ? FOUND_SCHEMA : schema_is_newer(is) ?
	    FOUND_SCHEMA_NEW : FOUND_SCHEMA_OLD, is, schema_ours);
	PQclear(res);
	return ours ? SCHEMA_OURS : SCHEMA_OTHER;
}

/* Says what the statement finds, or that it finds nothing. */
static bool
check_rights(struct doctor *d, PGconn *conn, const char *sql,
    enum finding none, enum finding some)
{
	PGresult *res = ask(d, conn, sql);
	bool nothing;

	if (res == NULL)
		return false;
	nothing = PQgetisnull(res, 0, 0);
	doctor_say(d, nothing ? none : some, PQuser(conn),
	    PQgetvalue(res, 0, 0));
	PQclear(res);
	return nothing;
}

static double
now_s(void)
{
	return (double)now_real() / 1e6;
}

/* Exact to half the time that the statement takes. */
static void
check_clock(struct doctor *d, PGconn *conn)
{
	const double before = now_s();
	PGresult *res = ask(d, conn, sql_clock);
	const double after = now_s();
	double off;
	char text[32];

	if (res == NULL)
		return;
	off = strtod(PQgetvalue(res, 0, 0), NULL) - (before + after) / 2;
	PQclear(res);
	snprintf(text, sizeof(text), "%.1f", fabs(off));
	doctor_say(d, fabs(off) - (after - before) / 2 > CLOCK_S ?
	    FOUND_CLOCK_OFF : FOUND_CLOCK, text);
}

static void
check_purge(struct doctor *d, PGconn *conn)
{
	PGresult *res = ask(d, conn, sql_purge);
	const char *age;

	if (res == NULL)
		return;
	age = PQgetvalue(res, 0, 0);
	if (!PQgetisnull(res, 0, 1))
		doctor_say(d, FOUND_PURGE_FAILED, PQgetvalue(res, 0, 1));
	else if (*PQgetvalue(res, 0, 2) == 't')
		doctor_say(d, FOUND_PURGE_NEVER);
	else
		doctor_say(d, strtod(age, NULL) > PURGE_H ?
		    FOUND_PURGE_LATE : FOUND_PURGE, age);
	PQclear(res);
}

static void
check_source(struct doctor *d, const PGresult *res, int row)
{
	const char *name = PQgetvalue(res, row, 0);
	const char *status = PQgetvalue(res, row, 1);
	const char *age = PQgetisnull(res, row, 2) ? "–" :
	    PQgetvalue(res, row, 2);
	const double skew = strtod(PQgetvalue(res, row, 4), NULL);
	char text[32];

	if (strcmp(status, "connecting") == 0)
		doctor_say(d, FOUND_SOURCE_WAITS, name);
	else if (strcmp(status, "live") != 0)
		doctor_say(d, FOUND_SOURCE_BAD, name, status, age,
		    PQgetvalue(res, row, 3));
	else
		doctor_say(d, FOUND_SOURCE, name, age,
		    PQgetvalue(res, row, 5));
	if (fabs(skew) > SKEW_S) {
		snprintf(text, sizeof(text), "%.1f", skew);
		doctor_say(d, FOUND_SKEW, name, text);
	}
	if (!PQgetisnull(res, row, 6))
		doctor_say(d, FOUND_DEFECTS, name, PQgetvalue(res, row, 6));
}

static void
check_sources(struct doctor *d, PGconn *conn)
{
	PGresult *res = ask(d, conn, sql_sources);
	int row;

	if (res == NULL)
		return;
	for (row = 0; row < PQntuples(res); row++)
		check_source(d, res, row);
	if (row == 0)
		doctor_say(d, FOUND_NO_SOURCES);
	PQclear(res);
}

void
doctor_database(struct doctor *d)
{
	const char *role = getenv("PGUSER");
	PGconn *conn = connect_as(d, role != NULL ? role : "–");
	bool reads = false;

	if (conn == NULL)
		return;
	if (check_schema(d, conn) != SCHEMA_OTHER)
		reads = check_rights(d, conn, sql_unusable, FOUND_READS,
		    FOUND_UNUSABLE);
	check_rights(d, conn, sql_writable, FOUND_NO_WRITES, FOUND_WRITES);
	check_clock(d, conn);
	if (reads) {
		check_purge(d, conn);
		check_sources(d, conn);
	}
	PQfinish(conn);
}
