/*
 * A conversation between an independent client and a real server: what the
 * server sent is decoded, and what the client sent is encoded again, byte by
 * byte, from the comments, which say what it wanted.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

#define TRANSCRIPT	"tests/data/cccp/transcript.txt"
#define EXPECTED	"tests/data/cccp/transcript.expected"
#define PATHS_MAX	64
#define VIEWS_MAX	3

/* # view LIST format ID filter "FILTER": INDEX=PATH, ... */
struct view {
	char			*list;
	char			*filter;
	struct object_path	 paths[PATHS_MAX];
	size_t			 n;
};

/* What the comments say of the client. */
struct client {
	struct object_names	 names;
	struct view		 views[VIEWS_MAX];	/* format id - 1 */
	uint32_t		 n_views;
	uint32_t		 n_formats;		/* already sent */
	char			*query;			/* the last comment */
};

/* Cuts the text at the separator; NULL when there is none. */
static char *
after(char *text, const char *sep)
{
	char *p;

	if (text == NULL || (p = strstr(text, sep)) == NULL)
		return NULL;
	*p = '\0';
	return p + strlen(sep);
}

/* The number that the text begins with. */
static uint32_t
number(const char *text)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	assert_true(end > text && errno == 0 && n <= UINT32_MAX);
	return (uint32_t)n;
}

static void
read_view(struct client *c, char *text)
{
	struct view *v = &c->views[c->n_views];
	char *id, *path, *next;

	assert_true(c->n_views < VIEWS_MAX);
	v->list = text;
	id = after(text, " format ");
	v->filter = after(id, " filter \"");
	next = after(v->filter, "\": ");
	assert_non_null(next);
	assert_int_equal(number(id), ++c->n_views);
	while ((path = next) != NULL) {
		assert_true(v->n < PATHS_MAX);
		next = after(path, ", ");
		v->paths[v->n].index = number(path);
		v->paths[v->n].path = after(path, "=");
		assert_non_null(v->paths[v->n++].path);
	}
}

static const struct view *
find_view(const struct client *c, const char *list)
{
	for (uint32_t i = 0; i < c->n_views; i++)
		if (strcmp(c->views[i].list, list) == 0)
			return &c->views[i];
	fail_msg("no view %s", list);
	return NULL;
}

/* # query_list LIST, system id N */
static void
put_query_list(struct buf *b, const struct client *c)
{
	char *list = c->query + strlen("query_list ");
	char *system_id = after(list, ", system id ");

	assert_non_null(system_id);
	frame_put_u32(b, 1);
	frame_put_u32(b, number(system_id));
	frame_put_string(b, "/dispatch");
	frame_put_u32(b, 0);
	frame_put_string(b, list);
	frame_put_string(b, find_view(c, list)->filter);
	frame_put_u32(b, 0);
	frame_put_string(b, "");
	frame_put_u32(b, 0);
}

/* # query_object ID of LIST, system id N */
static void
put_query_object(struct buf *b, const struct client *c)
{
	char *id = c->query + strlen("query_object ");
	char *list = after(id, " of ");
	char *system_id = after(list, ", system id ");

	assert_non_null(system_id);
	frame_put_u32(b, 1);
	frame_put_u32(b, number(system_id));
	frame_put_string(b, "/dispatch");
	frame_put_u32(b, number(id));
	frame_put_u32(b, (uint32_t)(find_view(c, list) - c->views) + 1);
	frame_put_u32(b, 0);
}

static void
put_set_object_format(struct buf *b, struct client *c)
{
	const uint32_t id = ++c->n_formats;
	struct view *v = &c->views[id - 1];
	struct object_path numbered[PATHS_MAX];

	assert_true(id <= c->n_views);
	memcpy(numbered, v->paths, sizeof(numbered));
	object_number(numbered, v->n);
	for (size_t i = 0; i < v->n; i++)
		assert_int_equal(numbered[i].index, v->paths[i].index);
	frame_put_u32(b, 1);
	object_put_format(b, &c->names, false, id, v->paths, v->n);
}

/* What the client sent, from the kind of frame and the comment before it. */
static void
rebuild(struct buf *b, struct client *c, uint32_t method)
{
	const size_t at = frame_begin(b, method);

	switch (method) {
	case FRAME_INITIALIZE:
		frame_put_u32(b, 1);
		frame_put_bool(b, false);
		break;
	case FRAME_LOGIN:
		frame_put_u32(b, 1);
		frame_put_string(b, "poller");
		frame_put_string(b, "secret");
		frame_put_u32(b, 1);
		frame_put_bool(b, false);
		break;
	case FRAME_SET_OBJECT_FORMAT:
		put_set_object_format(b, c);
		break;
	case FRAME_QUERY_LIST:
		put_query_list(b, c);
		break;
	case FRAME_QUERY_OBJECT:
		put_query_object(b, c);
		break;
	default:
		fail_msg("a client does not send %u", method);
	}
	frame_end(b, at);
}

static void
get_frame(struct buf *bytes, const char *hex, struct frame *f)
{
	buf_reset(bytes);
	unhex(bytes, hex);
	assert_int_equal(frame_next(bytes->data, bytes->len, FRAME_MAX, f),
	    FRAME_OK);
	assert_int_equal(f->size, bytes->len);
}

static void
frames_hold_what_is_expected(void **state)
{
	struct object_names ours = { 0 }, theirs = { 0 };
	struct buf text = { 0 }, expected = { 0 }, bytes = { 0 }, out = { 0 };
	struct frame f;
	char *line, *next, *want;

	(void)state;
	slurp(&text, TRANSCRIPT);
	slurp(&expected, EXPECTED);
	for (next = text.data; (line = strsep(&next, "\n")) != NULL;) {
		if (*line == '#' || *line == '\0')
			continue;
		get_frame(&bytes, line + 4, &f);
		buf_add(&out, line, 4);
		assert_int_equal(dump_frame(&out,
		    *line == 'C' ? &ours : &theirs, &f, NULL), DUMP_OK);
		buf_char(&out, '\n');
	}
	buf_char(&out, '\0');
	for (want = expected.data; *want == '#';)
		want = strchr(want, '\n') + 1;
	assert_true(buf_ok(&out));
	assert_string_equal(out.data, want);
	buf_free(&text);
	buf_free(&expected);
	buf_free(&bytes);
	buf_free(&out);
}

static void
client_frames_are_rebuilt(void **state)
{
	struct buf text = { 0 }, bytes = { 0 }, out = { 0 };
	struct client c = { 0 };
	unsigned n = 0;
	struct frame f;
	char *line, *next;

	(void)state;
	slurp(&text, TRANSCRIPT);
	for (next = text.data; (line = strsep(&next, "\n")) != NULL;) {
		if (strncmp(line, "# view ", 7) == 0)
			read_view(&c, line + 7);
		else if (*line == '#')
			c.query = line + 2;
		if (strncmp(line, "C>S ", 4) != 0)
			continue;
		get_frame(&bytes, line + 4, &f);
		buf_reset(&out);
		rebuild(&out, &c, f.method);
		assert_bytes(&out, bytes.data, bytes.len);
		n++;
	}
	assert_int_equal(n, 17);
	buf_free(&text);
	buf_free(&bytes);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_hold_what_is_expected),
		cmocka_unit_test(client_frames_are_rebuilt),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
