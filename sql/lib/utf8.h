/*
 * UTF-8 (RFC 3629): reading, checking and writing characters.
 *
 * A character is a code point from U+0000 to U+10FFFF, without the surrogates
 * U+D800 to U+DFFF, in its shortest form.  PostgreSQL takes the same ones,
 * except for U+0000.
 */
#ifndef SQL_LIB_UTF8_H
#define SQL_LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

#define UTF8_MAX	4	/* bytes of the longest character */

/*
 * The length (1 to 4) of a character that begins with this byte; 0 when none
 * does.
 */
size_t	 utf8_length(char first);

/*
 * The length (1 to 4) of the character at p, which has len bytes left.  Its
 * code point is stored in *point, unless point is NULL.  0: there is no whole
 * character; *point is unchanged.  Reads no byte after the first one that does
 * not fit, so len may be UTF8_MAX in a text that ends with a zero byte.
 */
size_t	 utf8_char(const char *p, size_t len, uint32_t *point);

/* Are the len bytes nothing but characters, without U+0000? */
bool	 utf8_valid(const char *p, size_t len);

/* Does Unicode call it White_Space?  Such are the ends of words. */
bool	 utf8_is_space(uint32_t point);

/* Appends a character; point must be one. */
void	 utf8_add(struct buf *, uint32_t point);

#endif
