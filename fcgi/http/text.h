/*
 * Small things about bytes that several rooms here need: percent signs and
 * base64 of addresses.  All pure.
 */
#ifndef FCGI_HTTP_TEXT_H
#define FCGI_HTTP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lib/buf.h"

/*
 * Decodes %XX, and + as a blank when plus is true.  Writes to `to`, which has
 * room for len bytes and may be `from`.  False on a % without two hex digits.
 */
bool	 text_decode(char *to, size_t *to_len, const char *from, size_t len,
	    bool plus);

/* Appends what may stand unescaped in a path or value, the rest as %XX. */
void	 text_encode(struct buf *, const char *, size_t len);

/*
 * Base64 for addresses (RFC 4648, section 5), without padding.  Decoding
 * writes at most 3 bytes for 4; false unless the text is just what encoding
 * gives.
 */
#define TEXT_BASE64URL	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
			"0123456789-_"
void	 text_base64(struct buf *, const void *, size_t len);
bool	 text_unbase64(char *to, size_t *to_len, const char *, size_t len);

/* Is it one of these words, which NULL ends? */
bool	 text_among(const char *, const char *const *words);

#endif
