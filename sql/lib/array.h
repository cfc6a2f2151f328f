/*
 * PostgreSQL's array literals, {"a","b"}: array_begin(), array_add() for each
 * element, array_end().
 */
#ifndef SQL_LIB_ARRAY_H
#define SQL_LIB_ARRAY_H

#include "sql/lib/buf.h"

void	 array_begin(struct buf *);
/* Always in quotes: so "" is the empty text, and "NULL" is a text too. */
void	 array_add(struct buf *, const char *text);
void	 array_end(struct buf *);

#endif
