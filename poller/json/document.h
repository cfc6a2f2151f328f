/*
 * Turns JSON snapshots, of the bridge or of the older monitor, into changes of
 * a struct snapshot.  cccp-protocol(7), JSON snapshots.
 *
 * A document is accepted or refused as a whole; until all of it was read the
 * struct snapshot is unchanged.  A document is refused when it is no snapshot
 * (an error page, a text that is cut short), when it says that an error has
 * occurred, when it has no users, and when more than half of the known users
 * are missing from it but were not missing from the document before.  Only
 * elements that differ from the last document are read.
 *
 * In an accepted document a value that cannot be read is unknown, and the rest
 * of its element is kept.  An element that is none, or whose key cannot be
 * read, is left out.  Both are logged, and counted in snapshot_defects().
 *
 * Reading and applying are done in pieces of some milliseconds, so that a
 * large document does not delay other sources.
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
	DOCUMENT_ACCEPTED,	/* the snapshot has what the document has */
	DOCUMENT_REFUSED,	/* document_error(); nothing has changed */
	DOCUMENT_BROKEN		/* out of memory; the snapshot was cleared */
};

/*
 * For all documents of one source, one after the other.  name is the source's,
 * for the log; both are borrowed until document_free().  NULL: out of memory.
 */
struct document	*document_new(const char *name, struct snapshot *);
void		 document_free(struct document *);	/* NULL is fine */

/*
 * Begins with a document; its bytes are stolen, and text is empty after.
 * made: when it was made, in microseconds since 1970; 0: not known.
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
 * Once it was read: its own date, in microseconds since 1970; false: it has
 * none.  zoned false: it names no time zone and was read as UTC.
 */
bool		 document_updated(const struct document *, int64_t *us,
		    bool *zoned);

#endif
