/*
 * Bytes appended one after another, shared by fcgi/ and poller/.
 *
 * A struct buf grows as needed up to its bound.  When memory or the bound runs
 * out, the buffer is marked failed and later appends do nothing.  So only the
 * user of the bytes asks buf_ok(), once at the end.
 */
#ifndef SQL_LIB_BUF_H
#define SQL_LIB_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char	*data;		/* owned; NULL while nothing was appended */
	size_t	 len;		/* bytes in use */
	size_t	 size;		/* bytes allocated */
	size_t	 max;		/* bound on len; 0: BUF_MAX */
	bool	 failed;	/* something did not fit: data is incomplete */
};

#define BUF_MAX		((size_t)1 << 30)	/* 1 GiB */

/* All-zero is an empty buffer, so no init; free leaves it empty again. */
void	 buf_free(struct buf *);
/* Empties the buffer, clears the failure and keeps the memory. */
void	 buf_reset(struct buf *);
bool	 buf_ok(const struct buf *) __attribute__((warn_unused_result));

void	 buf_add(struct buf *, const void *, size_t len);
void	 buf_char(struct buf *, char);
void	 buf_str(struct buf *, const char *);
void	 buf_u64(struct buf *, uint64_t);	/* decimal */
void	 buf_printf(struct buf *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Drops the first n bytes (all, when there are fewer); the rest moves up. */
void	 buf_drop(struct buf *, size_t n);
/* Room for n more bytes to be written at data + len; NULL when failed. */
char	*buf_reserve(struct buf *, size_t n);

#endif
