/*
 * The elements of a JSON snapshot, to find those that the snapshot before had
 * too, and to give each an id.
 */
#ifndef POLLER_JSON_ROSTER_H
#define POLLER_JSON_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "poller/json/entry.h"

struct roster_item {
	uint64_t	 hash;		/* of its text */
	uint64_t	 key;		/* of what identifies it */
	uint64_t	 bad;		/* fields of the view, see entry.h */
	uint64_t	 bad_waiting;	/* the same of VIEW_WAITING */
	size_t		 values;	/* where they begin, unless same */
	uint32_t	 place;		/* in its list, from 0 */
	uint32_t	 id;
	enum entry_list	 list;
	enum view_id	 view;
	bool		 made;		/* the id is ours */
	bool		 same;		/* as in the document before */
};

struct roster {
	struct roster_item	*item;	/* owned */
	size_t			 n, max;
};

/* Called for each element that is left out. */
typedef void	 roster_out(void *, enum entry_list, size_t place,
		    enum entry_err);

void	 roster_free(struct roster *);	/* leaves it empty */
/* False: out of memory. */
bool	 roster_add(struct roster *, const struct roster_item *)
	    __attribute__((warn_unused_result));

/*
 * Of several elements with one key only the first stays.  The callback gets the
 * last argument.
 */
void	 roster_unique(struct roster *, roster_out *, void *);
/*
 * Gives an id, made from the key so that it is the same next time, to elements
 * without one and, of several with one id, to all but one: the keys tell them
 * apart.  Only when no free id can be made, an element is left out.
 */
void	 roster_number(struct roster *, roster_out *, void *);
/* Is there an element with that id?  Only after roster_number(). */
bool	 roster_has(const struct roster *, enum view_id, uint32_t id);

/* How many elements of a view there are. */
size_t	 roster_count(const struct roster *, enum view_id);
/* How many elements of a view, by their keys, only the old one has. */
size_t	 roster_missing(const struct roster *old, const struct roster *new,
	    enum view_id);

/* Sorts it for roster_same(). */
void	 roster_sort(struct roster *);
/* An element with this hash, borrowed until the roster changes; NULL: none. */
const struct roster_item	*roster_same(const struct roster *,
				    enum entry_list, uint64_t hash);

#endif
