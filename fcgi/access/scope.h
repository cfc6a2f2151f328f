/*
 * What a reader may see: the union of the reader's grants, as cccp.scope_of()
 * gives it.  The database enforces it, by the settings of db_scope(); here it
 * decides what is refused at once, and which answers are shared.
 */
#ifndef FCGI_ACCESS_SCOPE_H
#define FCGI_ACCESS_SCOPE_H

#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

/* The highest of the reader's grants; most first. */
enum role {
	ROLE_ADMIN,
	ROLE_SUPERVISOR,
	ROLE_READER,
	ROLE_WALL,		/* counts and queues, no persons */
	ROLE_AUDITOR,		/* only the access log, exports of a person */
	ROLE__MAX
};

extern const char *const role_names[ROLE__MAX];

/* The role of a name; ROLE__MAX: there is none. */
enum role	 role_named(const char *);

/* Immutable but for refs. */
struct scope {
	enum role	 role;
	bool		 whole;		/* everything, by the views without part */
	bool		 persons;	/* persons at all; else only counts */
	bool		 detail;	/* some grant has it; so the next ones */
	bool		 history;
	bool		 export;
	bool		 numbers;	/* all grants with persons have it */
	bool		 audit;
	char		 digest[17];	/* the same for the same rights */
	char		*text;		/* for db_scope() */
	char		*grants;	/* JSON, for people */
	char		*team;		/* that all grants name; NULL: none */
	atomic_uint	 refs;
};

/*
 * Its parameters: the user, or null; the groups, as an array; the role of those
 * who are not signed in, or null.
 */
extern const char scope_sql[];
#define SCOPE_PARAMS	3

/*
 * From its result: new, with one reference.  NULL: no grant, or *failed, out of
 * memory or a result that is not understood.
 */
struct scope	*scope_new(const PGresult *, bool *failed);
void		 scope_release(const struct scope *);	/* NULL is fine */

/*
 * Scopes that are kept, by a key that tells readers apart.  Any thread may call
 * these.  A scope is kept SCOPE_KEPT_S seconds and while the version of the
 * grants is the same; after that it is given only while the database is away.
 */
#define SCOPE_KEPT_S	30
#define SCOPES_MAX	1024

struct scopes;

struct scopes	*scopes_new(void);		/* NULL: out of memory */
void		 scopes_free(struct scopes *);	/* NULL is fine */

/* A new reference, for scope_release(); NULL: it has to be asked for. */
const struct scope *scopes_find(struct scopes *, const struct buf *key,
		    int64_t version, bool away);

/* Keeps a scope under a key; the caller's reference stays the caller's. */
void		 scopes_store(struct scopes *, const struct buf *key,
		    int64_t version, struct scope *);

#endif
