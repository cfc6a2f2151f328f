#include <err.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/sim/control/truth.h"
#include "tests/sim/protocol/filter.h"

static const struct {
	const char	*name;
	enum kind	 kind;
	const char	*filter;	/* "": all of them */
} views[] = {
	{ "queues", KIND_QUEUE, ".[virtual_queue eq 0 and running]" },
	{ "tasks", KIND_TASK, "" },
	{ "waiting", KIND_FILE_TASK, ".[terminate_date eq '']" },
	{ "sessions", KIND_SESSION, ".[connections/last/call_id ne '' and "
	    "session_type ne 3]" },
	{ "outbound", KIND_SESSION, ".[session_type eq 3 and "
	    "terminate_date eq '']" },
};

static json_t *
date_new(uint64_t s, unsigned us)
{
	time_t time = (time_t)s;
	char text[64];
	struct tm tm;
	size_t len;

	if (s == 0 && us == 0)
		return json_null();
	gmtime_r(&time, &tm);
	len = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + len, sizeof(text) - len, ".%06uZ", us);
	return json_string(text);
}

static json_t *
value_new(const struct item *item, int attr)
{
	const union value *v = &item->value[attr];
	struct buf text = { .max = 1 << 18 };
	json_t *json;

	switch (attr_table(item->kind, NULL)[attr].type) {
	case OBJECT_U32:
		return json_integer(v->u32);
	case OBJECT_REAL:
		return json_real(v->real);
	case OBJECT_BOOL:
		return json_boolean(v->flag);
	case OBJECT_DATE:
		return date_new(v->date.s, v->date.us);
	default:
		frame_text(&text, (struct cursor){
		    (const unsigned char *)v->text, strlen(v->text) });
		json = json_stringn(text.data != NULL ? text.data : "",
		    text.len);
		buf_free(&text);
		return json;
	}
}

static json_t *
item_json_new(const struct item *item)
{
	const struct attr *attr;
	json_t *fields = json_object();
	int n;

	attr = attr_table(item->kind, &n);
	for (int i = 0; i < n; i++)
		if (item_has(item, i))
			json_object_set_new(fields, attr[i].path,
			    value_new(item, i));
	return json_pack("{s:I, s:b, s:o}", "id", (json_int_t)item->id,
	    "extra", item->extra, "fields", fields);
}

static int
append(const char *data, size_t len, void *arg)
{
	buf_add(arg, data, len);
	return 0;
}

/* One object at a time: a whole tree of 100 000 would be a gigabyte. */
static void
write_new(struct buf *out, const char *before, json_t *json)
{
	buf_str(out, before);
	if (json == NULL || json_dump_callback(json, append, out,
	    JSON_COMPACT | JSON_ENCODE_ANY |
	    JSON_REAL_PRECISION(15)) != 0)
		errx(1, "out of memory");
	json_decref(json);
}

static void
write_users(const struct world *world, struct buf *out)
{
	const struct item *user;
	const struct agent *agent;
	bool first = true;

	buf_str(out, ",\n\"users\":[");
	TAILQ_FOREACH(user, &world->store.list[KIND_USER], entry) {
		json_t *json = item_json_new(user);

		agent = user->extra ? NULL :
		    world_find(world, item_text(user, USER_LOGIN));
		json_object_set_new(json, "state", json_string(state_name(
		    agent != NULL ? agent->state : STATE_OFFLINE)));
		json_object_set_new(json, "state_since", agent == NULL ?
		    json_null() : date_new(agent->since_us / 1000000,
		    (unsigned)(agent->since_us % 1000000)));
		json_object_set_new(json, "state_since_told",
		    json_boolean(agent != NULL && agent->told));
		write_new(out, first ? "\n" : ",\n", json);
		first = false;
	}
	buf_char(out, ']');
}

static void
write_view(const struct world *world, struct buf *out, size_t view)
{
	enum kind kind = views[view].kind;
	struct filter *filter = NULL;
	const struct item *item;
	bool first = true;

	if (*views[view].filter != '\0' && (filter = filter_parse(kind,
	    views[view].filter, strlen(views[view].filter),
	    world->store.zone_s)) == NULL)
		errx(1, "the filter of %s does not parse", views[view].name);
	buf_printf(out, ",\n\"%s\":[", views[view].name);
	TAILQ_FOREACH(item, &world->store.list[kind], entry) {
		if (filter != NULL && !filter_match(filter, item))
			continue;
		write_new(out, first ? "\n" : ",\n", item_json_new(item));
		first = false;
	}
	buf_char(out, ']');
	filter_free(filter);
}

void
truth_write(const struct world *world, struct buf *out)
{
	static const char *const names[KIND__MAX] = { "users", "queues",
	    "sessions", "tasks", "file_tasks", "groups", "states", "others" };
	uint64_t now = world_clock(world);

	buf_printf(out, "{\"seed\":%llu,\"frozen\":%s,\"changes\":%llu",
	    (unsigned long long)world->seed, world->frozen ? "true" : "false",
	    (unsigned long long)world->store.changes);
	write_new(out, ",\"now\":", json_pack("o", date_new(now / 1000000,
	    (unsigned)(now % 1000000))));
	buf_str(out, ",\"all\":{");
	for (int i = 0; i < KIND__MAX; i++)
		buf_printf(out, "%s\"%s\":%u", i > 0 ? "," : "", names[i],
		    world->store.n[i]);
	buf_char(out, '}');
	write_users(world, out);
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
		write_view(world, out, i);
	buf_str(out, "}\n");
}
