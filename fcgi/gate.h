/*
 * A bound for what takes long: so many threads may be inside at once.  Any
 * thread may call any function.
 */
#ifndef FCGI_GATE_H
#define FCGI_GATE_H

#include <stdbool.h>

struct gate;

/* New; NULL when out of memory. */
struct gate	*gate_new(unsigned places);
void		 gate_free(struct gate *);	/* NULL is fine */

/*
 * Takes a place, without waiting.  False: there is none.  A gate of NULL has
 * places for all.  After true, call gate_leave().
 */
bool		 gate_enter(struct gate *) __attribute__((warn_unused_result));
void		 gate_leave(struct gate *);

#endif
