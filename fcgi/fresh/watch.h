/*
 * The thread of a FastCGI process that listens to PostgreSQL (LISTEN cccp and
 * cccp_access) on a connection of its own, which sees everything.  So workers
 * know the generation, the ages of the sources and the version of the grants
 * without a statement.
 *
 * It reads them when it is notified, and once a second while somebody asks,
 * because ages and staleness change with time alone.  A standby cannot LISTEN:
 * there it reads more often.  A lost connection is opened again, at first at
 * once, then at growing intervals of at most 2 seconds.
 *
 * watch.c has the functions below, which other threads call; watch_run.c is the
 * thread.
 */
#ifndef FCGI_FRESH_WATCH_H
#define FCGI_FRESH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/fresh/generation.h"
#include "sql/lib/buf.h"

struct watch;

/* Called in the watch's thread.  They may not ask the watch. */
struct watch_hooks {
	/* Does anybody want to be told?  Else changed users are not read. */
	bool		(*wanted)(void *arg);
	/*
	 * The generation was `since` and is now another.  When both are equal,
	 * only staleness has changed; when since is -1, it is another
	 * database.  json is an object with "since", the members that
	 * generation_json() adds and, unless too many changed, "users".
	 */
	void		(*tell)(void *arg, int64_t since, int64_t generation,
			    const struct buf *json);
	/* The grants have this version, which is another one than before. */
	void		(*access)(void *arg, int64_t version);
	void		*arg;
};

/* Users that a change names; when more have changed it names none. */
#define WATCH_USERS_MAX	100

/* New; NULL when out of memory or descriptors. */
struct watch	*watch_new(void);
void		 watch_free(struct watch *);	/* stopped; NULL is fine */

/* Hooks (NULL: none) are borrowed until watch_stop().  False: no thread. */
bool		 watch_start(struct watch *, const struct watch_hooks *)
		    __attribute__((warn_unused_result));
void		 watch_stop(struct watch *);	/* also when not started */

/*
 * The three ways to ask.  All return false when the watch does not know: it has
 * read nothing yet, the schema is not this program's, or rights are missing;
 * then the caller has to ask the database.  watch_live() and
 * watch_generation() wait for the watch's statement, at most 2 seconds.
 */
bool		 watch_live(struct watch *, struct live *)
		    __attribute__((warn_unused_result));

/*
 * Appends generation_json(), with the generation that the hooks were told last.
 * The next change tells a newer one.
 */
bool		 watch_json(struct watch *, struct buf *, int64_t *generation)
		    __attribute__((warn_unused_result));

/*
 * A copy, new; *away: the database is, and the copy is old.  False also when
 * out of memory.
 */
bool		 watch_generation(struct watch *, struct generation *,
		    bool *away) __attribute__((warn_unused_result));

#endif
