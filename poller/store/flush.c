#include <string.h>

#include "poller/model/copy.h"
#include "poller/store/flush.h"
#include "sql/lib/now.h"
#include "sql/lib/schema.h"

#define ROWS_KEPT	((size_t)1 << 20)	/* bytes, from flush to flush */

/* The snapshot's tables follow the source's, in their own order. */
_Static_assert(FLUSH_QUEUE - FLUSH_AGENT == (int)ROWS_QUEUE &&
    FLUSH__MAX - FLUSH_AGENT == (int)ROWS_TABLE__MAX, "orders differ");

/* An empty text is none. */
static const char *
some(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

/* What is wrong with the data; null, so that it stays, while it is not whole. */
static void
defects_column(const struct source *s, bool whole, struct buf *out)
{
	struct buf json = { 0 };

	if (whole)
		defects_json(snapshot_defects(s->snapshot), &json);
	buf_char(&json, '\0');
	if (buf_ok(&json))
		copy_column(out, whole ? json.data : NULL);
	else
		out->failed = true;
	buf_free(&json);
}

static void
source_row(const struct source *s, int64_t now, struct buf *out)
{
	const bool withheld = source_withheld(s, now);
	const bool whole = source_whole(s) && !withheld;
	const enum source_rows rows = whole ? s->rows : SOURCE_ROWS_NONE;
	int64_t real;

	copy_column(out, s->at.name);
	copy_column(out, s->at.shown);
	copy_column(out, source_status_names[withheld ? SOURCE_DOWN :
	    s->status]);
	copy_column(out, withheld ? s->refused : s->status == SOURCE_LIVE ?
	    NULL : some(s->error));
	real = now_real();
	/* Rows that the database refuses are no sign of life. */
	if (s->alive != 0 && !withheld) {
		copy_date(out, real - (now - s->alive) + s->skew);
		copy_date(out, real + s->skew);
	} else {
		copy_column(out, NULL);
		copy_column(out, NULL);
	}
	buf_printf(out, "%.6f\t", (double)s->skew_error / 1e6);
	copy_column(out, some(s->version));
	copy_column(out, rows >= SOURCE_ROWS_ALL ? "t" : "f");
	copy_column(out, rows == SOURCE_ROWS_RESUMED ? "t" : "f");
	buf_printf(out, "%.6f\t", (double)s->stale_us / 1e6);
	defects_column(s, whole, out);
	if (s->zoned)
		buf_printf(out, "%d\t", s->zone_s);
	else
		copy_column(out, NULL);
	copy_end(out);
}

bool
flush_prepare(struct flush *f, struct source *s, int64_t now)
{
	bool ok = true;
	int i;

	for (i = 0; i < FLUSH__MAX; i++)
		buf_reset(&f->rows[i]);
	source_row(s, now, &f->rows[FLUSH_SOURCE]);
	if (source_whole(s) && !source_withheld(s, now)) {
		ok = snapshot_rows(s->snapshot, s->rows >= SOURCE_ROWS_ALL,
		    &f->rows[FLUSH_AGENT]);
		s->rows = SOURCE_ROWS_CHANGED;
	}
	s->unwritten = false;
	s->flushed = now;
	buf_reset(&f->query);
	buf_str(&f->query, "COPY source_in (name, url, status, error, "
	    "alive_at, source_now, clock_error_s, server_version, complete, "
	    "resumed, stale_after_s, defects, zone_s) FROM STDIN;");
	for (i = FLUSH_AGENT; i < FLUSH__MAX; i++) {
		if (f->rows[i].len == 0)
			continue;
		buf_str(&f->query, "COPY ");
		rows_columns((enum rows_table)(i - FLUSH_AGENT),
		    &f->query);
		buf_str(&f->query, " FROM STDIN;");
	}
	buf_printf(&f->query, "SELECT * FROM cccp.flush('%s')", schema_ours);
	buf_char(&f->query, '\0');
	return ok && buf_ok(&f->query) && buf_ok(&f->rows[FLUSH_SOURCE]);
}

enum flush_table
flush_next(const struct flush *f, enum flush_table table)
{
	do
		table++;
	while (table < FLUSH__MAX && f->rows[table].len == 0);
	return table;
}

void
flush_trim(struct flush *f)
{
	int i;

	for (i = 0; i < FLUSH__MAX; i++)
		if (f->rows[i].size > ROWS_KEPT)
			buf_free(&f->rows[i]);
}

void
flush_free(struct flush *f)
{
	int i;

	for (i = 0; i < FLUSH__MAX; i++)
		buf_free(&f->rows[i]);
	buf_free(&f->query);
}

bool
flush_print(struct source *s, int64_t now, FILE *out)
{
	struct flush f = { 0 };
	bool ok = flush_prepare(&f, s, now);
	char *part, *rest = f.query.data;
	enum flush_table table = FLUSH_NONE;

	if (ok)
		fputs("SELECT cccp.staging();\nBEGIN;\n", out);
	while (ok && (part = strsep(&rest, ";")) != NULL) {
		fprintf(out, "%s;\n", part);
		if (strncmp(part, "COPY", 4) != 0)
			continue;
		table = flush_next(&f, table);
		fwrite(f.rows[table].data, 1, f.rows[table].len, out);
		fputs("\\.\n", out);
	}
	if (ok)
		fputs("COMMIT;\n", out);
	flush_free(&f);
	return ok && fflush(out) == 0 && !ferror(out);
}
