#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/counters.h"
#include "fcgi/event/stream.h"
#include "fcgi/fresh/cache.h"
#include "fcgi/gate.h"
#include "fcgi/route.h"
#include "fcgi/serve/outgoing.h"
#include "fcgi/serve/serve.h"
#include "fcgi/serve/slow.h"
#include "sql/lib/now.h"
#include "sql/lib/throttle.h"

/*
 * Connections that a thread still accepts when it stops; not all, because other
 * processes may share the socket.
 */
#define DRAIN_MAX	128

/* For totals and facets: a few hundred bytes for each filter. */
#define COUNTS_BYTES	((size_t)4 << 20)

struct server {
	int		 fd;		/* listening */
	int		 wake;		/* eventfd: readable once we stop */
	struct slow	*slow;
	bool		 unix_socket;
	atomic_bool	 stop;
	atomic_int	 waiting;	/* threads that wait for connections */
};

struct worker {
	pthread_t	 thread;
	struct server	*server;
	struct context	*ctx;		/* its own */
	struct outgoing	*out;
	int		 epoll;		/* of fd, wake, and slow */
	unsigned	 drained;	/* accepted since we stop */
};

/* Starts what all n workers share. */
static bool
open_shared(struct settings *s, unsigned n, struct watch_hooks *hooks)
{
	if ((s->counters = counters_new(route_name,
	    route_count())) == NULL ||
	    (s->watch = watch_new()) == NULL ||
	    (s->scopes = scopes_new()) == NULL ||
	    (s->log = access_log_open(s->audit, true)) == NULL ||
	    (s->gate = gate_new(n > 1 ? n / 2 : 1)) == NULL ||
	    (s->counts = cache_new(COUNTS_BYTES)) == NULL ||
	    (s->cache_bytes > 0 &&
	    (s->cache = cache_new(s->cache_bytes)) == NULL)) {
		syslog(LOG_ERR, "cannot start: %m");
		return false;
	}
	if (s->streams_max == 0)
		return watch_start(s->watch, NULL);
	s->streams = streams_start(s->streams_max, s->streams_per_user,
	    s->watch);
	if (s->streams == NULL)
		return false;
	streams_hooks(s->streams, hooks);
	return watch_start(s->watch, hooks);
}

static void
close_shared(struct settings *s)
{
	if (s->watch != NULL)
		watch_stop(s->watch);
	streams_stop(s->streams);
	watch_free(s->watch);
	cache_free(s->cache);
	cache_free(s->counts);
	gate_free(s->gate);
	scopes_free(s->scopes);
	access_log_close(s->log);
	counters_free(s->counters);
}

/*
 * Waits for a connection, or until it is time to stop.  A connection wakes only
 * one of the threads that wait.
 */
static void
wait_connection(struct worker *w)
{
	struct epoll_event event;

	atomic_fetch_add(&w->server->waiting, 1);
	epoll_wait(w->epoll, &event, 1, -1);
	atomic_fetch_sub(&w->server->waiting, 1);
}

static struct peer *
accept_connection(const struct server *server)
{
	const int on = 1;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd == -1)
		return NULL;
	if (!server->unix_socket)	/* answers are not written in bits */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	errno = ENOMEM;
	return peer_new(fd, route_needs_body);
}

/* Logs what errno says. */
static void
complain(const char *what)
{
	static struct throttle throttle;
	unsigned missed;

	if (throttle_due(&throttle, now_monotonic(), &missed))
		syslog(LOG_ERR, "%s: %m", what);
}

/* One with a request, or a new one; NULL when it is time to stop. */
static struct peer *
next_connection(struct worker *w)
{
	struct pollfd pfd = { .fd = w->server->wake, .events = POLLIN };
	struct peer *c;
	bool stop;

	for (;;) {
		if ((c = slow_take(w->server->slow)) != NULL)
			return c;
		stop = atomic_load(&w->server->stop);
		if (stop && w->drained++ == DRAIN_MAX)
			return NULL;
		if ((c = accept_connection(w->server)) != NULL)
			return c;
		if (errno == EAGAIN) {
			if (stop)	/* the queue is empty */
				return NULL;
			wait_connection(w);
		} else if (errno != ECONNABORTED && errno != EINTR) {
			/* Out of descriptors or memory: wait a second. */
			complain("accept");
			if (poll(&pfd, 1, 1000) > 0)
				return NULL;
		}
	}
}

/*
 * Waits for another request on a connection that the web server keeps open.
 * False when it is time to stop, or when another connection is queued and no
 * other thread takes it.
 */
static bool
next_request(struct worker *w, int fd)
{
	struct pollfd pfd[4] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = w->server->wake, .events = POLLIN },
		{ .fd = w->server->fd, .events = POLLIN },
		{ .fd = slow_fd(w->server->slow), .events = POLLIN },
	};

	for (;;) {
		poll(pfd, 4, -1);
		if (pfd[0].revents != 0)
			return true;
		if (pfd[1].revents != 0 ||
		    atomic_load(&w->server->waiting) == 0)
			return false;
		/*
		 * Another thread takes it, unless the one that was woken for
		 * it was woken for something else at the same time.
		 */
		if (poll(pfd, 2, 10) == 0 && poll(pfd + 2, 2, 0) > 0)
			return false;
	}
}

/*
 * Writes the head of a stream and hands its connection over.  False when the
 * web server has gone or still sends: then the request ends as any other.
 */
static bool
hand_over(struct worker *w, struct peer *c)
{
	outgoing_flush(w->out, false);
	if (w->out->failed || !spool_empty(&c->spool) || !c->in.body_ended ||
	    !incoming_between(&c->in)) {
		route_stream(w->ctx, -1, 0);
		return false;
	}
	route_stream(w->ctx, c->fd, c->in.request);
	c->fd = -1;
	c->state = PEER_OVER;
	return true;
}

static void
answer(struct worker *w, struct peer *c)
{
	const struct request_body body = incoming_body(&c->in);
	struct outgoing *out = w->out;
	enum route_end end;

	outgoing_begin(out, c->fd, c->in.request, &c->spool);
	end = route_serve(w->ctx, c->in.env, &body, outgoing_write, out);
	if (end == ROUTE_STREAM && hand_over(w, c))
		return;
	if (end == ROUTE_CUT)
		out->failed = true;	/* no end: it must not look complete */
	outgoing_flush(out, true);
	peer_answered(c, out->failed);
}

/* Answers the requests that come; where it would have to wait, others do. */
static void
serve_connection(struct worker *w, struct peer *c)
{
	if (c->state == PEER_READING)
		peer_read(c);
	while (c->state == PEER_READY) {
		answer(w, c);
		if (c->state == PEER_IDLE && next_request(w, c->fd))
			peer_read(c);
	}
	if (c->state == PEER_OVER)
		peer_free(c);
	else
		slow_add(w->server->slow, c);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct peer *c;

	while ((c = next_connection(w)) != NULL)
		serve_connection(w, c);
	while ((c = slow_wait(w->server->slow)) != NULL)
		serve_connection(w, c);
	return NULL;
}

static void
stop_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGUSR1);
}

void
serve_prepare(void)
{
	sigset_t set;

	stop_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void
close_worker(struct worker *w)
{
	context_free(w->ctx);
	free(w->out);
	if (w->epoll != -1)
		close(w->epoll);
}

static bool
open_worker(struct worker *w, struct server *server,
    const struct settings *settings)
{
	struct epoll_event one = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	struct epoll_event all = { .events = EPOLLIN };
	const int slow = slow_fd(server->slow);

	w->server = server;
	w->ctx = context_new(settings);
	w->out = malloc(sizeof(*w->out));
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	return w->ctx != NULL && w->out != NULL && w->epoll != -1 &&
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, server->fd, &one) == 0 &&
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, slow, &one) == 0 &&
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, server->wake, &all) == 0;
}

static unsigned
start(struct worker *workers, unsigned n, struct server *server,
    const struct settings *settings)
{
	unsigned i;
	int rc;

	for (i = 0; i < n; i++) {
		if (!open_worker(workers + i, server, settings)) {
			syslog(LOG_ERR, "worker: %m");
			close_worker(workers + i);
			return i;
		}
		rc = pthread_create(&workers[i].thread, NULL, work,
		    workers + i);
		if (rc != 0) {
			syslog(LOG_ERR, "thread: %s", strerror(rc));
			close_worker(workers + i);
			return i;
		}
	}
	return n;
}

bool
serve(struct listener *l, unsigned n, const struct settings *given)
{
	struct settings settings = *given;
	struct watch_hooks hooks;
	struct sockaddr_storage name = { 0 };
	socklen_t len = sizeof(name);
	struct worker workers[SERVE_THREADS_MAX] = { 0 };
	struct server server = { .fd = l->fd };
	unsigned started, i;
	sigset_t set;
	int sig;

	if (fcntl(l->fd, F_SETFL,
	    fcntl(l->fd, F_GETFL) | O_NONBLOCK) == -1 ||
	    (server.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1) {
		syslog(LOG_ERR, "cannot start: %m");
		return false;
	}
	signal(SIGPIPE, SIG_IGN);
	server.unix_socket = getsockname(l->fd, (struct sockaddr *)&name,
	    &len) == 0 && name.ss_family == AF_UNIX;
	started = open_shared(&settings, n, &hooks) &&
	    (server.slow = slow_start(settings.counters)) != NULL ?
	    start(workers, n, &server, &settings) : 0;
	syslog(LOG_INFO, "%s, %u threads", started == n ? "ready" : "failed",
	    started);
	stop_signals(&set);
	if (started == n && sigwait(&set, &sig) == 0)
		syslog(LOG_INFO, "stopping: %s", strsignal(sig));
	listen_leave(l);
	atomic_store(&server.stop, true);
	eventfd_write(server.wake, 1);
	if (server.slow != NULL)
		slow_close_idle(server.slow);
	for (i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		close_worker(workers + i);
	}
	slow_stop(server.slow);
	close_shared(&settings);
	close(server.wake);
	return started == n;
}
