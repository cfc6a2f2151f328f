/* Bytes <-> frames and their arguments; see cccp-protocol(7), Framing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/wire/frame.h"
#include "sql/lib/utf8.h"

#define US_MAX	999999

/*
 * What Windows-1252 means by 0x80-0x9f; 0 where it leaves the byte undefined.
 */
static const uint16_t windows[32] = {
	0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
	0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017d, 0,
	0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
	0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178
};

static uint32_t
load_u32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

static void
store_u32(char *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (char)(v >> 8 * i & 0xff);
}

/* Reads n bytes; NULL: there are fewer, and the cursor is unchanged. */
static const unsigned char *
read_bytes(struct cursor *in, size_t n)
{
	const unsigned char *p = in->p;

	if (n > in->len)
		return NULL;
	in->p += n;
	in->len -= n;
	return p;
}

enum frame_err
frame_next(const void *p, size_t len, size_t max, struct frame *out)
{
	const unsigned char *bytes = p;
	size_t size;

	if (len < 4)
		return FRAME_MORE;
	size = load_u32(bytes);
	if (size < FRAME_HEADER || size > max)
		return FRAME_BAD;
	if (len < size)
		return FRAME_MORE;
	out->size = size;
	out->method = load_u32(bytes + 4);
	out->args.p = bytes + FRAME_HEADER;
	out->args.len = size - FRAME_HEADER;
	return FRAME_OK;
}

bool
frame_get_bool(struct cursor *in, bool *out)
{
	uint8_t byte;

	if (!frame_get_u8(in, &byte))
		return false;
	*out = byte != 0;
	return true;
}

bool
frame_get_u8(struct cursor *in, uint8_t *out)
{
	const unsigned char *p;

	if ((p = read_bytes(in, 1)) == NULL)
		return false;
	*out = *p;
	return true;
}

bool
frame_get_u16(struct cursor *in, uint16_t *out)
{
	const unsigned char *p;

	if ((p = read_bytes(in, 2)) == NULL)
		return false;
	*out = (uint16_t)(p[0] | p[1] << 8);
	return true;
}

bool
frame_get_u32(struct cursor *in, uint32_t *out)
{
	const unsigned char *p;

	if ((p = read_bytes(in, 4)) == NULL)
		return false;
	*out = load_u32(p);
	return true;
}

bool
frame_get_i32(struct cursor *in, int32_t *out)
{
	uint32_t v;

	if (!frame_get_u32(in, &v))
		return false;
	*out = (int32_t)v;
	return true;
}

bool
frame_get_u64(struct cursor *in, uint64_t *out)
{
	const unsigned char *p;

	if ((p = read_bytes(in, 8)) == NULL)
		return false;
	*out = load_u32(p) | (uint64_t)load_u32(p + 4) << 32;
	return true;
}

/* Decimal text only: strtod(3) alone would also take " 0x1", "inf", "nan". */
static bool
parse_real(struct cursor text, double *out)
{
	char digits[UINT8_MAX + 1], *end;
	double v;

	memcpy(digits, text.p, text.len);
	digits[text.len] = '\0';
	if (strspn(digits, "+-.0123456789Ee") != text.len)
		return false;
	v = text.len == 0 ? 0 : strtod(digits, &end);
	if (text.len != 0 && *end != '\0')
		return false;
	if (!isfinite(v))
		return false;
	*out = v;
	return true;
}

bool
frame_get_real(struct cursor *in, double *out, struct cursor *text)
{
	struct cursor rest = *in, digits;
	uint8_t len;

	if (!frame_get_u8(&rest, &len) ||
	    (digits.p = read_bytes(&rest, len)) == NULL)
		return false;
	digits.len = len;
	if (!parse_real(digits, out))
		return false;
	*text = digits;
	*in = rest;
	return true;
}

bool
frame_get_string(struct cursor *in, struct cursor *text)
{
	struct cursor rest = *in;
	const unsigned char *p;
	uint32_t len;

	if (!frame_get_u32(&rest, &len) || (p = read_bytes(&rest, len)) == NULL)
		return false;
	text->p = p;
	text->len = len;
	*in = rest;
	return true;
}

bool
frame_get_date(struct cursor *in, struct frame_date *out)
{
	const unsigned char *p;

	if ((p = read_bytes(in, 12)) == NULL)
		return false;
	out->s = load_u32(p);
	out->us = load_u32(p + 4);
	if (out->us > US_MAX)
		out->us = US_MAX;	/* a date keeps its second */
	out->offset_s = (int32_t)load_u32(p + 8);
	return true;
}

bool
frame_get_blob(struct cursor *in, struct cursor *blob)
{
	return frame_get_string(in, blob);	/* the same bytes */
}

void
frame_text(struct buf *b, struct cursor wire)
{
	for (size_t i = 0; i < wire.len; i++) {
		unsigned c = wire.p[i];

		if (c == '\t' || c == '\n' || c == '\r')
			c = ' ';
		else if (c >= 0x80 && c <= 0x9f)
			c = windows[c - 0x80];
		if (c >= 0x20 && c != 0x7f)
			utf8_add(b, c);
	}
}

size_t
frame_begin(struct buf *b, uint32_t method)
{
	size_t at = b->len;

	frame_put_u32(b, 0);
	frame_put_u32(b, method);
	return at;
}

void
frame_end(struct buf *b, size_t at)
{
	if (buf_ok(b))
		store_u32(b->data + at, (uint32_t)(b->len - at));
}

void
frame_put_bool(struct buf *b, bool v)
{
	buf_char(b, v ? 1 : 0);
}

void
frame_put_u8(struct buf *b, uint8_t v)
{
	buf_char(b, (char)v);
}

void
frame_put_u16(struct buf *b, uint16_t v)
{
	buf_char(b, (char)(v & 0xff));
	buf_char(b, (char)(v >> 8));
}

void
frame_put_u32(struct buf *b, uint32_t v)
{
	char bytes[4];

	store_u32(bytes, v);
	buf_add(b, bytes, sizeof(bytes));
}

void
frame_put_i32(struct buf *b, int32_t v)
{
	frame_put_u32(b, (uint32_t)v);
}

void
frame_put_u64(struct buf *b, uint64_t v)
{
	frame_put_u32(b, (uint32_t)v);
	frame_put_u32(b, (uint32_t)(v >> 32));
}

void
frame_put_real(struct buf *b, double v)
{
	char digits[32];	/* "-1.7976931348623157e+308" is the longest */
	int len = 0;

	/* The fewest digits that read back as the same number. */
	if (v != 0 && isfinite(v))
		for (int n = 15; n <= 17; n++) {
			len = snprintf(digits, sizeof(digits), "%.*g", n, v);
			if (strtod(digits, NULL) == v)
				break;
		}
	frame_put_u8(b, (uint8_t)len);
	buf_add(b, digits, (size_t)len);
}

/*
 * The code point at *p, which moves past it; U+FFFD for what is not UTF-8,
 * with the bytes that would belong to it.
 */
static uint32_t
next_point(const char **p)
{
	const size_t whole = utf8_length(**p);
	uint32_t c = 0xfffd;
	size_t n = utf8_char(*p, UTF8_MAX, &c);

	if (n == 0)
		for (n = 1; n < whole && ((*p)[n] & 0xc0) == 0x80;)
			n++;
	*p += n;
	return c;
}

/* The wire's byte for a code point; '?' when it has none. */
static char
wire_byte(uint32_t c)
{
	if (c < 0x80 || (c >= 0xa0 && c <= 0xff))
		return (char)c;
	for (unsigned i = 0; i < 32; i++)
		if (windows[i] == c)
			return (char)(0x80 + i);
	return '?';
}

void
frame_put_text(struct buf *b, const char *utf8)
{
	while (*utf8 != '\0')
		buf_char(b, wire_byte(next_point(&utf8)));
}

void
frame_put_string(struct buf *b, const char *utf8)
{
	size_t at = frame_put_count(b);

	frame_put_text(b, utf8);
	frame_fill_count(b, at);
}

void
frame_put_date(struct buf *b, struct frame_date date)
{
	frame_put_u32(b, date.s);
	frame_put_u32(b, date.us);
	frame_put_i32(b, date.offset_s);
}

size_t
frame_put_count(struct buf *b)
{
	size_t at = b->len;

	frame_put_u32(b, 0);
	return at;
}

void
frame_fill_count(struct buf *b, size_t at)
{
	if (buf_ok(b))
		store_u32(b->data + at, (uint32_t)(b->len - at - 4));
}
