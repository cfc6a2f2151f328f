/*
 * cccp-doctor: checks what a board needs, and prints what is wrong and how to
 * mend it, one line for each check.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/doctor/database.h"
#include "fcgi/doctor/say.h"
#include "fcgi/doctor/url.h"
#include "fcgi/page/asset.h"

static const char usage_text[] =
    "usage: cccp-doctor [-d directory] [URL]\n"
    "       cccp-doctor -h | -V\n";

static const char help_text[] =
    "Checks the database, the sources, the dashboard's files, and with the\n"
    "board's URL also the web server in between.\n"
    "  -d directory  the dashboard's files (CCCP_HTDOCS, or " HTDOCS ")\n"
    "  -h, -V        this help; the version\n"
    "The exit status is 0 when all is well, 1 after a warning, 2 after a\n"
    "failure.  See cccp-doctor(8).\n";

static void
check_htdocs(struct doctor *d, const char *dir)
{
	struct assets *assets = assets_open(dir);
	struct asset *page;

	if (assets == NULL) {
		doctor_say(d, FOUND_HTDOCS_NONE, dir, strerror(errno));
		return;
	}
	doctor_say(d, asset_get(assets, "/", &page) == ASSET_OK ?
	    FOUND_HTDOCS : FOUND_HTDOCS_EMPTY, dir);
	asset_release(assets, page);
	assets_close(assets);
}

int
main(int argc, char **argv)
{
	struct doctor d = { .lang = doctor_lang() };
	const char *htdocs = assets_directory();
	int c;

	while ((c = getopt(argc, argv, "d:hV")) != -1) {
		switch (c) {
		case 'd':
			htdocs = optarg;
			break;
		case 'h':
			printf("%s%s", usage_text, help_text);
			return 0;
		case 'V':
			puts("cccp-doctor " VERSION);
			return 0;
		default:
			fputs(usage_text, stderr);
			return 2;
		}
	}
	if (argc - optind > 1) {
		fputs(usage_text, stderr);
		return 2;
	}
	setenv("PGUSER", "cccp_web", 0);
	doctor_database(&d);
	check_htdocs(&d, htdocs);
	if (optind < argc)
		doctor_url(&d, argv[optind]);
	return (int)d.worst;
}
