/*
 * Lists as files: CSV and NDJSON, all rows that match, whatever their number,
 * in constant memory.
 *
 * CSV is RFC 4180 with a line of names, UTF-8, RFC 3339 times and decimal
 * points; or, for a French spreadsheet, with semicolons, a byte order mark,
 * decimal commas, VRAI and FAUX, and dates as 31/01/2026 09:00:00.  There,
 * phone numbers are written in groups, for a spreadsheet takes digits for a
 * number; other text that it would take for one and change, such as 007 or
 * 31/01, gets an apostrophe in front.  In both, so does text that it would run
 * as a formula.
 */
#ifndef FCGI_LIST_EXPORT_H
#define FCGI_LIST_EXPORT_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "sql/lib/buf.h"

struct context;
struct list;

enum export_format { EXPORT_JSON, EXPORT_CSV, EXPORT_NDJSON, EXPORT__MAX };
enum export_dialect { EXPORT_STRICT, EXPORT_EXCEL_FR };

/* The words of the parameters format and csv; NULL ends them. */
extern const char *const export_formats[], *const export_dialects[];

/*
 * What the reader wants: by the parameter, else by Accept (RFC 9110, 12.5.1),
 * where JSON is preferred.  EXPORT__MAX when nothing we have would do.
 */
enum export_format export_choose(const char *format, const char *accept);

/* The Content-Type of a format; a constant. */
const char *export_type(enum export_format);

/* Answers with a list as CSV or NDJSON. */
void	 export_answer(struct context *, const struct list *,
	    enum export_format);

/* One cell, without what separates it; key is the column's. */
void	 csv_cell(struct buf *, enum export_dialect, const char *key,
	    const PGresult *, int row, int col);
/* Text as a cell, in quotes where needed. */
void	 csv_text(struct buf *, enum export_dialect, const char *, size_t len);

#endif
