/*
 * Reads the server's part of the golden transcript into a snapshot, with the
 * field indexes of the transcript, and prints what the poller would write, as
 * two scripts for psql: one before the live changes, and one with them.
 *
 *	replay transcript before-script after-script
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/value.h"
#include "poller/store/flush.h"
#include "poller/wire/object.h"

#define INDEXES		256
#define SYSTEM_IDS	64

/* A system id of the client that was recorded. */
struct asked {
	bool		known, list;
	enum view_id	view;
	uint32_t	id;
};

struct replay {
	struct source		 source;
	struct object_names	 names;
	int			 field[VIEW__MAX][INDEXES];
	struct asked		 asked[SYSTEM_IDS];
	struct asked		 last;	/* of the comment before a query */
	const struct asked	*now;	/* of the frame in hand */
	struct buf		 text;
};

static enum view_id
view_by_list(const char *list)
{
	enum view_id id;

	for (id = 0; id < VIEW__MAX; id++)
		if (strcmp(views[id].list, list) == 0)
			return id;
	errx(1, "unknown list %s", list);
}

/* # view users format 1 filter "": 0=login, 1=name, ... */
static void
read_view(struct replay *r, char *line)
{
	char *list = strtok(line + strlen("# view "), " ");
	enum view_id view = view_by_list(list);
	char *fields = strstr(list + strlen(list) + 1, "\": ") + 3, *item;
	size_t field;

	memset(r->field[view], 0xff, sizeof(r->field[view]));
	while ((item = strsep(&fields, ",\n")) != NULL) {
		char *path = strchr(item, '=');
		long index = strtol(item, NULL, 10);

		if (path == NULL || index < 0 || index >= INDEXES)
			continue;
		if (!view_find_field(view, path + 1, &field))
			errx(1, "view has no path %s", path + 1);
		r->field[view][index] = (int)field;
	}
}

/* # query_list users, system id 1; # query_object 30 of users, ... 2 */
static void
read_comment(struct replay *r, const char *line)
{
	struct asked a = { .known = true };
	char list[32];
	unsigned id, system_id;

	if (sscanf(line, "# query_list %31[a-z_], system id %u", list,
	    &system_id) == 2)
		a.list = true;
	else if (sscanf(line, "# query_object %u of %31[a-z_], system id %u",
	    &id, list, &system_id) != 3)
		return;
	else
		a.id = id;
	if (system_id >= SYSTEM_IDS)
		errx(1, "system id %u", system_id);
	a.view = view_by_list(list);
	r->asked[system_id] = a;
}

static bool
item(void *arg, const struct object_item *i)
{
	struct replay *r = arg;

	if (i->action == OBJECT_LEFT)
		snapshot_leave(r->source.snapshot, r->now->view, i->id, 1);
	else if (!snapshot_enter(r->source.snapshot, r->now->view, i->id))
		errx(1, "enter");
	return true;
}

static bool
value(void *arg, const struct object_value *v)
{
	struct replay *r = arg;
	int field = v->index < INDEXES ?
	    r->field[r->now->view][v->index] : -1;
	enum value_err rc;

	if (field < 0)
		errx(1, "a value under index %u, which no path has",
		    v->index);
	rc = value_wire(views[r->now->view].field[field].type, v, &r->text);
	if (rc == VALUE_BAD)
		errx(1, "the value of %s does not fit",
		    views[r->now->view].field[field].path);
	buf_char(&r->text, '\0');
	if (!snapshot_set(r->source.snapshot, r->now->view, r->now->id,
	    (size_t)field, rc == VALUE_OK ? r->text.data : NULL,
	    INT64_C(1795355990000000)))
		errx(1, "set");
	return true;
}

static void
play(struct replay *r, const unsigned char *bytes, size_t len)
{
	struct frame frame;
	struct cursor blob;
	struct object_error why = { 0, "" };
	enum object_err rc;
	uint32_t session, system_id;

	if (frame_next(bytes, len, FRAME_MAX, &frame) != FRAME_OK)
		errx(1, "not a frame");
	if (frame.method != FRAME_LIST_RESPONSE &&
	    frame.method != FRAME_OBJECT_RESPONSE)
		return;
	if (!frame_get_u32(&frame.args, &session) ||
	    !frame_get_u32(&frame.args, &system_id) ||
	    system_id >= SYSTEM_IDS || !r->asked[system_id].known ||
	    !frame_get_blob(&frame.args, &blob))
		errx(1, "a response to nothing");
	r->now = &r->asked[system_id];
	rc = r->now->list ? object_list(&r->names, blob, item, r, &why) :
	    object_values(&r->names, blob, value, r, &why);
	if (rc != OBJECT_OK)
		errx(1, "%s at %zu", why.what, why.at);
}

static void
print(struct replay *r, const char *path, bool complete)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		err(1, "%s", path);
	r->source.rows = complete ? SOURCE_ROWS_RESUMED : SOURCE_ROWS_CHANGED;
	if (!flush_print(&r->source, 2, f) || fclose(f) != 0)
		errx(1, "print");
}

int
main(int argc, char **argv)
{
	static struct replay r;
	char error[256], *line = NULL;
	unsigned char bytes[65536];
	size_t size = 0, n;
	FILE *f;

	if (argc != 4 || (f = fopen(argv[1], "r")) == NULL)
		errx(1, "usage: replay transcript before after");
	if (!source_parse(&r.source, "golden=cccp://u:p@host", error))
		errx(1, "%s", error);
	r.source.status = SOURCE_LIVE;
	r.source.alive = 1;
	while (getline(&line, &size, f) != -1) {
		if (strncmp(line, "# view ", 7) == 0)
			read_view(&r, line);
		else if (strncmp(line, "# changes", 9) == 0)
			print(&r, argv[2], true);
		else if (line[0] == '#')
			read_comment(&r, line);
		else if (strncmp(line, "S>C ", 4) == 0) {
			for (n = 0; sscanf(line + 4 + 2 * n, "%2hhx",
			    &bytes[n]) == 1 && n < sizeof(bytes) - 1; n++)
				;
			play(&r, bytes, n);
		}
	}
	print(&r, argv[3], false);
	free(line);
	fclose(f);
	buf_free(&r.text);
	source_free(&r.source);
	return 0;
}
