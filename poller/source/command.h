/*
 * A command that runs beside the loop: its output and its complaints come
 * through pipes, and it is killed, with all that it started, when it takes too
 * long.
 *
 * It is run without a shell, in a process group of its own, with nothing on
 * standard input, no descriptor of ours but its two pipes, and our environment
 * but for what is secret (CCCP_SOURCES, CCCP_PASSWORD…, PGPASSWORD).  Whatever
 * it leaves running when it ends is killed.
 */
#ifndef POLLER_SOURCE_COMMAND_H
#define POLLER_SOURCE_COMMAND_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

#define COMMAND_GRACE_US	(2 * INT64_C(1000000))	/* TERM, then KILL */
#define COMMAND_LINES		20	/* of standard error to the log a run */

struct command;

enum command_state {
	COMMAND_RUNNING,
	COMMAND_DONE,		/* it ended well: status 0 */
	COMMAND_FAILED		/* command_error() */
};

/*
 * Runs argv; name is the source's, for the log; both are borrowed until
 * command_free().  Standard output is appended to out, at most max bytes; it
 * ends at the time end at the latest.  NULL: out of memory.
 */
struct command		*command_start(const char *name, char *const *argv,
			    size_t max, int64_t end);
enum command_state	 command_work(struct command *, struct buf *out,
			    int64_t now);
size_t			 command_fds(const struct command *, struct pollfd *,
			    size_t max);
int64_t			 command_deadline(const struct command *);
const char		*command_error(const struct command *);	/* borrowed */
/*
 * Ends it, when it is still there, and waits for that, half a second at most.
 * NULL is fine.
 */
void			 command_free(struct command *);

#endif
