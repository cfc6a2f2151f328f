#include "sql/lib/utf8.h"

size_t
utf8_length(char first)
{
	const unsigned char c = (unsigned char)first;

	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	return c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
}

size_t
utf8_char(const char *p, size_t len, uint32_t *point)
{
	/* The lowest code point that needs so many bytes. */
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const size_t n = len > 0 ? utf8_length(*p) : 0;
	uint32_t c;
	size_t i;

	if (n == 0 || n > len)
		return 0;
	c = (unsigned char)*p & (n == 1 ? 0x7fu : 0x7fu >> n);
	for (i = 1; i < n; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | ((unsigned char)p[i] & 0x3f);
	}
	if (c < lowest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	if (point != NULL)
		*point = c;
	return n;
}

bool
utf8_valid(const char *p, size_t len)
{
	size_t n;

	for (; len > 0; p += n, len -= n)
		if (*p == '\0' || (n = utf8_char(p, len, NULL)) == 0)
			return false;
	return true;
}

bool
utf8_is_space(uint32_t c)
{
	switch (c) {
	case ' ':
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return true;
	default:
		return (c >= '\t' && c <= '\r') || (c >= 0x2000 && c <= 0x200a);
	}
}

void
utf8_add(struct buf *b, uint32_t c)
{
	char bytes[UTF8_MAX];
	const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	size_t i;

	for (i = n - 1; i > 0; i--, c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3f));
	bytes[0] = (char)(n == 1 ? c : (0xf00u >> n & 0xff) | c);
	buf_add(b, bytes, n);
}
