#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/access/scope.h"
#include "sql/lib/hash.h"
#include "sql/lib/now.h"

const char *const role_names[ROLE__MAX] = {
	[ROLE_ADMIN] = "admin",
	[ROLE_SUPERVISOR] = "supervisor",
	[ROLE_READER] = "reader",
	[ROLE_WALL] = "wall",
	[ROLE_AUDITOR] = "auditor",
};

const char scope_sql[] =
    "SELECT role, scope, digest, detail, history, numbers, export, persons,"
    " audit, grants::text, team"
    " FROM cccp.scope_of($1::text, $2::text[], $3::text)";

enum { ROLE, TEXT, DIGEST, DETAIL, HISTORY, NUMBERS, EXPORT, PERSONS, AUDIT,
    GRANTS, TEAM, COLUMNS };

struct kept {
	char		*key;		/* NULL: free */
	size_t		 len;
	uint64_t	 hash;
	uint64_t	 used;		/* turn of the last use */
	int64_t		 version, made_us;
	struct scope	*scope;
};

struct scopes {
	pthread_mutex_t	 lock;
	uint64_t	 turn;
	struct kept	 kept[SCOPES_MAX];
};

enum role
role_named(const char *name)
{
	enum role role = 0;

	while (role < ROLE__MAX && strcmp(role_names[role], name) != 0)
		role++;
	return role;
}

static bool
is_true(const PGresult *res, int column)
{
	return *PQgetvalue(res, 0, column) == 't';
}

struct scope *
scope_new(const PGresult *res, bool *failed)
{
	struct scope *s;

	*failed = false;
	if (PQntuples(res) == 0)
		return NULL;
	*failed = true;
	if (PQntuples(res) != 1 || PQnfields(res) != COLUMNS ||
	    (s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	atomic_init(&s->refs, 1);
	s->role = role_named(PQgetvalue(res, 0, ROLE));
	s->text = strdup(PQgetvalue(res, 0, TEXT));
	s->grants = strdup(PQgetvalue(res, 0, GRANTS));
	if (!PQgetisnull(res, 0, TEAM))
		s->team = strdup(PQgetvalue(res, 0, TEAM));
	snprintf(s->digest, sizeof(s->digest), "%s",
	    PQgetvalue(res, 0, DIGEST));
	s->detail = is_true(res, DETAIL);
	s->history = is_true(res, HISTORY);
	s->numbers = is_true(res, NUMBERS);
	s->export = is_true(res, EXPORT);
	s->persons = is_true(res, PERSONS);
	s->audit = is_true(res, AUDIT);
	if (s->role == ROLE__MAX || s->text == NULL || s->grants == NULL ||
	    s->digest[0] == '\0' ||
	    (s->team == NULL && !PQgetisnull(res, 0, TEAM))) {
		scope_release(s);
		return NULL;
	}
	s->whole = strcmp(s->text, "whole") == 0;
	*failed = false;
	return s;
}

void
scope_release(const struct scope *scope)
{
	struct scope *s = (struct scope *)scope;

	if (s == NULL || atomic_fetch_sub(&s->refs, 1) > 1)
		return;
	free(s->text);
	free(s->grants);
	free(s->team);
	free(s);
}

struct scopes *
scopes_new(void)
{
	struct scopes *c = calloc(1, sizeof(*c));

	if (c != NULL)
		pthread_mutex_init(&c->lock, NULL);
	return c;
}

static void
drop(struct kept *k)
{
	scope_release(k->scope);
	free(k->key);
	*k = (struct kept){ 0 };
}

void
scopes_free(struct scopes *c)
{
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < SCOPES_MAX; i++)
		drop(&c->kept[i]);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static bool
has_key(const struct kept *k, const struct buf *key, uint64_t hash)
{
	return k->key != NULL && k->hash == hash && k->len == key->len &&
	    memcmp(k->key, key->data, key->len) == 0;
}

/*
 * With the lock held: the place of a key; else the one to use for it.  Places
 * are filled in order, and none becomes free: after the first free one there is
 * no key.
 */
static struct kept *
find(struct scopes *c, const struct buf *key, uint64_t hash)
{
	struct kept *k, *oldest = c->kept;

	for (k = c->kept; k < c->kept + SCOPES_MAX; k++) {
		if (k->key == NULL || has_key(k, key, hash))
			return k;
		if (k->used < oldest->used)
			oldest = k;
	}
	return oldest;
}

const struct scope *
scopes_find(struct scopes *c, const struct buf *key, int64_t version,
    bool away)
{
	const uint64_t hash = hash_add(HASH_EMPTY, key->data, key->len);
	const int64_t oldest = now_monotonic() - SCOPE_KEPT_S * 1000000LL;
	struct scope *scope = NULL;
	struct kept *k;

	pthread_mutex_lock(&c->lock);
	k = find(c, key, hash);
	if (has_key(k, key, hash) &&
	    (away || (k->version == version && k->made_us > oldest))) {
		k->used = ++c->turn;
		scope = k->scope;
		atomic_fetch_add(&scope->refs, 1);
	}
	pthread_mutex_unlock(&c->lock);
	return scope;
}

void
scopes_store(struct scopes *c, const struct buf *key, int64_t version,
    struct scope *scope)
{
	const uint64_t hash = hash_add(HASH_EMPTY, key->data, key->len);
	char *copy = malloc(key->len + 1);
	struct kept *k;

	if (copy == NULL)
		return;
	memcpy(copy, key->data, key->len);
	atomic_fetch_add(&scope->refs, 1);
	pthread_mutex_lock(&c->lock);
	k = find(c, key, hash);
	drop(k);
	*k = (struct kept){ .key = copy, .len = key->len, .hash = hash,
	    .used = ++c->turn, .version = version, .made_us = now_monotonic(),
	    .scope = scope };
	pthread_mutex_unlock(&c->lock);
}
