#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/source/plain.h"
#include "poller/source/source.h"

const char *const source_status_names[SOURCE_STATUS__MAX] = {
	[SOURCE_CONNECTING] = "connecting",
	[SOURCE_LIVE] = "live",
	[SOURCE_STALE] = "stale",
	[SOURCE_DOWN] = "down",
};

void
source_free(struct source *s)
{
	if (s->kind != NULL && s->own != NULL)
		s->kind->close(s);
	snapshot_free(s->snapshot);
	address_free(&s->at);
	memset(s, 0, sizeof(*s));
}

void
source_set_status(struct source *s, enum source_status status,
    const char *fmt, ...)
{
	char text[sizeof(s->error)], error[sizeof(s->error)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	plain_text(error, sizeof(error), text, strlen(text));
	if (status == s->status && strcmp(error, s->error) == 0)
		return;
	/* "connecting" keeps the error that ended the last connection. */
	if (status != SOURCE_CONNECTING || s->error[0] == '\0')
		strcpy(s->error, error);
	s->status = status;
	s->unwritten = true;
	syslog(status == SOURCE_LIVE || status == SOURCE_CONNECTING ?
	    LOG_INFO : LOG_WARNING, "%s: %s%s%s", s->at.name,
	    source_status_names[status], error[0] != '\0' ? ": " : "", error);
}

void
source_heard(struct source *s, int64_t at, int64_t now)
{
	s->alive = at != 0 ? at : 1;
	if (now - s->alive < s->stale_us)
		s->stale_at = s->alive + s->stale_us;
}

void
source_in_step(struct source *s)
{
	s->rows = SOURCE_ROWS_RESUMED;
	syslog(LOG_INFO, "%s: in step: %zu users, %zu queues, %zu calls",
	    s->at.name, snapshot_count(s->snapshot, VIEW_USER),
	    snapshot_count(s->snapshot, VIEW_QUEUE),
	    snapshot_count(s->snapshot, VIEW_TASK));
}

static int64_t
backoff(unsigned *failures)
{
	int64_t wait = SOURCE_BACKOFF_US;

	if (*failures < 5)
		wait = INT64_C(1000000) << *failures;
	++*failures;
	return wait - wait / 2 * (random() % 1001) / 1000;
}

int64_t
source_backoff(struct source *s)
{
	return backoff(&s->failures);
}

void
source_refused(struct source *s, int64_t now, const char *why)
{
	char text[sizeof(s->refused)], refused[sizeof(s->refused)];

	snprintf(text, sizeof(text), "the database refuses what it says: %s",
	    why);
	plain_text(refused, sizeof(refused), text, strlen(text));
	if (strcmp(refused, s->refused) != 0)
		syslog(LOG_ERR, "%s: %s", s->at.name, refused);
	strcpy(s->refused, refused);
	s->refused_until = now + backoff(&s->refusals);
	source_need_rows(s, SOURCE_ROWS_RESUMED);
	s->unwritten = true;
}

bool
source_withheld(const struct source *s, int64_t now)
{
	return s->refused[0] != '\0' && now < s->refused_until;
}

void
source_accepted(struct source *s)
{
	if (s->refused[0] != '\0')
		syslog(LOG_INFO, "%s: the database takes what it says again",
		    s->at.name);
	s->refused[0] = '\0';
	s->refusals = 0;
}

void
source_fail(struct source *s, int64_t now, const char *error)
{
	s->rows = SOURCE_ROWS_NONE;
	s->retry_at = now + source_backoff(s);
	source_set_status(s, SOURCE_DOWN, "%s", error);
}

size_t
source_fds(const struct source *s, struct pollfd *fds, size_t max)
{
	return s->own != NULL ? s->kind->fds(s, fds, max) : 0;
}

int64_t
source_deadline(const struct source *s)
{
	int64_t at = s->own != NULL ? s->kind->deadline(s) : s->retry_at;

	return s->stale_at < at ? s->stale_at : at;
}

/*
 * When this process was suspended, what has come meanwhile is read at once, and
 * nobody knows when it came: a gap lies before it.  The database decides that by
 * the last sign of life that it was told of, SOURCE_UNTOLD_US ago at most.
 */
static void
note_suspension(struct source *s, int64_t now)
{
	const int64_t away = now - s->worked;

	if (s->worked != 0 && away > s->stale_us - SOURCE_UNTOLD_US &&
	    s->rows != SOURCE_ROWS_NONE) {
		syslog(LOG_WARNING, "%s: this program did not run for %d s",
		    s->at.name, (int)(away / 1000000));
		source_need_rows(s, SOURCE_ROWS_RESUMED);
		s->unwritten = true;
	}
	s->worked = now;
}

void
source_work(struct source *s, int64_t now)
{
	note_suspension(s, now);
	if (s->own == NULL && now >= s->retry_at)
		s->kind->open(s, now);
	if (s->own != NULL)
		s->kind->work(s, now);
	/* The database closes the intervals of a stale source, so this is
	 * written once, with or without a connection to the source. */
	if (now >= s->stale_at) {
		s->stale_at = INT64_MAX;
		s->unwritten = true;
		if (s->status == SOURCE_LIVE)
			source_set_status(s, SOURCE_STALE, "no sign of life "
			    "for %d s", (int)(s->stale_us / 1000000));
	} else if (s->status == SOURCE_STALE &&
	    now - s->alive < s->stale_us) {
		source_need_rows(s, SOURCE_ROWS_RESUMED);
		source_set_status(s, SOURCE_LIVE, "%s", "");
	}
}

void
source_reopen(struct source *s)
{
	if (s->own != NULL)
		s->kind->close(s);
	s->rows = SOURCE_ROWS_NONE;
	s->failures = 0;
	s->retry_at = s->refused_until = 0;
}

bool
source_whole(const struct source *s)
{
	return s->rows != SOURCE_ROWS_NONE && !s->changing;
}

void
source_need_rows(struct source *s, enum source_rows rows)
{
	if (s->rows != SOURCE_ROWS_NONE && s->rows < rows)
		s->rows = rows;
}
