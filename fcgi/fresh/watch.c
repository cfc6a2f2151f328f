#include <sys/eventfd.h>

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/fresh/private.h"

/* An older reading is not used; whoever asks waits for a new one. */
#define FRESH_US		(2 * SECOND)
#define WAIT_US			(2 * SECOND)

struct watch *
watch_new(void)
{
	struct watch *w = calloc(1, sizeof(*w));
	pthread_condattr_t attr;

	if (w == NULL)
		return NULL;
	if ((w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1) {
		free(w);
		return NULL;
	}
	w->epoch = 1;
	pthread_mutex_init(&w->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->changed, &attr);
	pthread_condattr_destroy(&attr);
	return w;
}

void
watch_free(struct watch *w)
{
	if (w == NULL)
		return;
	generation_free(&w->gen);
	pthread_cond_destroy(&w->changed);
	pthread_mutex_destroy(&w->lock);
	close(w->wake);
	free(w);
}

bool
watch_start(struct watch *w, const struct watch_hooks *hooks)
{
	int rc;

	w->hooks = hooks;
	if ((rc = pthread_create(&w->thread, NULL, watch_run, w)) != 0)
		syslog(LOG_ERR, "thread: %s", strerror(rc));
	w->started = rc == 0;
	return w->started;
}

void
watch_stop(struct watch *w)
{
	if (!w->started)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	eventfd_write(w->wake, 1);
	pthread_join(w->thread, NULL);
	w->started = false;
}

/* With the lock held: waits for a fresh reading, unless none can be had. */
static void
refresh(struct watch *w)
{
	const int64_t now = now_monotonic(), until = now + WAIT_US;
	const struct timespec ts = { .tv_sec = until / SECOND,
	    .tv_nsec = until % SECOND * 1000 };

	w->asked_us = now;
	if (!w->idle && w->known && now - w->gen.read_us <= FRESH_US)
		return;
	w->idle = false;
	w->wanted_us = now;
	eventfd_write(w->wake, 1);
	while (w->started && !w->stop && !w->away && !w->unsure && !w->late &&
	    w->gen.read_us < now)
		if (pthread_cond_timedwait(&w->changed, &w->lock, &ts) != 0)
			w->late = true;	/* until the next reading */
}

bool
watch_live(struct watch *w, struct live *live)
{
	bool sure;

	pthread_mutex_lock(&w->lock);
	refresh(w);
	sure = w->known && !w->unsure;
	if (sure) {
		generation_live(&w->gen, w->away || w->late, now_monotonic(),
		    live);
		live->epoch = w->epoch;
		live->reading = w->reading;
	}
	pthread_mutex_unlock(&w->lock);
	return sure;
}

bool
watch_json(struct watch *w, struct buf *b, int64_t *generation)
{
	struct generation gen;
	bool sure;

	pthread_mutex_lock(&w->lock);
	w->asked_us = now_monotonic();
	sure = w->known && !w->unsure;
	if (sure) {
		gen = w->gen;
		*generation = gen.number = w->told;
		generation_json(b, &gen, w->away || w->late, now_monotonic());
	}
	pthread_mutex_unlock(&w->lock);
	return sure;
}

bool
watch_generation(struct watch *w, struct generation *gen, bool *away)
{
	bool sure;

	pthread_mutex_lock(&w->lock);
	refresh(w);
	sure = w->known && !w->unsure && generation_copy(gen, &w->gen);
	*away = w->away || w->late;
	pthread_mutex_unlock(&w->lock);
	return sure;
}
