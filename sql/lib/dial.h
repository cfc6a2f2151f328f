/*
 * Connecting to PostgreSQL without waiting, to one address after another.
 *
 * PQconnectPoll() by itself knows no connect_timeout: of several hosts, the
 * first that takes a connection and then says nothing would be waited for
 * without end, and names are looked up while everybody waits.  So here each
 * address of each host is tried alone, as long as connect_timeout says or else
 * DIAL_LIMIT_S; target_session_attrs is libpq's own on each of them.  Settings
 * come from where libpq takes them: conninfo, PG* variables, service files.
 *
 * A peer that is cut off is noticed within some seconds, unless the settings
 * say otherwise (keepalives…, tcp_user_timeout).
 *
 * now is CLOCK_MONOTONIC in microseconds.
 */
#ifndef SQL_LIB_DIAL_H
#define SQL_LIB_DIAL_H

#include <libpq-fe.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define DIAL_LIMIT_S	5	/* for an address, when nothing is said */
#define DIAL_LIMIT_MAX_S 60	/* whatever is said */

enum dial_state {
	DIAL_BUSY,
	DIAL_DONE,	/* dial_take() */
	DIAL_FAILED	/* no address is left: dial_error() */
};

struct dial;

/*
 * Begins.  conninfo and application (shown in pg_stat_activity) are borrowed
 * until dial_free().  NULL: out of memory.
 */
struct dial	*dial_start(const char *conninfo, const char *application);
/* Drops the connection too, unless it was taken.  NULL is fine. */
void		 dial_free(struct dial *);

/* Goes on, never waiting. */
enum dial_state	 dial_work(struct dial *, int64_t now);
/* While it is busy: what to wait for, 0 or 1, and how long at most. */
size_t		 dial_fds(const struct dial *, struct pollfd *, size_t max);
int64_t		 dial_deadline(const struct dial *);
/* The same with waiting, for who has nothing else to do. */
enum dial_state	 dial_wait(struct dial *);

/* After DIAL_DONE: the connection, the caller's to PQfinish(). */
PGconn		*dial_take(struct dial *);
/* Why not: a line for each address, borrowed; the last ones when too many. */
const char	*dial_error(const struct dial *);

#endif
