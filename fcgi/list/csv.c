#include <string.h>

#include "fcgi/http/json.h"
#include "fcgi/list/format.h"

/* The keys of phone numbers. */
static const char *const phones[] = { "phone", "caller", "callee",
	"outbound_target" };

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
csv_text(struct buf *b, enum dialect dialect, const char *s, size_t len)
{
	const char *special = dialect == DIALECT_STRICT ? ",\"\r\n" :
	    ";\"\r\n\t";
	size_t i;

	for (i = 0; i < len; i++)
		if (strchr(special, s[i]) != NULL && s[i] != '\0')
			break;
	/* Programs may drop blanks at the ends unless they are quoted. */
	if (i < len || (len > 0 && (s[0] == ' ' || s[len - 1] == ' ')))
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

/*
 * Would a spreadsheet take this text for a number or a date and change it, such
 * as 007, 1e5, 31/01?  It does not change a plain number.
 */
static bool
misread(const char *s, size_t len)
{
	if (s[0] < '0' || s[0] > '9' ||
	    strspn(s, "0123456789/-:.,eE%") < len)
		return false;
	return strspn(s, "0123456789") < len || len > 15 ||
	    (s[0] == '0' && len > 1);
}

/*
 * Is it a number in groups, such as +33 1 99 00 12 34, which is no formula?
 * Groups of three are excluded: they may be thousands.
 */
static bool
is_grouped(const char *s, size_t len)
{
	const char *group = s;

	if (s[0] != '+' || strspn(s + 1, "0123456789 ") != len - 1 ||
	    s[1] == ' ' || s[len - 1] == ' ')
		return false;
	while ((group = strchr(group, ' ')) != NULL)
		if (strspn(++group, "0123456789") != 3)
			return true;
	return false;
}

/* Text, made safe from being run as a formula (OWASP, CSV Injection). */
static void
text_cell(struct buf *b, enum dialect dialect, const char *s, size_t len)
{
	struct buf safe = { 0 };

	if (len == 0 || is_grouped(s, len) ||
	    (strchr("=+-@\t\r\n", s[0]) == NULL &&
	    (dialect != DIALECT_EXCEL_FR || !misread(s, len)))) {
		csv_text(b, dialect, s, len);
		return;
	}
	buf_char(&safe, '\'');
	buf_add(&safe, s, len);
	if (buf_ok(&safe))
		csv_text(b, dialect, safe.data, safe.len);
	else
		b->failed = true;
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

/* {a,"b c"} as "a, b c". */
static void
array(struct buf *b, enum dialect dialect, const char *s, size_t len)
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
		text_cell(b, dialect, text.data, text.len);
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
		array(b, dialect, s, len);
		break;
	case OID_TEXT:
	case OID_VARCHAR:
		if (!is_phone(key, s, len))
			text_cell(b, dialect, s, len);
		else if (french)
			phone(b, s, len);
		else
			buf_add(b, s, len);
		break;
	default:
		buf_add(b, s, len);
	}
}
