/*
 * The calls a client makes, and their answers.  What a real server meets with
 * silence is met with silence here.
 */
#ifndef SIM_PROTOCOL_H
#define SIM_PROTOCOL_H

#include "tests/sim/server.h"

void	 protocol_call(struct client *, const struct frame *);
/* Frees what the connection logged in and asked for. */
void	 protocol_forget(struct client *);

#endif
