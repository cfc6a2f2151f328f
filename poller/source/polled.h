/*
 * A source of JSON snapshots that are fetched at intervals: what http:, file:
 * and exec: have in common.  Each of them says how a document is fetched
 * (struct fetch_kind); the rest is here.
 *
 * A source was last alive when its last accepted document was made: by the
 * document's last_update, or by the date of the file or the HTTP response,
 * whichever is older.  Without either it is the time at which the document
 * arrived.  So a file that is no longer written becomes stale.
 *
 * When a document cannot be fetched or is refused, the source is "down" with
 * the reason.  What is known of it is kept.
 */
#ifndef POLLER_SOURCE_POLLED_H
#define POLLER_SOURCE_POLLED_H

#include "poller/source/source.h"
#include "sql/lib/buf.h"

#define POLLED_LIMIT_S	30	/* seconds until a fetch has failed */

enum fetch_state {
	FETCH_BUSY,
	FETCH_NEW,		/* a document is in struct fetch */
	FETCH_SAME,		/* it is the one that was accepted last */
	FETCH_FAILED		/* error says why */
};

struct fetch {
	struct buf	 text;	/* the document, with FETCH_NEW */
	int64_t		 made;	/* when, µs since 1970; 0: not known */
	int64_t		 skew;	/* its clock minus ours */
	char		 error[256];
};

struct fetch_kind {
	/* NULL: out of memory.  The source is borrowed until close(). */
	void	*(*open)(const struct source *);
	/* Begins to fetch; step() returns errors. */
	void	 (*start)(void *, int64_t now);
	/* While FETCH_BUSY: what to wait for, and until when. */
	size_t	 (*fds)(const void *, struct pollfd *, size_t max);
	int64_t	 (*deadline)(const void *);
	enum fetch_state (*step)(void *, struct fetch *, int64_t now);
	/* The document is in the snapshot. */
	void	 (*accepted)(void *);
	/* It was refused, and is to be fetched again. */
	void	 (*refused)(void *);
	void	 (*close)(void *);
};

/* What source_polled fetches documents with. */
extern const struct fetch_kind fetch_url;	/* by HTTP */
extern const struct fetch_kind fetch_file;	/* from a file */
extern const struct fetch_kind fetch_exec;	/* from a command */

#endif
