/*
 * cccp.fcgi: users, queues and calls from PostgreSQL, and the dashboard, for
 * any web server, by FastCGI or CGI.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/context.h"
#include "fcgi/page/asset.h"
#include "fcgi/serve/cgi.h"
#include "fcgi/serve/listen.h"
#include "fcgi/serve/serve.h"
#include "sql/lib/root.h"

#define CACHE_MB_MAX	65536
#define STREAMS_MAX	1000000
#define STREAMS_PER_USER	20	/* by default */

struct options {
	const char	*socket;	/* NULL: none to open */
	const char	*htdocs;
	unsigned	 threads;
	size_t		 cache_mb;
	size_t		 streams;
	mode_t		 mode;
	bool		 foreground;
};

static const char usage_text[] =
    "usage: cccp.fcgi [-f] [-c megabytes] [-d directory] [-m mode]\n"
    "       [-n streams] [-s path | host:port] [-t threads]\n"
    "       cccp.fcgi -h | -V\n";

static const char help_text[] =
    "  -c megabytes  answers kept in memory (64); 0: none\n"
    "  -d directory  the dashboard's files (CCCP_HTDOCS, or " HTDOCS ")\n"
    "  -f            log to standard error, too\n"
    "  -m mode       permissions of the socket that -s makes (0660)\n"
    "  -n streams    event streams at once (20000); 0: none\n"
    "  -s where      listen there for FastCGI; without it, serve the socket\n"
    "                that a service manager passes or that is standard input,\n"
    "                or one request as a CGI program\n"
    "  -t threads    requests answered at once (4)\n"
    "  -h, -V        this help; the version\n"
    "PG* (PGHOST, PGDATABASE, PGSERVICE ...) name the database; CCCP_ANONYMOUS\n"
    "(none, wall, reader, supervisor, admin) is the role of those who are not\n"
    "signed in; CCCP_GROUPS (REMOTE_GROUPS) names the variable with the groups of\n"
    "a user, and CCCP_GROUPS_SEPARATOR (,) what is between them;\n"
    "CCCP_AUDIT (open, closed) says whether persons are shown while the access\n"
    "log cannot be written; CCCP_STREAMS_PER_USER (20) bounds the event streams\n"
    "of each user.  It does not run as root unless CCCP_ALLOW_ROOT is yes.\n"
    "See cccp.fcgi(8); cccp-doctor(8) finds what is wrong with a board.\n";

static _Noreturn void
usage(void)
{
	fputs(usage_text, stderr);
	exit(2);
}

/* A number from the command line, named in the message when it is bad. */
static unsigned long
number(char option, const char *text, int base, unsigned long min,
    unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, base);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    value < min || value > max)
		errx(2, base == 8 ? "-%c %s: must be octal, %lo to %lo" :
		    "-%c %s: must be a number, %lu to %lu", option, text, min,
		    max);
	return value;
}

static void
read_options(struct options *o, int argc, char **argv)
{
	int c;

	*o = (struct options){ .threads = 4, .mode = 0660, .cache_mb = 64,
	    .streams = 20000 };
	o->htdocs = assets_directory();
	while ((c = getopt(argc, argv, "c:d:fhm:n:s:t:V")) != -1) {
		switch (c) {
		case 'c':
			o->cache_mb = number('c', optarg, 10, 0, CACHE_MB_MAX);
			break;
		case 'd':
			o->htdocs = optarg;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'm':
			o->mode = (mode_t)number('m', optarg, 8, 0, 0777);
			break;
		case 'n':
			o->streams = number('n', optarg, 10, 0, STREAMS_MAX);
			break;
		case 's':
			o->socket = optarg;
			break;
		case 't':
			o->threads = (unsigned)number('t', optarg, 10, 1,
			    SERVE_THREADS_MAX);
			break;
		case 'h':
			printf("%s%s", usage_text, help_text);
			exit(0);
		case 'V':
			puts("cccp.fcgi " VERSION);
			exit(0);
		default:
			usage();
		}
	}
	if (optind != argc)
		usage();
}

/* How many event streams a user may have; 0: any number. */
static size_t
read_streams_per_user(void)
{
	const char *text = getenv("CCCP_STREAMS_PER_USER");
	char *end;
	unsigned long n;

	if (text == NULL || *text == '\0')
		return STREAMS_PER_USER;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 ||
	    n > STREAMS_MAX)
		errx(2, "CCCP_STREAMS_PER_USER=%s: must be a number, 0 to %d",
		    text, STREAMS_MAX);
	return n;
}

/* The role of those who are not signed in.  A wrong word ends the program. */
static enum role
read_anonymous(void)
{
	const char *text = getenv("CCCP_ANONYMOUS");
	enum role role;

	if (text == NULL || *text == '\0' || strcmp(text, "none") == 0)
		return ROLE__MAX;
	role = role_named(text);
	if (role == ROLE__MAX || role == ROLE_AUDITOR)
		errx(2, "CCCP_ANONYMOUS=%s: must be none, wall, reader, "
		    "supervisor or admin", text);
	return role;
}

/* What to do without the access log.  A wrong word ends the program. */
static enum audit_mode
read_audit(void)
{
	const char *text = getenv("CCCP_AUDIT");
	enum audit_mode mode = 0;

	if (text == NULL || *text == '\0')
		return AUDIT_OPEN;
	while (mode < AUDIT__MAX && strcmp(text, audit_mode_names[mode]) != 0)
		mode++;
	if (mode == AUDIT__MAX)
		errx(2, "CCCP_AUDIT=%s: must be open or closed", text);
	return mode;
}

/* Where groups are.  A wrong setting ends the program. */
static void
read_groups(struct identity_rule *rule)
{
	const char *groups = getenv("CCCP_GROUPS");
	const char *separator = getenv("CCCP_GROUPS_SEPARATOR");
	const char *wrong = identity_rule_read(rule, groups, separator);

	if (wrong != NULL)
		errx(2, "CCCP_GROUPS=%s CCCP_GROUPS_SEPARATOR=%s: %s",
		    groups != NULL ? groups : "",
		    separator != NULL ? separator : "", wrong);
}

/*
 * Has PostgreSQL use the time zone of this process.  libpq needs its name; when
 * there is none, PostgreSQL's own time zone is used.
 */
static void
set_zone(void)
{
	static const char zoneinfo[] = "zoneinfo/";
	const char *zone = getenv("TZ"), *name;
	char link[PATH_MAX];
	ssize_t n;

	if (zone == NULL || strcmp(zone, ":/etc/localtime") == 0) {
		n = readlink("/etc/localtime", link, sizeof(link) - 1);
		if (n <= 0)
			return;
		link[n] = '\0';
		zone = link;
	}
	zone += *zone == ':';
	if ((name = strstr(zone, zoneinfo)) != NULL)
		zone = name + strlen(zoneinfo);
	if (strncmp(zone, "right/", 6) == 0 || strncmp(zone, "posix/", 6) == 0)
		zone += 6;
	/* An unknown name would make every connection fail. */
	snprintf(link, sizeof(link), "/usr/share/zoneinfo/%s", zone);
	if (*zone == '\0' || *zone == '/')
		return;
	if (access(link, R_OK) == 0)
		setenv("PGTZ", zone, 0);
	else
		warnx("time zone %s is not known: times are in the database's",
		    zone);
}

/* Opens descriptors 0 to 2 where they are closed: no socket may be one. */
static void
open_standard(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd < 3);
	if (fd == -1)
		exit(1);
	close(fd);
}

/* Finds the socket to serve; false: this is a CGI request. */
static bool
find_socket(struct listener *l, const struct options *o)
{
	const int passed = listen_passed();

	if (o->socket != NULL && passed != -1)
		errx(2, "-s %s, and a socket from the service manager: "
		    "one is too many", o->socket);
	if (passed != -1)
		l->fd = passed;
	if (o->socket != NULL || listen_is(l->fd))
		return true;
	if (getenv("REQUEST_METHOD") == NULL)
		errx(2, "nothing to serve: no -s, standard input is not a "
		    "listening socket (FastCGI),\nand REQUEST_METHOD is not "
		    "set (CGI); see cccp.fcgi -h");
	return false;
}

int
main(int argc, char **argv)
{
	struct listener listener = { .fd = STDIN_FILENO };
	struct settings settings = { 0 };
	struct options o;
	bool ok, fastcgi, refused;

	open_standard();
	setenv("PGUSER", "cccp_web", 0);
	read_options(&o, argc, argv);
	settings.anonymous = read_anonymous();
	read_groups(&settings.groups);
	settings.audit = read_audit();
	settings.streams_per_user = read_streams_per_user();
	refused = root_refused();
	fastcgi = find_socket(&listener, &o);
	if (refused && fastcgi)
		errx(2, "this is root: start it as another user, or set "
		    "CCCP_ALLOW_ROOT=yes");
	if ((settings.assets = assets_open(o.htdocs)) == NULL)
		err(2, "%s (-d, CCCP_HTDOCS)", o.htdocs);
	settings.cache_bytes = o.cache_mb << 20;
	settings.streams_max = o.streams;
	set_zone();
	openlog("cccp.fcgi", LOG_PID | (o.foreground ? LOG_PERROR : 0),
	    LOG_DAEMON);
	serve_prepare();
	if (o.socket != NULL)
		listen_open(&listener, o.socket, o.mode);
	ok = fastcgi ? serve(&listener, o.threads, &settings) :
	    refused ? cgi_refuse() : cgi_answer(&settings);
	assets_close(settings.assets);
	closelog();
	return ok ? 0 : 1;
}
