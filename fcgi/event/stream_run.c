#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "fcgi/event/private.h"

/* Bytes that the kernel holds for a reader who does not read. */
#define SEND_BUFFER	16384

#define EVENTS		256	/* handled in one round */

static void
free_stream(struct stream *st)
{
	message_release(st->now);
	free(st);
}

/* It is freed later: other events of this round may point at it. */
static void
close_stream(struct streams *s, struct stream *st)
{
	close(st->fd);
	st->fd = -1;
	s->open[st->index] = s->open[--s->n];
	s->open[st->index]->index = st->index;
	st->next = s->closed;
	s->closed = st;
	places_release(&s->places, st->holder);
}

static void
free_closed(struct streams *s)
{
	struct stream *st;

	while ((st = s->closed) != NULL) {
		s->closed = st->next;
		free_stream(st);
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

/* Waits until the socket of a blocked stream takes more. */
static void
set_blocked(struct streams *s, struct stream *st, bool blocked)
{
	struct epoll_event event = { .data.ptr = st,
	    .events = EPOLLIN | EPOLLRDHUP | (blocked ? EPOLLOUT : 0U) };

	if (st->blocked == blocked)
		return;
	st->blocked = blocked;
	epoll_ctl(s->epoll, EPOLL_CTL_MOD, st->fd, &event);
}

enum written { WRITTEN_ALL, WRITTEN_PART, WRITTEN_GONE };

/* Writes as much of the record as the socket takes. */
static enum written
write_message(struct stream *st)
{
	unsigned char head[RECORD_HEAD];
	struct iovec iov[2];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	const size_t len = st->brief ? st->now->brief_len : st->now->len;
	char *text = st->now->text + (st->brief ? st->now->len : 0);
	const size_t all = RECORD_HEAD + len;
	const size_t in_head = st->sent < RECORD_HEAD ? st->sent : RECORD_HEAD;
	const size_t in_text = st->sent - in_head;
	ssize_t n;

	record_head(head, RECORD_STDOUT, st->request, len);
	iov[0] = (struct iovec){ head + in_head, RECORD_HEAD - in_head };
	iov[1] = (struct iovec){ text + in_text, len - in_text };
	n = sendmsg(st->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? WRITTEN_PART :
		    WRITTEN_GONE;
	st->sent += (size_t)n;
	return st->sent == all ? WRITTEN_ALL : WRITTEN_PART;
}

/* Sends the messages that are due, as far as the socket takes them. */
static void
send_due(struct streams *s, struct stream *st)
{
	enum written written;

	for (;;) {
		if (st->now == NULL &&
		    (st->now = ring_get(&s->ring, st->number)) != NULL) {
			st->number++;
			st->sent = 0;
		}
		if (st->now == NULL) {
			set_blocked(s, st, false);
			return;
		}
		written = write_message(st);
		if (written == WRITTEN_GONE) {
			close_stream(s, st);
			return;
		}
		if (written == WRITTEN_PART) {
			set_blocked(s, st, true);
			return;
		}
		message_release(st->now);
		st->now = NULL;
	}
}

/* Sends to all streams, and drops those that are too far behind. */
static void
send_all(struct streams *s)
{
	size_t i;

	for (i = s->n; i-- > 0;) {
		struct stream *st = s->open[i];

		if (!ring_has(&s->ring, st->number))
			drop_slow(s, st);
		else if (!st->blocked)
			send_due(s, st);
	}
}

/* Prepares the first message, and finds the one after it. */
static bool
say_hello(struct streams *s, struct stream *st)
{
	struct buf json = { 0 };
	int64_t generation = 0;
	bool reload;

	buf_char(&json, '{');
	if (watch_json(s->watch, &json, &generation)) {
		buf_char(&json, '}');
		st->number = ring_after(&s->ring, st->last, generation,
		    &reload);
		st->now = message_hello(generation, &json, reload);
	}
	buf_free(&json);
	return st->now != NULL;
}

static void
add_stream(struct streams *s, struct stream *st)
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
	if (open == NULL || st->access != atomic_load(&s->access) ||
	    !say_hello(s, st) ||
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, st->fd, &event) == -1) {
		close(st->fd);
		places_release(&s->places, st->holder);
		free_stream(st);
		return;
	}
	st->index = s->n;
	s->open[s->n++] = st;
	send_due(s, st);
}

/* Fetches what other threads have handed over. */
static void
fetch(struct streams *s)
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
		ring_add(&s->ring, m);
	}
	if (any)
		send_all(s);
	for (; st != NULL; st = next) {
		next = st->next;
		add_stream(s, st);
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

	s->beat_us = now_monotonic();
	if (s->n == 0)
		return;
	buf_char(&json, '{');
	if (watch_json(s->watch, &json, &generation)) {
		buf_char(&json, '}');
		m = message_new("heartbeat", generation, generation, &json);
	}
	buf_free(&json);
	fetch(s);		/* the change to its generation comes first */
	if (m != NULL) {
		ring_add(&s->ring, m);
		send_all(s);
	}
}

/* A stream in the middle of a message gets no end: it can only be closed. */
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
}

/* Other grants: every reader has to ask again. */
static void
check_access(struct streams *s)
{
	const int64_t access = atomic_load(&s->access);

	if (s->open_access != access)
		end_all(s);
	s->open_access = access;
}

static void
handle(struct streams *s, const struct epoll_event *event)
{
	struct stream *st = event->data.ptr;
	eventfd_t n;

	if (st == NULL) {
		eventfd_read(s->wake, &n);
		check_access(s);
		fetch(s);
		return;
	}
	if (st->fd != -1 && (event->events & ~(uint32_t)EPOLLOUT) != 0)
		read_stream(s, st);
	if (st->fd != -1 && (event->events & EPOLLOUT) != 0)
		send_due(s, st);
}

void *
streams_run(void *arg)
{
	const int64_t every = (int64_t)STREAM_BEAT_S * 1000000;
	struct epoll_event events[EVENTS];
	struct streams *s = arg;
	int64_t left;
	int i, n;

	s->beat_us = now_monotonic();
	while (!atomic_load(&s->stop)) {
		left = s->beat_us + every - now_monotonic();
		n = epoll_wait(s->epoll, events, EVENTS,
		    left < 0 ? 0 : (int)(left / 1000) + 1);
		for (i = 0; i < n; i++)
			handle(s, events + i);
		if (now_monotonic() - s->beat_us >= every)
			beat(s);
		free_closed(s);
	}
	fetch(s);
	end_all(s);
	free_closed(s);
	return NULL;
}
