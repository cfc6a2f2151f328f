#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/json/document.h"
#include "poller/source/polled.h"
#include "sql/lib/now.h"

#define SECOND		INT64_C(1000000)
#define PIECE		((size_t)1 << 20)	/* read past the bound */
#define QUARTER		(900 * SECOND)		/* unit of time zones */
#define OLDEST		(3650 * 86400 * SECOND)	/* bound on ages */

enum phase { IDLE, FETCHING, READING };

struct own {
	const struct fetch_kind	*kind;	/* the source's */
	void			*fetcher;	/* the kind's */
	struct fetch		 fetch;
	struct document		*document;
	enum phase		 phase;
	int64_t			 started;	/* the last attempt */
	int64_t			 next;		/* begin of the next one */
	int64_t			 age;		/* of the current document */
	bool			 timeless;	/* it has no date */
	/* The last_update without a zone, and when it was new. */
	int64_t			 updated, updated_at;
	bool			 has_updated;
};

static void
shut(struct own *own)
{
	if (own->fetcher != NULL)
		own->kind->close(own->fetcher);
	document_free(own->document);
	buf_free(&own->fetch.text);
	free(own);
}

static void
polled_open(struct source *s, int64_t now)
{
	struct own *own = calloc(1, sizeof(*own));

	if (own != NULL) {
		own->kind = s->fetch;
		own->fetch.text.max = DOCUMENT_MAX + PIECE;
		own->document = document_new(s->at.name, s->snapshot);
		own->fetcher = own->kind->open(s);
	}
	if (own == NULL || own->document == NULL || own->fetcher == NULL) {
		if (own != NULL)
			shut(own);
		source_fail(s, now, "out of memory");
		return;
	}
	s->own = own;
	own->next = now;
	snapshot_clear(s->snapshot);
	source_set_status(s, SOURCE_CONNECTING, "%s", "");
}

static size_t
polled_fds(const struct source *s, struct pollfd *fds, size_t max)
{
	const struct own *own = s->own;

	return own->phase == FETCHING ?
	    own->kind->fds(own->fetcher, fds, max) : 0;
}

static int64_t
polled_deadline(const struct source *s)
{
	const struct own *own = s->own;

	switch (own->phase) {
	case FETCHING:
		return own->kind->deadline(own->fetcher);
	case READING:
		return 0;	/* at once, but other sources come first */
	default:
		return own->next;
	}
}

/* Sets the time of the next attempt: one interval after this one began. */
static void
schedule(struct source *s, int64_t now)
{
	struct own *own = s->own;

	own->phase = IDLE;
	own->next = own->started + s->at.interval_s * SECOND;
	if (own->next < now)
		own->next = now;
}

/* No document could be fetched: tried again after the back-off. */
static void
failed(struct source *s, int64_t now, const char *error)
{
	struct own *own = s->own;

	buf_free(&own->fetch.text);
	own->phase = IDLE;
	own->next = now + source_backoff(s);
	source_set_status(s, SOURCE_DOWN, "%s", error);
}

/* The document was refused: tried again after the back-off and interval. */
static void
refused(struct source *s, int64_t now)
{
	struct own *own = s->own;
	int64_t backoff = now + source_backoff(s);

	own->kind->refused(own->fetcher);
	schedule(s, now);
	if (own->next < backoff)
		own->next = backoff;
	source_set_status(s, SOURCE_DOWN, "its snapshot is refused: %s",
	    document_error(own->document));
}

/*
 * The age of a date without a zone: the least that a time zone makes of it
 * without making it a date in the future.
 */
static int64_t
least_age(int64_t age)
{
	int64_t zone = -(age + 60 * SECOND) / QUARTER * QUARTER;

	if (age + zone < -60 * SECOND)
		zone += QUARTER;
	if (zone < -12 * 4 * QUARTER)
		zone = -12 * 4 * QUARTER;
	if (zone > 14 * 4 * QUARTER)
		zone = 14 * 4 * QUARTER;
	return age + zone;
}

/* How old the current document is, 0 to OLDEST. */
static int64_t
age_of(struct source *s, int64_t now)
{
	struct own *own = s->own;
	int64_t here = now_real() + own->fetch.skew, age = 0, updated, other;
	bool zoned;

	own->timeless = own->fetch.made == 0;
	if (own->fetch.made != 0)
		age = here - own->fetch.made;
	if (document_updated(own->document, &updated, &zoned)) {
		if (zoned || !own->has_updated)
			other = zoned ? here - updated :
			    least_age(here - updated);
		else
			other = updated != own->updated ? 0 :
			    now - own->updated_at;
		if (other > age)
			age = other;
		own->has_updated = !zoned;
		own->updated = updated;
		own->updated_at = now - (other > 0 ? other : 0);
		own->timeless = false;
	}
	return age < 0 ? 0 : age > OLDEST ? OLDEST : age;
}

/* A sign of life; how old it is decides what the source is called. */
static void
heard(struct source *s, int64_t at, int64_t now)
{
	s->failures = 0;
	source_heard(s, at, now);
	if (now - s->alive >= s->stale_us) {
		source_set_status(s, SOURCE_STALE, "its snapshots are older "
		    "than %d s: is the producer running, are the clocks "
		    "right?", (int)(s->stale_us / SECOND));
		return;
	}
	if (s->status != SOURCE_LIVE)
		source_need_rows(s, SOURCE_ROWS_RESUMED);
	source_set_status(s, SOURCE_LIVE, "%s", "");
}

static void
accepted(struct source *s, int64_t now)
{
	struct own *own = s->own;

	own->kind->accepted(own->fetcher);
	schedule(s, now);
	if (s->rows == SOURCE_ROWS_NONE)
		source_in_step(s);
	heard(s, now - own->age, now);
}

/* Reads or applies one piece of the current document. */
static void
reading(struct source *s, int64_t now)
{
	struct own *own = s->own;
	enum document_state state = document_read(own->document);

	if (state == DOCUMENT_APPLYING) {
		if (!s->changing) {
			s->changing = true;
			own->age = age_of(s, now);
			s->skew = own->fetch.skew;
		}
		state = document_apply(own->document, now_real() + s->skew -
		    own->age);
	}
	if (state == DOCUMENT_READING || state == DOCUMENT_APPLYING)
		return;
	s->changing = false;
	if (state == DOCUMENT_ACCEPTED) {
		accepted(s, now);
		return;
	}
	if (state == DOCUMENT_BROKEN)
		s->rows = SOURCE_ROWS_NONE;
	refused(s, now);
}

static void
fetching(struct source *s, int64_t now)
{
	struct own *own = s->own;

	switch (own->kind->step(own->fetcher, &own->fetch, now)) {
	case FETCH_BUSY:
		break;
	case FETCH_NEW:
		document_begin(own->document, &own->fetch.text,
		    own->fetch.made);
		own->phase = READING;
		break;
	case FETCH_SAME:
		schedule(s, now);
		heard(s, own->timeless ? now : s->alive, now);
		break;
	case FETCH_FAILED:
		failed(s, now, own->fetch.error);
		break;
	}
}

static void
polled_work(struct source *s, int64_t now)
{
	struct own *own = s->own;

	if (own->phase == IDLE && now >= own->next) {
		buf_reset(&own->fetch.text);
		own->started = now;
		own->kind->start(own->fetcher, now);
		own->phase = FETCHING;
	}
	if (own->phase == FETCHING)
		fetching(s, now);
	else if (own->phase == READING)
		reading(s, now);
}

static void
polled_settled(struct source *s)
{
	snapshot_settle(s->snapshot, NULL, NULL);
}

static void
polled_close(struct source *s)
{
	shut(s->own);
	s->own = NULL;
	s->changing = false;
}

const struct source_kind source_polled = {
	.open = polled_open,
	.fds = polled_fds,
	.deadline = polled_deadline,
	.work = polled_work,
	.settled = polled_settled,
	.close = polled_close,
};
