/*
 * The one door to PostgreSQL, shared by fcgi/ and poller/.
 *
 * Settings are libpq's own: a conninfo (several hosts are fine), service
 * files, PG* variables.  A struct db is one connection and the statements
 * prepared on it.  It is opened lazily and reopened after a loss, so
 * db_open() never fails for want of a server; the first db_query() does.
 * Failures are logged here, once (syslog(3)), without row values: callers
 * only decide what to do next.
 */
#ifndef SQL_DB_H
#define SQL_DB_H

#include <libpq-fe.h>
#include <stdbool.h>

/* What a caller can do about it; not what went wrong. */
enum db_err {
	DB_OK,
	DB_RETRY,	/* server away or busy: try later, answer 503 */
	DB_REFUSED,	/* a constraint said no: bad input, answer 400 */
	DB_BUG,		/* our SQL, rights or schema are wrong: answer 500 */
	DB_ERR__MAX
};

struct db;

/*
 * conninfo and application (shown in pg_stat_activity) are borrowed until
 * db_close().  read_only: every transaction is, and has the statement_timeout
 * of timeout_ms.  NULL only when out of memory.
 */
struct db	*db_open(const char *conninfo, const char *application,
		    bool read_only, unsigned timeout_ms);
void		 db_close(struct db *);		/* NULL is fine */

/* Is there a connection, as far as is known without asking? */
bool		 db_connected(const struct db *);

/*
 * Runs one statement as its own transaction, prepared on first use and kept
 * (at most DB_STATEMENTS_MAX, the oldest goes).  param holds n strings or
 * NULLs, all borrowed; results are text.  On DB_OK *res is new and the
 * caller's to PQclear(); on anything else it is NULL.
 */
#define DB_STATEMENTS_MAX	256
enum db_err	 db_query(struct db *, const char *sql, int n,
		    const char *const *param, PGresult **res)
		    __attribute__((warn_unused_result));

/*
 * The same for one statement of a transaction that db_query() has begun with
 * BEGIN: not prepared, and never run again on another connection.
 */
enum db_err	 db_step(struct db *, const char *sql, int n,
		    const char *const *param, PGresult **res)
		    __attribute__((warn_unused_result));

/*
 * For who drives libpq without waiting, see dial.h: the keywords that every
 * connection is made with, and what has to be set once it is up (terse errors,
 * no notices).  keywords and values hold DB_KEYWORDS pointers, borrowed from
 * the arguments; the rest of them are NULL.
 */
#define DB_KEYWORDS	4
void		 db_keywords(const char *conninfo, const char *application,
		    const char **keywords, const char **values);
void		 db_prepare(PGconn *);

/* By SQLSTATE class; NULL or a result without one is DB_RETRY. */
enum db_err	 db_classify(const PGresult *);

#endif
