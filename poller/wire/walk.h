/*
 * The syntax of CCCP objects; cccp-protocol(7), Objects.
 *
 * A walk reads a blob once.  It knows how objects, fields and lists are
 * written, and their bounds; its caller knows what the classes mean.
 */
#ifndef POLLER_WIRE_WALK_H
#define POLLER_WIRE_WALK_H

#include "poller/wire/object.h"

struct walk {
	const unsigned char	*start;	/* of the blob */
	struct cursor		 in;	/* not yet read */
	struct object_names	*names;
	struct object_error	*error;
	unsigned		 depth;	/* 0 for the outermost object */
};

/* Where the fields of an object go: what we read has one of five ids. */
enum walk_slot {
	WALK_VALUE,	/* field 1000; others are their own slot */
	WALK_1,
	WALK_2,
	WALK_3,
	WALK_4,
	WALK_OTHER,	/* any other field: read and ignored */
	WALK__MAX
};

struct walk_fields {
	struct object_value	slot[WALK__MAX];  /* OBJECT_NONE: absent */
	struct cursor		list;	/* its objects; p is NULL: none */
};

/* Class 0 is an object of a namespace other than the protocol's. */
typedef enum object_err	 walk_visit(struct walk *, uint32_t class,
	    const struct walk_fields *, void *);

/*
 * Reads a whole blob: names, outermost object and, as far as they are well
 * formed, all objects below it.  What follows the object is ignored.
 */
enum object_err	 walk_open(struct walk *, uint32_t class,
		    struct walk_fields *);
/*
 * Visits the objects of a list that walk_open() or a visit has given, and
 * leaves the walk where it was.  For an object's list this is one deeper.
 */
enum object_err	 walk_list(struct walk *, struct cursor list, walk_visit *,
		    void *);
/* A list that holds nothing, or none. */
bool		 walk_empty(struct cursor list);

/* Sets the error, if it is asked for, and returns OBJECT_BAD. */
enum object_err	 walk_bad(struct walk *, const char *what);

#endif
