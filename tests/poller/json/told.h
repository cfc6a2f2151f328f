/*
 * What a document told: for tests of JSON snapshots.  Each test has a snapshot
 * and a document of its own; a mistake fails the test.
 */
#ifndef TESTS_POLLER_JSON_TOLD_H
#define TESTS_POLLER_JSON_TOLD_H

#include "tests/poller/check.h"

#include "poller/json/document.h"

extern struct snapshot *s;
extern struct document *d;

int	 told_setup(void **);
int	 told_teardown(void **);
#define TOLD(f)	cmocka_unit_test_setup_teardown(f, told_setup, told_teardown)

/* Reads and applies a document to its end. */
enum document_state	 told_feed_bytes(const void *, size_t, int64_t made);
enum document_state	 told_feed(const char *json);
/* It is taken; or refused, for that reason, and then nothing has changed. */
void	 told_accept(const char *json);
void	 told_refuse(const char *json, const char *why);

/*
 * A document around the elements of a list, until the next call; it has the
 * user zoe, unless the list is "users".
 */
const char	*told_around(const char *list, const char *elements);

/* A file of tests/data/bridge; new. */
char	*told_golden(const char *name, size_t *len);

/* Rows for the database, each table's ended by a zero. */
extern struct buf told_rows[ROWS_TABLE__MAX];
void	 told_flush(bool complete);
/* All of them as sorted lines "key column value", nulls left out; new. */
char	*told_tell(void);
/* A column of the row with that key; NULL: it has none. */
void	 told_value(const char *key, const char *column, const char *should);

#endif
