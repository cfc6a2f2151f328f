/*
 * Which kind of source each scheme stands for.  poller/README.md lists the edits
 * that a new kind needs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "poller/source/polled.h"
#include "poller/source/source.h"

/* fetch: how a polled source gets its JSON snapshots. */
static const struct {
	const struct source_kind	*kind;
	const struct fetch_kind		*fetch;
} kinds[ADDRESS__MAX] = {
	[ADDRESS_CCCP] = { &source_cccp, NULL },
	[ADDRESS_CCCPS] = { &source_cccp, NULL },
	[ADDRESS_HTTP] = { &source_polled, &fetch_url },
	[ADDRESS_HTTPS] = { &source_polled, &fetch_url },
	[ADDRESS_FILE] = { &source_polled, &fetch_file },
	[ADDRESS_EXEC] = { &source_polled, &fetch_exec },
};

/* Fails at the start, not when the first certificate is refused. */
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
	s->kind = kinds[s->at.scheme].kind;
	s->fetch = kinds[s->at.scheme].fetch;
	s->status = SOURCE_DOWN;
	s->stale_at = INT64_MAX;
	/* Two snapshots may be missed before the source is stale. */
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
