/*
 * Validates the values of a source and makes them text for the database.
 *
 * The result is text that PostgreSQL accepts for the column's type, so no
 * value of a source makes a flush fail.  A null, an empty text, the text
 * "undefined" and a date of zeros are no values.
 */
#ifndef POLLER_MODEL_VALUE_H
#define POLLER_MODEL_VALUE_H

#include "poller/model/view.h"
#include "poller/wire/object.h"

#define VALUE_KEY_MAX	255		/* bytes; a longer key is absent */
#define VALUE_TEXT_MAX	8192		/* bytes; a longer text is cut short */
#define VALUE_REAL_MAX	1e15		/* and -1e15; beyond: absent */
#define VALUE_SECONDS_MAX INT64_C(315360000)	/* ten years */
#define VALUE_DATE_MAX	INT64_C(253402300799999999)	/* in the year 9999 */

enum value_err {
	VALUE_OK,
	VALUE_ABSENT,	/* there is none */
	VALUE_DAMAGED,	/* only of json/: this text is a part of it */
	VALUE_BAD	/* it cannot be read, or is invalid for its type */
};

/*
 * Both empty out first and, for VALUE_OK, write the text to it, without a
 * terminating zero.  Out of memory: buf_ok(out) is false.
 */
enum value_err	 value_wire(enum view_type, const struct object_value *,
		    struct buf *out);
/* The same from UTF-8 text, as JSON snapshots hold it. */
enum value_err	 value_text(enum view_type, const char *text,
		    struct buf *out);

/*
 * ISO 8601 as RFC 3339 has it, in microseconds since 1970.  The zone may be
 * missing: then zoned is false and it is read as UTC.  False: it is no such
 * text.
 */
bool	value_micros(const char *text, int64_t *us, bool *zoned);

/*
 * "1h 2m 3s", "2m3s", "1j 2h" or "1:02:03" in seconds; false: it is no such
 * text, or longer than VALUE_SECONDS_MAX.
 */
bool	value_seconds(const char *text, int64_t *seconds);

/*
 * Microseconds since 1970 as PostgreSQL reads them, UTC; cut to 0 and
 * VALUE_DATE_MAX.
 */
void		 value_date(struct buf *out, int64_t us);

#endif
