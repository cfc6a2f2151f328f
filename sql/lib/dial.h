/*
 * Connects to PostgreSQL without blocking.
 *
 * Each address of each host is tried alone, one after another, until one
 * answers.  Looking up a name and each attempt may take as long as
 * connect_timeout says, at most DIAL_LIMIT_MAX_S; without a setting,
 * DIAL_LIMIT_S.  Settings come from where libpq reads them: conninfo, PG*
 * variables, service files.  target_session_attrs is applied to each address.
 *
 * PQconnectdb() in a thread would need less code, but libpq has no time limit
 * for looking up a name: connect_timeout begins after it.  With db.example and
 * then a socket as hosts, and name servers that never answer, PQconnectdb()
 * with connect_timeout=5 was connected after 10 seconds with one name server,
 * and after 56 with three and a search domain; dial after 5 in both cases.
 * tests/poller/source/blackhole.bats tests this.  PQconnectPoll() has no time limit at
 * all, and looks up names in the thread that calls it.
 *
 * When a connected peer is cut off, that is noticed within some seconds,
 * unless the settings say otherwise (keepalives…, tcp_user_timeout).
 *
 * now is in microseconds, by any clock that is never set.
 */
#ifndef SQL_LIB_DIAL_H
#define SQL_LIB_DIAL_H

#include <libpq-fe.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#define DIAL_LIMIT_S	5
#define DIAL_LIMIT_MAX_S 60

enum dial_state {
	DIAL_BUSY,	/* wait for dial_fds() or dial_deadline() */
	DIAL_DONE,	/* connected: dial_connection() */
	DIAL_FAILED	/* every address failed: dial_error() */
};

struct dial;

/*
 * Begins.  conninfo and application (shown in pg_stat_activity) are borrowed
 * until dial_free().  NULL: out of memory.
 */
struct dial	*dial_start(const char *conninfo, const char *application);
/* Closes the connection, unless dial_connection() has returned it. */
void		 dial_free(struct dial *);	/* NULL is fine */

/* Does what can be done now.  Never waits. */
enum dial_state	 dial_work(struct dial *, int64_t now);
/*
 * While the state is DIAL_BUSY: the descriptors to wait for, 0 or 1, and the
 * time to call dial_work() again in any case.
 */
size_t		 dial_fds(const struct dial *, struct pollfd *, size_t max);
int64_t		 dial_deadline(const struct dial *);
/* Calls dial_work() and waits, until the state is not DIAL_BUSY. */
enum dial_state	 dial_wait(struct dial *);

/*
 * After DIAL_DONE, once: the connection, after conn_prepare().  It is the
 * caller's to PQfinish().
 */
PGconn		*dial_connection(struct dial *);
/*
 * After DIAL_FAILED: why, with a line or more for each address, borrowed.  Of
 * very many the last ones.
 */
const char	*dial_error(const struct dial *);

#endif
