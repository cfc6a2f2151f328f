/*
 * What a worker needs to answer a request: the settings, its connection to the
 * database, the request, and the answer that is being built.  A handler gets a
 * context and nothing else.
 */
#ifndef FCGI_CONTEXT_H
#define FCGI_CONTEXT_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdint.h>

#include "fcgi/access/identity.h"
#include "fcgi/access/log.h"
#include "fcgi/access/permit.h"
#include "fcgi/access/scope.h"
#include "fcgi/http/body.h"
#include "fcgi/http/param.h"
#include "fcgi/http/problem.h"
#include "fcgi/http/request.h"
#include "fcgi/http/response.h"
#include "sql/lib/db.h"

struct assets;
struct cache;
struct counters;
struct gate;
struct holder;
struct streams;
struct watch;

/* The same for all workers; nothing changes while they run. */
struct settings {
	enum role	 anonymous;	/* without REMOTE_USER; ROLE__MAX: none */
	struct identity_rule groups;
	enum audit_mode	 audit;
	struct access_log *log;
	struct assets	*assets;
	size_t		 streams_max;	/* 0: no event streams */
	size_t		 streams_per_user;	/* 0: any number */
	size_t		 cache_bytes;	/* 0: keep no answers */
	/* These are NULL in CGI mode. */
	struct watch	*watch;
	struct streams	*streams;
	struct cache	*cache;		/* NULL also when cache_bytes is 0 */
	struct cache	*counts;	/* totals and facets, see list/page.c */
	struct gate	*gate;		/* of exports and long questions */
	struct counters	*counters;
	struct scopes	*scopes;
};

#define CONTEXT_PARTS	2
#define CONTEXT_AS_MAX	256	/* bytes of as_user */

struct context;

/* What a path does by POST, PUT or DELETE.  One without answer ends an array. */
struct action {
	enum method	 method;
	bool		 edits;		/* what is there: needs If-Match */
	const struct param *fields;	/* of the body, see body.h */
	size_t		 nfields;
	void		(*answer)(struct context *);
};

struct context {
	const struct settings *settings;
	struct db	*db;		/* this worker's own */
	bool		 connected;	/* as the counters know it */
	struct request	 req;
	size_t		 route;		/* see route_name() */
	struct identity	 identity;	/* who asks */
	/* What the reader may see; NULL: the route is open to anybody. */
	const struct scope *scope;	/* a reference of its own */
	int64_t		 access;	/* version of the grants; 0: not known */
	const char	*need;		/* see context_need() */
	struct identity	 as;		/* whose scope it is; user NULL: own */
	char		 as_user[CONTEXT_AS_MAX + 1];
	struct buf	 as_query;	/* "as_user=...", or empty */
	char		 query[REQUEST_QUERY_MAX + 1];	/* without as_user */
	/* What is looked at; see context_consult(). */
	struct access_line line;
	struct buf	 looked;	/* its query */
	/* The values of the route's {names}, and the checked parameters. */
	char		 part[CONTEXT_PARTS][REQUEST_PATH_MAX + 1];
	struct params	 params;
	struct body	 body;		/* of an action, checked */
	struct response	 res;
	struct buf	 sql;		/* space for composing a statement */
	struct buf	 limited;	/* and for naming its views */
	response_write	*write;		/* takes the answer */
	void		*write_arg;
	bool		 begun;		/* sent in pieces, see below */
	bool		 cut;		/* its body is incomplete */
	enum problem	 why;		/* it is cut, or there are no data */
	/* Of a stream, which outlives the scope; see event/events.c. */
	struct holder	*place;
	bool		 brief;
	/* How long a statement takes depends on what is asked from here on. */
	bool		 asking;
	const char	*cached;	/* "hit", ...; NULL: cache not asked */
	int64_t		 began_us;	/* by now_monotonic() */
	int64_t		 db_us;		/* spent waiting for the database */
};

/* New; NULL when out of memory.  Settings are borrowed until context_free(). */
struct context	*context_new(const struct settings *);
void		 context_free(struct context *);	/* NULL is fine */

/* Makes it ready for the next request, whose answer goes to write. */
void		 context_start(struct context *, response_write *write,
		    void *arg);

/* Sends the answer, unless it was sent in pieces.  False: it is incomplete. */
bool		 context_send(struct context *);

/* Releases what the answer borrowed, and counts the request. */
void		 context_end(struct context *);

/*
 * What the next statements need to see, of what the scope permits: "" for
 * persons as they are now, or detail, history, export or count (queues, and
 * counts of persons).  Grants without it give no rows then.  It is "" at first.
 */
void		 context_need(struct context *, const char *need);

/* Does the scope permit it?  False: the answer has become a problem. */
bool		 context_permits(struct context *, enum permit)
		    __attribute__((warn_unused_result));

/*
 * Says that the answer lets the reader look at persons.  When its status is 200
 * or 304, it is sent only once its line is in the access log, or need not be;
 * else it becomes a problem.  source and login are of the person, or NULL, and
 * borrowed until the answer is sent.  The handler appends to ctx->looked what is
 * asked, as parameters of a URL.
 */
void		 context_consult(struct context *, enum access_action,
		    const char *source, const char *login);

/*
 * Writes that line now, before what is done.  False: the answer has become a
 * problem.
 */
bool		 context_log(struct context *)
		    __attribute__((warn_unused_result));

/* Begins a question of the cache: digest of the scope, need, then the name. */
void		 context_question(const struct context *, struct buf *,
		    const char *name);

/*
 * As db_query(), with the scope.  Statements are written for a scope that is
 * whole: for another one, each view cccp_web.X that they name is replaced by
 * cccp_web.X_part, which has the same columns.  When it fails, the failure has
 * been logged and the answer has become a problem: the handler only has to
 * return.
 */
bool		 context_query(struct context *, const char *sql, int n,
		    const char *const *param, PGresult **)
		    __attribute__((warn_unused_result));

/* The same with all rows, for what this program itself has to know. */
bool		 context_query_whole(struct context *, const char *sql, int n,
		    const char *const *param, PGresult **)
		    __attribute__((warn_unused_result));

/*
 * Begins a transaction for context_step() that reads one state of the database,
 * with the scope.  End it in any case.
 */
bool		 context_begin_reading(struct context *)
		    __attribute__((warn_unused_result));
void		 context_end_reading(struct context *);

/* The same for db_step().  For an answer that has begun, only why is set. */
bool		 context_step(struct context *, const char *sql, int n,
		    const char *const *param, PGresult **)
		    __attribute__((warn_unused_result));

/*
 * For answers that are sent in pieces: the head, then each piece.  False when
 * no body is wanted (HEAD), or the reader has gone.
 */
bool		 context_begin(struct context *);
bool		 context_write(struct context *, const struct buf *);

/* Adds the headers that every answer with data has. */
void		 context_data_headers(struct context *);

#endif
