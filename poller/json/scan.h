/*
 * Finds the values of a JSON object of many megabytes one by one, so that a
 * value that has not changed need not be parsed.
 *
 * It returns the members of the object, and the elements of lists that are
 * members.  It looks only at what ends a value (quotes, braces, brackets);
 * whether a value is valid JSON is found when it is parsed.
 */
#ifndef POLLER_JSON_SCAN_H
#define POLLER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A part of the text. */
struct slice {
	const char	*p;
	size_t		 len;
	unsigned	 depth;	/* of nested braces and brackets; 0: none */
};

bool	slice_is(const struct slice *, const char *);

struct scan {
	const char	*p, *end;	/* what is left */
	bool		 in_list;
	bool		 first;		/* no value came before */
	bool		 cut;		/* the text ended too soon */
};

enum scan_event {
	SCAN_VALUE,	/* key and value; it is no list */
	SCAN_LIST,	/* a list begins: its key */
	SCAN_ELEMENT,	/* an element of that list: value */
	SCAN_LIST_END,
	SCAN_END,	/* the object ends; no other follows */
	SCAN_BAD	/* no JSON at p, or cut; the scan has ended */
};

/*
 * Begins at the first line that begins with '{', perhaps after blanks, and
 * skips the lines before it; false: there is none.  The text is borrowed.
 */
bool		scan_begin(struct scan *, const char *text, size_t len);
/* A key is without its quotes, but its backslashes are kept. */
enum scan_event	scan_next(struct scan *, struct slice *key,
		    struct slice *value);
/*
 * In place of scan_next(): returns the members of the object one by one, lists
 * too, as SCAN_VALUE, then SCAN_END.  The key has its quotes.  A value is all
 * that is between the colon and the next comma, valid or not.
 */
enum scan_event	scan_member(struct scan *, struct slice *key,
		    struct slice *value);

/* Tells whether bytes have changed; not secure against an attacker. */
uint64_t	scan_hash(const void *, size_t len);

#endif
