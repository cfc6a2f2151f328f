/*
 * The formats of lists: JSON for a page; CSV and NDJSON for all rows that
 * match, see export.c.
 *
 * CSV is RFC 4180 with a line of column names, in UTF-8, with RFC 3339 times
 * and decimal points.  Its dialect for French spreadsheets has semicolons, a
 * byte order mark, decimal commas, VRAI and FAUX, and times such as
 * 31/01/2026 09:00:00.  There, phone numbers are written in groups of digits,
 * because a spreadsheet takes digits alone for a number.  In both dialects,
 * text that a spreadsheet would take for anything else gets an apostrophe in
 * front, see sheet.h.  A field is quoted when it has a separator of either
 * dialect, a quote, a control character, a blank at an end, or another blank
 * than a space.
 */
#ifndef FCGI_LIST_FORMAT_H
#define FCGI_LIST_FORMAT_H

#include <libpq-fe.h>

#include "sql/lib/buf.h"

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMAT__MAX };
enum dialect { DIALECT_STRICT, DIALECT_EXCEL_FR };

/* The words of the parameters format and csv, by enum; NULL ends them. */
extern const char *const format_words[], *const dialect_words[];

/*
 * What the reader wants: by the parameter, or, when that is NULL, by the header
 * Accept (NULL: none), where JSON comes first.  FORMAT__MAX when the header
 * wants none of our formats.
 */
enum format	 format_choose(const char *word, const char *accept);

/* The Content-Type of a format; a constant. */
const char	*format_type(enum format);

/* By the parameter csv; NULL: DIALECT_STRICT. */
enum dialect	 dialect_choose(const char *word);

/* Between two cells. */
char	 csv_separator(enum dialect);

/* Appends what comes before the line of names. */
void	 csv_begin(struct buf *, enum dialect);

/*
 * Appends one cell of CSV, without a separator; key is its column's.  Here and
 * below, the buffer is marked as failed when memory runs out.
 */
void	 csv_cell(struct buf *, enum dialect, const char *key,
	    const PGresult *, int row, int col);

/* Appends text as a cell, in quotes where they are needed. */
void	 csv_text(struct buf *, const char *, size_t len);

#endif
