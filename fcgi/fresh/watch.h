/*
 * The one thread of a FastCGI process that listens to PostgreSQL (LISTEN
 * cccp), on a connection of its own, so that who answers requests knows the
 * generation and the sources' ages without asking.
 *
 * It reads the news when it is notified, and once a second while somebody
 * wants to know, for ages and staleness come with time alone.  A standby
 * cannot listen: there it reads more often.  A lost connection is opened
 * again, at first at once, then less and less often.
 */
#ifndef FCGI_FRESH_WATCH_H
#define FCGI_FRESH_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "fcgi/fresh/news.h"
#include "sql/lib/buf.h"

struct watch;

/* Who wants to be told, in the watch's thread. */
struct watch_hooks {
	/* Is there anybody?  Else users who changed are not looked for. */
	bool		(*wanted)(void *arg);
	/*
	 * The generation was `since` and is now another; json is an object
	 * with the news and, when few changed, "users".  Equal: staleness
	 * alone changed.  since is -1 when it is another database.
	 */
	void		(*tell)(void *arg, int64_t since, int64_t generation,
			    const struct buf *json);
	void		*arg;
};

/* Users that are named in a change; when more have changed, none is. */
#define WATCH_USERS_MAX	100

/* NULL when out of memory or descriptors. */
struct watch	*watch_new(void);
void		 watch_free(struct watch *);	/* NULL is fine; not running */

/* Hooks are borrowed until watch_stop().  False: there is no thread. */
bool		 watch_start(struct watch *, const struct watch_hooks *)
		    __attribute__((warn_unused_result));
void		 watch_stop(struct watch *);	/* also when not started */

/*
 * How things are, without a query of the caller's; may wait for the watch's,
 * for 2 seconds at most.  False when it does not know: nothing was read yet,
 * or the schema is another one, or the rights are missing; ask yourself.
 */
bool		 watch_live(struct watch *, struct live *)
		    __attribute__((warn_unused_result));

/* The news as members of an object, see news_json(); false as above. */
bool		 watch_json(struct watch *, struct buf *, int64_t *generation)
		    __attribute__((warn_unused_result));

/*
 * A copy of the news, new; away tells that they are old.  False as above, or
 * when out of memory.
 */
bool		 watch_news(struct watch *, struct news *, bool *away)
		    __attribute__((warn_unused_result));

#endif
