/*
 * JSON appended byte by byte.  The one escaper of this output context is
 * json_string(); what PostgreSQL sends as text becomes the JSON type that its
 * column has.
 */
#ifndef FCGI_HTTP_JSON_H
#define FCGI_HTTP_JSON_H

#include <libpq-fe.h>

#include "sql/lib/buf.h"

/* In quotes; bytes that are not UTF-8 become U+FFFD. */
void	 json_string(struct buf *, const char *, size_t len);
void	 json_text(struct buf *, const char *);	/* NULL: null */

/* "name": with the comma that separates it from what stands before it. */
void	 json_key(struct buf *, const char *name);

/* A comma, unless what is being built has just been opened. */
void	 json_next(struct buf *);

/*
 * The value at row and column: numbers, booleans, arrays, and times
 * as RFC 3339, so DateStyle must be ISO; NULL, NaN and infinity as null.
 */
void	 json_value(struct buf *, const PGresult *, int row, int column);

/* "2026-01-10 09:12:03.12+01" as "2026-01-10T09:12:03.12+01:00". */
void	 json_time(struct buf *, const char *, size_t len);

/*
 * "name":[{...},...]: rows as objects, the columns from col on under their
 * names; with the comma before it.
 */
void	 json_rows(struct buf *, const char *name, const PGresult *, int col);

/* {Élodie,"two words",NULL} as ["Élodie","two words",null]. */
void	 json_array(struct buf *, const char *, size_t len);

#endif
