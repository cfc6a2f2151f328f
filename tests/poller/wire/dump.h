/*
 * What the wire tests share: bytes from hex, and frames as text, in the form
 * of tests/data/cccp/transcript.expected.
 */
#ifndef TESTS_POLLER_WIRE_DUMP_H
#define TESTS_POLLER_WIRE_DUMP_H

#include "poller/wire/object.h"

enum dump_err {
	DUMP_OK,
	DUMP_UNKNOWN,	/* no such method */
	DUMP_MISSING,	/* arguments are cut */
	DUMP_BAD	/* an object is malformed: see the error */
};

/* Appends a frame's method and arguments; text is incomplete unless OK. */
enum dump_err	 dump_frame(struct buf *, struct object_names *,
		    const struct frame *, struct object_error *);

/* Decodes one blob; kind is 'L'ist, 'V'alues or 'F'ormat. */
enum object_err	 dump_blob(struct buf *, struct object_names *, char kind,
		    struct cursor, struct object_error *);

/* Appends the bytes of hex digits; blanks between them are skipped. */
void		 unhex(struct buf *, const char *);

/* The whole of a file of text, NUL at its end; fails the test without it. */
void		 slurp(struct buf *, const char *path);

/* Fails the test, and shows both, unless the buffer holds these bytes. */
void		 assert_bytes(const struct buf *, const void *, size_t len);

struct cursor	 cursor_of(const struct buf *);

#endif
