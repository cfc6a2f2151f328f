#include <string.h>

#include "fcgi/http/record.h"

void
record_head(unsigned char to[RECORD_HEAD], enum record_type type,
    unsigned request, size_t len)
{
	to[0] = 1;			/* version */
	to[1] = (unsigned char)type;
	to[2] = (unsigned char)(request >> 8);
	to[3] = (unsigned char)request;
	to[4] = (unsigned char)(len >> 8);
	to[5] = (unsigned char)len;
	to[6] = 0;			/* padding */
	to[7] = 0;
}

void
record_finish(unsigned char to[RECORD_FINISH], unsigned request)
{
	record_head(to, RECORD_STDOUT, request, 0);
	record_head(to + RECORD_HEAD, RECORD_END, request, 8);
	/* Status 0, FCGI_REQUEST_COMPLETE. */
	memset(to + 2 * RECORD_HEAD, 0, 8);
}

size_t
record_reply(unsigned char to[RECORD_REPLY], unsigned type)
{
	static const char value[] = "\x0f\x01" "FCGI_MPXS_CONNS" "0";
	const size_t len = sizeof(value) - 1;

	_Static_assert(sizeof(value) - 1 <= RECORD_REPLY - RECORD_HEAD,
	    "it has room");
	if (type == RECORD_GET_VALUES) {
		record_head(to, RECORD_VALUES, 0, len);
		memcpy(to + RECORD_HEAD, value, len);
		return RECORD_HEAD + len;
	}
	record_head(to, RECORD_UNKNOWN, 0, 8);
	memset(to + RECORD_HEAD, 0, 8);
	to[RECORD_HEAD] = (unsigned char)type;
	return RECORD_HEAD + 8;
}

bool
record_aborts(struct record_reader *r, const unsigned char *p, size_t len,
    unsigned request)
{
	size_t n;

	while (len > 0) {
		if (r->skip > 0) {
			n = r->skip < len ? r->skip : len;
			r->skip -= (uint32_t)n;
			p += n;
			len -= n;
			continue;
		}
		r->head[r->have++] = *p++;
		len--;
		if (r->have < RECORD_HEAD)
			continue;
		r->have = 0;
		r->skip = (uint32_t)r->head[4] * 256 + r->head[5] +
		    r->head[6];
		if (r->head[0] != 1 || (r->head[1] == RECORD_ABORT &&
		    r->head[2] * 256U + r->head[3] == request))
			return true;
	}
	return false;
}
