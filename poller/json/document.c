#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/json/document.h"
#include "poller/json/entry.h"
#include "poller/json/load.h"
#include "poller/json/report.h"
#include "poller/json/roster.h"
#include "poller/json/scalar.h"
#include "poller/json/scan.h"
#include "poller/json/values.h"
#include "poller/model/value.h"

/* One piece of work: bytes skipped, or a ninth of that read, or objects. */
#define PIECE		((size_t)4 << 20)
#define PIECE_OBJECTS	500	/* applied */
#define SCALAR_MAX	((size_t)64 << 10)

struct document {
	const char		*name;
	struct snapshot		*snapshot;
	struct roster		 old;		/* of the document before */

	/* The current document. */
	enum document_state	 state;
	char			 error[200];
	struct buf		 text;
	struct scan		 scan;
	enum entry_list		 list;		/* open; or ENTRY__MAX */
	bool			 had[ENTRY__MAX];
	uint32_t		 place;		/* in the list */
	struct roster		 new;
	struct buf		 values;
	size_t			 applied, left;	/* of new, of old */
	bool			 monitor;
	int64_t			 made, updated;
	bool			 has_updated, zoned;
	struct report		 report;

	/* What was logged already. */
	bool			 said_shape, said_monitor;
	/* The document before lacked too many users; when it was made. */
	bool			 doubted;
	int64_t			 doubted_made, doubted_updated;
};

struct document *
document_new(const char *name, struct snapshot *snapshot)
{
	struct document *d = calloc(1, sizeof(*d));

	if (d != NULL) {
		d->name = d->report.name = name;
		d->snapshot = snapshot;
		d->state = DOCUMENT_ACCEPTED;
	}
	return d;
}

/* Frees what the next document does not need. */
static void
release(struct document *d)
{
	buf_free(&d->text);
	buf_free(&d->values);
	roster_free(&d->new);
}

void
document_free(struct document *d)
{
	if (d == NULL)
		return;
	release(d);
	roster_free(&d->old);
	free(d);
}

static void	refuse(struct document *, const char *fmt, ...)
		    __attribute__((format(printf, 2, 3)));

static void
refuse(struct document *d, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->error, sizeof(d->error), fmt, ap);
	va_end(ap);
	d->state = DOCUMENT_REFUSED;
	d->doubted = false;
	release(d);
}

void
document_begin(struct document *d, struct buf *text, int64_t made)
{
	release(d);
	d->text = *text;
	*text = (struct buf){ .max = text->max };
	d->state = DOCUMENT_READING;
	d->list = ENTRY__MAX;
	memset(d->had, 0, sizeof(d->had));
	report_begin(&d->report);
	d->applied = d->left = 0;
	d->monitor = d->has_updated = false;
	d->made = made;
	d->updated = 0;
	if (d->text.len == 0)
		refuse(d, "it is empty");
	else if (d->text.len > DOCUMENT_MAX)
		refuse(d, "it is larger than %zu MiB", DOCUMENT_MAX >> 20);
	else if (!scan_begin(&d->scan, d->text.data, d->text.len))
		refuse(d, "no line of it begins a JSON object%s",
		    d->text.data[0] == '<' ? ": it is a page" : "");
}

/* Reads a value's text, "" for none; false: it cannot be read. */
static bool
text_of(const struct slice *v, struct buf *text)
{
	json_t *json = NULL;
	enum value_err err = VALUE_BAD;

	if (v->len <= SCALAR_MAX)
		(void)load_value(v->p, v->len, &json);
	if (json != NULL)
		err = scalar_text(json, VIEW_TEXT, text);
	json_decref(json);
	if (err != VALUE_OK) {
		buf_reset(text);
		buf_char(text, '\0');
	}
	return err != VALUE_BAD && buf_ok(text);
}

/* A value that is directly in the document, not in a list. */
static void
root_value(struct document *d, const struct slice *key,
    const struct slice *v)
{
	struct buf text = { 0 };
	bool yes, known = text_of(v, &text);

	yes = known && *text.data != '\0' && strcmp(text.data, "0") != 0 &&
	    strcasecmp(text.data, "false") != 0;
	if (slice_is(key, entry_lists[ENTRY_USERS])) {
		refuse(d, "its users are no list");
	} else if (slice_is(key, "error") && (yes || !known)) {
		refuse(d, "it tells of an error: %.150s",
		    known ? text.data : "not as a text");
	} else if (slice_is(key, "connected")) {
		d->monitor = true;
		if (!yes)
			refuse(d, known ? "its producer has lost the server" :
			    "it cannot be read whether its producer is "
			    "connected");
	} else if (slice_is(key, "last_update")) {
		d->monitor = true;
		d->has_updated = yes && value_micros(text.data, &d->updated,
		    &d->zoned);
	}
	buf_free(&text);
}

static void
begin_list(struct document *d, const struct slice *key)
{
	enum entry_list list;

	for (list = 0; list < ENTRY__MAX; list++)
		if (slice_is(key, entry_lists[list]))
			break;
	if (slice_is(key, "error"))
		refuse(d, "it tells of an error");
	else if (list < ENTRY__MAX && d->had[list])
		refuse(d, "it has two lists \"%s\"", entry_lists[list]);
	else if (list < ENTRY__MAX)
		d->had[list] = true;
	d->list = list;
	d->place = 0;
}

/* Reads an element; returns how much work that was, in bytes skipped. */
static size_t
element(struct document *d, const struct slice *v)
{
	struct roster_item item = { .list = d->list, .place = d->place++,
	    .hash = scan_hash(v->p, v->len), .values = d->values.len };
	const struct roster_item *old = roster_same(&d->old, d->list,
	    item.hash);
	enum entry_err err = ENTRY_TOO_LARGE;
	struct entry entry = { .has_id = false };
	size_t work = v->len;

	if (old != NULL) {
		item.key = old->key;
		item.id = old->id;
		item.view = old->view;
		item.bad = old->bad;
		item.bad_waiting = old->bad_waiting;
		item.made = old->made;
		item.same = true;
		err = ENTRY_OK;
	} else if (v->len <= ENTRY_LEN_MAX && v->depth <= ENTRY_DEPTH_MAX) {
		work += 8 * v->len;
		err = entry_read(d->list, v->p, v->len, &entry, &d->values);
		report_bad(&d->report, &entry);
		item.key = entry.key;
		item.id = entry.id;
		item.view = entry.view;
		item.bad = entry.bad[entry.view];
		item.bad_waiting = entry.bad[VIEW_WAITING];
		item.made = !entry.has_id;
	}
	if (err == ENTRY_NO_MEMORY ||
	    (err == ENTRY_OK && !roster_add(&d->new, &item)))
		refuse(d, "it is too large for the memory");
	else if (d->place > VIEW_OBJECTS_MAX)
		refuse(d, "it has more than %d %s", VIEW_OBJECTS_MAX,
		    entry_lists[d->list]);
	else if (err != ENTRY_OK)
		report_left_out(&d->report, d->list, item.place, err);
	return work;
}

/* Whether the document before lacked too many users, as this one does. */
static bool
is_second(const struct document *d)
{
	/* The same document fetched again does not count. */
	return d->doubted && ((d->made == 0 && !d->has_updated) ||
	    d->made != d->doubted_made || d->updated != d->doubted_updated);
}

/* Accepts or refuses the document, all of which was read. */
static void
decide(struct document *d)
{
	size_t users, known = roster_count(&d->old, VIEW_USER), missing;

	roster_unique(&d->new, report_left_out, &d->report);
	roster_number(&d->new, report_left_out, &d->report);
	report_end(&d->report);
	users = roster_count(&d->new, VIEW_USER);
	missing = roster_missing(&d->old, &d->new, VIEW_USER);
	if (!d->had[ENTRY_USERS]) {
		refuse(d, "it has no list of users");
	} else if (users == 0 && known == 0) {
		refuse(d, "it has no users");
	} else if (users == 0) {
		refuse(d, "it has no users, and there were %zu", known);
	} else if (missing > known / 2 && !is_second(d)) {
		refuse(d, "%zu of %zu users are missing: not believed until "
		    "the next one says so too", missing, known);
		d->doubted = true;
		d->doubted_made = d->made;
		d->doubted_updated = d->updated;
	} else {
		d->state = DOCUMENT_APPLYING;
	}
}

enum document_state
document_read(struct document *d)
{
	struct slice key, v;
	size_t work = 0;

	while (d->state == DOCUMENT_READING && work < PIECE) {
		work += 64;
		switch (scan_next(&d->scan, &key, &v)) {
		case SCAN_VALUE:
			root_value(d, &key, &v);
			work += v.len;
			break;
		case SCAN_LIST:
			begin_list(d, &key);
			break;
		case SCAN_ELEMENT:
			work += d->list < ENTRY__MAX ? element(d, &v) : v.len;
			break;
		case SCAN_LIST_END:
			d->list = ENTRY__MAX;
			break;
		case SCAN_END:
			decide(d);
			break;
		case SCAN_BAD:
			if (d->scan.cut)
				refuse(d, "it is cut short after %zu bytes",
				    d->text.len);
			else
				refuse(d, "it is not JSON at byte %zu",
				    (size_t)(d->scan.p - d->text.data));
			break;
		}
	}
	return d->state;
}

static bool
apply(struct document *d, const struct roster_item *item, int64_t seen)
{
	return item->same || values_apply(d->snapshot, item->view, item->id,
	    d->values.data + item->values, seen);
}

static void
leave(struct document *d, const struct roster_item *item, int64_t seen)
{
	if (!roster_has(&d->new, item->view, item->id))
		values_leave(d->snapshot, item->view, item->id, seen);
}

static void
count_unreadable(struct defects *sum, enum view_id view, uint64_t fields)
{
	size_t i;

	for (i = 0; fields != 0 && i < views[view].n; i++)
		if (fields >> i & 1)
			defects_add(sum, DEFECT_UNREADABLE, view, i);
}

static void
count_defects(struct document *d)
{
	struct defects sum = { .changed = false };
	size_t i;

	for (i = 0; i < d->new.n; i++) {
		count_unreadable(&sum, d->new.item[i].view,
		    d->new.item[i].bad);
		count_unreadable(&sum, VIEW_WAITING,
		    d->new.item[i].bad_waiting);
	}
	report_count(&d->report, &sum);
	snapshot_set_defects(d->snapshot, &sum);
}

/* All of the document is in the snapshot. */
static void
accept(struct document *d)
{
	count_defects(d);
	roster_free(&d->old);
	d->old = d->new;
	d->new = (struct roster){ .n = 0 };
	roster_sort(&d->old);
	release(d);
	d->doubted = false;
	if (!d->said_shape || d->said_monitor != d->monitor)
		syslog(LOG_INFO, "%s: its snapshots are of the %s's shape",
		    d->name, d->monitor ? "monitor" : "bridge");
	d->said_shape = true;
	d->said_monitor = d->monitor;
	d->state = DOCUMENT_ACCEPTED;
}

enum document_state
document_apply(struct document *d, int64_t seen)
{
	size_t n = 0;

	for (; n < PIECE_OBJECTS && d->applied < d->new.n; n++)
		if (!apply(d, &d->new.item[d->applied++], seen)) {
			snapshot_clear(d->snapshot);
			roster_free(&d->old);
			refuse(d, "it is too large for the memory");
			return d->state = DOCUMENT_BROKEN;
		}
	for (; n < PIECE_OBJECTS && d->left < d->old.n; n++)
		leave(d, &d->old.item[d->left++], seen);
	if (n < PIECE_OBJECTS)
		accept(d);
	return d->state;
}

const char *
document_error(const struct document *d)
{
	return d->error;
}

bool
document_updated(const struct document *d, int64_t *us, bool *zoned)
{
	*us = d->updated;
	*zoned = d->zoned;
	return d->has_updated;
}
