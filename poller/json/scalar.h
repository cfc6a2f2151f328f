/*
 * A JSON value as the text that value_text() reads.
 */
#ifndef POLLER_JSON_SCALAR_H
#define POLLER_JSON_SCALAR_H

#include <jansson.h>

#include "poller/model/value.h"

/*
 * Empties out and, for VALUE_OK, leaves the text in it, ended by a zero and
 * without control characters.  Absent are null, "" and "None"; lists and
 * objects are text where the type is one that holds them, else they are bad.
 */
enum value_err	scalar_text(const json_t *, enum view_type, struct buf *out);

#endif
