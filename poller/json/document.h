/*
 * JSON snapshots, as the existing bridge prints them and as the older monitor
 * writes them, become changes of a struct snapshot.
 * cccp-protocol(7), JSON snapshots.
 *
 * A document is taken as a whole or refused as a whole: until all of it has
 * been looked at, the struct snapshot stays as it was.  Refused is what is no
 * snapshot (an error page, a text cut short), what says of itself that it is
 * not good, what has no users, and, until the next one says so too, what
 * misses more than half of the users of the one before.  Of a document that is
 * taken, an element that makes no sense is left out and reported, and only the
 * elements that differ from the last one are read.
 *
 * Both steps are done in pieces of some milliseconds, so that a large document
 * does not hold up other sources.
 */
#ifndef POLLER_JSON_DOCUMENT_H
#define POLLER_JSON_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/model/snapshot.h"
#include "sql/lib/buf.h"

#define DOCUMENT_MAX	((size_t)256 << 20)	/* bytes of a document */

struct document;

enum document_state {
	DOCUMENT_READING,	/* go on with document_read() */
	DOCUMENT_APPLYING,	/* go on with document_apply() */
	DOCUMENT_ACCEPTED,		/* the snapshot says what the document says */
	DOCUMENT_REFUSED,	/* document_error(); nothing has changed */
	DOCUMENT_BROKEN		/* out of memory; the snapshot is no longer
				   whole and was cleared */
};

/*
 * For all documents of one source, one after the other.  name is the source's,
 * for the log; both are borrowed until document_free().  NULL: out of memory.
 */
struct document	*document_new(const char *name, struct snapshot *);
void		 document_free(struct document *);	/* NULL is fine */

/*
 * Begins with a document; the bytes are taken over, and text is empty after.
 * made is when it was made, as far as the one who got it knows, in
 * microseconds since 1970; 0: not known.
 */
void		 document_begin(struct document *, struct buf *text,
		    int64_t made);
enum document_state	document_read(struct document *);
/*
 * seen: the source's time to which the document belongs, in microseconds since
 * 1970.
 */
enum document_state	document_apply(struct document *, int64_t seen);

/* Why it was refused, in words for an operator; borrowed. */
const char	*document_error(const struct document *);
/*
 * Once it is read: what it says itself of when it was made.  zoned false: in a
 * time zone that it does not tell, so us is wrong by some quarters of an hour.
 */
bool		 document_updated(const struct document *, int64_t *us,
		    bool *zoned);

#endif
