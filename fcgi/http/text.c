#include <string.h>

#include "fcgi/http/text.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
text_decode(char *to, size_t *to_len, const char *from, size_t len, bool plus)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		if (from[i] == '+' && plus) {
			to[n++] = ' ';
		} else if (from[i] != '%') {
			to[n++] = from[i];
		} else {
			if (len - i < 3 || hex(from[i + 1]) < 0 ||
			    hex(from[i + 2]) < 0)
				return false;
			to[n++] = (char)(hex(from[i + 1]) * 16 +
			    hex(from[i + 2]));
			i += 2;
		}
	}
	*to_len = n;
	return true;
}

void
text_encode(struct buf *b, const char *p, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~,/";
	unsigned char c;

	for (; len > 0; p++, len--) {
		c = (unsigned char)*p;
		if (c != '\0' && strchr(plain, c) != NULL) {
			buf_char(b, *p);
		} else {
			buf_char(b, '%');
			buf_char(b, digits[c >> 4]);
			buf_char(b, digits[c & 15]);
		}
	}
}

void
text_base64(struct buf *b, const void *data, size_t len)
{
	const unsigned char *p = data;
	unsigned bits = 0, n = 0;

	for (; len > 0; len--) {
		bits = bits << 8 | *p++;
		for (n += 8; n >= 6; n -= 6)
			buf_char(b, TEXT_BASE64URL[bits >> (n - 6) & 63]);
	}
	if (n > 0)
		buf_char(b, TEXT_BASE64URL[bits << (6 - n) & 63]);
}

bool
text_unbase64(char *to, size_t *to_len, const char *from, size_t len)
{
	unsigned bits = 0, n = 0;
	const char *at;

	for (*to_len = 0; len > 0; len--) {
		if (*from == '\0' ||
		    (at = strchr(TEXT_BASE64URL, *from++)) == NULL)
			return false;
		bits = bits << 6 | (unsigned)(at - TEXT_BASE64URL);
		if ((n += 6) >= 8) {
			n -= 8;
			to[(*to_len)++] = (char)(bits >> n & 255);
		}
	}
	return n < 6 && (bits & ((1u << n) - 1)) == 0;
}

bool
text_among(const char *s, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(*words, s) == 0)
			return true;
	return false;
}

bool
text_is_id(const char *s)
{
	const size_t len = strspn(s, "0123456789");

	return len > 0 && len <= 18 && s[len] == '\0';
}
