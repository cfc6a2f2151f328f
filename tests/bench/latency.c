/*
 * From a change in the simulator to the row in the database: one agent is sent
 * to a pause and back, n times at random moments, and the row is watched.
 *
 *	latency control-socket login n	with PG* for the database
 *
 * Prints the median and the 99th percentile in milliseconds.
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <err.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sql/lib/now.h"

#define TIMEOUT_MS	10000

static double
now_ms(void)
{
	return (double)now_monotonic() / 1e3;
}

static void
nap(long us)
{
	nanosleep(&(struct timespec){ .tv_nsec = us * 1000 }, NULL);
}

static void
command(const char *path, const char *login, const char *verb)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char line[256];
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), n;

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	n = snprintf(line, sizeof(line), "agent %s %s\n", login, verb);
	if (fd == -1 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) ==
	    -1 || write(fd, line, (size_t)n) != n ||
	    shutdown(fd, SHUT_WR) == -1)
		err(1, "%s", path);
	if (read(fd, line, sizeof(line)) < 2 || memcmp(line, "ok", 2) != 0)
		errx(1, "%s %s: refused", login, verb);
	close(fd);
}

/* Waits until the agent's state is the one that was asked for. */
static double
watch(PGconn *conn, const char *login, const char *state, double since)
{
	const char *param[] = { login, state };
	PGresult *res;
	double ms;
	int found;

	for (;;) {
		res = PQexecPrepared(conn, "watch", 2, param, NULL, NULL, 0);
		if (PQresultStatus(res) != PGRES_TUPLES_OK)
			errx(1, "%s", PQerrorMessage(conn));
		found = PQntuples(res);
		PQclear(res);
		ms = now_ms() - since;
		if (found == 1)
			return ms;
		if (ms > TIMEOUT_MS)
			errx(1, "%s is not %s after 10 s", login, state);
		nap(1000);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char **argv)
{
	PGconn *conn = PQconnectdb("");
	double *ms;
	long n, i;

	if (argc != 4 || (n = strtol(argv[3], NULL, 10)) < 1)
		errx(1, "usage: latency control-socket login n");
	if (PQstatus(conn) != CONNECTION_OK)
		errx(1, "%s", PQerrorMessage(conn));
	PQclear(PQprepare(conn, "watch", "SELECT 1 FROM cccp.agent"
	    " WHERE login = $1 AND state = $2::cccp.state", 2, NULL));
	if ((ms = calloc((size_t)n, sizeof(*ms))) == NULL)
		err(1, NULL);
	command(argv[1], argv[2], "available");
	watch(conn, argv[2], "available", now_ms());
	for (i = 0; i < n; i++) {
		const char *verb = i % 2 == 0 ? "pause" : "available";
		double start;

		nap(random() % 500000);
		start = now_ms();
		command(argv[1], argv[2], verb);
		ms[i] = watch(conn, argv[2], i % 2 == 0 ? "paused" :
		    "available", start);
	}
	qsort(ms, (size_t)n, sizeof(*ms), compare);
	printf("%.1f %.1f\n", ms[n / 2], ms[(n * 99 + 99) / 100 - 1]);
	free(ms);
	PQfinish(conn);
	return 0;
}
