/*
 * exec:/path/to/command word …: a JSON snapshot that a command prints, such
 * as the existing bridge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/json/document.h"
#include "poller/source/command.h"
#include "poller/source/polled.h"

struct exec {
	const struct source_address	*at;	/* borrowed */
	struct command			*command;
};

static void *
exec_open(const struct source *s)
{
	struct exec *e = calloc(1, sizeof(*e));

	if (e != NULL)
		e->at = &s->at;
	return e;
}

static void
exec_start(void *own, int64_t now)
{
	struct exec *e = own;

	e->command = command_start(e->at->name, e->at->argv, DOCUMENT_MAX,
	    now + POLLED_LIMIT_S * INT64_C(1000000));
}

static size_t
exec_fds(const void *own, struct pollfd *fds, size_t max)
{
	const struct exec *e = own;

	return e->command != NULL ? command_fds(e->command, fds, max) : 0;
}

static int64_t
exec_deadline(const void *own)
{
	const struct exec *e = own;

	return e->command != NULL ? command_deadline(e->command) : 0;
}

static enum fetch_state
exec_step(void *own, struct fetch *fetch, int64_t now)
{
	struct exec *e = own;
	enum command_state state = COMMAND_FAILED;

	if (e->command != NULL)
		state = command_work(e->command, &fetch->text, now);
	if (state == COMMAND_RUNNING)
		return FETCH_BUSY;
	if (state == COMMAND_FAILED)
		snprintf(fetch->error, sizeof(fetch->error), "command %.80s: "
		    "%s", e->at->argv[0], e->command != NULL ?
		    command_error(e->command) : "out of memory");
	command_free(e->command);
	e->command = NULL;
	return state == COMMAND_DONE ? FETCH_NEW : FETCH_FAILED;
}

static void
exec_taken(void *own, bool taken)
{
	(void)own;
	(void)taken;	/* each run is another document */
}

static void
exec_close(void *own)
{
	struct exec *e = own;

	command_free(e->command);
	free(e);
}

static void
open_source(struct source *s, int64_t now)
{
	static const struct fetch_kind kind = {
		.open = exec_open,
		.start = exec_start,
		.fds = exec_fds,
		.deadline = exec_deadline,
		.step = exec_step,
		.taken = exec_taken,
		.close = exec_close,
	};

	polled_open(s, &kind, now);
}

const struct source_kind source_exec = {
	.open = open_source,
	.fds = polled_fds,
	.deadline = polled_deadline,
	.work = polled_work,
	.settled = polled_settled,
	.close = polled_close,
};
