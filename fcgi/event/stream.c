#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/event/private.h"

/* Descriptors for everything but the streams (slow readers have two). */
#define SPARE_FDS	768

/* Allows as many descriptors as max streams need; returns how many it can. */
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
			return max;	/* the hard limit was raised, too */
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
	ring_free(&s->ring);
	places_destroy(&s->places);
	pthread_mutex_destroy(&s->lock);
	free(s->open);
	free(s);
}

struct streams *
streams_start(size_t max, size_t per_user, struct watch *watch)
{
	struct epoll_event event = { .events = EPOLLIN };
	struct streams *s = calloc(1, sizeof(*s));
	int rc;

	if (s == NULL)
		return NULL;
	s->watch = watch;
	places_init(&s->places, max, per_user);
	s->told_end = &s->told;
	pthread_mutex_init(&s->lock, NULL);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (s->wake != -1 && s->epoll != -1 &&
	    epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->wake, &event) == 0) {
		s->places.max = raise_limit(max);
		rc = pthread_create(&s->thread, NULL, streams_run, s);
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
	streams_free(s);
}

enum place_err
streams_reserve(struct streams *s, const char *key, struct holder **place)
{
	return places_reserve(&s->places, key, place);
}

void
streams_release(struct streams *s, struct holder *place)
{
	places_release(&s->places, place);
}

void
streams_park(struct streams *s, struct holder *place, int fd,
    unsigned request, const struct stream_start *start)
{
	struct stream *st = calloc(1, sizeof(*st));

	if (st == NULL) {
		close(fd);
		streams_release(s, place);
		return;
	}
	st->fd = fd;
	st->holder = place;
	st->request = request;
	st->last = start->last;
	st->access = start->access;
	st->brief = start->brief;
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

	return atomic_load(&s->places.taken) > 0;
}

static void
tell(void *arg, int64_t since, int64_t generation, const struct buf *json)
{
	struct streams *s = arg;
	struct message *m = message_new(since < 0 ? "reload" :
	    since == generation ? "heartbeat" : "change", since, generation,
	    json);

	if (m == NULL)
		return;		/* the readers see a gap and reload */
	pthread_mutex_lock(&s->lock);
	*s->told_end = m;
	s->told_end = &m->next;
	s->stats.told++;
	pthread_mutex_unlock(&s->lock);
	eventfd_write(s->wake, 1);
}

static void
set_access(void *arg, int64_t version)
{
	struct streams *s = arg;

	atomic_store(&s->access, version);
	eventfd_write(s->wake, 1);
}

void
streams_hooks(struct streams *s, struct watch_hooks *hooks)
{
	*hooks = (struct watch_hooks){ .wanted = wanted, .tell = tell,
	    .access = set_access,
	    .arg = s };
}

void
streams_stats(struct streams *s, struct streams_stats *stats)
{
	pthread_mutex_lock(&s->lock);
	*stats = s->stats;
	pthread_mutex_unlock(&s->lock);
	pthread_mutex_lock(&s->places.lock);
	stats->refused = s->places.refused;
	pthread_mutex_unlock(&s->places.lock);
	stats->open = atomic_load(&s->places.taken);
}
