#include <stdio.h>

#include "tests/poller/json/feed.h"

#define SEEN	INT64_C(1772532000000000)	/* 2026-03-03 10:00 UTC */

struct snapshot *s;
struct document *d;
struct buf feed_rows[ROWS_TABLE__MAX];
static struct buf text;

int
feed_setup(void **state)
{
	(void)state;
	s = snapshot_new();
	d = document_new("test", s);
	return s == NULL || d == NULL;
}

int
feed_teardown(void **state)
{
	int i;

	(void)state;
	document_free(d);
	snapshot_free(s);
	buf_free(&text);
	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&feed_rows[i]);
	return 0;
}

enum document_state
feed_bytes(const void *bytes, size_t len, int64_t made)
{
	enum document_state state;
	struct buf b = { 0 };

	buf_add(&b, bytes, len);
	document_begin(d, &b, made);
	assert_null(b.data);
	while ((state = document_read(d)) == DOCUMENT_READING)
		;
	while (state == DOCUMENT_APPLYING)
		state = document_apply(d, SEEN);
	return state;
}

enum document_state
feed_text(const char *json)
{
	return feed_bytes(json, strlen(json), 0);
}

/* {"users": [...], "queues": [], …} around the elements of a list. */
const char *
feed_around(const char *list, const char *elements)
{
	buf_reset(&text);
	buf_printf(&text, "{\"%s\": [%s]%s, \"error\": null}", list, elements,
	    strcmp(list, "users") == 0 ? "" :
	    ", \"users\": [{\"login\": \"zoe\"}]");
	buf_char(&text, '\0');
	assert_true(buf_ok(&text));
	return text.data;
}

void
feed_accept(const char *json)
{
	if (feed_text(json) != DOCUMENT_ACCEPTED)
		fail_msg("refused: %s: %.200s", document_error(d), json);
}

void
feed_refuse(const char *json, const char *why)
{
	bool changed = snapshot_changed(s);

	assert_int_equal(feed_text(json), DOCUMENT_REFUSED);
	if (strstr(document_error(d), why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, document_error(d));
	assert_int_equal(snapshot_changed(s), changed);
}

void
feed_flush(bool complete)
{
	int i;

	for (i = 0; i < ROWS_TABLE__MAX; i++)
		buf_reset(&feed_rows[i]);
	assert_true(snapshot_rows(s, complete, feed_rows));
	for (i = 0; i < ROWS_TABLE__MAX; i++) {
		buf_char(&feed_rows[i], '\0');
		assert_true(buf_ok(&feed_rows[i]));
	}
}

/* A row as lines "key column value" of what is not null. */
static void
row_lines(struct buf *out, char *row, enum rows_table table)
{
	static const char *const keys[] = { "login", "name", "call_key" };
	char *values[2 * VIEW_FIELDS_MAX], *names[2 * VIEW_FIELDS_MAX];
	struct buf columns = { 0 };
	char *p, *name;
	size_t n = 0, i;
	const char *key = NULL;

	rows_columns(table, &columns);
	buf_char(&columns, '\0');
	for (p = strchr(columns.data, '(') + 1;
	    (name = strsep(&p, ", )")) != NULL;) {
		if (*name == '\0')
			continue;
		names[n] = name;
		values[n] = strsep(&row, "\t");
		assert_non_null(values[n]);
		if (strcmp(name, keys[table]) == 0)
			key = values[n];
		n++;
	}
	assert_null(row);
	/* A call's id is made by us, of its key. */
	for (i = 0; i < n; i++)
		if (strcmp(values[i], "\\N") != 0 && values[i] != key &&
		    (table != ROWS_CALL ||
		    strcmp(names[i], "object_id") != 0))
			buf_printf(out, "%s %s %s\n", key, names[i],
			    values[i]);
	buf_free(&columns);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All rows as sorted lines; new. */
char *
feed_lines(void)
{
	struct buf out = { 0 }, sorted = { 0 };
	char *line[4096], *p;
	enum rows_table t;
	size_t n = 0, i;

	feed_flush(true);
	for (t = 0; t < ROWS_TABLE__MAX; t++)
		for (p = feed_rows[t].data; *p != '\0';)
			row_lines(&out, strsep(&p, "\n"), t);
	buf_char(&out, '\0');
	for (p = out.data; *p != '\0'; n++)
		line[n] = strsep(&p, "\n");
	qsort(line, n, sizeof(*line), compare);
	for (i = 0; i < n; i++)
		buf_printf(&sorted, "%s\n", line[i]);
	buf_char(&sorted, '\0');
	buf_free(&out);
	assert_true(buf_ok(&sorted));
	return sorted.data;
}

/* A file of tests/data/bridge; new. */
char *
feed_golden(const char *name, size_t *len)
{
	char path[100];
	struct buf b = { 0 };
	FILE *f;

	snprintf(path, sizeof(path), "tests/data/bridge/%s", name);
	if ((f = fopen(path, "r")) == NULL)
		fail_msg("no file %s: run it from the top folder", path);
	while (buf_reserve(&b, 4096) != NULL &&
	    (*len = fread(b.data + b.len, 1, 4096, f)) > 0)
		b.len += *len;
	fclose(f);
	*len = b.len;
	buf_char(&b, '\0');
	assert_true(buf_ok(&b));
	return b.data;
}

void
feed_value(const char *key, const char *column,
    const char *should)
{
	char *all = feed_lines(), *found, line[300];

	snprintf(line, sizeof(line), "%s %s ", key, column);
	found = strncmp(all, line, strlen(line)) == 0 ? all : NULL;
	if (found == NULL) {
		snprintf(line, sizeof(line), "\n%s %s ", key, column);
		if ((found = strstr(all, line)) != NULL)
			found++;
	}
	if (should == NULL) {
		if (found != NULL)
			fail_msg("%s has a %s", key, column);
	} else if (found == NULL) {
		fail_msg("%s has no %s:\n%s", key, column, all);
	} else {
		found += strlen(key) + strlen(column) + 2;
		found[strcspn(found, "\n")] = '\0';
		assert_string_equal(found, should);
	}
	free(all);
}

void
feed_defects(const char *should)
{
	struct buf json = { 0 };

	defects_json(snapshot_defects(s), &json);
	buf_char(&json, '\0');
	assert_true(buf_ok(&json));
	assert_string_equal(json.data, should);
	buf_free(&json);
}
