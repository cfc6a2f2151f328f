/*
 * JSON snapshots, one after the other, separated by the byte 0xfe, which is in
 * no UTF-8 text: each is accepted, or refused with a reason, and the rows of
 * accepted ones can be written.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "poller/json/document.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
read_one(struct document *d, struct snapshot *s, const void *bytes,
    size_t len)
{
	struct buf text = { 0 }, rows[ROWS_TABLE__MAX] = { 0 };
	enum document_state state;
	size_t users = snapshot_count(s, VIEW_USER);
	int64_t us;
	bool zoned;
	int i;

	buf_add(&text, bytes, len);
	document_begin(d, &text, 0);
	while ((state = document_read(d)) == DOCUMENT_READING)
		;
	(void)document_updated(d, &us, &zoned);
	while (state == DOCUMENT_APPLYING)
		state = document_apply(d, INT64_C(1772528400000000));
	if (state == DOCUMENT_REFUSED && (document_error(d)[0] == '\0' ||
	    snapshot_count(s, VIEW_USER) != users))
		abort();
	if (state == DOCUMENT_ACCEPTED && snapshot_count(s, VIEW_USER) == 0)
		abort();
	if (!snapshot_rows(s, len % 2 == 0, rows))
		abort();
	snapshot_settle(s, NULL, NULL);
	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct snapshot *s = snapshot_new();
	struct document *d = document_new("fuzz", s);
	const uint8_t *end;

	setlogmask(LOG_MASK(LOG_EMERG));
	for (; size > 0; size -= (size_t)(end - data), data = end) {
		end = memchr(data, 0xfe, size);
		if (end == NULL)
			end = data + size;
		read_one(d, s, data, (size_t)(end - data));
		if ((size_t)(end - data) < size)
			end++;
	}
	document_free(d);
	snapshot_free(s);
	return 0;
}
