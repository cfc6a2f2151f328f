#include <string.h>

#include "fcgi/http/json.h"
#include "fcgi/list/format.h"
#include "fcgi/list/sheet.h"

/* The keys of phone numbers. */
static const char *const phones[] = { "phone", "caller", "callee",
	"outbound_target" };

char
csv_separator(enum dialect d)
{
	return d == DIALECT_STRICT ? ',' : ';';
}

void
csv_begin(struct buf *b, enum dialect d)
{
	if (d == DIALECT_EXCEL_FR)
		buf_str(b, "\xef\xbb\xbf");
}

static void
quoted(struct buf *b, const char *s, size_t len)
{
	size_t i;

	buf_char(b, '"');
	for (i = 0; i < len; i++) {
		if (s[i] == '"')
			buf_char(b, '"');
		buf_char(b, s[i]);
	}
	buf_char(b, '"');
}

void
csv_text(struct buf *b, const char *s, size_t len)
{
	size_t i, n;
	bool quotes = sheet_blank(s, len) > 0;

	for (i = 0; i < len && !quotes; i += n > 0 ? n : 1) {
		n = sheet_blank(s + i, len - i);
		quotes = strchr(";,\"", s[i]) != NULL ||
		    (n > 0 && (s[i] != ' ' || i + n == len));
	}
	if (quotes)
		quoted(b, s, len);
	else
		buf_add(b, s, len);
}

static bool
is_phone(const char *key, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(phones) / sizeof(phones[0]); i++)
		if (strcmp(key, phones[i]) == 0)
			break;
	return i < sizeof(phones) / sizeof(phones[0]) && len > 1 &&
	    strspn(s + (s[0] == '+'), "0123456789") == len - (s[0] == '+');
}

/*
 * +33199001234 as +33 1 99 00 12 34; others in pairs from the end.  Extensions
 * such as 1269 stay: a spreadsheet does not change them.
 */
static void
phone(struct buf *b, const char *s, size_t len)
{
	size_t i, head = s[0] == '+' ? 3 : 0;

	if (s[0] != '+' && s[0] != '0' && len < 10) {
		buf_add(b, s, len);
		return;
	}
	if (head > len)
		head = len;
	for (i = 0; i < len; i++) {
		if (i > 0 && (i == head || (i > head && (len - i) % 2 == 0)))
			buf_char(b, ' ');
		buf_char(b, s[i]);
	}
}

/* Text that stays text, see sheet_guard(). */
static void
text_cell(struct buf *b, const char *s, size_t len)
{
	struct buf safe = { 0 };

	sheet_guard(&safe, s, len);
	if (!buf_ok(&safe))
		b->failed = true;
	else if (safe.len > 0)
		csv_text(b, safe.data, safe.len);
	buf_free(&safe);
}

/* 1.5 as 1,5. */
static void
comma(struct buf *b, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		buf_char(b, s[i] == '.' ? ',' : s[i]);
}

/* "2026-01-31 09:00:00.5+01" as 31/01/2026 09:00:00 or RFC 3339. */
static void
time_cell(struct buf *b, enum dialect dialect, const char *s, size_t len)
{
	struct buf json = { 0 };

	if (dialect == DIALECT_EXCEL_FR && len >= 19 && s[10] == ' ') {
		buf_printf(b, "%.2s/%.2s/%.4s %.8s", s + 8, s + 5, s, s + 11);
		return;
	}
	json_add_time(&json, s, len);
	if (buf_ok(&json) && json.len > 2 && json.data[0] == '"')
		buf_add(b, json.data + 1, json.len - 2);
	else
		b->failed |= !buf_ok(&json);
	buf_free(&json);
}

/* {a,"b c"} as "a, b c".  Numbers are no text that has to stay as it is. */
static void
array(struct buf *b, const char *s, size_t len, bool numbers)
{
	struct buf text = { 0 };
	bool inside = false;
	size_t i;

	for (i = 1; i + 1 < len; i++) {
		if (s[i] == '"') {
			inside = !inside;
		} else if (s[i] == ',' && !inside) {
			buf_str(&text, ", ");
		} else {
			if (s[i] == '\\' && i + 2 < len)
				i++;
			buf_char(&text, s[i]);
		}
	}
	if (!buf_ok(&text))
		b->failed = true;
	else if (text.len > 0)
		(numbers ? csv_text : text_cell)(b, text.data, text.len);
	buf_free(&text);
}

void
csv_cell(struct buf *b, enum dialect dialect, const char *key,
    const PGresult *res, int row, int col)
{
	const char *s = PQgetvalue(res, row, col);
	const size_t len = (size_t)PQgetlength(res, row, col);
	const bool french = dialect == DIALECT_EXCEL_FR;

	if (PQgetisnull(res, row, col))
		return;
	switch (PQftype(res, col)) {
	case OID_BOOL:
		buf_str(b, s[0] == 't' ? french ? "VRAI" : "true" :
		    french ? "FAUX" : "false");
		break;
	case OID_FLOAT4:
	case OID_FLOAT8:
	case OID_NUMERIC:
		if (french)
			comma(b, s, len);
		else
			buf_add(b, s, len);
		break;
	case OID_TIMESTAMPTZ:
		time_cell(b, dialect, s, len);
		break;
	case OID_INT4_ARRAY:
	case OID_TEXT_ARRAY:
		array(b, s, len, PQftype(res, col) == OID_INT4_ARRAY);
		break;
	case OID_TEXT:
	case OID_VARCHAR:
		if (!is_phone(key, s, len))
			text_cell(b, s, len);
		else if (french)
			phone(b, s, len);
		else
			buf_add(b, s, len);
		break;
	default:
		buf_add(b, s, len);
	}
}
