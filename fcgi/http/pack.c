#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "fcgi/http/pack.h"

#define STORED_MAX	((size_t)65535)

/* RFC 1952: deflate, no flags, no time, by an unknown system. */
static const char header[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff";

bool
pack_make(struct pack *p, const char *data, size_t len, enum pack_level level)
{
	z_stream z = { 0 };
	bool done = false;

	*p = (struct pack){ 0 };
	/* Negative bits ask for raw blocks, without a header or trailer. */
	if (len < PACK_MIN || len > UINT32_MAX / 2 || deflateInit2(&z,
	    (int)level, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	if ((p->data = malloc(len)) != NULL) {
		z.next_in = (Bytef *)(uintptr_t)data;
		z.avail_in = (uInt)len;
		z.next_out = (Bytef *)p->data;
		z.avail_out = (uInt)len;
		done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	}
	if (done) {
		p->len = z.total_out;
		p->plain_len = len;
		p->crc = (uint32_t)crc32(0, (const Bytef *)data, (uInt)len);
	} else {
		pack_free(p);		/* it would grow, or no memory */
	}
	deflateEnd(&z);
	return done;
}

void
pack_free(struct pack *p)
{
	free(p->data);
	*p = (struct pack){ 0 };
}

/* Lowest byte first. */
static void
write_le(char *to, uint32_t value, int bytes)
{
	int i;

	for (i = 0; i < bytes; i++)
		to[i] = (char)(value >> 8 * i & 0xff);
}

void
pack_begin(const struct pack *p, struct buf *start, char tail[PACK_TAIL])
{
	const size_t len = start->len;
	uLong crc = crc32(0, NULL, 0);
	char block[5] = { 0 };
	size_t at, n;

	if (len > 0)
		crc = crc32(crc, (const Bytef *)start->data, (uInt)len);
	/* It is appended to the beginning, which is then dropped. */
	buf_add(start, header, sizeof(header) - 1);
	for (at = 0; at < len; at += n) {
		n = len - at < STORED_MAX ? len - at : STORED_MAX;
		write_le(block + 1, (uint32_t)n, 2);
		write_le(block + 3, (uint32_t)~n & 0xffff, 2);
		buf_add(start, block, sizeof(block));
		if (buf_reserve(start, n) != NULL)
			buf_add(start, start->data + at, n);
	}
	buf_drop(start, len);
	write_le(tail, len == 0 ? p->crc : (uint32_t)crc32_combine(crc, p->crc,
	    (z_off_t)p->plain_len), 4);
	write_le(tail + 4, (uint32_t)(len + p->plain_len), 4);
}
