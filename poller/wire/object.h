/*
 * CCCP objects inside frames: decode and encode; cccp-protocol(7), Objects.
 *
 * Decoding builds nothing: a callback gets each list item or value, borrowed
 * from the frame.  The size of the frame bounds all counts and lengths.
 */
#ifndef POLLER_WIRE_OBJECT_H
#define POLLER_WIRE_OBJECT_H

#include "poller/wire/frame.h"

#define OBJECT_DEPTH_MAX	64	/* nesting beyond it is refused */
#define OBJECT_NAMES_MAX	4096	/* namespaces of a connection */
#define OBJECT_DEFAULT_NAMES	38	/* of use_default_namespaces_index */
#define OBJECT_NAME_PROTOCOL	"com.consistent.protocol"

extern const char *const object_default_names[OBJECT_DEFAULT_NAMES];

/*
 * One direction of one connection: how many namespace names were listed, and
 * which index is the protocol's own.  All-zero at the start of a connection.
 * The index stays with the name's first listing.
 */
struct object_names {
	uint32_t	n;		/* names listed so far */
	uint32_t	protocol;	/* index of its name; 0: none */
};

/*
 * Counts the 38 default names as listed: the effect of the call
 * use_default_namespaces_index on what is received.  What is sent still has to
 * list them once, with all38.
 */
void	 object_names_default(struct object_names *);

/* Classes of the protocol's namespace; cccp-protocol(7), Classes. */
enum object_class {
	OBJECT_CLASS_FORMAT_FIELD = 0x83000001,
	OBJECT_CLASS_FORMAT = 0x83000002,
	OBJECT_CLASS_LIST_ITEM = 0x83000006,
	OBJECT_CLASS_LIST = 0x83000007,
	OBJECT_CLASS_VALUES = 0x83000008,
	OBJECT_CLASS_NONE = 0x83000009,	/* this and below: kinds of value */
	OBJECT_CLASS_U32 = 0x8300000a,
	OBJECT_CLASS_STRING = 0x8300000b,
	OBJECT_CLASS_DATE = 0x8300000c,
	OBJECT_CLASS_REAL = 0x83000015,
	OBJECT_CLASS_I32 = 0x83000018,
	OBJECT_CLASS_BOOL = 0x83000019,
	OBJECT_CLASS_U64 = 0x8300001a
};

/* The types of values; the numbers are those of the wire. */
enum object_type {
	OBJECT_NONE = 0,	/* no value: null, no number, no content */
	OBJECT_U32 = 1,
	OBJECT_I32 = 2,
	OBJECT_REAL = 3,
	OBJECT_BOOL = 4,
	OBJECT_STRING = 5,
	OBJECT_DATE = 6,
	OBJECT_UNREADABLE = 7,	/* not of the wire: a real that is no number */
	OBJECT_U64 = 8
};

struct object_value {
	uint32_t		 index;	/* the field_index of the format */
	enum object_type	 type;
	union {
		uint32_t		u32;
		int32_t			i32;
		uint64_t		u64;
		double			real;
		bool			flag;
		struct frame_date	date;
	};
	struct cursor		 text;	/* STRING: wire text; REAL: decimal,
					 * not looked at when encoding;
					 * UNREADABLE: what is no decimal */
};

enum object_action { OBJECT_ENTERED = 1, OBJECT_LEFT = 2 };

struct object_item {
	uint32_t	action;		/* 2: left; anything else: present */
	uint32_t	id;		/* object id, unique in the server */
	uint32_t	rank;		/* in the unfiltered list */
};

enum object_err {
	OBJECT_OK,
	OBJECT_NULL,	/* the null object: nothing was called back */
	OBJECT_BAD,	/* malformed: close the connection */
	OBJECT_STOP	/* the callback returned false */
};

/* Why a blob was refused, for the log; first error wins.  May be NULL. */
struct object_error {
	size_t		 at;	/* byte in the blob */
	const char	*what;	/* constant text */
};

/*
 * Each decodes one blob of frame_get_blob(), adds the names that it lists to
 * names, and calls back in wire order.  Unknown scalar fields and objects of
 * unknown classes are skipped.  OBJECT_BAD: an unknown list, another class than
 * the one asked for, an unknown namespace index, or a mode other than 0; there
 * may have been callbacks before.  Zeros may be missing at the blob's end, and
 * bytes after the object are ignored.
 */
enum object_err	 object_list(struct object_names *, struct cursor blob,
		    bool (*item)(void *, const struct object_item *), void *,
		    struct object_error *);
enum object_err	 object_values(struct object_names *, struct cursor blob,
		    bool (*value)(void *, const struct object_value *), void *,
		    struct object_error *);
/*
 * A format, as the simulator reads it: one call per format field on the way
 * down, depth 0 for the outermost.  name and query are wire text; a query
 * that is null or absent has p == NULL.  leaf: no sub-field.
 */
struct object_field {
	uint32_t	index;
	struct cursor	name;
	struct cursor	query;
	unsigned	depth;
	bool		leaf;
};
enum object_err	 object_format(struct object_names *, struct cursor blob,
		    uint32_t *format_id,
		    bool (*field)(void *, const struct object_field *), void *,
		    struct object_error *);

/*
 * Encoding.  Each appends a whole blob with its byte count.  While
 * names->protocol is 0, names are listed first: the protocol's own, or with
 * all38, as the older library does, all of them.
 * Texts are wire text; see frame_put_text().
 */
struct object_path {
	uint32_t	 index;		/* of the leaf and its values */
	const char	*path;		/* "a.b.c", "x.count('0')" */
};

/*
 * A format from leaf paths.  Paths that share a prefix share its nodes when
 * they follow one another; nodes take the indexes between those of leaves:
 * the caller numbers leaves as object_number() does.
 */
void	 object_put_format(struct buf *, struct object_names *, bool all38,
	    uint32_t format_id, const struct object_path *, size_t n);
/*
 * Numbers n paths in tree order, nodes included, from 0: what the golden
 * transcript's client does.
 */
void	 object_number(struct object_path *, size_t n);
void	 object_put_null(struct buf *);
void	 object_put_list(struct buf *, struct object_names *, bool all38,
	    const struct object_item *, size_t n);
void	 object_put_values(struct buf *, struct object_names *, bool all38,
	    const struct object_value *, size_t n);

#endif
