/*
 * What a worker has in hand: its settings and connection, the request, the
 * answer being built.  Handlers get one and nothing else.
 */
#ifndef FCGI_CONTEXT_H
#define FCGI_CONTEXT_H

#include <libpq-fe.h>
#include <stdint.h>

#include "fcgi/fresh/watch.h"
#include "fcgi/http/param.h"
#include "fcgi/http/problem.h"
#include "fcgi/http/request.h"
#include "fcgi/http/response.h"
#include "fcgi/page/asset.h"
#include "sql/lib/db.h"

struct answer;
struct cache;
struct counters;
struct streams;

/* The same for all workers, never changed once they run. */
struct settings {
	bool		 anonymous;	/* may read without REMOTE_USER */
	struct assets	*assets;
	size_t		 streams_max;
	size_t		 cache_bytes;	/* 0: keep no answers */
	/* NULL in CGI mode. */
	struct watch	*watch;
	struct streams	*streams;
	struct cache	*cache;		/* NULL also when none is kept */
	struct cache	*counts;	/* totals and facets, see list/list.c */
	struct counters	*counters;
};

#define CONTEXT_PARTS	2

struct context {
	const struct settings *settings;
	struct db	*db;		/* this worker's own */
	bool		 connected;	/* as it was counted */
	struct request	 req;
	size_t		 route;		/* see route_name() */
	/* What the route's {names} stand for, and the checked parameters. */
	char		 part[CONTEXT_PARTS][REQUEST_PATH_MAX + 1];
	struct params	 params;
	struct response	 res;
	struct buf	 sql;		/* room to compose a statement in */
	/* What res.shared is borrowed from; at most one of them. */
	struct asset	*asset;
	struct answer	*answer;
	/* Where the answer goes; used here only. */
	response_write	*put;
	void		*put_arg;
	bool		 begun;		/* its head is written already */
	bool		 cut;		/* and its body is not whole */
	enum problem	 why;		/* as what it would have been told */
	/* A place among the streams is taken: hand the connection over. */
	bool		 park;
	int64_t		 last_event;	/* that the reader has seen; or -1 */
	const char	*cached;	/* "hit" and the like; NULL: not asked */
	int64_t		 began_us;
	int64_t		 db_us;		/* spent waiting for the database */
};

/* NULL when out of memory.  Settings are borrowed until context_free(). */
struct context	*context_new(const struct settings *);
void		 context_free(struct context *);	/* NULL is fine */

/*
 * Answers the request in env through put; false: the reader has gone, or the
 * answer had begun and was cut, and why tells for what.
 */
bool		 context_serve(struct context *, char *const *env,
		    response_write *put, void *arg);

/*
 * As db_query(); when it fails the answer has become a problem, the failure
 * has been logged and the handler has only to return.
 */
bool		 context_query(struct context *, const char *sql, int n,
		    const char *const *param, PGresult **)
		    __attribute__((warn_unused_result));

/* The same for db_step(); for an answer that has begun, why becomes it. */
bool		 context_step(struct context *, const char *sql, int n,
		    const char *const *param, PGresult **)
		    __attribute__((warn_unused_result));

/*
 * For answers that are written piece by piece: the head, then each piece.
 * False when no body is wanted (HEAD), or the reader has gone.
 */
bool		 context_begin(struct context *);
bool		 context_put(struct context *, const struct buf *);

/* The headers that every answer with data has. */
void		 context_data_headers(struct context *);

#endif
