/*
 * active_queues: a JavaScript object literal, sometimes JSON, that is read
 * leniently and never evaluated; cccp-protocol(7), Active queues.
 */
#ifndef POLLER_MODEL_LITERAL_H
#define POLLER_MODEL_LITERAL_H

#include "poller/model/value.h"

#define LITERAL_QUEUES_MAX	1024	/* more than that are left out */

/*
 * Appends the text array of the names of type "queue", sorted.  VALUE_ABSENT
 * when there is none; a text that is no literal at all is VALUE_BAD.
 */
enum value_err	literal_queues(const char *text, struct buf *out);

#endif
