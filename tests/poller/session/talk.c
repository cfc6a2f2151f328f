#include <stdio.h>

#include "tests/poller/session/talk.h"

struct talk talk;

/* Reads what the session has sent: counts it, and notes the filters. */
static void
hear(void)
{
	struct buf *out = session_output(talk.s);
	struct cursor text;
	struct frame frame;
	uint32_t id, system_id;
	size_t at = 0;

	talk.asked = talk.stopped = talk.dated = 0;
	talk.probe = 0;
	while (frame_next(out->data + at, out->len - at, FRAME_MAX, &frame) ==
	    FRAME_OK) {
		at += frame.size;
		talk.dated += frame.method == FRAME_INITIALIZE;
		talk.stopped += frame.method == FRAME_STOP_QUERY;
		if (frame.method != FRAME_QUERY_LIST &&
		    frame.method != FRAME_QUERY_OBJECT)
			continue;
		assert_true(frame_get_u32(&frame.args, &id) &&
		    frame_get_u32(&frame.args, &system_id));
		assert_true(system_id > talk.system_id);
		talk.system_id = system_id;
		if (frame.method == FRAME_QUERY_OBJECT) {
			talk.asked++;
			continue;
		}
		assert_true(frame_get_string(&frame.args, &text) &&
		    frame_get_u32(&frame.args, &id) &&
		    frame_get_string(&frame.args, &text) &&
		    frame_get_string(&frame.args, &text));
		if (system_id > LISTS)
			talk.probe = system_id;
		else
			snprintf(talk.filter[system_id - 1],
			    sizeof(talk.filter[0]), "%.*s", (int)text.len,
			    text.p);
	}
	assert_int_equal(at, out->len);
	buf_reset(out);
}

static void
feed(struct buf *frame)
{
	assert_true(buf_ok(frame));
	assert_int_not_equal(session_feed(talk.s, frame->data, frame->len,
	    talk.now), SESSION_FAILED);
	buf_free(frame);
	hear();
}

void
talk_date(uint32_t date, int32_t zone_s)
{
	struct buf frame = { .max = 1 << 16 };
	size_t at = frame_begin(&frame, FRAME_CONNECTION_OK);

	frame_put_u32(&frame, 0x020a008c);
	frame_put_date(&frame, (struct frame_date){ date, 0, zone_s });
	frame_end(&frame, at);
	feed(&frame);
}

void
talk_item(uint32_t system_id, enum object_action action, uint32_t id)
{
	struct buf frame = { .max = 1 << 16 };
	size_t at = frame_begin(&frame, FRAME_LIST_RESPONSE);
	const struct object_item item = { .action = action, .id = id };

	frame_put_u32(&frame, 1);
	frame_put_u32(&frame, system_id);
	object_put_list(&frame, &talk.names, false, &item, id != 0);
	frame_end(&frame, at);
	feed(&frame);
}

void
talk_tick(int64_t seconds)
{
	size_t asked, stopped, dated;

	talk.now += seconds * S;
	assert_int_not_equal(session_tick(talk.s, talk.now), SESSION_FAILED);
	hear();
	asked = talk.asked;
	stopped = talk.stopped;
	dated = talk.dated;
	if (talk.probe != 0)
		talk_item(talk.probe, OBJECT_ENTERED, 0);
	talk.asked = asked;
	talk.stopped = stopped;
	talk.dated = dated;
}

void
talk_values(uint32_t system_id, enum view_id view, const char *const pair[])
{
	struct object_path path[VIEW_FIELDS_MAX];
	struct object_value value[8];
	struct buf frame = { .max = 1 << 16 };
	size_t at = frame_begin(&frame, FRAME_OBJECT_RESPONSE), i, n, f;

	for (i = 0; i < views[view].n; i++)
		path[i].path = views[view].field[i].path;
	object_number(path, views[view].n);
	for (n = 0; pair[2 * n] != NULL; n++) {
		assert_true(view_find_field(view, pair[2 * n], &f));
		value[n] = (struct object_value){ .index = path[f].index,
		    .type = OBJECT_STRING, .text = {
		    (const unsigned char *)pair[2 * n + 1],
		    strlen(pair[2 * n + 1]) } };
		/* An end comes as a date, in seconds since 1970. */
		if (f == view_ended(view))
			value[n] = (struct object_value){
			    .index = path[f].index, .type = OBJECT_DATE,
			    .date.s = (uint32_t)strtoul(pair[2 * n + 1], NULL,
			    10) };
	}
	frame_put_u32(&frame, 1);
	frame_put_u32(&frame, system_id);
	object_put_values(&frame, &talk.names, false, value, n);
	frame_put_u32(&frame, 0);
	frame_end(&frame, at);
	feed(&frame);
}

void
talk_begin(uint32_t date, int32_t zone_s, int64_t known, int32_t known_zone_s)
{
	struct buf frame = { .max = 1 << 16 };
	size_t at;

	memset(&talk, 0, sizeof(talk));
	talk.now = 1000 * S;
	assert_non_null(talk.snapshot = snapshot_new());
	assert_non_null(talk.s = session_new("test", "u", "p", talk.snapshot,
	    talk.now));
	session_resume(talk.s, known, known_zone_s);
	talk_date(date, zone_s);
	at = frame_begin(&frame, FRAME_LOGIN_OK);
	frame_put_u32(&frame, 1);
	frame_put_string(&frame, "");
	frame_put_string(&frame, "");
	frame_end(&frame, at);
	feed(&frame);
	assert_int_equal(talk.system_id, LISTS);
}

void
talk_fill(void)
{
	char login[32];
	uint32_t id;

	for (id = 0; id < VIEW__MAX; id++)
		if (id != VIEW_USER && id != VIEW_QUEUE)
			talk_item(id + 1, OBJECT_ENTERED, 0);
	for (id = 1; id <= USERS; id++) {
		talk_item(VIEW_USER + 1, OBJECT_ENTERED, id);
		snprintf(login, sizeof(login), "user%u", id);
		SAY(talk.system_id, VIEW_USER, LOGIN, login,
		    "total_inbound.count('0')", "7", "name", "Zoé");
	}
	for (id = 1; id <= QUEUES; id++) {
		talk_item(VIEW_QUEUE + 1, OBJECT_ENTERED, 100 + id);
		snprintf(login, sizeof(login), "queue%u", id);
		SAY(talk.system_id, VIEW_QUEUE, "name", login,
		    "managed_tasks.count('0')", "7");
	}
	assert_int_equal(session_state(talk.s), SESSION_LIVE);
}

void
talk_end(void)
{
	session_free(talk.s);
	snapshot_free(talk.snapshot);
}

const char *
talk_changed(enum rows_table table, const char *column)
{
	static char text[65536];
	struct buf rows[ROWS_TABLE__MAX] = { 0 }, columns = { 0 };
	char *names, *name, *values, *value = NULL, *save, *tab;

	assert_true(snapshot_rows(talk.snapshot, false, rows));
	rows_columns(table, &columns);
	buf_char(&columns, '\0');
	buf_char(&rows[table], '\0');
	assert_true(strlen(rows[table].data) < sizeof(text));
	strcpy(text, rows[table].data);
	values = text;
	names = strchr(columns.data, '(') + 1;
	for (name = strtok_r(names, ", )", &save); name != NULL;
	    name = strtok_r(NULL, ", )", &save)) {
		tab = values + strcspn(values, "\t\n");
		if (strcmp(name, column) == 0)
			value = values;
		values = *tab != '\0' ? tab + 1 : tab;
		*tab = '\0';
	}
	for (int i = 0; i < ROWS_TABLE__MAX; i++)
		buf_free(&rows[i]);
	buf_free(&columns);
	return value != NULL && *text != '\0' ? value : "no row";
}
