#include <stdlib.h>
#include <string.h>

#include "poller/json/scalar.h"

/* Removes control characters; tabs and line breaks become blanks. */
static void
clean(struct buf *out, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == 0xc2 && i + 1 < len && (s[i + 1] & 0xe0) == 0x80)
			i++;	/* U+0080 to U+009F */
		else if (c == '\t' || c == '\n' || c == '\r')
			buf_char(out, ' ');
		else if (c >= 0x20 && c != 0x7f)
			buf_char(out, (char)c);
	}
}

enum value_err
scalar_text(const json_t *v, enum view_type type, struct buf *out)
{
	char *dump;

	buf_reset(out);
	switch (json_typeof(v)) {
	case JSON_NULL:
		return VALUE_ABSENT;
	case JSON_STRING:
		clean(out, json_string_value(v), json_string_length(v));
		break;
	case JSON_INTEGER:
		buf_printf(out, "%" JSON_INTEGER_FORMAT,
		    json_integer_value(v));
		break;
	case JSON_REAL:
		buf_printf(out, "%.17g", json_real_value(v));
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		buf_str(out, json_is_true(v) ? "true" : "false");
		break;
	default:
		if (type != VIEW_SPIES && type != VIEW_QUEUES)
			return VALUE_BAD;
		if ((dump = json_dumps(v, JSON_COMPACT)) == NULL)
			out->failed = true;
		else
			buf_str(out, dump);
		free(dump);
		break;
	}
	buf_char(out, '\0');
	return !buf_ok(out) || out->data[0] == '\0' ||
	    strcmp(out->data, "None") == 0 ? VALUE_ABSENT : VALUE_OK;
}
