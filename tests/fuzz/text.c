/* Values as JSON snapshots hold them. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/value.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* PostgreSQL takes no other bytes for UTF-8: none may be cut in two. */
static void
check_utf8(const struct buf *b)
{
	size_t i = 0, n;
	unsigned char c;

	while (i < b->len) {
		c = (unsigned char)b->data[i++];
		n = c < 0x80 ? 0 : c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
		for (; n > 0; n--)
			if (i >= b->len ||
			    ((unsigned char)b->data[i++] & 0xc0) != 0x80)
				abort();
	}
}

static bool
is_utf8(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;
	int n;

	while (*p != '\0') {
		n = *p < 0x80 ? 0 : *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : 1;
		if (*p >= 0x80 && *p < 0xc0)
			return false;
		for (p++; n > 0; n--)
			if ((*p++ & 0xc0) != 0x80)
				return false;
	}
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf out = { 0 };
	enum view_type type;
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	for (type = 0; type < VIEW_TYPE__MAX && is_utf8(text); type++)
		if (value_text(type, text, &out) == VALUE_OK) {
			if (!buf_ok(&out) || out.len == 0)
				abort();
			check_utf8(&out);
		}
	buf_free(&out);
	free(text);
	return 0;
}
