#include <stdio.h>
#include <string.h>

#include "poller/source/plain.h"

/* Bytes of the character that begins here; 0: it is none to be shown. */
static size_t
character(const unsigned char *p, size_t len)
{
	static const unsigned least[] = { 0, 0x20, 0xa0, 0x800, 0x10000 };
	unsigned c = *p;
	size_t n, i;

	n = c < 0x80 ? 1 : c >= 0xf0 && c < 0xf5 ? 4 : c >= 0xe0 && c < 0xf0 ?
	    3 : c >= 0xc0 && c < 0xe0 ? 2 : 0;
	if (n == 0 || n > len || c == 0x7f)
		return 0;
	if (n > 1)
		c &= 0x7fU >> n;
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ?
	    0 : n;
}

void
plain_text(char *out, size_t size, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n;

	while (len > 0) {
		n = character(p, len);
		if (size <= (n > 0 ? n : 4))
			break;
		if (n > 0) {
			memcpy(out, p, n);
			out += n;
			size -= n;
		} else {
			snprintf(out, size, "\\x%02x", *p);
			out += 4;
			size -= 4;
			n = 1;
		}
		p += n;
		len -= n;
	}
	*out = '\0';
}
