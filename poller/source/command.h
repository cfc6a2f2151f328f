/*
 * A command that runs beside the loop.  Its output and errors come through
 * pipes.  When it takes too long it is killed with all that it started.
 *
 * It runs without a shell, in a process group of its own, with nothing on
 * standard input, only its two pipes for descriptors, and our environment
 * without CCCP_SOURCES, CCCP_PASSWORD… and PGPASSWORD.  What it leaves running
 * when it ends is killed.
 */
#ifndef POLLER_SOURCE_COMMAND_H
#define POLLER_SOURCE_COMMAND_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

#define COMMAND_GRACE_US	(2 * INT64_C(1000000))	/* before SIGKILL */
#define COMMAND_LINES		20	/* of standard error, logged a run */

struct command;

enum command_state {
	COMMAND_RUNNING,
	COMMAND_DONE,		/* it ended with status 0 */
	COMMAND_FAILED		/* command_error() */
};

/*
 * Runs argv; name is the source's, for the log; both are borrowed until
 * command_free().  It may print max bytes, and is stopped at the time end
 * (CLOCK_BOOTTIME, µs).  NULL: out of memory.
 */
struct command		*command_start(const char *name, char *const *argv,
			    size_t max, int64_t end);
/* Reads what it has printed, and appends its standard output to out. */
enum command_state	 command_work(struct command *, struct buf *out,
			    int64_t now);
size_t			 command_fds(const struct command *, struct pollfd *,
			    size_t max);
int64_t			 command_deadline(const struct command *);
const char		*command_error(const struct command *);	/* borrowed */
/*
 * Ends it if it still runs, and waits for that; after half a second it is
 * killed.  NULL is fine.
 */
void			 command_free(struct command *);

#endif
