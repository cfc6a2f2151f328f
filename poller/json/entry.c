#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/json/entry.h"
#include "poller/json/load.h"
#include "poller/json/scalar.h"
#include "poller/json/scan.h"
#include "poller/json/values.h"
#include "poller/model/value.h"

const char *const entry_lists[ENTRY__MAX] = {
	[ENTRY_USERS] = "users",
	[ENTRY_QUEUES] = "queues",
	[ENTRY_CALLS] = "calls",
	[ENTRY_HISTORY] = "call_history",
};

const char *const entry_errors[ENTRY_ERR__MAX] = {
	[ENTRY_TOO_LARGE] = "too long, or nested too deep",
	[ENTRY_NOT_JSON] = "not JSON",
	[ENTRY_NO_OBJECT] = "no object",
	[ENTRY_NO_KEY] = "without a login, name, task_id or session_id",
	[ENTRY_SAME_KEY] = "named as another one",
	[ENTRY_NO_ID] = "without a free id",
	[ENTRY_NO_END] = "without an end or a duration",
	[ENTRY_NO_MEMORY] = "too much for the memory",
};

struct reader {
	json_t		*object;
	json_t		*damaged;	/* see load_object() */
	struct entry	*entry;
	struct buf	*out;
	struct buf	 raw;		/* a value as the source has it */
	struct buf	 text;		/* the same as the database wants it */
	int64_t		 date[VIEW_FIELDS_MAX];	/* dates of a task; 0: none */
};

static bool
is_damaged(const struct reader *r, const char *key)
{
	return json_object_get(r->damaged, key) != NULL;
}

/* Whether the element has that key, be its value readable or not. */
static bool
has_key(const struct reader *r, const char *key)
{
	return json_object_get(r->object, key) != NULL || is_damaged(r, key);
}

/* Leaves the value under that key in r->text, ended by a zero. */
static enum value_err
value(struct reader *r, enum view_type type, const char *key)
{
	const json_t *v = json_object_get(r->object, key);
	enum value_err err;

	if (v == NULL)
		return is_damaged(r, key) ? VALUE_BAD : VALUE_ABSENT;
	err = scalar_text(v, type, &r->raw);
	r->out->failed |= r->raw.failed;
	if (err != VALUE_OK)
		return err;
	err = value_text(type, r->raw.data, &r->text);
	buf_char(&r->text, '\0');
	r->out->failed |= r->text.failed;
	if (!buf_ok(&r->text))
		return VALUE_ABSENT;
	return err == VALUE_OK && is_damaged(r, key) ? VALUE_DAMAGED : err;
}

/* Is there a text, whole or in part? */
static bool
is_some(enum value_err err)
{
	return err == VALUE_OK || err == VALUE_DAMAGED;
}

/* Looks for a field under its path, then under the name in the monitor. */
static enum value_err
find(struct reader *r, enum view_id view, size_t field)
{
	const struct view_field *f = &views[view].field[field];
	enum value_err err = value(r, f->type, f->path), other;
	const char *name;

	if (is_some(err) || (name = view_monitor_name(view, field)) == NULL)
		return err;
	other = value(r, f->type, name);
	return other != VALUE_ABSENT ? other : err;
}

/* Adds the value of a field that was found; false: there is no text. */
static bool
add_found(struct reader *r, enum view_id view, size_t field,
    enum value_err err)
{
	if (err == VALUE_BAD || err == VALUE_DAMAGED)
		r->entry->bad[view] |= UINT64_C(1) << field;
	if (is_some(err))
		values_add(r->out, view, field, r->text.data);
	return is_some(err);
}

static void
read_view(struct reader *r, enum view_id view)
{
	bool zoned;
	size_t i;

	for (i = 0; i < views[view].n; i++)
		if (add_found(r, view, i, find(r, view, i)) &&
		    view == VIEW_TASK &&
		    views[view].field[i].type == VIEW_DATE)
			(void)value_micros(r->raw.data, &r->date[i], &zoned);
}

static bool
has_text(struct reader *r, const char *key)
{
	return is_some(value(r, VIEW_TEXT, key));
}

/*
 * The monitor does not have busy_count, without which a task does not count.
 * It has the current task, or "libre" for none.
 */
static void
read_busy(struct reader *r)
{
	size_t field;
	bool busy;

	if (has_key(r, "busy_count") ||
	    json_object_get(r->object, "last_task_name") == NULL ||
	    !view_find_field(VIEW_USER, "busy_count", &field))
		return;
	busy = has_text(r, "last_task_name") &&
	    !(has_text(r, "last_task_display_name") &&
	    strcmp(r->text.data, "libre") == 0);
	values_add(r->out, VIEW_USER, field, busy ? "1" : "0");
}

static bool
read_duration(struct reader *r, const char *key, int64_t *seconds)
{
	return has_text(r, key) && value_seconds(r->text.data, seconds);
}

static void
put_date(struct reader *r, size_t field, int64_t us)
{
	buf_reset(&r->text);
	value_date(&r->text, us);
	buf_char(&r->text, '\0');
	r->out->failed |= r->text.failed;
	if (buf_ok(&r->text))
		values_add(r->out, VIEW_TASK, field, r->text.data);
}

/*
 * The monitor has the duration of a call instead of its end.  When that is
 * unknown it writes "0s"; then it is unknown whether the call has ended, as it
 * is when its end cannot be read.
 */
static enum entry_err
read_durations(struct reader *r)
{
	int64_t start = r->date[TASK_QUEUED], waited, managed, total;

	if (has_key(r, "end_date") &&
	    value(r, VIEW_DATE, "end_date") != VALUE_BAD)
		return ENTRY_OK;
	if (!read_duration(r, "total_duration", &total) || total == 0 ||
	    start == 0)
		return ENTRY_NO_END;
	if (!read_duration(r, "managing_duration", &managed))
		managed = 0;
	if (read_duration(r, "waiting_duration", &waited) && waited <= total) {
		put_date(r, TASK_UNQUEUED, start + waited * 1000000);
		if (has_text(r, "manager_login"))
			put_date(r, TASK_MANAGED, start + waited * 1000000);
		if (managed > 0 && waited + managed < total)
			put_date(r, TASK_POST_MANAGED,
			    start + (waited + managed) * 1000000);
	}
	put_date(r, TASK_ENDED, start + total * 1000000);
	return ENTRY_OK;
}

/* Caller and callee are values of the waiting view. */
static void
read_numbers(struct reader *r, const char *task_id)
{
	static const size_t fields[] = { WAITING_REMOTE, WAITING_LOCAL };
	bool any = false;
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		any |= add_found(r, VIEW_WAITING, fields[i],
		    find(r, VIEW_WAITING, fields[i]));
	if (any)
		values_add(r->out, VIEW_WAITING, WAITING_TASK, task_id);
}

static bool
read_key(struct reader *r, enum entry_list list)
{
	enum view_id view = VIEW_TASK;
	size_t field = TASK_ID;

	if (list == ENTRY_USERS) {
		view = VIEW_USER;
		field = USER_LOGIN;
	} else if (list == ENTRY_QUEUES) {
		view = VIEW_QUEUE;
		field = QUEUE_NAME;
	} else if (list == ENTRY_CALLS && !has_text(r, "task_id")) {
		view = VIEW_SESSION;
		field = CALL_ID;
	}
	r->entry->view = view;
	if (!is_some(find(r, view, field)))
		return false;
	r->entry->key = scan_hash(r->text.data, strlen(r->text.data));
	return true;
}

/* A number, or a text that is one; any other id is ignored. */
static void
read_id(struct reader *r)
{
	uint64_t id;
	char *end;

	if (!has_text(r, "id") || strlen(r->text.data) > 10 ||
	    !isdigit((unsigned char)r->text.data[0]))
		return;
	id = strtoull(r->text.data, &end, 10);
	r->entry->has_id = *end == '\0' && id <= UINT32_MAX;
	r->entry->id = (uint32_t)id;
}

static enum entry_err
read_object(struct reader *r, enum entry_list list)
{
	enum entry_err err = ENTRY_OK;
	char *task_id;

	if (!json_is_object(r->object))
		return ENTRY_NO_OBJECT;
	if (!read_key(r, list))
		return ENTRY_NO_KEY;
	task_id = strdup(r->text.data);
	read_id(r);
	read_view(r, r->entry->view);
	if (list == ENTRY_USERS)
		read_busy(r);
	if (list == ENTRY_HISTORY)
		err = read_durations(r);
	if (r->entry->view == VIEW_TASK && task_id != NULL)
		read_numbers(r, task_id);
	if (task_id == NULL)
		r->out->failed = true;
	free(task_id);
	return err;
}

enum entry_err
entry_read(enum entry_list list, const char *json, size_t len,
    struct entry *entry, struct buf *out)
{
	struct reader r = { .entry = entry, .out = out };
	size_t begin = out->len;
	enum entry_err err = ENTRY_NOT_JSON;

	*entry = (struct entry){ .has_id = false };
	switch (load_object(json, len, &r.object, &r.damaged)) {
	case LOAD_OK:
	case LOAD_DAMAGED:
		err = read_object(&r, list);
		break;
	case LOAD_BAD:
		break;
	case LOAD_NO_MEMORY:
		err = ENTRY_NO_MEMORY;
		break;
	}
	values_end(out);
	if (!buf_ok(out))
		err = ENTRY_NO_MEMORY;
	if (err != ENTRY_OK)
		out->len = begin;
	json_decref(r.object);
	json_decref(r.damaged);
	buf_free(&r.raw);
	buf_free(&r.text);
	return err;
}
