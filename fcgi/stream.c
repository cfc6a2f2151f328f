#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/message.h"
#include "fcgi/record.h"
#include "fcgi/stream.h"

/* Descriptors for all but the streams. */
#define SPARE_FDS	256

/* What the kernel may hold for a reader who stalls. */
#define SEND_BUFFER	16384

#define EVENTS		256

struct stream {
	struct stream	*next;		/* on its way to the thread */
	int		 fd;		/* -1: over, to be freed */
	unsigned	 request;
	size_t		 index;		/* in the thread's list */
	bool		 blocked;	/* until it can be written again */
	int64_t		 last;		/* Last-Event-ID */
	uint64_t	 seq;		/* of the next message of the line */
	struct message	*now;		/* being sent; NULL: up to date */
	size_t		 sent;		/* bytes of it, with its record's head */
	struct record_reader reader;
};

struct streams {
	pthread_t	 thread;
	struct watch	*watch;
	size_t		 max;
	atomic_size_t	 taken;		/* places */
	atomic_bool	 stop;
	int		 wake, epoll;
	/* The thread's own. */
	struct stream	**open;
	size_t		 n, size;
	struct stream	*over;		/* freed after the round */
	struct line	 line;
	int64_t		 beat_us;
	/* Shared. */
	pthread_mutex_t	 lock;
	struct stream	*coming;
	struct message	*told, **told_end;
	struct streams_stats stats;
};

static void
forget(struct stream *st)
{
	message_put(st->now);
	free(st);
}

/* The stream is over; others of this round may still point at it. */
static void
close_stream(struct streams *s, struct stream *st)
{
	close(st->fd);
	st->fd = -1;
	s->open[st->index] = s->open[--s->n];
	s->open[st->index]->index = st->index;
	st->next = s->over;
	s->over = st;
	streams_release(s);
}

static void
bury(struct streams *s)
{
	struct stream *st;

	while ((st = s->over) != NULL) {
		s->over = st->next;
		forget(st);
	}
}

static void
drop_slow(struct streams *s, struct stream *st)
{
	pthread_mutex_lock(&s->lock);
	s->stats.dropped++;
	pthread_mutex_unlock(&s->lock);
	close_stream(s, st);
}

static void
want_out(struct streams *s, struct stream *st, bool blocked)
{
	struct epoll_event event = { .data.ptr = st,
	    .events = EPOLLIN | EPOLLRDHUP | (blocked ? EPOLLOUT : 0U) };

	if (st->blocked == blocked)
		return;
	st->blocked = blocked;
	epoll_ctl(s->epoll, EPOLL_CTL_MOD, st->fd, &event);
}

/* Writes what can be written of the message: 1 all, 0 not all, -1 gone. */
static int
write_message(struct stream *st)
{
	unsigned char head[RECORD_HEAD];
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	const size_t all = RECORD_HEAD + st->now->len;
	const size_t in_head = st->sent < RECORD_HEAD ? st->sent : RECORD_HEAD;
	const size_t in_text = st->sent - in_head;
	ssize_t n;

	record_head(head, RECORD_STDOUT, st->request, st->now->len);
	iov[0] = (struct iovec){ head + in_head, RECORD_HEAD - in_head };
	iov[1] = (struct iovec){ st->now->text + in_text,
	    st->now->len - in_text };
	n = sendmsg(st->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : -1;
	st->sent += (size_t)n;
	return st->sent == all;
}

/* Sends all that there is for it, or all that it takes. */
static void
pump(struct streams *s, struct stream *st)
{
	int rc;

	for (;;) {
		if (st->now == NULL &&
		    (st->now = line_get(&s->line, st->seq)) != NULL) {
			st->seq++;
			st->sent = 0;
		}
		if (st->now == NULL) {
			want_out(s, st, false);
			return;
		}
		if ((rc = write_message(st)) == -1) {
			close_stream(s, st);
			return;
		}
		if (rc == 0) {
			want_out(s, st, true);
			return;
		}
		message_put(st->now);
		st->now = NULL;
	}
}

/* All streams that are not stuck; who is, and is too far behind, goes. */
static void
pump_all(struct streams *s)
{
	size_t i;

	for (i = s->n; i-- > 0;) {
		struct stream *st = s->open[i];

		if (!line_has(&s->line, st->seq))
			drop_slow(s, st);
		else if (!st->blocked)
			pump(s, st);
	}
}

/* The first event, and the place in the line where the reader goes on. */
static bool
greet(struct streams *s, struct stream *st)
{
	struct buf json = { 0 };
	int64_t generation = 0;
	bool reload;

	buf_char(&json, '{');
	if (watch_json(s->watch, &json, &generation)) {
		buf_char(&json, '}');
		st->seq = line_after(&s->line, st->last, generation, &reload);
		st->now = message_hello(generation, &json, reload);
	}
	buf_free(&json);
	return st->now != NULL;
}

static void
admit(struct streams *s, struct stream *st)
{
	struct epoll_event event = { .data.ptr = st,
	    .events = EPOLLIN | EPOLLRDHUP };
	const int size = SEND_BUFFER;
	struct stream **open = s->open;

	if (s->n == s->size) {
		open = realloc(s->open, (s->size * 2 + 64) * sizeof(*open));
		if (open != NULL) {
			s->open = open;
			s->size = s->size * 2 + 64;
		}
	}
	fcntl(st->fd, F_SETFL, fcntl(st->fd, F_GETFL) | O_NONBLOCK);
	setsockopt(st->fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if (open == NULL || !greet(s, st) ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, st->fd, &event) == -1) {
		close(st->fd);
		streams_release(s);
		forget(st);
		return;
	}
	st->index = s->n;
	s->open[s->n++] = st;
	pump(s, st);
}

/* What others have left for this thread. */
static void
take(struct streams *s)
{
	struct stream *st, *next;
	struct message *m, *told;
	bool any = false;

	pthread_mutex_lock(&s->lock);
	st = s->coming;
	s->coming = NULL;
	told = s->told;
	s->told = NULL;
	s->told_end = &s->told;
	pthread_mutex_unlock(&s->lock);
	for (; (m = told) != NULL; any = true) {
		told = m->next;
		line_add(&s->line, m);
	}
	if (any)
		pump_all(s);
	for (; st != NULL; st = next) {
		next = st->next;
		admit(s, st);
	}
}

static void
read_stream(struct streams *s, struct stream *st)
{
	unsigned char bytes[512];
	ssize_t n = recv(st->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || record_aborts(&st->reader, bytes, (size_t)n,
	    st->request))
		close_stream(s, st);
}

static void
beat(struct streams *s)
{
	struct buf json = { 0 };
	struct message *m = NULL;
	int64_t generation;

	s->beat_us = news_now_us();
	if (s->n == 0)
		return;
	buf_char(&json, '{');
	if (watch_json(s->watch, &json, &generation)) {
		buf_char(&json, '}');
		m = message_new("heartbeat", generation, generation, &json);
	}
	buf_free(&json);
	if (m != NULL) {
		line_add(&s->line, m);
		pump_all(s);
	}
}

/* A stream that is in the middle of a message can only be cut. */
static void
end_all(struct streams *s)
{
	unsigned char end[RECORD_FINISH];

	while (s->n > 0) {
		struct stream *st = s->open[s->n - 1];

		record_finish(end, st->request);
		if (st->now == NULL)
			send(st->fd, end, sizeof(end),
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		close_stream(s, st);
	}
	bury(s);
}

static void
handle(struct streams *s, const struct epoll_event *event)
{
	struct stream *st = event->data.ptr;
	eventfd_t n;

	if (st == NULL) {
		eventfd_read(s->wake, &n);
		take(s);
		return;
	}
	if (st->fd != -1 && (event->events & ~(uint32_t)EPOLLOUT) != 0)
		read_stream(s, st);
	if (st->fd != -1 && (event->events & EPOLLOUT) != 0)
		pump(s, st);
}

static void *
run(void *arg)
{
	const int64_t every = (int64_t)STREAM_BEAT_S * 1000000;
	struct epoll_event events[EVENTS];
	struct streams *s = arg;
	int64_t left;
	int i, n;

	s->beat_us = news_now_us();
	while (!atomic_load(&s->stop)) {
		left = s->beat_us + every - news_now_us();
		n = epoll_wait(s->epoll, events, EVENTS,
		    left < 0 ? 0 : (int)(left / 1000) + 1);
		for (i = 0; i < n; i++)
			handle(s, events + i);
		if (news_now_us() - s->beat_us >= every)
			beat(s);
		bury(s);
	}
	take(s);
	end_all(s);
	return NULL;
}

/* As many descriptors as that needs; fewer streams when it must be. */
static size_t
raise_limit(size_t max)
{
	struct rlimit limit;
	const rlim_t need = max + SPARE_FDS;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 ||
	    limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= need)
		return max;
	limit.rlim_cur = need;
	if (limit.rlim_max < need) {
		const struct rlimit more = { need, need };

		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			return max;	/* we have the right to */
		limit.rlim_cur = limit.rlim_max;
	}
	setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur >= need)
		return max;
	max = limit.rlim_cur > SPARE_FDS ? limit.rlim_cur - SPARE_FDS : 0;
	syslog(LOG_WARNING, "the limit on open files (%llu) allows no more "
	    "than %zu event streams", (unsigned long long)limit.rlim_cur, max);
	return max;
}

static void
streams_free(struct streams *s)
{
	if (s->wake != -1)
		close(s->wake);
	if (s->epoll != -1)
		close(s->epoll);
	line_free(&s->line);
	pthread_mutex_destroy(&s->lock);
	free(s->open);
	free(s);
}

struct streams *
streams_start(size_t max, struct watch *watch)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct streams *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return NULL;
	s->watch = watch;
	s->told_end = &s->told;
	pthread_mutex_init(&s->lock, NULL);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->wake != -1 && s->epoll != -1 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &event) == 0) {
		s->max = raise_limit(max);
		rc = pthread_create(&s->thread, NULL, run, s);
		if (rc == 0)
			return s;
		errno = rc;
	}
	syslog(LOG_ERR, "event streams: %m");
	streams_free(s);
	return NULL;
}

void
streams_stop(struct streams *s)
{
	if (s == NULL)
		return;
	atomic_store(&s->stop, true);
	eventfd_write(s->wake, 1);
	pthread_join(s->thread, NULL);
	take(s);			/* who came while it ended */
	end_all(s);
	streams_free(s);
}

bool
streams_reserve(struct streams *s)
{
	if (atomic_fetch_add(&s->taken, 1) < s->max)
		return true;
	atomic_fetch_sub(&s->taken, 1);
	return false;
}

void
streams_release(struct streams *s)
{
	atomic_fetch_sub(&s->taken, 1);
}

void
streams_park(struct streams *s, int fd, unsigned request, int64_t last)
{
	struct stream *st = calloc(1, sizeof(*st));

	if (st == NULL) {
		close(fd);
		streams_release(s);
		return;
	}
	st->fd = fd;
	st->request = request;
	st->last = last;
	pthread_mutex_lock(&s->lock);
	st->next = s->coming;
	s->coming = st;
	s->stats.parked++;
	pthread_mutex_unlock(&s->lock);
	eventfd_write(s->wake, 1);
}

static bool
wanted(void *arg)
{
	struct streams *s = arg;

	return atomic_load(&s->taken) > 0;
}

static void
tell(void *arg, int64_t since, int64_t generation, const struct buf *json)
{
	struct streams *s = arg;
	struct message *m = message_new(since < 0 ? "reload" :
	    since == generation ? "heartbeat" : "change", since, generation,
	    json);

	if (m == NULL)
		return;		/* the readers see a gap, and ask again */
	pthread_mutex_lock(&s->lock);
	*s->told_end = m;
	s->told_end = &m->next;
	s->stats.told++;
	pthread_mutex_unlock(&s->lock);
	eventfd_write(s->wake, 1);
}

void
streams_hooks(struct streams *s, struct watch_hooks *hooks)
{
	*hooks = (struct watch_hooks){ .wanted = wanted, .tell = tell,
	    .arg = s };
}

void
streams_stats(struct streams *s, struct streams_stats *stats)
{
	pthread_mutex_lock(&s->lock);
	*stats = s->stats;
	stats->open = atomic_load(&s->taken);
	pthread_mutex_unlock(&s->lock);
}
