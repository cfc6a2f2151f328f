/* Text that several rooms need: URLs and base64.  All pure. */
#ifndef FCGI_HTTP_TEXT_H
#define FCGI_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lib/buf.h"

/*
 * Decodes %XX, and + as a blank when plus is true.  `to` has space for len
 * bytes and may be `from`.  False: a % is without two hexadecimal digits.
 */
bool	 text_decode(char *to, size_t *to_len, const char *from, size_t len,
	    bool plus);

/* Appends text for a path or value: other characters than allowed as %XX. */
void	 text_encode(struct buf *, const char *, size_t len);

/*
 * Base64 for URLs (RFC 4648, section 5), without padding.  Decoding writes at
 * most 3 bytes for 4 characters; false unless encoding gives this text.
 */
#define TEXT_BASE64URL	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
			"0123456789-_"
void	 text_base64(struct buf *, const void *, size_t len);
bool	 text_unbase64(char *to, size_t *to_len, const char *, size_t len);

/* Is it one of these words?  NULL ends them. */
bool	 text_among(const char *, const char *const *words);

/* Is it the key of a row: decimal digits that a bigint can have? */
bool	 text_is_id(const char *);

#endif
