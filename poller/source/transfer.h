/*
 * libcurl's multi interface inside a ppoll(2) loop: one struct transfer is one
 * easy handle at work, without threads and without blocking.
 */
#ifndef POLLER_SOURCE_TRANSFER_H
#define POLLER_SOURCE_TRANSFER_H

#include <curl/curl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct transfer;

enum transfer_state {
	TRANSFER_BUSY,
	TRANSFER_DONE,		/* transfer_handle() has the result */
	TRANSFER_FAILED		/* transfer_error() */
};

#define TRANSFER_CONNECT_S	10L	/* with the name's look-up and TLS */

/*
 * Starts; the handle is stolen, also on failure.  NULL: out of memory.  What
 * all our connections have in common is set here: the time to connect, TCP
 * keep-alive, descriptors that no command inherits, and the authorities whose
 * certificates are trusted (CCCP_CAFILE, else the system's).
 */
struct transfer		*transfer_new(CURL *);
void			 transfer_free(struct transfer *);	/* NULL ok */

/* What to wait for; returns how many of max were set. */
size_t			 transfer_fds(const struct transfer *,
			    struct pollfd *, size_t max);
/* When to call transfer_work() at the latest; CLOCK_BOOTTIME, µs. */
int64_t			 transfer_deadline(const struct transfer *);
enum transfer_state	 transfer_work(struct transfer *, int64_t now);
/* Borrowed; it stays part of the transfer. */
CURL			*transfer_handle(const struct transfer *);
/* After TRANSFER_FAILED: one line, from libcurl; borrowed. */
const char		*transfer_error(const struct transfer *);

#endif
