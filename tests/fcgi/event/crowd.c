/*
 * Opens many event streams directly over FastCGI, and changes the database,
 * each time until every stream has received the change.
 *
 *	crowd SOCKET streams stalled rounds FILE	with PG* for the database
 *
 * FILE has the statements that make one change.  The stalled ones among the
 * streams never read.  Prints one JSON object: gaps are changes that do not
 * follow what the stream knew, and heartbeats that are ahead of it; dropped are
 * the stalled streams that the handler closed; milliseconds run from the commit
 * to the last stream's event.
 * With a sixth argument, a process, also its memory in bytes per stream.
 */
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/lib/buf.h"
#include "sql/lib/now.h"

#define TIMEOUT_MS	120000
#define HEARD_MAX	65536

struct stream {
	int		 fd;		/* -1: closed */
	bool		 stalled;
	bool		 greeted;
	long long	 generation;
	struct buf	 raw, text;	/* records; what is in them */
};

struct crowd {
	int		 epoll;
	size_t		 n, stalled;
	struct stream	*stream;
	size_t		 greeted, behind;	/* behind: below `want` */
	long long	 want;
	unsigned long	 changes, gaps, reloads, closed;
};

static double
now_ms(void)
{
	return (double)now_monotonic() / 1e3;
}

/* GET /api/v1/events, as a web server says it. */
static void
ask(int fd)
{
	static const char params[] = "\x0e\x03REQUEST_METHODGET"
	    "\x09\x0ePATH_INFO/api/v1/events\x0c\x00QUERY_STRING";
	const unsigned char len = sizeof(params) - 1;
	unsigned char request[16 + 8 + sizeof(params) - 1 + 16] = {
		1, 1, 0, 1, 0, 8, 0, 0,  0, 1, 0, 0, 0, 0, 0, 0,
		1, 4, 0, 1, 0, len, 0, 0 };
	static const unsigned char end[16] = {
		1, 4, 0, 1, 0, 0, 0, 0,  1, 5, 0, 1, 0, 0, 0, 0 };

	memcpy(request + 24, params, len);
	memcpy(request + 24 + len, end, sizeof(end));
	if (write(fd, request, sizeof(request)) != (ssize_t)sizeof(request))
		err(1, "write");
}

static void
join(struct crowd *c, const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct epoll_event event = { .events = EPOLLIN };
	size_t i;
	int fd;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	for (i = 0; i < c->n; i++) {
		struct stream *st = c->stream + i;

		st->stalled = i < c->stalled;
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		while (fd != -1 && connect(fd, (struct sockaddr *)&sun,
		    sizeof(sun)) == -1)
			if (errno != EAGAIN && errno != EINTR)
				err(1, "%s", path);
		if (fd == -1)
			err(1, "socket");
		ask(fd);
		st->fd = fd;
		event.data.ptr = st;
		if (!st->stalled && (fcntl(fd, F_SETFL, O_NONBLOCK) == -1 ||
		    epoll_ctl(c->epoll, EPOLL_CTL_ADD, fd, &event) == -1))
			err(1, "epoll");
	}
}

static long long
number(const char *text, const char *key)
{
	const char *at = strstr(text, key);

	return at == NULL ? -1 : atoll(at + strlen(key));
}

/* One whole event, as a string. */
static void
hear(struct crowd *c, struct stream *st, const char *event)
{
	const long long generation = number(event, "\"generation\":");
	const bool behind = st->generation < c->want;

	if (strstr(event, "event: hello\n") != NULL) {
		st->greeted = true;
		c->greeted++;
	} else if (strstr(event, "event: heartbeat\n") != NULL) {
		c->gaps += generation > st->generation;
	} else if (strstr(event, "event: reload\n") != NULL) {
		c->reloads++;
	} else if (strstr(event, "event: change\n") != NULL) {
		c->changes++;
		if (number(event, "\"since\":") > st->generation)
			c->gaps++;
	}
	if (generation > st->generation)
		st->generation = generation;
	if (behind && st->generation >= c->want)
		c->behind--;
}

/* Takes complete events out of the text. */
static void
take_events(struct crowd *c, struct stream *st)
{
	char *end;

	for (;;) {
		buf_char(&st->text, '\0');
		st->text.len--;
		if ((end = strstr(st->text.data, "\n\n")) == NULL)
			return;
		*end = '\0';
		hear(c, st, st->text.data);
		buf_drop(&st->text, (size_t)(end - st->text.data) + 2);
	}
}

static void
take_records(struct crowd *c, struct stream *st)
{
	const unsigned char *p;
	size_t len;

	while (st->raw.len >= 8) {
		p = (const unsigned char *)st->raw.data;
		len = p[4] * 256U + p[5];
		if (st->raw.len < 8 + len + p[6])
			break;
		if (p[1] == 6)
			buf_add(&st->text, p + 8, len);
		buf_drop(&st->raw, 8 + len + p[6]);
	}
	if (st->text.len > 0)
		take_events(c, st);
	/* There are ten thousand of these: their buffers are freed. */
	if (st->raw.len == 0)
		buf_free(&st->raw);
	if (st->text.len == 0)
		buf_free(&st->text);
}

static void
read_stream(struct crowd *c, struct stream *st)
{
	char bytes[8192];
	ssize_t n = read(st->fd, bytes, sizeof(bytes));

	if (n > 0) {
		buf_add(&st->raw, bytes, (size_t)n);
		take_records(c, st);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(st->fd);
		st->fd = -1;
		c->closed++;
		if (st->generation < c->want)
			c->behind--;
	}
}

static void
listen_until(struct crowd *c, const size_t *left, size_t goal,
    const char *what)
{
	const double until = now_ms() + TIMEOUT_MS;
	struct epoll_event events[256];
	int i, n;

	while (*left != goal) {
		if (now_ms() > until)
			errx(1, "%s: in vain, %zu of %zu", what, *left, goal);
		n = epoll_wait(c->epoll, events, 256, 1000);
		for (i = 0; i < n; i++)
			read_stream(c, events[i].data.ptr);
	}
}

/* Makes a change; the time from its commit until all have received it. */
static double
change(struct crowd *c, PGconn *conn, const char *sql)
{
	PGresult *res = PQexec(conn, sql);
	double start;
	size_t i;

	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		errx(1, "%s", PQerrorMessage(conn));
	start = now_ms();
	PQclear(res);
	res = PQexec(conn, "SELECT generation FROM cccp.clock");
	if (PQresultStatus(res) != PGRES_TUPLES_OK)
		errx(1, "%s", PQerrorMessage(conn));
	c->want = atoll(PQgetvalue(res, 0, 0));
	PQclear(res);
	c->behind = 0;
	for (i = c->stalled; i < c->n; i++)
		c->behind += c->stream[i].fd != -1 &&
		    c->stream[i].generation < c->want;
	listen_until(c, &c->behind, 0, "a change");
	return now_ms() - start;
}

/* How many stalled streams find that they were closed? */
static size_t
count_dropped(struct crowd *c)
{
	const double until = now_ms() + TIMEOUT_MS;
	char bytes[8192];
	size_t i, dropped = 0;
	ssize_t n;

	for (i = 0; i < c->stalled; i++) {
		fcntl(c->stream[i].fd, F_SETFL, O_NONBLOCK);
		do
			n = read(c->stream[i].fd, bytes, sizeof(bytes));
		while (n > 0 && now_ms() < until);
		dropped += n == 0 || (n == -1 && errno == ECONNRESET);
	}
	return dropped;
}

static char *
read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, HEARD_MAX);

	if (f == NULL || text == NULL ||
	    fread(text, 1, HEARD_MAX - 1, f) == 0)
		err(1, "%s", path);
	fclose(f);
	return text;
}

/* Resident memory of a process, in bytes; 0 without one. */
static double
memory(const char *pid)
{
	char path[64], line[256];
	double kb = 0;
	FILE *f;

	if (pid == NULL)
		return 0;
	snprintf(path, sizeof(path), "/proc/%s/status", pid);
	if ((f = fopen(path, "r")) == NULL)
		err(1, "%s", path);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = atof(line + 6);
	fclose(f);
	return kb * 1024;
}

static int
compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static size_t
count(const char *text, long max)
{
	char *end;
	const long n = strtol(text, &end, 10);

	if (*end != '\0' || n < 0 || n > max)
		errx(2, "%s: must be a number, 0 to %ld", text, max);
	return (size_t)n;
}

int
main(int argc, char **argv)
{
	struct crowd c = { .epoll = epoll_create1(0) };
	struct rlimit limit;
	PGconn *conn = PQconnectdb("");
	double *ms, before;
	size_t rounds, i;
	char *sql;

	if (argc != 6 && argc != 7)
		errx(2, "usage: crowd socket streams stalled rounds file "
		    "[process]");
	c.n = count(argv[2], 100000);
	c.stalled = count(argv[3], (long)c.n);
	rounds = count(argv[4], 100000);
	sql = read_file(argv[5]);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (PQstatus(conn) != CONNECTION_OK)
		errx(1, "%s", PQerrorMessage(conn));
	if ((c.stream = calloc(c.n + 1, sizeof(*c.stream))) == NULL ||
	    (ms = calloc(rounds + 1, sizeof(*ms))) == NULL)
		err(1, NULL);
	before = memory(argv[6]);
	join(&c, argv[1]);
	listen_until(&c, &c.greeted, c.n - c.stalled, "greetings");
	for (i = 0; i < rounds; i++)
		ms[i] = change(&c, conn, sql);
	qsort(ms, rounds, sizeof(*ms), compare);
	printf("{\"streams\":%zu,\"changes\":%lu,\"gaps\":%lu,"
	    "\"reloads\":%lu,\"closed\":%lu,\"dropped\":%zu,"
	    "\"median_ms\":%.1f,\"p99_ms\":%.1f,\"bytes\":%.0f}\n", c.n,
	    c.changes, c.gaps, c.reloads, c.closed, count_dropped(&c),
	    ms[rounds / 2], ms[rounds > 0 ? (rounds * 99 - 1) / 100 : 0],
	    (memory(argv[6]) - before) / (double)(c.n > 0 ? c.n : 1));
	PQfinish(conn);
	free(c.stream);
	free(ms);
	free(sql);
	return 0;
}
