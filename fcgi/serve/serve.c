#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <errno.h>
#include <fcgiapp.h>
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
#include "fcgi/route.h"
#include "fcgi/serve/outgoing.h"
#include "fcgi/serve/serve.h"

/* A web server that sends nothing for so long within a request has gone. */
#define READ_TIMEOUT_S	10

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
	bool		 unix_socket;
	atomic_bool	 stop;
	atomic_int	 waiting;	/* threads that wait for connections */
};

struct worker {
	pthread_t	 thread;
	struct server	*server;
	struct context	*ctx;		/* its own */
	struct outgoing	*out;
	int		 epoll;		/* of fd and wake */
	unsigned	 drained;	/* accepted since we stop */
};

/* Starts what all workers share. */
static bool
open_shared(struct settings *s, struct watch_hooks *hooks)
{
	if ((s->counters = counters_new(route_name,
	    route_count())) == NULL ||
	    (s->watch = watch_new()) == NULL ||
	    (s->counts = cache_new(COUNTS_BYTES)) == NULL ||
	    (s->cache_bytes > 0 &&
	    (s->cache = cache_new(s->cache_bytes)) == NULL)) {
		syslog(LOG_ERR, "cannot start: %m");
		return false;
	}
	if (s->streams_max == 0)
		return watch_start(s->watch, NULL);
	s->streams = streams_start(s->streams_max, s->watch);
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
	counters_free(s->counters);
}

/* So that no web server can hold a thread for ever. */
static void
set_limits(const struct server *server, int fd)
{
	const struct timeval in = { .tv_sec = READ_TIMEOUT_S };
	const int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &in, sizeof(in));
	if (!server->unix_socket)	/* answers are not written in bits */
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
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

/* A new connection, blocking; -1 when it is time to stop. */
static int
next_connection(struct worker *w)
{
	struct pollfd pfd = { .fd = w->server->wake, .events = POLLIN };
	bool stop;
	int fd;

	for (;;) {
		stop = atomic_load(&w->server->stop);
		if (stop && w->drained++ == DRAIN_MAX)
			return -1;
		fd = accept4(w->server->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd != -1) {
			set_limits(w->server, fd);
			return fd;
		}
		if (errno == EAGAIN) {
			if (stop)	/* the queue is empty */
				return -1;
			wait_connection(w);
		} else if (errno != ECONNABORTED && errno != EINTR) {
			/* Out of descriptors or memory: wait a second. */
			syslog(LOG_ERR, "accept: %m");
			if (poll(&pfd, 1, 1000) > 0)
				return -1;
		}
	}
}

/*
 * Waits for another request on a connection that the web server keeps open.
 * False when it is time to stop, or when another connection is queued and no
 * other thread is free.
 */
static bool
next_request(struct worker *w, int fd)
{
	struct pollfd pfd[3] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = w->server->wake, .events = POLLIN },
		{ .fd = w->server->fd, .events = POLLIN },
	};

	for (;;) {
		poll(pfd, 3, -1);
		if (pfd[0].revents != 0)
			return true;
		if (pfd[1].revents != 0 ||
		    atomic_load(&w->server->waiting) == 0)
			return false;
		poll(pfd, 2, 10);	/* another thread accepts it */
	}
}

/*
 * Writes the head of a stream and hands its connection over; libfcgi forgets
 * it.  False when the web server has gone or still sends: then the request ends
 * as any other.
 */
static bool
hand_over(struct worker *w, FCGX_Request *req)
{
	outgoing_flush(w->out, false);
	if (w->out->failed || FCGX_GetChar(req->in) != -1) {
		route_stream(w->ctx, -1, 0);
		return false;
	}
	route_stream(w->ctx, req->ipcFd, w->out->request);
	FCGX_Free(req, 0);
	req->ipcFd = -1;
	return true;
}

/* libfcgi reads the request.  The answer is written here, not by libfcgi. */
static void
answer(struct worker *w, FCGX_Request *req)
{
	struct outgoing *out = w->out;
	enum route_end end;

	outgoing_begin(out, req->ipcFd, (unsigned)req->requestId);
	end = route_serve(w->ctx, req->envp, outgoing_write, out);
	if (end == ROUTE_CUT)
		out->failed = true;	/* no end: it must not look complete */
	if (end == ROUTE_STREAM && hand_over(w, req))
		return;
	outgoing_flush(out, true);
	req->out->wasFCloseCalled = req->err->wasFCloseCalled = 1;
	if (out->failed)
		req->keepConnection = 0;
	/*
	 * When the request was read to its end, closing loses nothing.  Else
	 * libfcgi waits until the web server has closed.
	 */
	if (!req->keepConnection && FCGX_GetChar(req->in) == -1)
		FCGX_Detach(req);
	FCGX_Finish_r(req);
}

/*
 * libfcgi does not accept connections here: it would do so without time limits,
 * and it aborts when FCGI_WEB_SERVER_ADDRS is set.  It is given the connection
 * as if it had been kept open after an earlier request, and no listening
 * socket.
 */
static void
serve_connection(struct worker *w, FCGX_Request *req, int fd)
{
	req->ipcFd = fd;
	req->keepConnection = 1;
	do {
		if (FCGX_Accept_r(req) != 0)
			break;		/* it was closed, or is not FastCGI */
		answer(w, req);
	} while (req->ipcFd != -1 && next_request(w, req->ipcFd));
	if (req->ipcFd != -1)
		FCGX_Free(req, 1);
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	FCGX_Request req;
	int fd;

	if (FCGX_InitRequest(&req, -1, FCGI_FAIL_ACCEPT_ON_INTR) != 0)
		return NULL;
	while ((fd = next_connection(w)) != -1)
		serve_connection(w, &req, fd);
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

	w->server = server;
	w->ctx = context_new(settings);
	w->out = malloc(sizeof(*w->out));
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	return w->ctx != NULL && w->out != NULL && w->epoll != -1 &&
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, server->fd, &one) == 0 &&
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

	/* It sets handlers for signals; ours stay blocked. */
	if (FCGX_Init() != 0 || fcntl(l->fd, F_SETFL,
	    fcntl(l->fd, F_GETFL) | O_NONBLOCK) == -1 ||
	    (server.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1) {
		syslog(LOG_ERR, "cannot start: %m");
		return false;
	}
	signal(SIGPIPE, SIG_IGN);
	server.unix_socket = getsockname(l->fd, (struct sockaddr *)&name,
	    &len) == 0 && name.ss_family == AF_UNIX;
	started = open_shared(&settings, &hooks) ?
	    start(workers, n, &server, &settings) : 0;
	syslog(LOG_INFO, "%s, %u threads", started == n ? "ready" : "failed",
	    started);
	stop_signals(&set);
	if (started == n && sigwait(&set, &sig) == 0)
		syslog(LOG_INFO, "stopping: %s", strsignal(sig));
	listen_leave(l);
	atomic_store(&server.stop, true);
	eventfd_write(server.wake, 1);
	for (i = 0; i < started; i++) {
		pthread_join(workers[i].thread, NULL);
		close_worker(workers + i);
	}
	close_shared(&settings);
	close(server.wake);
	return started == n;
}
