#include "sql/lib/array.h"

void
array_begin(struct buf *b)
{
	buf_char(b, '{');
}

void
array_add(struct buf *b, const char *text)
{
	/* An element ends with a quote: after a brace it is the first one. */
	if (b->len > 0 && b->data[b->len - 1] != '{')
		buf_char(b, ',');
	buf_char(b, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_char(b, '\\');
		buf_char(b, *text);
	}
	buf_char(b, '"');
}

void
array_end(struct buf *b)
{
	buf_char(b, '}');
}
