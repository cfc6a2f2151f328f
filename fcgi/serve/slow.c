#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/serve/outgoing.h"
#include "fcgi/serve/slow.h"
#include "sql/lib/now.h"

#define SECOND	((int64_t)1000000)
#define EVENTS	64		/* handled in one round */

struct slow {
	pthread_t	 thread;
	struct counters	*counters;
	int		 epoll, wake;
	int		 ready_fd;	/* a semaphore: one for each ready */
	/* Only the thread uses these; the oldest is first. */
	struct peers	 held;
	size_t		 n;
	/* Shared, guarded by lock. */
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	struct peers	 coming, ready;
	size_t		 reading;	/* of coming and held */
	bool		 stop;
	atomic_bool	 close_idle;
};

static uint32_t
awaited(const struct peer *c)
{
	return c->state == PEER_WRITING ? EPOLLOUT : EPOLLIN | EPOLLRDHUP;
}

/* When the wait is over; INT64_MAX: an idle connection may wait for ever. */
static int64_t
deadline(const struct peer *c)
{
	switch (c->state) {
	case PEER_IDLE:
		return INT64_MAX;
	case PEER_WRITING:
		return c->since_us + (OUTGOING_TIMEOUT_S +
		    (int64_t)(c->moved / OUTGOING_RATE)) * SECOND;
	default:
		return c->since_us + SLOW_READ_S * SECOND;
	}
}

static const enum counters_wait waits[] = {
	[PEER_READING] = COUNTERS_REQUEST,
	[PEER_IDLE] = COUNTERS_NEXT,
	[PEER_WRITING] = COUNTERS_READER,
	[PEER_CLOSING] = COUNTERS_BODY,
};

static void
change_reading(struct slow *s, int by)
{
	pthread_mutex_lock(&s->lock);
	s->reading += (size_t)by;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

/* It enters or changes its state: the wait begins anew. */
static void
begin_wait(struct slow *s, struct peer *c)
{
	c->since_us = now_monotonic();
	c->moved = 0;
	c->counted = c->state;
	counters_wait(s->counters, waits[c->state], 1);
}

static void
end_wait(struct slow *s, struct peer *c)
{
	counters_wait(s->counters, waits[c->counted], -1);
}

static void
remove_peer(struct slow *s, struct peer *c)
{
	const bool was_reading = c->counted == PEER_READING;

	end_wait(s, c);
	TAILQ_REMOVE(&s->held, c, list);
	s->n--;
	epoll_ctl(s->epoll, EPOLL_CTL_DEL, c->fd, NULL);
	if (c->state == PEER_READY) {
		pthread_mutex_lock(&s->lock);
		TAILQ_INSERT_TAIL(&s->ready, c, list);
		eventfd_write(s->ready_fd, 1);
		pthread_mutex_unlock(&s->lock);
	} else {
		peer_free(c);
	}
	if (was_reading)
		change_reading(s, -1);
}

static void
drop(struct slow *s, struct peer *c)
{
	if (c->state == PEER_WRITING)
		syslog(LOG_WARNING, "an answer was cut short: its reader takes "
		    "too little");
	counters_dropped(s->counters);
	c->state = PEER_OVER;
	remove_peer(s, c);
}

/* After its state may have changed. */
static void
settle(struct slow *s, struct peer *c)
{
	struct epoll_event event = { .data.ptr = c };
	const bool close_idle = atomic_load(&s->close_idle);

	if (c->state == PEER_IDLE && close_idle)
		peer_read(c);		/* unless a request has come */
	if (c->state == PEER_READY || c->state == PEER_OVER ||
	    (c->state == PEER_IDLE && close_idle)) {
		remove_peer(s, c);
		return;
	}
	if (c->state == c->counted)
		return;
	if (c->counted == PEER_READING || c->state == PEER_READING)
		change_reading(s, c->state == PEER_READING ? 1 : -1);
	end_wait(s, c);
	begin_wait(s, c);
	TAILQ_REMOVE(&s->held, c, list);
	TAILQ_INSERT_TAIL(&s->held, c, list);
	event.events = awaited(c);
	epoll_ctl(s->epoll, EPOLL_CTL_MOD, c->fd, &event);
}

static void
handle(struct slow *s, struct peer *c)
{
	if (c->state == PEER_WRITING)
		peer_write(c);
	else if (c->state == PEER_CLOSING)
		peer_skip(c);
	else
		peer_read(c);
	settle(s, c);
}

/* Fetches what workers have handed over. */
static void
fetch(struct slow *s)
{
	struct peers coming = TAILQ_HEAD_INITIALIZER(coming);
	struct epoll_event event;
	struct peer *c;

	pthread_mutex_lock(&s->lock);
	TAILQ_CONCAT(&coming, &s->coming, list);
	pthread_mutex_unlock(&s->lock);
	while ((c = TAILQ_FIRST(&coming)) != NULL) {
		TAILQ_REMOVE(&coming, c, list);
		if (s->n == SLOW_MAX)
			drop(s, TAILQ_FIRST(&s->held));
		TAILQ_INSERT_TAIL(&s->held, c, list);
		s->n++;
		begin_wait(s, c);
		event = (struct epoll_event){ .data.ptr = c,
		    .events = awaited(c) };
		if (epoll_ctl(s->epoll, EPOLL_CTL_ADD, c->fd, &event) == -1)
			c->state = PEER_OVER;
		settle(s, c);
	}
}

/* Ends the waits that are over; returns when the next one will be. */
static int64_t
expire(struct slow *s)
{
	const int64_t now = now_monotonic();
	int64_t next = INT64_MAX, at;
	struct peer *c, *after;

	for (c = TAILQ_FIRST(&s->held); c != NULL; c = after) {
		after = TAILQ_NEXT(c, list);
		if (c->state == PEER_IDLE && atomic_load(&s->close_idle))
			settle(s, c);
		else if ((at = deadline(c)) <= now)
			drop(s, c);
		else if (at < next)
			next = at;
	}
	return next;
}

/* Is it time to end?  Only answers that are spooled are waited for. */
static bool
is_over(struct slow *s)
{
	struct peer *c;
	bool over;

	pthread_mutex_lock(&s->lock);
	over = s->stop && TAILQ_EMPTY(&s->coming);
	pthread_mutex_unlock(&s->lock);
	TAILQ_FOREACH(c, &s->held, list)
		if (c->state == PEER_WRITING)
			over = false;
	return over;
}

static void *
run(void *arg)
{
	struct epoll_event events[EVENTS];
	struct slow *s = arg;
	int64_t next = INT64_MAX, left;
	eventfd_t count;
	bool woken;
	int i, n;

	while (!is_over(s)) {
		left = next == INT64_MAX ? -1 : next - now_monotonic();
		n = epoll_wait(s->epoll, events, EVENTS, next == INT64_MAX ?
		    -1 : left < 0 ? 0 : (int)(left / 1000) + 1);
		for (i = 0, woken = false; i < n; i++)
			if (events[i].data.ptr == NULL)
				woken = true;
			else
				handle(s, events[i].data.ptr);
		/* Last, as it may free one that an event was for. */
		if (woken) {
			eventfd_read(s->wake, &count);
			fetch(s);
		}
		next = expire(s);
	}
	return NULL;
}

static void
slow_free(struct slow *s)
{
	struct peers *const all[] = { &s->held, &s->coming, &s->ready };
	struct peer *c;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		while ((c = TAILQ_FIRST(all[i])) != NULL) {
			TAILQ_REMOVE(all[i], c, list);
			peer_free(c);
		}
	if (s->epoll != -1)
		close(s->epoll);
	if (s->wake != -1)
		close(s->wake);
	if (s->ready_fd != -1)
		close(s->ready_fd);
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct slow *
slow_start(struct counters *counters)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct slow *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL) {
		syslog(LOG_ERR, "out of memory");
		return NULL;
	}
	s->counters = counters;
	TAILQ_INIT(&s->held);
	TAILQ_INIT(&s->coming);
	TAILQ_INIT(&s->ready);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (s->epoll != -1 && s->wake != -1 && s->ready_fd != -1 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &event) == 0) {
		if ((rc = pthread_create(&s->thread, NULL, run, s)) == 0)
			return s;
		errno = rc;
	}
	syslog(LOG_ERR, "cannot wait for web servers: %m");
	slow_free(s);
	return NULL;
}

void
slow_add(struct slow *s, struct peer *c)
{
	pthread_mutex_lock(&s->lock);
	TAILQ_INSERT_TAIL(&s->coming, c, list);
	s->reading += c->state == PEER_READING;
	pthread_mutex_unlock(&s->lock);
	eventfd_write(s->wake, 1);
}

int
slow_fd(const struct slow *s)
{
	return s->ready_fd;
}

/* With the lock held. */
static struct peer *
take(struct slow *s)
{
	struct peer *c = TAILQ_FIRST(&s->ready);
	eventfd_t count;

	if (c != NULL) {
		TAILQ_REMOVE(&s->ready, c, list);
		eventfd_read(s->ready_fd, &count);
	}
	return c;
}

struct peer *
slow_take(struct slow *s)
{
	struct peer *c;

	pthread_mutex_lock(&s->lock);
	c = take(s);
	pthread_mutex_unlock(&s->lock);
	return c;
}

void
slow_close_idle(struct slow *s)
{
	atomic_store(&s->close_idle, true);
	eventfd_write(s->wake, 1);
}

struct peer *
slow_wait(struct slow *s)
{
	struct peer *c;

	pthread_mutex_lock(&s->lock);
	while ((c = take(s)) == NULL && s->reading > 0)
		pthread_cond_wait(&s->changed, &s->lock);
	pthread_mutex_unlock(&s->lock);
	return c;
}

void
slow_stop(struct slow *s)
{
	if (s == NULL)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_mutex_unlock(&s->lock);
	eventfd_write(s->wake, 1);
	pthread_join(s->thread, NULL);
	slow_free(s);
}
