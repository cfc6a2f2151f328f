#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/doctor/doctor.h"
#include "fcgi/page/asset.h"

static const char *const words[VERDICT__MAX][LANG__MAX] = {
	[VERDICT_OK] = { "ok       ", "ok    " },
	[VERDICT_WARN] = { "attention", "warn  " },
	[VERDICT_FAIL] = { "échec    ", "fail  " },
};

/* As gettext does, but for the languages there are. */
static enum lang
choose_lang(void)
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

/* On one line, whatever a server wrote, and without its last line's end. */
static void
put(const char *s)
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
			put(args[s[1] - '0']);
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

static void
check_htdocs(struct doctor *d, const char *dir)
{
	struct assets *assets = assets_open(dir);
	struct asset *page;

	if (assets == NULL) {
		doctor_say(d, FOUND_HTDOCS_NONE, dir, strerror(errno));
		return;
	}
	if (asset_get(assets, "/", &page) == ASSET_OK)
		doctor_say(d, FOUND_HTDOCS, dir);
	else
		doctor_say(d, FOUND_HTDOCS_EMPTY, dir);
	asset_release(assets, page);
	assets_close(assets);
}

int
doctor(int argc, char **argv, const char *htdocs)
{
	struct doctor d = { .lang = choose_lang() };
	int c;

	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			argc = 0;	/* and say how */
		htdocs = optarg;
	}
	if (argc - optind > 1 || argc == 0) {
		fputs("usage: cccp.fcgi --doctor [-d directory] [URL]\n",
		    stderr);
		return 2;
	}
	doctor_database(&d);
	check_htdocs(&d, htdocs);
	if (optind < argc)
		doctor_url(&d, argv[optind]);
	return (int)d.worst;
}
