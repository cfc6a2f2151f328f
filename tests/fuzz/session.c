/*
 * Any bytes from a server, in pieces of any size: the session ends or goes on,
 * and its snapshot can be written as rows.  The first byte is the length of the
 * pieces.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/session/session.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *snapshot = snapshot_new();
	struct session *s = session_new("fuzz", "user", "secret", snapshot, 1);
	struct buf rows[ROWS_TABLE__MAX] = { 0 };
	size_t at = 1, n, piece = size > 0 ? (size_t)data[0] + 1 : 1;
	int64_t now = 1;
	int i;

	setlogmask(LOG_UPTO(LOG_EMERG));
	for (; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		now += 1000;
		if (session_feed(s, data + at, n, now) == SESSION_FAILED ||
		    session_tick(s, now) == SESSION_FAILED)
			break;
		buf_reset(session_output(s));
	}
	for (i = 0; i < 2; i++) {
		if (!snapshot_rows(snapshot, i == 0, rows))
			abort();
		snapshot_settle(snapshot, session_forgotten, s);
	}
	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
	session_free(s);
	snapshot_free(snapshot);
	return 0;
}
