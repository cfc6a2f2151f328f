/*
 * The body of a request that writes: a JSON object.  Its fields are declared
 * once, in a table, with their types and bounds.  Reading a body against the
 * table gives all fields checked, as texts for PostgreSQL, or a refusal that
 * says which field is wrong and how.
 *
 * The table is of struct param; these types are used:
 *	PARAM_TEXT	a string of at most max_len bytes
 *	PARAM_BOOL	true or false
 *	PARAM_NUMBER	a whole number, min to max
 *	PARAM_TIME	a string as moment.h says
 *	PARAM_SET	a string, one of choices
 * A field that may be null says so; null and a field that is not given are then
 * the same.
 */
#ifndef FCGI_HTTP_BODY_H
#define FCGI_HTTP_BODY_H

#include <jansson.h>

#include "fcgi/http/param.h"

struct body_value {
	bool		 given;
	const char	*text;		/* NULL: null, or not given */
	char		 space[MOMENT_TEXT_MAX];
};

/* All-zero is an empty one; body_free() at the end. */
struct body {
	json_t		*object;
	struct body_value value[PARAM_MAX];	/* in the table's order */
};

/*
 * Reads a body against a table of n fields, PARAM_MAX at most.  Without fields
 * it may also be empty.  All texts are in the body until body_free().  False:
 * the refusal says what is wrong, and borrows from the table.
 *
 * Refused are what is no JSON object in UTF-8 (PARAM_NOT_OBJECT; its item is
 * the place), a NUL in a text, and more than 2048 levels (a limit of jansson).
 */
bool	 body_read(struct body *, const char *data, size_t len,
	    const struct param *table, size_t n, struct param_refusal *)
	    __attribute__((warn_unused_result));

void	 body_free(struct body *);

#endif
