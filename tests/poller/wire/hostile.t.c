/*
 * Frames that are cut, damaged or hostile.  Each is decoded from memory
 * of exactly its size, so that the sanitizer notices a byte read beyond it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

#define TRANSCRIPT	"tests/data/cccp/transcript.txt"
#define FRAMES_MAX	128

static const struct object_names known = { .n = 1, .protocol = 1 };

/* The frames of the transcript, both directions. */
struct corpus {
	struct buf	frames[FRAMES_MAX];
	size_t		n;
};

static int
read_corpus(void **state)
{
	struct corpus *c = calloc(1, sizeof(*c));
	struct buf text = { 0 };
	char *line, *next;

	assert_non_null(c);
	slurp(&text, TRANSCRIPT);
	for (next = text.data; (line = strsep(&next, "\n")) != NULL;) {
		if (*line != 'C' && *line != 'S')
			continue;
		assert_true(c->n < FRAMES_MAX);
		unhex(&c->frames[c->n++], line + 4);
	}
	buf_free(&text);
	assert_int_equal(c->n, 52);
	*state = c;
	return 0;
}

static int
free_corpus(void **state)
{
	struct corpus *c = *state;

	for (size_t i = 0; i < c->n; i++)
		buf_free(&c->frames[i]);
	free(c);
	return 0;
}

static void
store_u32(char *p, size_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (char)(v >> 8 * i & 0xff);
}

/* A copy that ends where its memory ends. */
static char *
exactly(const void *p, size_t len)
{
	char *copy = malloc(len != 0 ? len : 1);

	assert_non_null(copy);
	memcpy(copy, p, len);
	return copy;
}

/* Where the blob of a frame begins, or 0: after its ids, which are u32. */
static size_t
blob_at(const struct frame *f)
{
	switch (f->method) {
	case FRAME_SET_OBJECT_FORMAT:
		return FRAME_HEADER + 4;
	case FRAME_LIST_RESPONSE:
	case FRAME_OBJECT_RESPONSE:
		return FRAME_HEADER + 8;
	default:
		return 0;
	}
}

static char
blob_kind(const struct frame *f)
{
	return f->method == FRAME_SET_OBJECT_FORMAT ? 'F' :
	    f->method == FRAME_LIST_RESPONSE ? 'L' : 'V';
}

static void
a_frame_cut_anywhere_is_waited_for(void **state)
{
	const struct corpus *c = *state;

	for (size_t i = 0; i < c->n; i++)
		for (size_t len = 0; len < c->frames[i].len; len++) {
			char *copy = exactly(c->frames[i].data, len);
			struct frame f;

			assert_int_equal(frame_next(copy, len, FRAME_MAX, &f),
			    FRAME_MORE);
			free(copy);
		}
}

static void
a_frame_short_of_arguments_is_told_so(void **state)
{
	const struct corpus *c = *state;

	for (size_t i = 0; i < c->n; i++)
		for (size_t len = 8; len < c->frames[i].len; len++) {
			struct object_names names = known;
			struct buf text = { 0 };
			char *copy = exactly(c->frames[i].data, len);
			struct frame f;

			store_u32(copy, len);
			assert_int_equal(frame_next(copy, len, FRAME_MAX, &f),
			    FRAME_OK);
			assert_int_equal(dump_frame(&text, &names, &f, NULL),
			    DUMP_MISSING);
			buf_free(&text);
			free(copy);
		}
}

/*
 * A blob cut at a byte is malformed, or holds the first part of what it held:
 * never anything else.
 */
static void
check_cut(const struct cursor *blob, char kind, size_t len,
    const struct buf *whole)
{
	struct object_names names = { 0 };
	struct object_error error = { 0 };
	struct buf text = { 0 };
	char *copy = exactly(blob->p, len);
	enum object_err err;

	err = dump_blob(&text, &names, kind,
	    (struct cursor){ (unsigned char *)copy, len }, &error);
	if (err == OBJECT_BAD) {
		assert_non_null(error.what);
		assert_true(error.at <= len);
	} else if (err == OBJECT_OK) {
		if (kind == 'L' && text.len > 2 &&
		    memcmp(text.data + text.len - 2, " 0", 2) == 0)
			text.len -= 2;	/* a rank that was cut is 0 */
		assert_true(text.len <= whole->len);
		assert_memory_equal(text.data != NULL ? text.data : "",
		    whole->data != NULL ? whole->data : "", text.len);
	} else {
		assert_int_equal(err, OBJECT_NULL);
		assert_true(len < 40);
	}
	buf_free(&text);
	free(copy);
}

/* The name, its end and the mode: what a first blob starts with. */
static void
add_names(struct buf *b, struct cursor blob)
{
	static const char name[] = "\x17\0\0\0" OBJECT_NAME_PROTOCOL;

	if (blob.p[0] == 0)
		buf_add(b, name, sizeof(name) - 1);
	buf_add(b, blob.p, blob.len);
}

static void
a_blob_cut_anywhere_holds_no_more_than_before(void **state)
{
	const struct corpus *c = *state;
	struct cursor args, blob;
	struct frame f;

	for (size_t i = 0; i < c->n; i++) {
		struct object_names names = { 0 };
		struct buf bytes = { 0 }, whole = { 0 };

		frame_next(c->frames[i].data, c->frames[i].len, FRAME_MAX, &f);
		if (blob_at(&f) == 0)
			continue;
		args.p = f.args.p + blob_at(&f) - FRAME_HEADER;
		args.len = f.size - blob_at(&f);
		assert_true(frame_get_blob(&args, &blob));
		add_names(&bytes, blob);
		blob = cursor_of(&bytes);
		assert_int_equal(dump_blob(&whole, &names, blob_kind(&f), blob,
		    NULL), OBJECT_OK);
		for (size_t len = 0; len <= blob.len; len++)
			check_cut(&blob, blob_kind(&f), len, &whole);
		buf_free(&bytes);
		buf_free(&whole);
	}
}

/* xorshift64: the same damage in every run. */
static uint64_t
dice(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* UTF-8 of at most three bytes, without controls: all that text may hold. */
static void
assert_text(const struct buf *b)
{
	size_t more;

	for (size_t i = 0; i < b->len; i++) {
		const unsigned char c = (unsigned char)b->data[i];

		if (c < 0x80) {
			assert_true(c >= 0x20 || c == '\n' || c == '\t');
			assert_int_not_equal(c, 0x7f);
			continue;
		}
		assert_true(c >= 0xc2 && c < 0xf0);
		for (more = c < 0xe0 ? 1 : 2; more > 0; more--)
			assert_int_equal(b->data[++i] & 0xc0, 0x80);
	}
}

static void
damage(char *frame, size_t len, uint64_t *seed)
{
	/* The size is left alone: frame_next() has its own tests. */
	for (uint64_t n = dice(seed) % 4 + 1; n > 0; n--) {
		size_t at = 4 + dice(seed) % (len - 4);
		uint64_t how = dice(seed) % 4;

		if (how == 0)
			frame[at] = (char)0xff;
		else if (how == 1)
			frame[at] = 0;
		else if (how == 2 && at + 4 <= len)
			store_u32(frame + at, (size_t)dice(seed));
		else
			frame[at] ^= (char)(1 << dice(seed) % 8);
	}
}

static void
damaged_frames_do_no_harm(void **state)
{
	const struct corpus *c = *state;
	unsigned results[DUMP_BAD + 1] = { 0 };
	uint64_t seed = 20260302;
	enum dump_err err;

	for (int i = 0; i < 60000; i++) {
		const struct buf *b = &c->frames[dice(&seed) % c->n];
		struct object_names names = known;
		struct object_error error = { 0 };
		struct buf text = { 0 };
		char *copy = exactly(b->data, b->len);
		struct frame f;

		damage(copy, b->len, &seed);
		assert_int_equal(frame_next(copy, b->len, FRAME_MAX, &f),
		    FRAME_OK);
		results[err = dump_frame(&text, &names, &f, &error)]++;
		if (err == DUMP_BAD)
			assert_true(error.what != NULL && error.at <= b->len);
		assert_text(&text);
		assert_true(names.n <= OBJECT_NAMES_MAX);
		buf_free(&text);
		free(copy);
	}
	for (int i = DUMP_OK; i <= DUMP_BAD; i++)
		assert_true(results[i] > 0);	/* damage of every kind */
}

static enum object_err
decode(const struct buf *b, char kind)
{
	struct object_names names = known;
	struct buf text = { 0 };
	char *copy = exactly(b->data, b->len);
	enum object_err err;

	err = dump_blob(&text, &names, kind,
	    (struct cursor){ (unsigned char *)copy, b->len }, NULL);
	buf_free(&text);
	free(copy);
	return err;
}

static void
ten_thousand_deep_is_refused(void **state)
{
	struct buf b = { 0 };

	(void)state;
	unhex(&b, "00000000 00 01000000 02000083 00000000 "
	    "0100 0100 01000000 0200 3200");
	for (int i = 0; i < 10000; i++)
		unhex(&b, "01000000 01000083 00000000 0100 0100 01000000 "
		    "0200 0500 01000000 61 0300 3200");
	assert_int_equal(decode(&b, 'F'), OBJECT_BAD);
	for (int i = 0; i < 10000; i++)
		unhex(&b, "00000000 0000");
	unhex(&b, "00000000 0000");
	assert_int_equal(decode(&b, 'F'), OBJECT_BAD);
	buf_free(&b);
}

static void
counts_beyond_the_blob_are_refused(void **state)
{
	static const char *const blobs[] = {
		"feffffff 61",
		"00000000 00 01000000 08000083 00000000 0100 3200 01000000 "
		    "0b000083 00000000 0100 0100 00000000 e803 0500 feffffff",
		"00000000 00 01000000 08000083 00000000 0100 3200 01000000 "
		    "0b000083 00000000 0100 0100 00000000 e803 0500 02000000 "
		    "61",
		"00000000 00 01000000 08000083 00000000 0100 3200 01000000 "
		    "15000083 00000000 0100 0100 00000000 e803 0300 ff 31",
		"00000000 00 01000000 08000083 00000000 0100 3200 01000000 "
		    "0b000083 00000000 0100 0100 00000000 e803 4700 feffffff",
	};
	struct buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(blobs) / sizeof(blobs[0]); i++) {
		buf_reset(&b);
		unhex(&b, blobs[i]);
		assert_int_equal(decode(&b, 'V'), OBJECT_BAD);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_cut_anywhere_is_waited_for),
		cmocka_unit_test(a_frame_short_of_arguments_is_told_so),
		cmocka_unit_test(a_blob_cut_anywhere_holds_no_more_than_before),
		cmocka_unit_test(damaged_frames_do_no_harm),
		cmocka_unit_test(ten_thousand_deep_is_refused),
		cmocka_unit_test(counts_beyond_the_blob_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, read_corpus, free_corpus);
}
