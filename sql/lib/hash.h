/*
 * FNV-1a, 64 bits: a hash to compare texts quickly.  People who choose the
 * texts can make two with the same hash.
 */
#ifndef SQL_LIB_HASH_H
#define SQL_LIB_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_EMPTY	UINT64_C(0xcbf29ce484222325)	/* of no bytes */

/* Adds len bytes to the hash h: the hash of what h was for, then of these. */
static inline uint64_t
hash_add(uint64_t h, const void *p, size_t len)
{
	const unsigned char *u = (const unsigned char *)p;

	for (; len > 0; len--)
		h = (h ^ *u++) * UINT64_C(0x100000001b3);
	return h;
}

#endif
