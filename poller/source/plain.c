#include <stdio.h>
#include <string.h>

#include "poller/source/plain.h"
#include "sql/lib/utf8.h"

/* Bytes of the character that begins here; 0: it is none to be shown. */
static size_t
character(const char *p, size_t len)
{
	uint32_t c = 0;
	const size_t n = utf8_char(p, len, &c);

	return c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0 : n;
}

void
plain_text(char *out, size_t size, const char *text, size_t len)
{
	size_t n;

	while (len > 0) {
		n = character(text, len);
		if (size <= (n > 0 ? n : 4))
			break;
		if (n > 0) {
			memcpy(out, text, n);
			out += n;
			size -= n;
		} else {
			snprintf(out, size, "\\x%02x",
			    (unsigned char)*text);
			out += 4;
			size -= 4;
			n = 1;
		}
		text += n;
		len -= n;
	}
	*out = '\0';
}
