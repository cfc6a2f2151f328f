/*
 * A source that is asked for a JSON snapshot every so often: what http:, file:
 * and exec: have in common.
 *
 * Each of them only says how a document is fetched (struct fetch_kind).  When
 * that is done, how the document becomes changes, and what it proves is here:
 *
 * A source is alive as of the moment at which its last good document was made:
 * by the document's own last_update, and by the date that whoever handed it
 * over knows (a file's mtime, Last-Modified), whichever is the older.  Where
 * neither is known it is the moment at which it came.  So a file that nobody
 * writes any more grows old, however often it is read.
 *
 * A document that cannot be had, or is refused, makes the source "down" with
 * the reason; what was known stays, and grows old too.
 */
#ifndef POLLER_SOURCE_POLLED_H
#define POLLER_SOURCE_POLLED_H

#include "poller/source/source.h"
#include "sql/lib/buf.h"

#define POLLED_LIMIT_S	30	/* for a document to come; then it failed */

enum fetch_state {
	FETCH_BUSY,
	FETCH_NEW,		/* a document is in struct fetch */
	FETCH_SAME,		/* it is the one that was taken last */
	FETCH_FAILED		/* error says why */
};

struct fetch {
	struct buf	 text;	/* the document: taken over with FETCH_NEW */
	int64_t		 made;	/* when, µs since 1970; 0: not known */
	int64_t		 skew;	/* its clock minus ours */
	char		 error[256];
};

struct fetch_kind {
	/* NULL: out of memory.  The source is borrowed until close(). */
	void	*(*open)(const struct source *);
	/* Begins; what goes wrong is told by step(). */
	void	 (*start)(void *, int64_t now);
	/* While it is busy: what to wait for, and how long at most. */
	size_t	 (*fds)(const void *, struct pollfd *, size_t max);
	int64_t	 (*deadline)(const void *);
	enum fetch_state (*step)(void *, struct fetch *, int64_t now);
	/* The document was taken, or (false) refused and is wanted again. */
	void	 (*taken)(void *, bool);
	void	 (*close)(void *);
};

/* The functions of a struct source_kind; its open() calls polled_open(). */
void	polled_open(struct source *, const struct fetch_kind *, int64_t now);
size_t	polled_fds(const struct source *, struct pollfd *, size_t max);
int64_t	polled_deadline(const struct source *);
void	polled_work(struct source *, int64_t now);
void	polled_settled(struct source *);
void	polled_close(struct source *);

#endif
