/*
 * What the database says of itself: its generation, and how its sources are.
 * Read with one statement, by whoever has a connection; the rest is pure.
 */
#ifndef FCGI_NEWS_H
#define FCGI_NEWS_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/buf.h"
#include "sql/now.h"
#include "sql/schema.h"

/* As much as an answer has to know of it; ages are those of when it is told. */
struct live {
	int64_t		 generation;
	bool		 away;		/* the database is: old news */
	bool		 stale;		/* some source is, or the news are */
	bool		 aged;		/* some source has an age */
	double		 age_s;		/* of the oldest news */
	/* Changes whenever an answer of the same generation would. */
	uint64_t	 tag;
	/* The same within this process, and never comes back; 0: unknown. */
	uint64_t	 epoch;
	uint64_t	 reading;	/* changes with each of the watch's */
};

struct news_source {
	char		 name[33];
	char		 status[16];
	bool		 stale;
	bool		 aged;		/* false: never heard of */
	double		 age_s;		/* when it was read */
	int64_t		 generation;	/* of its last change */
};

struct news {
	bool		 ours;		/* the schema is this program's */
	char		 version[SCHEMA_MAX];	/* of the schema */
	int64_t		 generation;
	bool		 purged;	/* false: history never was */
	double		 purge_age_s;	/* when it was read */
	int64_t		 read_us;	/* by now_monotonic() */
	uint64_t	 tag;
	size_t		 n;
	struct news_source *source;	/* in the order of their names */
};

/* Takes no parameters. */
extern const char news_sql[];

/* All-zero is no news. */
void	 news_free(struct news *);

/* From the statement's result.  False when out of memory: then no news. */
bool	 news_read(struct news *, const PGresult *, int64_t now_us)
	    __attribute__((warn_unused_result));

/* A copy, new.  False when out of memory: then no news. */
bool	 news_copy(struct news *, const struct news *)
	    __attribute__((warn_unused_result));

/* All but epoch and reading.  away makes everything stale. */
void	 news_live(const struct news *, bool away, int64_t now_us,
	    struct live *);

/*
 * "generation":…,"source_age":…,"stale":…,"sources":[…]: members of an object
 * that the caller opens, and may add to before it closes it.
 */
void	 news_json(struct buf *, const struct news *, bool away,
	    int64_t now_us);

/*
 * The last members of "meta", which tell of it, each with a comma before it:
 * the only part of an answer that is told anew when the rest was kept, so
 * nothing may follow them in "meta", which comes first in the answer.
 */
void	 news_meta(struct buf *, const struct live *);

/* Where they are in a whole answer; *len is 0 when they are not. */
size_t	 news_meta_find(const struct buf *, size_t *len);

/* Seconds, to the tenth; null when there is no age. */
void	 news_age(struct buf *, bool aged, double age_s);

#endif
