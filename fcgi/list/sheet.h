/*
 * What a spreadsheet in French does to text.  The rules are those of
 * LibreOffice, and a little stricter; tests/fcgi/list/spreadsheet.bats asks it.
 */
#ifndef FCGI_LIST_SHEET_H
#define FCGI_LIST_SHEET_H

#include <stddef.h>

#include "sql/lib/buf.h"

/*
 * The length of the blank or control character at s, which has len bytes left;
 * 0 when there is another character or none.
 */
size_t	 sheet_blank(const char *s, size_t len);

/*
 * Appends a text with an apostrophe before what a spreadsheet would take for a
 * formula, number, percentage, date, time or boolean: the text as a whole, and
 * each part of it behind a separator of CSV, since the spreadsheet may take
 * another separator than the file has.  A phone number in groups of digits,
 * such as +33 1 99 00 12 34, is text for it and stays.
 */
void	 sheet_guard(struct buf *, const char *s, size_t len);

#endif
