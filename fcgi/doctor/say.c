/* Prints what was found. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/doctor/say.h"

static const char *const words[VERDICT__MAX][LANG__MAX] = {
	[VERDICT_OK] = { "ok       ", "ok    " },
	[VERDICT_WARN] = { "attention", "warn  " },
	[VERDICT_FAIL] = { "échec    ", "fail  " },
};

enum lang
doctor_lang(void)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if ((value = getenv(names[i])) != NULL && *value != '\0')
			return strncmp(value, "fr", 2) == 0 ? LANG_FR :
			    LANG_EN;
	return LANG_EN;
}

/* A server's text may have several lines; libpq's ends with a line feed. */
static void
print_on_one_line(const char *s)
{
	size_t i, len = strlen(s);

	while (len > 0 && (unsigned char)s[len - 1] <= 0x20)
		len--;
	for (i = 0; i < len; i++)
		putchar((unsigned char)s[i] < 0x20 || s[i] == 0x7f ? ' ' :
		    s[i]);
}

void
doctor_say(struct doctor *d, enum finding what, ...)
{
	const char *args[10] = { NULL }, *s;
	const enum verdict v = doctor_text(what, d->lang, &s);
	va_list ap;
	int n = 0;

	for (const char *p = s; (p = strchr(p, '{')) != NULL; p++)
		if (p[1] >= '0' && p[1] <= '9' && p[1] - '0' >= n)
			n = p[1] - '0' + 1;
	va_start(ap, what);
	for (int i = 0; i < n; i++)
		args[i] = va_arg(ap, const char *);
	va_end(ap);
	printf("%s  ", words[v][d->lang]);
	for (; *s != '\0'; s++) {
		if (*s == '{') {
			print_on_one_line(args[s[1] - '0']);
			s += 2;
		} else {
			putchar(*s);
		}
	}
	putchar('\n');
	fflush(stdout);
	if (v > d->worst)
		d->worst = v;
}
