#include <stdbool.h>
#include <string.h>

#include "fcgi/list/sheet.h"
#include "sql/lib/utf8.h"

#define SEPARATORS	";,\t\r\n"
#define DIGITS		"0123456789"

/* Words of dates and times; a spreadsheet knows them with and without a dot. */
static const char *const words[] = { "janvier", "février", "fevrier", "mars",
	"avril", "mai", "juin", "juillet", "août", "aout", "septembre",
	"octobre", "novembre", "décembre", "decembre", "janv", "févr", "fevr",
	"avr", "juil", "sept", "oct", "nov", "déc", "dec", "lundi", "mardi",
	"mercredi", "jeudi", "vendredi", "samedi", "dimanche", "lun", "mar",
	"mer", "jeu", "ven", "sam", "dim", "am", "pm", "eur", NULL };
static const char *const booleans[] = { "vrai", "faux", "true", "false",
	NULL };

size_t
sheet_blank(const char *s, size_t len)
{
	uint32_t c = 'x';
	const size_t n = utf8_char(s, len, &c);

	return c < ' ' || (c >= 0x7f && c < 0xa0) || utf8_is_space(c) ? n : 0;
}

/* Without blanks and quotes at the ends. */
static void
trim(const char **s, size_t *len)
{
	size_t n, i;

	while (*len > 0 && ((n = sheet_blank(*s, *len)) > 0 || **s == '"')) {
		n = n > 0 ? n : 1;
		*s += n;
		*len -= n;
	}
	for (n = 1; *len > 0 && n > 0;) {
		for (i = 1; i < 4 && i < *len &&
		    ((*s)[*len - i] & 0xc0) == 0x80; i++)
			;
		n = (*s)[*len - 1] == '"' ? 1 :
		    sheet_blank(*s + *len - i, i);
		*len -= n;
	}
}

static bool
is_among(const char *s, size_t len, const char *const *list)
{
	char lower[16];
	size_t i;

	if (len >= sizeof(lower))
		return false;
	for (i = 0; i < len; i++) {
		lower[i] = s[i];
		if ((s[i] >= 'A' && s[i] <= 'Z') || (i > 0 &&
		    s[i - 1] == '\xc3' && (unsigned char)s[i] < 0xa0))
			lower[i] = (char)(s[i] + 0x20);
	}
	lower[len] = '\0';
	for (; *list != NULL; list++)
		if (strcmp(*list, lower) == 0)
			return true;
	return false;
}

/* Length of the letters at s; what we do not know counts as letters. */
static size_t
letters(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)s[i] < 0x80 ?
		    (s[i] < 'A' || s[i] > 'Z') && (s[i] < 'a' || s[i] > 'z') :
		    sheet_blank(s + i, len - i) > 0 ||
		    strncmp(s + i, "€", strlen("€")) == 0)
			break;
	return i;
}

/* 1e5, 2026-03-12T09:00 */
static bool
joins_digits(const char *s, size_t i, size_t len)
{
	return strchr("eEtT", s[i]) != NULL && i > 0 && i + 1 < len &&
	    strchr(DIGITS ".,", s[i - 1]) != NULL &&
	    strchr(DIGITS "+-", s[i + 1]) != NULL;
}

/* Would it be a number, date, time or boolean?  s is trimmed. */
static bool
is_value(const char *s, size_t len)
{
	bool digit = false;
	size_t i, n;

	if (is_among(s, len, booleans))
		return true;
	for (i = 0; i < len; i += n) {
		if ((n = letters(s + i, len - i)) > 0) {
			if (!is_among(s + i, n, words) &&
			    (n > 1 || !joins_digits(s, i, len)))
				return false;
			continue;
		}
		digit |= s[i] >= '0' && s[i] <= '9';
		n = sheet_blank(s + i, len - i);
		if (n == 0)
			n = (unsigned char)s[i] < 0x80 ? 1 : strlen("€");
		if (n == 1 && strchr(DIGITS " +-()%,./:", s[i]) == NULL)
			return false;
	}
	return digit;
}

/*
 * Is it a phone number in groups, such as +33 1 99 00 12 34 or 01 99 00 12 34?
 * Groups of three are excluded: they may be thousands.
 */
static bool
is_grouped(const char *s, size_t len)
{
	bool pairs = false;
	size_t i, n;

	if (len < 2 || (s[0] != '+' && s[0] != '0') || s[1] == ' ')
		return false;
	for (i = 1; i < len; i += n) {
		n = s[i] == ' ';
		if (n > 0 && (i + 1 == len || s[i + 1] == ' '))
			return false;
		while (i + n < len && s[i + n] >= '0' && s[i + n] <= '9')
			n++;
		if (n == 0)
			return false;
		pairs |= s[i] == ' ' && n != 1 + 3;
	}
	return pairs;
}

/* Would a cell with this be anything but text? */
static bool
is_misread(const char *s, size_t len)
{
	const char *inner = s;
	size_t n = len;

	trim(&inner, &n);
	if (n == 0 || is_grouped(s, len))
		return false;
	return strchr("=+-@", *inner) != NULL || is_value(inner, n);
}

void
sheet_guard(struct buf *b, const char *s, size_t len)
{
	size_t i, from;

	if (len > 0 && (is_misread(s, len) || strchr("\t\r\n", s[0]) != NULL))
		buf_char(b, '\'');
	for (from = 0; from < len; from = i) {
		for (i = from; i < len && strchr(SEPARATORS, s[i]) == NULL; i++)
			;
		if (from > 0 && is_misread(s + from, i - from))
			buf_char(b, '\'');
		i += i < len;
		buf_add(b, s + from, i - from);
	}
}
