/*
 * The rows of the staging tables, in the text format of COPY.
 */
#ifndef POLLER_MODEL_ROWS_H
#define POLLER_MODEL_ROWS_H

#include <stdbool.h>

#include "sql/lib/buf.h"

struct gone;
struct index;
struct object;

enum rows_table {
	ROWS_AGENT,
	ROWS_QUEUE,
	ROWS_CALL,
	ROWS_TABLE__MAX
};

/* Appends "agent_in (login, name, …)", the table and columns for COPY. */
void	 rows_columns(enum rows_table, struct buf *out);

/* The rest is private to this folder.  Each appends one row. */
void	 rows_user(const struct index *, const struct object *,
	    struct buf *out);
void	 rows_queue(const struct object *, struct buf *out);
/* present false: the task is gone, and these are its last values. */
void	 rows_task(const struct index *, struct object *, bool present,
	    struct buf *out);
/* The active outbound call of a session: its call_key and call_start. */
void	 rows_outbound(const struct index *, const struct object *,
	    struct buf *out);
/* A row that is gone; only its key is known. */
void	 rows_gone(const struct gone *, struct buf *out);

#endif
