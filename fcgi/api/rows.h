/*
 * What the handlers of resources have in common whose rows the functions of
 * call.h give and change: /api/v1/grants, /api/v1/views.
 */
#ifndef FCGI_API_ROWS_H
#define FCGI_API_ROWS_H

#include "fcgi/context.h"

/* The reader, as arguments of a function. */
#define ROWS_READER	"reader => $1::text, groups => $2::text[]," \
			" anonymous_role => $3::text"

/* {"name":[{...},...]}: all rows of the statement. */
void	 rows_list(struct context *, const char *name, const char *sql);

/*
 * {"name":{...}}: the row whose key the path names, which is the statement's
 * $4, with its version, the value of a column, as ETag.
 */
void	 rows_one(struct context *, const char *name, const char *sql,
	    const char *version);

/*
 * Adds a row: 201 and {"id":...}, the value that the statement gives.  Its
 * parameters are the reader's and n more, from $4 on.
 */
void	 rows_add(struct context *, const char *sql, int n,
	    const char *const *param);

/*
 * Changes or ends the row whose key the path names: 204.  The key and the
 * version in If-Match are put behind the n parameters, for which param has
 * ROWS_EDIT more places.
 */
#define ROWS_EDIT	2
void	 rows_edit(struct context *, const char *sql, int n,
	    const char **param);

#endif
