/*
 * cccp-poller: syncs the agent data of CCCP dispatch servers into PostgreSQL.
 * See cccp-poller(8).
 */
#include <curl/curl.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "poller/loop.h"
#include "sql/lib/root.h"

static volatile sig_atomic_t stop, reopen;

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		reopen = 1;
	else
		stop = 1;
}

static void
usage(FILE *f)
{
	fputs("usage: cccp-poller [-1fhnvV] [-d conninfo] [-i ms] "
	    "[-r retention] [name=url ...]\n", f);
}

static void
help(void)
{
	usage(stdout);
	fputs("\n"
	    "Syncs the agent data of CCCP dispatch servers into PostgreSQL.\n"
	    "\n"
	    "  -1, --once           one full sync of every source, then exit:\n"
	    "                       0 when all were written, else 1\n"
	    "  -d, --database=INFO  connection string; default: PGHOST and\n"
	    "                       the other variables of libpq\n"
	    "  -f, --foreground     log to standard error too\n"
	    "  -i, --interval=MS    least time between two flushes of a\n"
	    "                       source, 10 to 60000; default 250\n"
	    "  -n, --dry-run        print what would be written, as a script\n"
	    "                       for psql, and write nothing\n"
	    "  -r, --retention=TIME how long history is kept, as 400d, 13m\n"
	    "                       or 2y (months, years); default 13m\n"
	    "  -v, --verbose        log each flush\n"
	    "  -h, --help           this text\n"
	    "  -V, --version        the version\n"
	    "\n"
	    "A source is NAME=URL, the URL one of\n"
	    "  cccp://user:password@host:port  a live dispatch server\n"
	    "  cccps://user:password@host:port the same within TLS\n"
	    "  http://host/path?interval=10    JSON snapshots, and https://\n"
	    "  file:///path?interval=10        the same in a file\n"
	    "  'exec:/path/to/command word'    the same from a command\n"
	    "Without arguments, the sources are those of CCCP_SOURCES,\n"
	    "separated by blanks.  Also read from the environment:\n"
	    "  CCCP_PASSWORD_NAME       the password of the source NAME\n"
	    "  CCCP_PASSWORD_FILE_NAME  a file that has it\n"
	    "  CCCP_INTERVAL_NAME       seconds between two snapshots\n"
	    "  CCCP_CAFILE              certificates of trusted authorities\n"
	    "  CCCP_ALLOW_ROOT=yes      allows it to run as root\n", stdout);
}

static long
number(const char *option, const char *text, long min, long max)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0 || n < min || n > max)
		errx(2, "%s: \"%s\" is not a number from %ld to %ld", option,
		    text, min, max);
	return n;
}

/* 400d, 13m, 2y -> an interval of PostgreSQL; a month to a century. */
static void
read_retention(const char *text, char *interval, size_t size)
{
	static const struct {
		char		 unit;
		const char	*word;
		long		 min, max;
	} units[] = {
		{ 'd', "days", 31, 36500 },
		{ 'm', "months", 1, 1200 },
		{ 'y', "years", 1, 100 },
	};
	size_t len = strlen(text), i;
	char digits[16];

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (len < 2 || len > sizeof(digits) ||
		    text[len - 1] != units[i].unit)
			continue;
		snprintf(digits, sizeof(digits), "%.*s", (int)len - 1, text);
		snprintf(interval, size, "%ld %s", number("--retention",
		    digits, units[i].min, units[i].max), units[i].word);
		return;
	}
	errx(2, "--retention: \"%s\" is not a number and d, m or y, as in "
	    "400d", text);
}

/* Signals are delivered only while the loop waits, so none is lost. */
static void
catch_signals(sigset_t *waiting)
{
	static const int caught[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t block;
	size_t i;

	sigemptyset(&block);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&block, caught[i]);
	sigprocmask(SIG_BLOCK, &block, waiting);
	for (i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		sigdelset(waiting, caught[i]);
		sigaction(caught[i], &sa, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);	/* it may have been ignored */
}

static void
add_source(struct loop *l, const char *spec)
{
	char error[256];
	size_t i;

	if (l->n == LOOP_SOURCES_MAX)
		errx(2, "more than %d sources", LOOP_SOURCES_MAX);
	if (!source_parse(&l->source[l->n], spec, error))
		errx(2, "%s", error);
	for (i = 0; i < l->n; i++)
		if (strcmp(l->source[i].at.name,
		    l->source[l->n].at.name) == 0)
			errx(2, "source %s is given twice",
			    l->source[i].at.name);
	l->n++;
}

/* Overwrites the password of an argument, which ps(1) shows. */
static void
hide_secret(char *spec)
{
	char *at = strrchr(spec, '@'), *p = strstr(spec, "://");

	if (at == NULL || p == NULL || (p = strchr(p + 3, ':')) == NULL)
		return;
	while (++p < at)
		*p = 'x';
}

static void
add_sources(struct loop *l, int argc, char **argv)
{
	const char *list = getenv("CCCP_SOURCES");
	char *copy, *rest, *spec;
	int i;

	for (i = 0; i < argc; i++) {
		add_source(l, argv[i]);
		hide_secret(argv[i]);
	}
	if (argc == 0 && list != NULL) {
		if ((copy = rest = strdup(list)) == NULL)
			err(1, NULL);
		while ((spec = address_next(&rest)) != NULL)
			add_source(l, spec);
		explicit_bzero(copy, strlen(list));
		free(copy);
	}
	if (l->n == 0) {
		usage(stderr);
		errx(2, "no source: give NAME=URL or set CCCP_SOURCES");
	}
}

struct options {
	const char	*conninfo;
	char		 retention[32];		/* as PostgreSQL reads it */
	bool		 foreground, dry, verbose;
};

static const struct option longopts[] = {
	{ "once", no_argument, NULL, '1' },
	{ "database", required_argument, NULL, 'd' },
	{ "foreground", no_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "interval", required_argument, NULL, 'i' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "retention", required_argument, NULL, 'r' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static void
parse_options(int argc, char **argv, struct options *o, struct loop *l)
{
	int c;

	l->interval_us = LOOP_FLUSH_MS * INT64_C(1000);
	while ((c = getopt_long(argc, argv, "1d:fhi:nr:vV", longopts, NULL)) !=
	    -1)
		switch (c) {
		case '1':
			l->once = true;
			break;
		case 'd':
			o->conninfo = optarg;
			break;
		case 'f':
			o->foreground = true;
			break;
		case 'h':
			help();
			exit(0);
		case 'i':
			l->interval_us = number("-i", optarg, 10, 60000) *
			    INT64_C(1000);
			break;
		case 'n':
			o->dry = true;
			break;
		case 'r':
			read_retention(optarg, o->retention,
			    sizeof(o->retention));
			break;
		case 'v':
			o->verbose = true;
			break;
		case 'V':
			puts("cccp-poller " VERSION);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
}

/* Opens descriptors 0 to 2, so that no connection gets such a number. */
static void
open_standard(void)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) != -1 && fd <= STDERR_FILENO)
		;
	if (fd != -1)
		close(fd);
}

int
main(int argc, char **argv)
{
	static struct source sources[LOOP_SOURCES_MAX];
	struct options o = { .conninfo = "", .retention = "13 months" };
	struct loop l = { .source = sources, .stop = &stop,
	    .reopen = &reopen };
	sigset_t waiting;
	size_t i;
	int rc;

	open_standard();
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		errx(1, "libcurl does not start");
	parse_options(argc, argv, &o, &l);
	add_sources(&l, argc - optind, argv + optind);
	if (root_refused())
		errx(2, "this is root: start it as another user, or set "
		    "CCCP_ALLOW_ROOT=yes");
	setenv("PGUSER", "cccp_poller", 0);
	/* Of several hosts, use the primary. */
	setenv("PGTARGETSESSIONATTRS", "read-write", 0);
	if (!o.dry && (l.store = store_open(o.conninfo, o.retention)) == NULL)
		err(1, NULL);
	srandom((unsigned)(time(NULL) ^ getpid()));
	/* LOG_NDELAY: later there may be no descriptor left. */
	openlog("cccp-poller", LOG_PID | LOG_NDELAY | (o.foreground ||
	    o.dry || l.once ? LOG_PERROR : 0), LOG_DAEMON);
	setlogmask(LOG_UPTO(o.verbose ? LOG_DEBUG : LOG_INFO));
	catch_signals(&waiting);
	l.waiting = &waiting;
	rc = loop_run(&l);
	for (i = 0; i < l.n; i++)
		source_free(&sources[i]);
	store_close(l.store);
	curl_global_cleanup();
	return rc;
}
