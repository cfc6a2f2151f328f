#include <stdlib.h>
#include <string.h>

#include "fcgi/http/json.h"
#include "sql/lib/utf8.h"

static void
escape(struct buf *b, unsigned char c)
{
	static const char named[] = "\b\t\n\f\r";
	const char *p;

	if (c == '"' || c == '\\') {
		buf_char(b, '\\');
		buf_char(b, (char)c);
	} else if (c != '\0' && (p = strchr(named, c)) != NULL) {
		buf_char(b, '\\');
		buf_char(b, "btnfr"[p - named]);
	} else {
		buf_printf(b, "\\u%04x", c);
	}
}

void
json_add_string(struct buf *b, const char *s, size_t len)
{
	size_t i, from = 0, n;
	unsigned char c;

	buf_char(b, '"');
	for (i = 0; i < len; i += n) {
		c = (unsigned char)s[i];
		n = 1;
		if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\')
			continue;
		if (c >= 0x80 && (n = utf8_char(s + i, len - i, NULL)) != 0)
			continue;
		buf_add(b, s + from, i - from);
		if (n == 0)
			buf_str(b, "\xef\xbf\xbd");
		else
			escape(b, c);
		n = 1;
		from = i + 1;
	}
	buf_add(b, s + from, len - from);
	buf_char(b, '"');
}

void
json_add_text(struct buf *b, const char *s)
{
	if (s == NULL)
		buf_str(b, "null");
	else
		json_add_string(b, s, strlen(s));
}

void
json_add_comma(struct buf *b)
{
	if (b->len > 0 && strchr("{[,", b->data[b->len - 1]) == NULL)
		buf_char(b, ',');
}

void
json_add_key(struct buf *b, const char *name)
{
	json_add_comma(b);
	json_add_text(b, name);
	buf_char(b, ':');
}

void
json_add_time(struct buf *b, const char *s, size_t len)
{
	const char *date = memchr(s, ' ', len);

	if (date == NULL) {
		buf_str(b, "null");	/* infinity */
		return;
	}
	buf_char(b, '"');
	buf_add(b, s, (size_t)(date - s));
	buf_char(b, 'T');
	buf_add(b, date + 1, len - (size_t)(date - s) - 1);
	if (len > 3 && (s[len - 3] == '+' || s[len - 3] == '-'))
		buf_str(b, ":00");
	buf_char(b, '"');
}

/* One quoted element, with \" and \\ inside; returns its length. */
static size_t
quoted(struct buf *b, const char *s, size_t len)
{
	struct buf plain = { 0 };
	size_t i;

	for (i = 1; i < len && s[i] != '"'; i++) {
		if (s[i] == '\\' && i + 1 < len)
			i++;
		buf_char(&plain, s[i]);
	}
	if (!buf_ok(&plain))
		b->failed = true;
	else
		json_add_string(b, plain.len > 0 ? plain.data : "", plain.len);
	buf_free(&plain);
	return i + 1;
}

void
json_add_array(struct buf *b, const char *s, size_t len)
{
	size_t i, n;

	buf_char(b, '[');
	for (i = 0; i < len && s[i] != '{'; i++)
		;			/* skips bounds, as in [2:3]={a,b} */
	for (i++; i < len && s[i] != '}'; i += n) {
		json_add_comma(b);
		if (s[i] == '"') {
			n = quoted(b, s + i, len - i);
		} else {
			for (n = 0; i + n < len && s[i + n] != ',' &&
			    s[i + n] != '}'; n++)
				;
			if (n == 4 && strncmp(s + i, "NULL", 4) == 0)
				buf_str(b, "null");
			else
				json_add_string(b, s + i, n);
		}
		if (i + n < len && s[i + n] == ',')
			n++;
	}
	buf_char(b, ']');
}

/* NaN and the infinities have no JSON. */
static void
number(struct buf *b, const char *s, size_t len)
{
	const char *digit = s[0] == '-' ? s + 1 : s;

	if (*digit >= '0' && *digit <= '9')
		buf_add(b, s, len);
	else
		buf_str(b, "null");
}

/* {1,NULL,3} as [1,null,3]. */
static void
numbers(struct buf *b, const char *s, size_t len)
{
	size_t i;

	buf_char(b, '[');
	for (i = 1; i + 1 < len; i++)
		if (s[i] == 'N') {
			buf_str(b, "null");
			i += 3;
		} else {
			buf_char(b, s[i]);
		}
	buf_char(b, ']');
}

void
json_add_value(struct buf *b, const PGresult *res, int row, int column)
{
	const char *s = PQgetvalue(res, row, column);
	const size_t len = (size_t)PQgetlength(res, row, column);

	if (PQgetisnull(res, row, column)) {
		buf_str(b, "null");
		return;
	}
	switch (PQftype(res, column)) {
	case OID_BOOL:
		buf_str(b, s[0] == 't' ? "true" : "false");
		break;
	case OID_INT2:
	case OID_INT4:
	case OID_INT8:
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC:
		number(b, s, len);
		break;
	case OID_INT4_ARRAY:
		numbers(b, s, len);
		break;
	case OID_TEXT_ARRAY:
		json_add_array(b, s, len);
		break;
	case OID_TIMESTAMPTZ:
		json_add_time(b, s, len);
		break;
	case OID_JSONB:
		buf_add(b, s, len);
		break;
	default:
		json_add_string(b, s, len);
	}
}

void
json_add_seconds(struct buf *b, const PGresult *res, int row, int column)
{
	const double s = strtod(PQgetvalue(res, row, column), NULL);

	/* PostgreSQL may write a number with an exponent. */
	if (PQgetisnull(res, row, column) || !(s >= 0 && s < 1e15))
		buf_str(b, "null");
	else
		buf_u64(b, (uint64_t)s);
}

void
json_add_row(struct buf *b, const PGresult *res, int row, int first)
{
	int col;

	buf_char(b, '{');
	for (col = first; col < PQnfields(res); col++) {
		json_add_key(b, PQfname(res, col));
		json_add_value(b, res, row, col);
	}
	buf_char(b, '}');
}

void
json_add_rows(struct buf *b, const char *name, const PGresult *res, int first)
{
	int row;

	json_add_key(b, name);
	buf_char(b, '[');
	for (row = 0; row < PQntuples(res); row++) {
		if (PQgetisnull(res, row, first))
			continue;
		json_add_comma(b);
		json_add_row(b, res, row, first);
	}
	buf_char(b, ']');
}
