#include <string.h>

#include "poller/model/copy.h"
#include "poller/model/value.h"

void
copy_column(struct buf *out, const char *text)
{
	size_t n;

	if (text == NULL)
		buf_str(out, "\\N");
	while (text != NULL && *text != '\0') {
		n = strcspn(text, "\\\n\r\t");
		buf_add(out, text, n);
		text += n;
		if (*text == '\0')
			break;
		buf_char(out, '\\');
		buf_char(out, *text == '\n' ? 'n' : *text == '\r' ? 'r' :
		    *text == '\t' ? 't' : '\\');
		text++;
	}
	buf_char(out, '\t');
}

void
copy_u64(struct buf *out, uint64_t n)
{
	buf_u64(out, n);
	buf_char(out, '\t');
}

void
copy_date(struct buf *out, int64_t us)
{
	value_date(out, us);
	buf_char(out, '\t');
}

/* The last column has no tab. */
void
copy_end(struct buf *out)
{
	if (out->len > 0)
		out->data[out->len - 1] = '\n';
}
