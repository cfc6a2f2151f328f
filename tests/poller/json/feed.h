/*
 * Feeds documents to the reader of JSON snapshots.  Each test has a snapshot
 * and a document of its own.  A function that finds a mistake fails the test.
 */
#ifndef TESTS_POLLER_JSON_FEED_H
#define TESTS_POLLER_JSON_FEED_H

#include "tests/poller/check.h"

#include "poller/json/document.h"

extern struct snapshot *s;
extern struct document *d;

int	 feed_setup(void **);
int	 feed_teardown(void **);
#define FEED(f)	cmocka_unit_test_setup_teardown(f, feed_setup, feed_teardown)

/* Reads and applies a document to its end. */
enum document_state	 feed_bytes(const void *, size_t, int64_t made);
enum document_state	 feed_text(const char *json);
/* Accepted; or refused for that reason, and then nothing has changed. */
void	 feed_accept(const char *json);
void	 feed_refuse(const char *json, const char *why);

/*
 * A document around the elements of a list, until the next call; it has the
 * user zoe, unless the list is "users".
 */
const char	*feed_around(const char *list, const char *elements);

/* A file of tests/data/bridge; new. */
char	*feed_golden(const char *name, size_t *len);

/* Rows for the database, each table's ended by a zero. */
extern struct buf feed_rows[ROWS_TABLE__MAX];
void	 feed_flush(bool complete);
/* All of them as sorted lines "key column value", nulls left out; new. */
char	*feed_lines(void);
/* A column of the row with that key; NULL: it has none. */
void	 feed_value(const char *key, const char *column, const char *should);
/* The JSON of all defects. */
void	 feed_defects(const char *should);

#endif
