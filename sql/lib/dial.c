#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "sql/lib/buf.h"
#include "sql/lib/conn.h"
#include "sql/lib/dial.h"
#include "sql/lib/hosts.h"
#include "sql/lib/lookup.h"
#include "sql/lib/now.h"

#define SECOND		INT64_C(1000000)
#define ERROR_MAX	4096		/* bytes of dial_error() */

/* Without these the kernel takes hours to notice that a peer is cut off. */
static const char *const keepalive[][2] = {
	{ "keepalives_idle", "5" },
	{ "keepalives_interval", "2" },
	{ "keepalives_count", "3" },
	{ "tcp_user_timeout", "10000" },
};

#define KEEPALIVE	(sizeof(keepalive) / sizeof(keepalive[0]))

struct dial {
	const char	*conninfo, *application;	/* borrowed */
	struct hosts	 hosts;
	size_t		 at;		/* the current host */
	bool		 unset[KEEPALIVE]; /* by the settings */
	bool		 prefer_standby;
	unsigned	 round;		/* 0, and with prefer_standby 1 */
	int64_t		 limit;		/* of one step, us */
	int64_t		 end;		/* of the current step; 0: not begun */
	struct lookup	*lookup;	/* of the current name, or NULL */
	struct addrinfo	*addrs, *next;	/* what it found, the next to try */
	PGconn		*conn;		/* the current attempt, or NULL */
	short		 events;	/* what it waits for */
	struct buf	 error;
};

struct settings {
	const char	*keywords[CONN_KEYWORDS + KEEPALIVE + 5];
	const char	*values[CONN_KEYWORDS + KEEPALIVE + 5];
	size_t		 n;
};

static void
set(struct settings *s, const char *keyword, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	s->keywords[s->n] = keyword;
	s->values[s->n++] = value;
}

static void
base(const struct dial *d, struct settings *s)
{
	*s = (struct settings){ 0 };
	conn_keywords(d->conninfo, d->application, s->keywords, s->values);
	while (s->keywords[s->n] != NULL)
		s->n++;
}

static void
complain(struct dial *d, const char *text)
{
	size_t len = strlen(text);

	if (d->error.len + len > ERROR_MAX)
		buf_reset(&d->error);
	buf_add(&d->error, text, len);
	if (len == 0 || text[len - 1] != '\n')
		buf_char(&d->error, '\n');
	buf_char(&d->error, '\0');
	if (d->error.len > 0)
		d->error.len--;
}

static const char *
option(const PQconninfoOption *info, const char *keyword)
{
	for (; info != NULL && info->keyword != NULL; info++)
		if (strcmp(info->keyword, keyword) == 0)
			return info->val != NULL ? info->val : "";
	return "";
}

/*
 * Reads libpq's settings, whatever their source.  PQconninfo() needs a
 * connection object; an sslmode that does not exist makes one that does not
 * connect.
 */
static bool
learn(struct dial *d)
{
	struct settings s;
	PQconninfoOption *info;
	PGconn *conn;
	long limit;
	size_t i;
	bool ok;

	base(d, &s);
	set(&s, "sslmode", "ask");
	if ((conn = PQconnectStartParams(s.keywords, s.values, 1)) == NULL)
		return false;
	if ((info = PQconninfo(conn)) == NULL) {
		PQfinish(conn);
		return false;
	}
	limit = strtol(option(info, "connect_timeout"), NULL, 10);
	if (*option(info, "connect_timeout") == '\0')
		limit = DIAL_LIMIT_S;
	else if (limit <= 0 || limit > DIAL_LIMIT_MAX_S)
		limit = DIAL_LIMIT_MAX_S;
	d->limit = limit * SECOND;
	d->prefer_standby = strcmp(option(info, "target_session_attrs"),
	    "prefer-standby") == 0;
	for (i = 0; i < KEEPALIVE; i++)
		d->unset[i] = *option(info, keepalive[i][0]) == '\0';
	ok = hosts_split(&d->hosts, option(info, "host"),
	    option(info, "hostaddr"), option(info, "port"));
	PQconninfoFree(info);
	PQfinish(conn);
	return ok;
}

struct dial *
dial_start(const char *conninfo, const char *application)
{
	struct dial *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->conninfo = conninfo;
	d->application = application;
	if (!learn(d)) {
		dial_free(d);
		return NULL;
	}
	return d;
}

static void
drop_lookup(struct dial *d)
{
	lookup_free(d->lookup);
	d->lookup = NULL;
}

void
dial_free(struct dial *d)
{
	if (d == NULL)
		return;
	drop_lookup(d);
	if (d->addrs != NULL)
		freeaddrinfo(d->addrs);
	PQfinish(d->conn);
	buf_free(&d->error);
	hosts_free(&d->hosts);
	free(d);
}

/* All of the current host has failed. */
static void
next_host(struct dial *d)
{
	drop_lookup(d);
	if (d->addrs != NULL)
		freeaddrinfo(d->addrs);
	d->addrs = d->next = NULL;
	d->end = 0;
	if (++d->at == d->hosts.n && d->prefer_standby && d->round == 0) {
		d->round = 1;
		d->at = 0;
	}
}

static void
next_address(struct dial *d)
{
	PQfinish(d->conn);
	d->conn = NULL;
	d->end = 0;
	if (d->next == NULL)
		next_host(d);
}

/* Begins to connect to the current host; addr "": at the address it names. */
static void
attempt(struct dial *d, const char *addr, int64_t now)
{
	const struct host *h = &d->hosts.item[d->at];
	struct settings s;
	size_t i;

	base(d, &s);
	set(&s, "host", h->name);
	set(&s, "hostaddr", addr);
	set(&s, "port", h->port);
	if (d->prefer_standby)
		set(&s, "target_session_attrs", d->round == 0 ? "standby" :
		    "any");
	for (i = 0; i < KEEPALIVE; i++)
		if (d->unset[i])
			set(&s, keepalive[i][0], keepalive[i][1]);
	d->conn = PQconnectStartParams(s.keywords, s.values, 1);
	d->events = POLLOUT;
	d->end = now + d->limit;
}

/* A lookup is under way: is it done, or too late? */
static void
looking_up(struct dial *d, int64_t now)
{
	const bool done = lookup_done(d->lookup);
	char text[512];
	int rc;

	if (!done && now < d->end)
		return;
	rc = done ? lookup_result(d->lookup, &d->addrs) : EAI_INPROGRESS;
	if (rc == 0) {
		d->next = d->addrs;
		drop_lookup(d);
		d->end = 0;
		return;
	}
	snprintf(text, sizeof(text), "host \"%s\": %s",
	    d->hosts.item[d->at].name, rc == EAI_INPROGRESS ?
	    "its name was not found in time" : gai_strerror(rc));
	complain(d, text);
	next_host(d);
}

/* Begins the next step: a lookup, or an attempt to connect. */
static void
begin(struct dial *d, int64_t now)
{
	const struct host *h = &d->hosts.item[d->at];
	char addr[NI_MAXHOST];
	const struct addrinfo *next;

	if (d->next == NULL) {
		if (hosts_is_address(h)) {
			attempt(d, h->addr, now);
		} else if ((d->lookup = lookup_start(h->name)) != NULL) {
			d->end = now + d->limit;
		} else {
			complain(d, "no memory or thread to look its name up");
			next_host(d);
		}
		return;
	}
	next = d->next;
	d->next = next->ai_next;
	if (getnameinfo(next->ai_addr, next->ai_addrlen, addr, sizeof(addr),
	    NULL, 0, NI_NUMERICHOST) == 0)
		attempt(d, addr, now);
	else
		next_address(d);
}

/* The current address has not answered in time. */
static void
too_late(struct dial *d)
{
	const char *addr = PQhostaddr(d->conn);
	char text[512];

	snprintf(text, sizeof(text), "connection to server at \"%s\"%s%s%s, "
	    "port %s failed: no answer within %d s", PQhost(d->conn),
	    addr != NULL && *addr != '\0' ? " (" : "",
	    addr != NULL ? addr : "", addr != NULL && *addr != '\0' ? ")" :
	    "", PQport(d->conn), (int)(d->limit / SECOND));
	complain(d, text);
	next_address(d);
}

/* True: the current attempt is connected. */
static bool
connecting(struct dial *d, int64_t now)
{
	struct pollfd pfd = { .fd = PQsocket(d->conn), .events = d->events };

	if (PQstatus(d->conn) == CONNECTION_BAD)
		goto failed;
	if (now >= d->end) {
		too_late(d);
		return false;
	}
	/* PQconnectPoll() may be called only when the socket is ready. */
	if (poll(&pfd, 1, 0) != 1)
		return false;
	switch (PQconnectPoll(d->conn)) {
	case PGRES_POLLING_READING:
		d->events = POLLIN;
		return false;
	case PGRES_POLLING_WRITING:
		d->events = POLLOUT;
		return false;
	case PGRES_POLLING_OK:
		return true;
	default:
		break;
	}
failed:
	complain(d, d->conn != NULL ? PQerrorMessage(d->conn) :
	    "out of memory");
	next_address(d);
	return false;
}

enum dial_state
dial_work(struct dial *d, int64_t now)
{
	/* After a failure the next step begins at once. */
	do {
		if (d->at == d->hosts.n)
			return DIAL_FAILED;
		if (d->end == 0)
			begin(d, now);
		if (d->lookup != NULL)
			looking_up(d, now);
		else if (d->end != 0 && connecting(d, now))
			return DIAL_DONE;
	} while (d->end == 0);
	return DIAL_BUSY;
}

size_t
dial_fds(const struct dial *d, struct pollfd *fds, size_t max)
{
	const bool looks = d->lookup != NULL;
	const int fd = looks ? lookup_fd(d->lookup) : PQsocket(d->conn);

	if (fd < 0 || max == 0)
		return 0;
	fds[0] = (struct pollfd){ .fd = fd,
	    .events = looks ? POLLIN : d->events };
	return 1;
}

int64_t
dial_deadline(const struct dial *d)
{
	return d->end;
}

enum dial_state
dial_wait(struct dial *d)
{
	struct pollfd pfd;
	enum dial_state state;
	int64_t now, left;

	for (;;) {
		now = now_monotonic();
		if ((state = dial_work(d, now)) != DIAL_BUSY)
			return state;
		left = dial_deadline(d) - now;
		(void)poll(&pfd, dial_fds(d, &pfd, 1), left > 0 ?
		    (int)(left / 1000 + 1) : 0);
	}
}

PGconn *
dial_connection(struct dial *d)
{
	PGconn *conn = d->conn;

	d->conn = NULL;
	conn_prepare(conn);
	return conn;
}

const char *
dial_error(const struct dial *d)
{
	return buf_ok(&d->error) && d->error.len > 0 ? d->error.data :
	    "out of memory";
}
