/*
 * Appends JSON to a buffer.  Only json_add_string() escapes text; the values of
 * PostgreSQL become the JSON type of their column.  When memory runs out, the
 * buffer is marked as failed.
 */
#ifndef FCGI_HTTP_JSON_H
#define FCGI_HTTP_JSON_H

#include <libpq-fe.h>

#include "sql/lib/buf.h"

/* Types in PostgreSQL's catalogue (pg_type.dat); their numbers never change. */
enum {
	OID_BOOL = 16,
	OID_INT8 = 20,
	OID_INT2 = 21,
	OID_INT4 = 23,
	OID_TEXT = 25,
	OID_FLOAT4 = 700,
	OID_FLOAT8 = 701,
	OID_INT4_ARRAY = 1007,
	OID_TEXT_ARRAY = 1009,
	OID_VARCHAR = 1043,
	OID_TIMESTAMPTZ = 1184,
	OID_NUMERIC = 1700,
	OID_JSONB = 3802
};

/* Text in quotes; bytes that are not UTF-8 become U+FFFD. */
void	 json_add_string(struct buf *, const char *, size_t len);
void	 json_add_text(struct buf *, const char *);	/* NULL: null */

/* "name": with a comma before it where one is needed. */
void	 json_add_key(struct buf *, const char *name);

/* A comma, unless the object or array has just been opened. */
void	 json_add_comma(struct buf *);

/*
 * The value at row and column: a number, a boolean, an array, JSON, a time as
 * RFC 3339 (DateStyle must be ISO) or a string; NULL, NaN and infinity as null.
 */
void	 json_add_value(struct buf *, const PGresult *, int row, int column);

/*
 * The duration at row and column, which is not negative, in whole seconds,
 * rounded down: what has not passed is not shown.  NULL, NaN and infinity as
 * null.
 */
void	 json_add_seconds(struct buf *, const PGresult *, int row, int column);

/* "2026-01-10 09:12:03.12+01" as "2026-01-10T09:12:03.12+01:00". */
void	 json_add_time(struct buf *, const char *, size_t len);

/* {...}: a row, with the columns from col on under their names. */
void	 json_add_row(struct buf *, const PGresult *, int row, int col);

/*
 * "name":[{...},...] with a comma before it where one is needed: each row is an
 * object, with the columns from col on under their names.  Rows whose column
 * col is null are left out.
 */
void	 json_add_rows(struct buf *, const char *name, const PGresult *,
	    int col);

/* {Élodie,"two words",NULL} as ["Élodie","two words",null]. */
void	 json_add_array(struct buf *, const char *, size_t len);

#endif
