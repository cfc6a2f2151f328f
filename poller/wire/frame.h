/*
 * Bytes <-> frames of the CCCP protocol; see cccp-protocol(7), Framing.
 *
 * A frame is u32 size (counts itself), u32 method, arguments back to back;
 * all little-endian.  Reading is bounded and allocates nothing: a cursor
 * walks over borrowed bytes, and every read says whether they were there.
 * Writing appends to a struct buf; out of memory: buf_ok() is false.
 *
 * Text is Latin-1 on the wire (bytes 0x80-0x9f read as Windows-1252) and
 * UTF-8 everywhere in our code.
 */
#ifndef POLLER_WIRE_FRAME_H
#define POLLER_WIRE_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lib/buf.h"

#define FRAME_MAX	((size_t)64 << 20)	/* larger is refused: 64 MiB */
#define FRAME_HEADER	8			/* bytes: size and method */

/* Method ids, explorer module; cccp-protocol(7), Methods. */
enum frame_method {
	FRAME_ASK_TO_DISCONNECT = 0,
	FRAME_INITIALIZE = 103,
	FRAME_LOGIN = 10000,
	FRAME_SET_OBJECT_FORMAT = 10010,
	FRAME_QUERY_LIST = 10011,
	FRAME_QUERY_OBJECT = 10012,
	FRAME_STOP_QUERY = 10013,
	FRAME_CLIENT_EVENT = 10014,
	FRAME_LOGOUT = 10030,
	FRAME_SELECT_AND_QUERY_OBJECT = 10044,
	FRAME_CLIENT_VOID = 10048,
	FRAME_USE_DEFAULT_NAMESPACES_INDEX = 10049,
	FRAME_CONNECTION_OK = 20000,
	FRAME_LOGIN_OK = 20001,
	FRAME_LOGIN_FAILED = 20002,
	FRAME_RESULT = 20003,
	FRAME_LIST_RESPONSE = 20007,
	FRAME_OBJECT_RESPONSE = 20008,
	FRAME_SERVER_EVENT = 20009,
	FRAME_START_RESULT = 20012,
	FRAME_SERVER_VOID = 20036,
	FRAME_RESTART_CONNECTION = 20037,
	FRAME_USE_DEFAULT_NAMESPACES_INDEX_OK = 20038
};

/* Borrowed bytes still to be read: valid as long as what they point into. */
struct cursor {
	const unsigned char	*p;
	size_t			 len;
};

/* UTC; all zero means no date.  offset_s is display information only. */
struct frame_date {
	uint32_t	s;		/* seconds since 1970, UTC */
	uint32_t	us;		/* microseconds, below 1 000 000 */
	int32_t		offset_s;	/* east of UTC, of the dated host */
};

struct frame {
	uint32_t	method;		/* often an enum frame_method */
	size_t		size;		/* of the whole frame */
	struct cursor	args;		/* borrowed, what follows the header */
};

enum frame_err {
	FRAME_OK,
	FRAME_MORE,	/* not all bytes are there yet: read more, call again */
	FRAME_BAD	/* size below 8 or above max: close the connection */
};

/*
 * The first frame of the len bytes at p.  FRAME_OK: *out is set and the
 * caller goes on at p + out->size.
 */
enum frame_err	 frame_next(const void *p, size_t len, size_t max,
		    struct frame *out);

/*
 * Arguments.  Each reads its bytes, moves the cursor and returns true; false:
 * bytes are missing or not of the type, and nothing has changed.  A string is
 * borrowed wire text, which frame_text() makes UTF-8.
 */
bool	 frame_get_bool(struct cursor *, bool *);	/* any non-zero: true */
bool	 frame_get_u8(struct cursor *, uint8_t *);
bool	 frame_get_u16(struct cursor *, uint16_t *);
bool	 frame_get_u32(struct cursor *, uint32_t *);
bool	 frame_get_i32(struct cursor *, int32_t *);
bool	 frame_get_u64(struct cursor *, uint64_t *);
/*
 * Length byte and decimal text; empty is 0.  The text itself is borrowed.
 * Text that is no finite number is not of the type.  LC_NUMERIC must be "C".
 */
bool	 frame_get_real(struct cursor *, double *, struct cursor *text);
bool	 frame_get_string(struct cursor *, struct cursor *text);
/* Microseconds beyond the second are cut to 999 999. */
bool	 frame_get_date(struct cursor *, struct frame_date *);
/* u32 count and that many bytes: data, or the blob of object.h. */
bool	 frame_get_blob(struct cursor *, struct cursor *blob);

/*
 * Appends wire text as UTF-8, without control characters (0x00-0x1f, 0x7f,
 * and the five bytes that Windows-1252 leaves undefined): a tab or a line
 * break becomes a blank, others are left out.
 */
void	 frame_text(struct buf *, struct cursor wire);

/* Writing: frame_begin(), arguments, frame_end() with what begin returned. */
size_t	 frame_begin(struct buf *, uint32_t method)
	    __attribute__((warn_unused_result));
void	 frame_end(struct buf *, size_t at);	/* fills in the size */
void	 frame_put_bool(struct buf *, bool);
void	 frame_put_u8(struct buf *, uint8_t);
void	 frame_put_u16(struct buf *, uint16_t);
void	 frame_put_u32(struct buf *, uint32_t);
void	 frame_put_i32(struct buf *, int32_t);
void	 frame_put_u64(struct buf *, uint64_t);
void	 frame_put_real(struct buf *, double);	/* 0 is written as empty */
/* UTF-8 in, Latin-1 or Windows-1252 out; what neither holds becomes '?'. */
void	 frame_put_string(struct buf *, const char *utf8);
void	 frame_put_text(struct buf *, const char *utf8);	/* no count */
void	 frame_put_date(struct buf *, struct frame_date);
/* Appends a u32 to be filled in later; returns its place, for the second. */
size_t	 frame_put_count(struct buf *) __attribute__((warn_unused_result));
void	 frame_fill_count(struct buf *, size_t at);	/* bytes since at */

#endif
