/*
 * The filters of query_list: .[connections/last/call_id ne '' and running].
 *
 *	filter := '.' ( '[' or ']' )+
 *	or     := and ( 'or' and )*
 *	and    := term ( 'and' term )*
 *	term   := '(' or ')' | path [ '[' or ']' ] | path op literal
 *	op     := 'eq' | 'ne' | 'gt' | 'ge' | 'le'
 *	path   := name ( '/' name )*
 *	literal:= number | 'text' | "text" | 'YYYY/MM/DD HH:MM:SS' | ''
 *
 * A path alone is a boolean; a path before [ ] is the prefix of the paths
 * inside.  A comparison with an attribute that the object lacks is false.
 */
#ifndef SIM_FILTER_H
#define SIM_FILTER_H

#include "tests/sim/protocol/item.h"

struct filter;

/*
 * New.  NULL when the text does not parse or names an attribute that the kind
 * does not have.  A comparison with a literal of another type is false.  Dates
 * are in the server's local time, zone_s east of UTC.
 */
struct filter	*filter_parse(enum kind, const char *text, size_t len,
		    int32_t zone_s);
void		 filter_free(struct filter *);	/* NULL is fine */
bool		 filter_match(const struct filter *, const struct item *);
/* The attributes whose change may change the answer, as bits. */
uint64_t	 filter_mask(const struct filter *);

#endif
