#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>

#include "poller/loop.h"
#include "poller/store/flush.h"
#include "sql/lib/now.h"

#define ALIVE_US	INT64_C(2100000)	/* between two alive_at */
#define LOCK_US		INT64_C(500000)		/* between two tries */
#define LAST_US		INT64_C(3000000)	/* for the last flush */
#define PATIENCE_US	INT64_C(5000000)	/* retention waits */
#define BRIEF_US	INT64_C(50000)		/* when ppoll(2) fails */

/* When this source is to be flushed next, or its lock to be asked for. */
static int64_t
due(const struct loop *l, const struct source *s)
{
	if (l->store != NULL && !store_locked(l->store, s))
		return s->lock_at;
	if (s->refused[0] != '\0' && !s->unwritten)
		return s->refused_until;
	if (s->unwritten || (source_whole(s) &&
	    (s->rows != SOURCE_ROWS_CHANGED || snapshot_changed(s->snapshot))))
		return s->flushed + l->interval_us;
	if (s->status == SOURCE_LIVE)
		return s->flushed + ALIVE_US;
	return INT64_MAX;
}

/* The earliest time at which there is something to do. */
static int64_t
deadline(const struct loop *l)
{
	int64_t at = INT64_MAX, t;
	size_t i;

	if (l->store != NULL)
		at = store_deadline(l->store);
	for (i = 0; i < l->n && l->begun; i++) {
		t = source_deadline(&l->source[i]);
		if (t < at)
			at = t;
		if (l->store != NULL && !store_ready(l->store))
			continue;
		t = due(l, &l->source[i]);
		if (t < at)
			at = t;
	}
	return at;
}

/*
 * ppoll(2) fails when there are more descriptors than the process may have, or
 * no memory.  No work of ours blocks, so all of it is tried every BRIEF_US.
 */
static void
wait_briefly(struct loop *l, int64_t us)
{
	const struct timespec ts = { .tv_nsec = (long)(1000 *
	    (us < BRIEF_US ? us : BRIEF_US)) };

	if (!l->cannot_wait)
		syslog(LOG_ERR, "cannot wait: %m: trying every %d ms",
		    (int)(BRIEF_US / 1000));
	l->cannot_wait = true;
	(void)ppoll(NULL, 0, &ts, l->waiting);
}

/* Sleeps until a descriptor, a signal or the time at. */
static void
wait_until(struct loop *l, int64_t at)
{
	struct pollfd fds[LOOP_SOURCES_MAX * SOURCE_FDS + 1];
	struct timespec ts = { 0 };
	int64_t us = at - now_boot();
	size_t n = 0, i;

	if (l->store != NULL)
		n += store_fds(l->store, fds, 1);
	for (i = 0; i < l->n && l->begun; i++)
		n += source_fds(&l->source[i], fds + n, SOURCE_FDS);
	if (us > 0) {
		if (us > 3600 * INT64_C(1000000))
			us = 3600 * INT64_C(1000000);
		ts.tv_sec = (time_t)(us / 1000000);
		ts.tv_nsec = (long)(us % 1000000 * 1000);
	}
	if (ppoll(fds, n, &ts, l->waiting) == -1) {
		if (errno != EINTR)
			wait_briefly(l, us > 0 ? us : 0);
	} else if (l->cannot_wait) {
		l->cannot_wait = false;
		syslog(LOG_INFO, "waiting again");
	}
}

/* A flush is not in the database: the next one writes all rows. */
static void
flush_failed(struct loop *l, struct source *s)
{
	l->done[s - l->source] = false;
	source_need_rows(s, l->was_resumed ? SOURCE_ROWS_RESUMED :
	    SOURCE_ROWS_ALL);
	s->unwritten = true;
	if (l->was_whole)
		snapshot_rows_lost(s->snapshot);
}

/* Flushes the next source that is due, or asks for its lock first. */
static void
flush_one(struct loop *l, int64_t now)
{
	struct source *s;
	size_t i, k;

	for (k = 0; k < l->n; k++) {
		i = (l->next + k) % l->n;
		s = &l->source[i];
		if (now < due(l, s))
			continue;
		l->next = i + 1;
		if (!store_locked(l->store, s)) {
			s->lock_at = now + LOCK_US;
			l->locking = store_lock(l->store, s, now) ? i : l->n;
			return;
		}
		l->was_whole = source_whole(s) && !source_withheld(s, now);
		l->was_resumed = s->rows == SOURCE_ROWS_RESUMED &&
		    l->was_whole;
		l->done[i] = l->was_whole;
		if (store_flush(l->store, s, now))
			l->flushing = i;
		else
			flush_failed(l, s);
		return;
	}
}

/* The current flush has ended, well or not. */
static void
flush_ended(struct loop *l, enum store_event event, int64_t now)
{
	struct source *s = &l->source[l->flushing];

	l->flushing = l->n;
	if (event != STORE_DONE)
		flush_failed(l, s);
	if (event == STORE_REJECTED) {
		source_refused(s, now, store_why(l->store));
		/* Without rows, the status itself was refused. */
		s->unwritten = l->was_whole;
	}
	if (event == STORE_DONE && l->was_whole) {
		source_accepted(s);
		if (source_whole(s))
			s->kind->settled(s);
	}
}

/* False: the schema is not ours. */
static bool
work_store(struct loop *l, int64_t now)
{
	enum store_event event = store_work(l->store, now);

	switch (event) {
	case STORE_REFUSED:
		return false;
	case STORE_DONE:
	case STORE_REJECTED:
	case STORE_FAILED:
		if (l->flushing < l->n)
			flush_ended(l, event, now);
		break;
	case STORE_LOCKED:
		/* It is not known here what another poller wrote meanwhile. */
		source_need_rows(&l->source[l->locking], SOURCE_ROWS_ALL);
		l->source[l->locking].unwritten = true;
		break;
	case STORE_LOCKED_OUT:
		if (l->once)
			l->source[l->locking].failures++;
		break;
	case STORE_NOTHING:
		break;
	}
	/* Retention waits until no flush is due, but not longer than this. */
	if (store_ready(l->store) && l->flushing == l->n &&
	    !store_purge(l->store, now, PATIENCE_US))
		flush_one(l, now);
	if (store_ready(l->store) && l->flushing == l->n)
		(void)store_purge(l->store, now, 0);
	return true;
}

/* -n: what a flush would write goes to standard output. */
static bool
print_all(struct loop *l, int64_t now)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (now < due(l, &l->source[i]))
			continue;
		l->done[i] = source_whole(&l->source[i]);
		if (!flush_print(&l->source[i], now, stdout)) {
			syslog(LOG_ERR, "print: %m");
			return false;
		}
	}
	return true;
}

/* -1: has every source been written, or failed? */
static bool
all_done(const struct loop *l, int *rc)
{
	size_t i, written = 0, failed = 0;

	for (i = 0; i < l->n; i++) {
		if (l->done[i] && l->flushing != i)
			written++;
		else if ((l->source[i].failures > 0 ||
		    l->source[i].refused[0] != '\0') && l->flushing == l->n &&
		    (l->store == NULL || !l->source[i].unwritten ||
		    l->source[i].locked == SOURCE_LOCKED_OUT))
			failed++;	/* and the database knows */
	}
	*rc = written == l->n ? EXIT_SUCCESS : EXIT_FAILURE;
	return written + failed == l->n ||
	    (l->store != NULL && store_failures(l->store) > 0);
}

/* Flushes what is due now, until end at the latest. */
static void
drain(struct loop *l, int64_t end)
{
	struct pollfd pfd;
	int64_t now;
	size_t i, waiting;

	for (i = 0; i < l->n; i++)
		l->source[i].flushed = 0;
	while ((now = now_boot()) < end && store_failures(l->store) == 0 &&
	    work_store(l, now)) {
		for (i = waiting = 0; i < l->n; i++)
			waiting += store_locked(l->store, &l->source[i]) &&
			    now >= due(l, &l->source[i]);
		if (l->flushing == l->n && waiting == 0)
			break;
		if (store_fds(l->store, &pfd, 1) == 1)
			(void)poll(&pfd, 1, 50);
	}
}

/* Writes what is new, and then that the poller was stopped. */
static void
flush_last(struct loop *l)
{
	int64_t end = now_boot() + LAST_US;
	size_t i;

	if (l->store == NULL)
		return;
	drain(l, end);
	for (i = 0; i < l->n; i++) {
		source_set_status(&l->source[i], SOURCE_DOWN,
		    "the poller was stopped");
		l->source[i].unwritten = true;
	}
	drain(l, end);
}

/* SIGHUP: every connection is closed and made again. */
static void
reopen(struct loop *l)
{
	size_t i;

	syslog(LOG_INFO, "reopening all connections");
	for (i = 0; i < l->n; i++)
		source_reopen(&l->source[i]);
	if (l->store == NULL)
		return;
	if (l->flushing < l->n)
		flush_failed(l, &l->source[l->flushing]);
	l->flushing = l->n;
	store_reopen(l->store);
}

/*
 * The sources begin once the database has told what it knows of them, or cannot
 * be reached.
 */
static void
begin(struct loop *l)
{
	size_t i;

	if (l->store != NULL && !store_tried(l->store))
		return;
	l->begun = true;
	for (i = 0; i < l->n && l->store != NULL; i++)
		store_resume(l->store, &l->source[i]);
}

int
loop_run(struct loop *l)
{
	int64_t now, give_up = now_boot() + LOOP_ONCE_S * INT64_C(1000000);
	int rc = EXIT_FAILURE;
	size_t i;

	l->flushing = l->n;
	while (!*l->stop) {
		if (*l->reopen) {
			*l->reopen = 0;
			reopen(l);
		}
		now = now_boot();
		for (i = 0; i < l->n && l->begun; i++)
			source_work(&l->source[i], now);
		if (l->store != NULL ? !work_store(l, now) :
		    !print_all(l, now))
			return EXIT_FAILURE;
		if (l->once && (all_done(l, &rc) || now >= give_up))
			break;
		if (!l->begun)
			begin(l);
		wait_until(l, l->once && give_up < deadline(l) ? give_up :
		    deadline(l));
	}
	flush_last(l);
	return l->once ? rc : EXIT_SUCCESS;
}
