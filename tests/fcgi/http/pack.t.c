/* Bodies whose end is compressed once: any reader of gzip gets them whole. */
#include "tests/fcgi/check.h"

#include <stdlib.h>
#include <zlib.h>

#include "fcgi/http/pack.h"

/* Text that can be compressed. */
static char *
words(size_t len, unsigned seed)
{
	static const char *const word[] = { "{\"login\":", "\"zoe\",", "true",
	    "\"state\":", "\"paused\"," };
	char *text = malloc(len + 16);
	size_t n = 0;

	assert_non_null(text);
	while (n < len) {
		seed = seed * 1103515245 + 12345;
		n += (size_t)snprintf(text + n, 16, "%s",
		    word[(seed >> 16) % 5]);
	}
	return text;
}

/* Decompresses it; its length in *len. */
static char *
unpacked(const struct buf *start, const struct pack *p, const char *tail,
    size_t room, size_t *len)
{
	const struct { const char *data; size_t len; } part[] = {
		{ start->data, start->len }, { p->data, p->len },
		{ tail, PACK_TAIL } };
	char *out = malloc(room + 1);
	z_stream z = { 0 };
	int i, rc = Z_OK;

	assert_non_null(out);
	assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)room + 1;
	for (i = 0; i < 3; i++) {
		assert_int_equal(rc, Z_OK);
		z.next_in = (Bytef *)(uintptr_t)part[i].data;
		z.avail_in = (uInt)part[i].len;
		rc = inflate(&z, Z_NO_FLUSH);
		assert_int_equal(z.avail_in, 0);
	}
	/* zlib has checked the length and the checksum. */
	assert_int_equal(rc, Z_STREAM_END);
	*len = z.total_out;
	inflateEnd(&z);
	return out;
}

static void
check(size_t start_len, size_t end_len)
{
	struct buf start = { 0 };
	struct pack p;
	char tail[PACK_TAIL], *end = words(end_len, 1), *out;
	char *begin = words(start_len, 2);
	size_t len;
	int round;

	assert_true(pack_make(&p, end, end_len, PACK_FAST));
	assert_true(p.len < end_len);
	/* The same end after two different beginnings. */
	for (round = 0; round < 2; round++) {
		if (start_len > 0)
			begin[0] = (char)('a' + round);
		buf_reset(&start);
		buf_add(&start, begin, start_len);
		pack_begin(&p, &start, tail);
		assert_true(buf_ok(&start));
		out = unpacked(&start, &p, tail, start_len + end_len, &len);
		assert_int_equal(len, start_len + end_len);
		assert_memory_equal(out, begin, start_len);
		assert_memory_equal(out + start_len, end, end_len);
		free(out);
	}
	buf_free(&start);
	pack_free(&p);
	free(begin);
	free(end);
}

static void
test_whole(void **state)
{
	static const size_t starts[] = { 0, 1, 200, 65535, 65536, 200000 };
	static const size_t ends[] = { PACK_MIN, 5000, 300000 };
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		for (j = 0; j < sizeof(ends) / sizeof(ends[0]); j++)
			check(starts[i], ends[j]);
}

static void
test_not_worth_it(void **state)
{
	char noise[4096];
	unsigned seed = 7;
	struct pack p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(noise); i++) {
		seed = seed * 1103515245 + 12345;
		noise[i] = (char)(seed >> 16);
	}
	assert_false(pack_make(&p, noise, sizeof(noise), PACK_BEST));
	assert_null(p.data);
	assert_int_equal(p.len, 0);
	assert_false(pack_make(&p, noise, 0, PACK_BEST));
	assert_false(pack_make(&p, noise, PACK_MIN - 1, PACK_BEST));
	pack_free(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_not_worth_it),
	};

	return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
