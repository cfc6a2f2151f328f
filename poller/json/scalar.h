/*
 * A JSON value as the text that value_text() reads.
 */
#ifndef POLLER_JSON_SCALAR_H
#define POLLER_JSON_SCALAR_H

#include <jansson.h>

#include "poller/model/value.h"

/*
 * Empties out and, for VALUE_OK, writes the text to it, with a terminating
 * zero and without control characters.  VALUE_ABSENT: null, "" or "None".
 * VALUE_BAD: a list or object, unless the type is one of lists.
 */
enum value_err	scalar_text(const json_t *, enum view_type, struct buf *out);

#endif
