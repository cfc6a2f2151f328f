/*
 * What one statement reads of the database as a whole: the number of its last
 * change, which is its generation, and the state of its sources.  Whoever has a
 * connection runs the statement; the functions here are pure.
 */
#ifndef FCGI_FRESH_GENERATION_H
#define FCGI_FRESH_GENERATION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"
#include "sql/lib/now.h"
#include "sql/lib/schema.h"

/* What an answer needs of it.  Ages are those at the time of the call. */
struct live {
	int64_t		 generation;
	bool		 away;		/* the database is: all this is old */
	bool		 stale;		/* some source is, or the database */
	int64_t		 access;	/* version of the grants */
	bool		 aged;		/* some source has an age */
	double		 age_s;		/* the oldest source's, in seconds */
	/* Changes whenever an answer of the same generation would. */
	uint64_t	 tag;
	/* The same, within this process; it never comes back.  0: unknown. */
	uint64_t	 epoch;
	uint64_t	 reading;	/* number of the watch's reading */
};

struct generation_source {
	char		 name[33];
	char		 status[16];
	bool		 stale;
	bool		 aged;		/* false: it never answered */
	double		 age_s;		/* seconds, when it was read */
	int64_t		 generation;	/* of its last change */
};

/* All-zero is nothing. */
struct generation {
	bool		 ours;		/* the schema is this program's */
	char		 version[SCHEMA_MAX];	/* of the schema */
	int64_t		 number;
	int64_t		 access;	/* version of the grants */
	bool		 purged;	/* false: history never was */
	double		 purge_age_s;	/* seconds since, when it was read */
	/*
	 * Of each class of cccp.retention: its name, seconds since it was purged
	 * when this was read (-1: never), 1 when it failed since, and ";".
	 */
	char		 retention[128];
	int64_t		 read_us;	/* by now_monotonic() */
	uint64_t	 tag;
	size_t		 n;
	struct generation_source *source;	/* n, owned, by name */
};

/* The statement, for the scope "whole"; it takes no parameters. */
extern const char generation_sql[];

void	 generation_free(struct generation *);

/* From the statement's result.  False, and nothing: out of memory. */
bool	 generation_read(struct generation *, const PGresult *, int64_t now_us)
	    __attribute__((warn_unused_result));

/* A copy, new.  False, and nothing: out of memory. */
bool	 generation_copy(struct generation *, const struct generation *)
	    __attribute__((warn_unused_result));

/* Fills all but epoch and reading.  away makes everything stale. */
void	 generation_live(const struct generation *, bool away, int64_t now_us,
	    struct live *);

/*
 * The status of a source in one word, borrowed from it or constant: while the
 * database is away, a source that was live is stale.
 */
const char *generation_status(const struct generation_source *, bool away);

/*
 * Appends "generation":...,"source_age":...,"stale":...,"sources":[...] to an
 * object, which the caller has opened and closes.  What comes before "sources"
 * names nothing and is for all readers.
 */
void	 generation_json(struct buf *, const struct generation *, bool away,
	    int64_t now_us);

/*
 * Appends the last members of an answer's "meta", each with a comma before it.
 * They are the only part that is written anew in a kept answer: so they come
 * last in "meta", and "meta" comes first in the answer.
 */
void	 generation_meta(struct buf *, const struct live *);

/* Where these members are in a whole answer; *len is 0 when there are none. */
size_t	 generation_meta_find(const struct buf *, size_t *len);

/* Appends seconds with one decimal; null when there is no age. */
void	 generation_age(struct buf *, bool aged, double age_s);

#endif
