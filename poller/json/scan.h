/*
 * Walks through a JSON object of many megabytes, one value at a time, so that
 * a value that has not changed need not be read at all.
 *
 * Values that stand directly in the object are told one by one, and so are the
 * elements of lists that stand directly in it.  Only what tells the end of a
 * value is looked at (quotes, braces and brackets): whether it is JSON is for
 * its reader to find.
 */
#ifndef POLLER_JSON_SCAN_H
#define POLLER_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of the text that is walked through. */
struct slice {
	const char	*p;
	size_t		 len;
	unsigned	 depth;	/* of nested braces and brackets; 0: none */
};

bool	slice_is(const struct slice *, const char *);

struct scan {
	const char	*p, *end;	/* what is left */
	bool		 in_list;
	bool		 first;		/* nothing stands before */
	bool		 cut;		/* the text ended too soon */
};

enum scan_event {
	SCAN_VALUE,	/* key and value, which is no list */
	SCAN_LIST,	/* key of a list that begins */
	SCAN_ELEMENT,	/* value, an element of that list */
	SCAN_LIST_END,
	SCAN_END,	/* of the object; no other one follows */
	SCAN_BAD	/* no JSON at p, or cut; for good */
};

/*
 * Begins with the line that begins with '{', perhaps after blanks; false:
 * there is none.  Lines before it are whatever a program says of its work.
 * The text is borrowed until the end.
 */
bool		scan_begin(struct scan *, const char *text, size_t len);
/* A key has lost its quotes, but not its backslashes. */
enum scan_event	scan_next(struct scan *, struct slice *key,
		    struct slice *value);

/* To tell whether bytes are the same as before; no defence against a forger. */
uint64_t	scan_hash(const void *, size_t len);

#endif
