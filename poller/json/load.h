/*
 * Loads JSON whose values may be damaged: bytes that are no UTF-8, half a
 * surrogate pair, NaN, a number too large, and the like.  Jansson refuses a
 * whole text for one of these.  Here the damage is kept to the value that has
 * it.
 */
#ifndef POLLER_JSON_LOAD_H
#define POLLER_JSON_LOAD_H

#include <jansson.h>
#include <stddef.h>

enum load_err {
	LOAD_OK,
	LOAD_DAMAGED,	/* only a part of it could be read */
	LOAD_BAD,	/* nothing of it could be read */
	LOAD_NO_MEMORY
};

/*
 * Loads one value.  LOAD_OK and LOAD_DAMAGED set *out, a new reference; else
 * it is NULL.  In a damaged text U+FFFD stands for each byte or character that
 * could not be read.  An integer that is too large is loaded as its text.
 */
enum load_err	load_value(const char *json, size_t len, json_t **out);

/*
 * Loads an object, or any other value.  With LOAD_DAMAGED, *damaged is an
 * object too, a new reference: its keys are those of the values that could not
 * be read, and such a value is in *out only when a part of it could be read.
 * Else *damaged is NULL.  LOAD_BAD: its members are no pairs of key and value.
 */
enum load_err	load_object(const char *json, size_t len, json_t **out,
		    json_t **damaged);

#endif
