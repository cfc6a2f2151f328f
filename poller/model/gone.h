/*
 * Notes of rows that are gone, while the database still has them.  Private to
 * this folder.
 *
 * A note is pending until rows are made of it, then sent, and is freed when
 * the database has those rows; if the flush fails it is pending again.
 */
#ifndef POLLER_MODEL_GONE_H
#define POLLER_MODEL_GONE_H

#include "poller/model/index.h"
#include "sql/lib/buf.h"

/* Notes that may be pending; beyond that the oldest is dropped. */
#define GONE_MAX	100000

struct gone {
	enum view_id			 view;
	char				*key;		/* of the row */
	char				*queued;	/* calls; or NULL */
	char				*ended;		/* calls; or NULL */
	struct buf			 row;		/* a task's, or empty */
	TAILQ_ENTRY(gone)		 next;
};
TAILQ_HEAD(gones, gone);

struct gone_list {
	struct gones			 pending, sent;
	size_t				 n;		/* of pending */
};

void		 gone_init(struct gone_list *);
/* Frees all notes; the list stays usable. */
void		 gone_clear(struct gone_list *);

/*
 * Notes that a row is no more; queued may be NULL.  The note is borrowed until
 * the next call; NULL: out of memory, and the row stays in the database until
 * the next complete flush finds that it is missing.
 */
struct gone	*gone_add(struct gone_list *, enum view_id, const char *key,
		    const char *queued);
/* Notes that the outbound call of an object has ended; false: no memory. */
bool		 gone_add_call(struct gone_list *, const struct object *,
		    int64_t ended);
/* Frees a pending note. */
void		 gone_drop(struct gone_list *, struct gone *);
/* Rows were made of a pending note. */
void		 gone_mark_sent(struct gone_list *, struct gone *);
/* The database has the rows of all notes that were sent: frees them. */
void		 gone_forget(struct gone_list *);
/* It does not: they are pending again, before all others. */
void		 gone_restore(struct gone_list *);

#endif
