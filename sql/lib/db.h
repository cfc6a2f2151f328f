/*
 * Queries to PostgreSQL that wait for their result.
 *
 * Settings are libpq's own: a conninfo (it may name several hosts), service
 * files, PG* variables.  A struct db is one connection and the statements
 * prepared on it.  db_query() connects when there is no connection, so
 * db_open() needs no server.  Connecting takes at most the time that dial.h
 * says, for each name and address; after a failure, calls return DB_RETRY at
 * once for half a second.
 *
 * Failures are logged here, once (syslog(3)), without values of rows: callers
 * only decide what to do next.  That the server is away is logged once a minute
 * for the whole process.  A struct db is for one thread at a time.
 */
#ifndef SQL_LIB_DB_H
#define SQL_LIB_DB_H

#include <libpq-fe.h>
#include <stdbool.h>

/* What a caller can do about a failure. */
enum db_err {
	DB_OK,
	DB_RETRY,	/* server away or busy: try later, answer 503 */
	DB_SLOW,	/* the statement took too long: ask for less */
	DB_REFUSED,	/* the values are not allowed: answer 400 */
	DB_BUG,		/* SQL, rights or schema are wrong: answer 500 */
	DB_ERR__MAX
};

struct db;

/*
 * conninfo and application (shown in pg_stat_activity) are borrowed until
 * db_close().  read_only: every transaction is.  A statement may take
 * timeout_ms, 4/5 of it for a lock; 0: without limit.  Then it is DB_SLOW, or
 * DB_RETRY while it waits for a lock.  When the server does not end it, it is
 * given up 2 seconds later, with the connection.  NULL: out of memory.
 */
struct db	*db_open(const char *conninfo, const char *application,
		    bool read_only, unsigned timeout_ms);
void		 db_close(struct db *);		/* NULL is fine */

/* Is there a connection?  It may be lost without being known to be. */
bool		 db_connected(const struct db *);

/*
 * What the next statements of db_query() may see: the settings cccp.scope and
 * cccp.need of their transaction, which the views of schema cccp_web read.
 * They are sent together with the statement, in one round trip.  NULL for
 * scope: not set, so that these views have no rows.  Both are borrowed until
 * the next call; need is not NULL unless scope is.
 */
void		 db_scope(struct db *, const char *scope, const char *need);

/*
 * Runs one statement as its own transaction.  It is prepared on first use and
 * kept; beyond DB_STATEMENTS_MAX the least recently used is dropped.  param
 * holds n strings or NULLs, all borrowed; results are text.  On DB_OK *res is
 * new and the caller's to PQclear(); on anything else it is NULL.
 *
 * When the connection is found to be lost, a read_only db connects again and
 * repeats the statement once; another returns DB_RETRY, as the statement may
 * have been committed.
 */
#define DB_STATEMENTS_MAX	256
enum db_err	 db_query(struct db *, const char *sql, int n,
		    const char *const *param, PGresult **res)
		    __attribute__((warn_unused_result));

/*
 * The same for a statement of a transaction that db_query() has begun with
 * BEGIN.  It is not prepared, and never repeated on another connection.  It sees
 * what the transaction's own settings say, not those of db_scope().
 */
enum db_err	 db_step(struct db *, const char *sql, int n,
		    const char *const *param, PGresult **res)
		    __attribute__((warn_unused_result));

/*
 * Of the last failure of a statement: its SQLSTATE, and the name of the
 * constraint that refused a value.  "" where there is none, as when the
 * connection failed.  Borrowed until the next statement.
 */
const char	*db_sqlstate(const struct db *);
const char	*db_constraint(const struct db *);

/* Closes the connection, if there is one.  The next db_query() connects. */
void		 db_leave(struct db *);

/* The class of a failed result.  NULL or without SQLSTATE: DB_RETRY. */
enum db_err	 db_classify(const PGresult *);

#endif
