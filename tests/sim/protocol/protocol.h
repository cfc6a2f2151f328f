/*
 * The calls a client makes, and their answers.  What a real server does not
 * answer is not answered here.
 */
#ifndef SIM_PROTOCOL_H
#define SIM_PROTOCOL_H

#include "tests/sim/protocol/server.h"

void	 protocol_call(struct client *, const struct frame *);
/* Frees what the connection logged in and asked for. */
void	 protocol_forget(struct client *);

/* format.c: ignored when it does not read, or its id is taken. */
void	 format_define(struct session *, struct cursor blob);
const struct format	*format_find(const struct session *, uint32_t id);

#endif
