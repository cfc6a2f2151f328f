/*
 * exec:/path/to/command word …: a JSON snapshot that a command prints.
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

/* Each run makes another document, so there is nothing to remember. */
static void
exec_ended(void *own)
{
	(void)own;
}

static void
exec_close(void *own)
{
	struct exec *e = own;

	command_free(e->command);
	free(e);
}

const struct fetch_kind fetch_exec = {
	.open = exec_open,
	.start = exec_start,
	.fds = exec_fds,
	.deadline = exec_deadline,
	.step = exec_step,
	.accepted = exec_ended,
	.refused = exec_ended,
	.close = exec_close,
};
