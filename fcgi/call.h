/*
 * Calls of the functions of the database that get the reader, and check
 * themselves what the reader may do: by them all that is written is written.
 * Their first three parameters are $1::text, $2::text[] and $3::text: the user,
 * the groups, and the role of those who are not signed in.
 *
 * What they refuse becomes a problem:
 *	42501		403: the reader may not do that
 *	P0002		404
 *	CV412, 40001	412: it has another version
 *	55000, 55006	409: not in its present state
 *	23505, 23P01	409: there is another one like it
 *	54000		409: there are too many
 *	22…, 23…	400: a value, with what the constraint demands in words
 */
#ifndef FCGI_CALL_H
#define FCGI_CALL_H

#include "fcgi/context.h"

#define CALL_READER	3	/* parameters that are the reader */
#define CALL_PARAMS	24	/* with the others, at most */

/*
 * Runs sql with the n parameters after the reader's, on the connection that
 * reads.  True: *res is new.  False: the answer is a problem.
 */
bool	 call_read(struct context *, const char *sql, int n,
	    const char *const *param, PGresult **res)
	    __attribute__((warn_unused_result));

/*
 * The same on a connection to a server that takes writes, which may be another
 * than the one that is read.  It is opened for this, and closed.  The statement
 * is never repeated: after a lost connection nobody knows whether it was done.
 * Without such a server the answer is 503.
 */
bool	 call_write(struct context *, const char *sql, int n,
	    const char *const *param, PGresult **res)
	    __attribute__((warn_unused_result));

/* The same for a statement that may take CALL_LONG_S; few run at once. */
#define CALL_LONG_S	50
bool	 call_write_long(struct context *, const char *sql, int n,
	    const char *const *param, PGresult **res)
	    __attribute__((warn_unused_result));

#endif
