/*
 * What all our connections to PostgreSQL have in common.
 */
#ifndef SQL_LIB_CONN_H
#define SQL_LIB_CONN_H

#include <libpq-fe.h>

/*
 * Fills keywords and values for PQconnectdbParams() and PQconnectStartParams()
 * with expand_dbname 1.  conninfo may be "".  application is the name that
 * pg_stat_activity shows, unless conninfo names another.  Text is UTF-8.
 *
 * Both arrays hold CONN_KEYWORDS pointers, borrowed from the arguments.  The
 * unused ones at the end, at least one, are NULL.
 */
#define CONN_KEYWORDS	4
void	 conn_keywords(const char *conninfo, const char *application,
	    const char **keywords, const char **values);

/*
 * Call it once, when the connection is made.  Errors then are one line without
 * DETAIL and CONTEXT, which hold values of rows; notices are ignored.
 */
void	 conn_prepare(PGconn *);

#endif
