/*
 * The headers Accept, Accept-Encoding and Accept-Language: lists of items with
 * weights (RFC 9110, 12.4.2).  All pure.
 */
#ifndef FCGI_HTTP_ACCEPT_H
#define FCGI_HTTP_ACCEPT_H

#include <stdbool.h>
#include <stddef.h>

/* One item of a list such as "fr-CA, en;q=0.5". */
struct accept_item {
	const char	*name;		/* borrowed from the list; no NUL */
	size_t		 len;		/* of the name, without parameters */
	unsigned	 weight;	/* q in thousandths, 0 to 1000 */
};

/*
 * Reads the next item and moves *list behind it; false after the last.  The
 * weight is 1000 when there is no q, and 0 when q is not a number.
 */
bool	 accept_next(const char **list, struct accept_item *);

/* Is the item's name this word, in whatever case? */
bool	 accept_is(const struct accept_item *, const char *word);

/*
 * Which of n media types, such as "text/csv", the header Accept wants most: an
 * index, or n when it wants none of them.  Of types that it wants equally the
 * first wins; also when there is no header, and accept is NULL or blank.
 */
size_t	 accept_type(const char *accept, const char *const *types, size_t n);

#endif
