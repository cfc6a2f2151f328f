#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "poller/source/plain.h"
#include "poller/source/source.h"

const char *const source_status_names[SOURCE_STATUS__MAX] = {
	[SOURCE_CONNECTING] = "connecting",
	[SOURCE_LIVE] = "live",
	[SOURCE_STALE] = "stale",
	[SOURCE_DOWN] = "down",
};

static const struct source_kind *const kinds[ADDRESS__MAX] = {
	[ADDRESS_CCCP] = &source_cccp,
	[ADDRESS_CCCPS] = &source_cccp,
	[ADDRESS_HTTP] = &source_url,
	[ADDRESS_HTTPS] = &source_url,
	[ADDRESS_FILE] = &source_file,
	[ADDRESS_EXEC] = &source_exec,
};

/* Better said at the start than when the first certificate is refused. */
static bool
check_cafile(const struct source_address *at, char *error)
{
	const char *path = getenv("CCCP_CAFILE");

	if (!address_secure(at) || path == NULL || access(path, R_OK) == 0)
		return true;
	snprintf(error, 256, "source %s: CCCP_CAFILE %s: %s", at->name, path,
	    strerror(errno));
	return false;
}

bool
source_parse(struct source *s, const char *spec, char *error)
{
	memset(s, 0, sizeof(*s));
	if (!address_parse(&s->at, spec, error))
		return false;
	s->kind = kinds[s->at.scheme];
	s->status = SOURCE_DOWN;
	/* Two snapshots may fail to come before what is known is too old. */
	s->stale_us = s->at.interval_s * INT64_C(2500000);
	if (s->stale_us < SOURCE_STALE_US)
		s->stale_us = SOURCE_STALE_US;
	if (check_cafile(&s->at, error)) {
		if ((s->snapshot = snapshot_new()) != NULL)
			return true;
		strcpy(error, "out of memory");
	}
	source_free(s);
	return false;
}

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
source_set(struct source *s, enum source_status status, const char *fmt, ...)
{
	char text[sizeof(s->error)], error[sizeof(s->error)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	plain_text(error, sizeof(error), text, strlen(text));
	if (status == s->status && strcmp(error, s->error) == 0)
		return;
	/* "connecting" keeps the reason why the last connection ended. */
	if (status != SOURCE_CONNECTING || s->error[0] == '\0')
		strcpy(s->error, error);
	s->status = status;
	s->news = true;
	syslog(status == SOURCE_LIVE || status == SOURCE_CONNECTING ?
	    LOG_INFO : LOG_WARNING, "%s: %s%s%s", s->at.name,
	    source_status_names[status], error[0] != '\0' ? ": " : "", error);
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
	s->complete = s->resumed = s->news = true;
}

bool
source_withheld(const struct source *s, int64_t now)
{
	return s->refused[0] != '\0' && now < s->refused_until;
}

void
source_taken(struct source *s)
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
	s->whole = false;
	s->retry_at = now + source_backoff(s);
	source_set(s, SOURCE_DOWN, "%s", error);
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

	if (s->alive != 0 && !s->was_stale &&
	    s->alive + s->stale_us < at)
		at = s->alive + s->stale_us;
	return at;
}

void
source_work(struct source *s, int64_t now)
{
	bool stale;

	if (s->own == NULL && now >= s->retry_at)
		s->kind->open(s, now);
	if (s->own != NULL)
		s->kind->work(s, now);
	/* The database closes the intervals of a source that has gone stale,
	 * so it is told when that happens, connection or not. */
	stale = s->alive != 0 && now - s->alive >= s->stale_us;
	if (stale && !s->was_stale) {
		s->news = true;
		if (s->status == SOURCE_LIVE)
			source_set(s, SOURCE_STALE, "no sign of life for %d s",
			    (int)(s->stale_us / 1000000));
	} else if (!stale && s->status == SOURCE_STALE) {
		/* A gap that the database has marked ends here. */
		s->complete = s->resumed = true;
		source_set(s, SOURCE_LIVE, "%s", "");
	}
	s->was_stale = stale;
}
