/* CCCP objects: encode; see cccp-protocol(7), Objects. */
#include <string.h>

#include "poller/wire/object.h"

#define TYPE_LIST	50
#define FIELD_VALUE	1000
#define NULL_COUNT	0xffffffff

static const uint32_t value_classes[] = {
	[OBJECT_NONE] = OBJECT_CLASS_NONE,
	[OBJECT_U32] = OBJECT_CLASS_U32,
	[OBJECT_I32] = OBJECT_CLASS_I32,
	[OBJECT_REAL] = OBJECT_CLASS_REAL,
	[OBJECT_BOOL] = OBJECT_CLASS_BOOL,
	[OBJECT_STRING] = OBJECT_CLASS_STRING,
	[OBJECT_DATE] = OBJECT_CLASS_DATE,
	[OBJECT_UNREADABLE] = OBJECT_CLASS_REAL,
	[OBJECT_U64] = OBJECT_CLASS_U64
};

const char *const object_default_names[OBJECT_DEFAULT_NAMES] = {
	OBJECT_NAME_PROTOCOL,
	"com.consistent.head",
	"com.consistent.ccenter.alert",
	"com.consistent.ccenter.ccxml",
	"com.consistent.db",
	"com.consistent.ccenter.db_logger",
	"com.consistent.ccenter.db_logger_db",
	"com.consistent.ccenter.dispatch",
	"com.consistent.ccenter.dispatch_db",
	"com.consistent.ccenter.engine",
	"com.consistent.explorer",
	"com.consistent.licences",
	"com.consistent.ccenter.load",
	"com.consistent.mail",
	"com.consistent.mysql_ws",
	"com.consistent.ns",
	"com.consistent.ccenter.oocc",
	"com.consistent.ccenter.ooid",
	"com.consistent.ccenter.oov",
	"com.consistent.ccenter.proxy",
	"com.consistent.ccenter.queues",
	"com.consistent.redirect_proxy",
	"com.consistent.ccenter.sce",
	"com.consistent.ccenter.scheduler",
	"com.consistent.ccenter.scripting",
	"com.consistent.ccenter.stats_mysql",
	"com.consistent.store",
	"com.consistent.ccenter.synthesis",
	"com.consistent.tree",
	"com.consistent.ccenter.tts",
	"com.consistent.ccenter.voip",
	"org.w3.ccxml",
	"org.w3.grammar",
	"org.w3.nlsm",
	"org.w3.ssml",
	"org.w3.vxml",
	"org.w3.xforms",
	"org.xmlsoap"
};

void
object_names_default(struct object_names *names)
{
	if (names->protocol == 0)
		names->protocol = names->n + 1;
	names->n += OBJECT_DEFAULT_NAMES;
}

static void
put_bytes(struct buf *b, const void *p, size_t len)
{
	frame_put_u32(b, (uint32_t)len);
	buf_add(b, p, len);
}

/* The names that the other side lacks, their end, and the mode. */
static void
put_names(struct buf *b, struct object_names *names, bool all38)
{
	const uint32_t n = all38 ? OBJECT_DEFAULT_NAMES : 1;

	if (names->protocol == 0) {
		for (uint32_t i = 0; i < n; i++)
			put_bytes(b, object_default_names[i],
			    strlen(object_default_names[i]));
		names->protocol = names->n + 1;
		names->n += n;
	}
	frame_put_u32(b, 0);
	frame_put_u8(b, 0);
}

static void
put_header(struct buf *b, const struct object_names *names, uint32_t class)
{
	frame_put_u32(b, names->protocol);
	frame_put_u32(b, class);
	frame_put_u32(b, 0);	/* object id */
}

static void
put_field(struct buf *b, uint16_t id, uint16_t type)
{
	frame_put_u16(b, id);
	frame_put_u16(b, type);
}

static void
put_number(struct buf *b, uint16_t id, uint32_t v)
{
	put_field(b, id, OBJECT_U32);
	frame_put_u32(b, v);
}

static void
end_object(struct buf *b)
{
	frame_put_u16(b, 0);
}

/* A list is an object's last field. */
static void
end_list_and_object(struct buf *b)
{
	frame_put_u32(b, 0);
	end_object(b);
}

/* The length of a path's first segment; a dot in (...) belongs to it. */
static size_t
segment_len(const char *path)
{
	bool call = false;
	size_t i;

	for (i = 0; path[i] != '\0' && (call || path[i] != '.'); i++)
		if (path[i] == '(' || path[i] == ')')
			call = path[i] == '(';
	return i;
}

static unsigned
segments(const char *path)
{
	unsigned n = 1;
	size_t len;

	while (path[len = segment_len(path)] != '\0') {
		path += len + 1;
		n++;
	}
	return n;
}

/*
 * How many nodes the path shares with the one before it, and in *len the
 * bytes that they take.  A leaf is no node: nothing yields its value and
 * that of a field below it.
 */
static unsigned
shared(const char *before, const char *path, size_t *len)
{
	unsigned n = 0;
	size_t seg;

	*len = 0;
	for (;;) {
		seg = segment_len(path + *len);
		if (seg != segment_len(before + *len) ||
		    memcmp(path + *len, before + *len, seg) != 0 ||
		    path[*len + seg] == '\0' || before[*len + seg] == '\0')
			return n;
		*len += seg + 1;
		n++;
	}
}

/* A format field up to its own list: "name", or "name('query')". */
static void
put_segment(struct buf *b, const struct object_names *names, uint32_t index,
    const char *p, size_t len)
{
	const char *paren = memchr(p, '(', len);
	size_t name_len = paren != NULL ? (size_t)(paren - p) : len;

	put_header(b, names, OBJECT_CLASS_FORMAT_FIELD);
	put_number(b, 1, index);
	put_field(b, 2, OBJECT_STRING);
	put_bytes(b, p, name_len);
	if (len - name_len >= 4) {
		put_field(b, 4, OBJECT_STRING);
		put_bytes(b, paren + 2, len - name_len - 4);
	}
}

void
object_put_format(struct buf *b, struct object_names *names, bool all38,
    uint32_t format_id, const struct object_path *paths, size_t n)
{
	const size_t blob = frame_put_count(b);
	unsigned depth = 0, keep, nodes;

	put_names(b, names, all38);
	put_header(b, names, OBJECT_CLASS_FORMAT);
	put_number(b, 1, format_id);
	put_field(b, 2, TYPE_LIST);
	for (size_t i = 0; i < n; i++) {
		const char *p = paths[i].path;
		size_t len = 0;

		keep = i == 0 ? 0 : shared(paths[i - 1].path, p, &len);
		for (; depth > keep; depth--)
			end_list_and_object(b);
		p += len;
		for (nodes = segments(p) - 1; nodes > 0; nodes--, depth++) {
			len = segment_len(p);
			put_segment(b, names, paths[i].index - nodes, p, len);
			put_field(b, 3, TYPE_LIST);
			p += len + 1;
		}
		put_segment(b, names, paths[i].index, p, strlen(p));
		end_object(b);
	}
	for (; depth > 0; depth--)
		end_list_and_object(b);
	end_list_and_object(b);
	frame_fill_count(b, blob);
}

void
object_number(struct object_path *paths, size_t n)
{
	uint32_t next = 0;
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			shared(paths[i - 1].path, paths[i].path, &len);
		next += segments(paths[i].path + len);
		paths[i].index = next - 1;
	}
}

void
object_put_null(struct buf *b)
{
	put_bytes(b, "\0\0\0\0", 4);
}

void
object_put_list(struct buf *b, struct object_names *names, bool all38,
    const struct object_item *items, size_t n)
{
	const size_t blob = frame_put_count(b);

	put_names(b, names, all38);
	put_header(b, names, OBJECT_CLASS_LIST);
	put_field(b, 1, TYPE_LIST);
	for (size_t i = 0; i < n; i++) {
		put_header(b, names, OBJECT_CLASS_LIST_ITEM);
		put_number(b, 1, items[i].action);
		put_field(b, 4, OBJECT_STRING);
		frame_put_u32(b, NULL_COUNT);
		put_number(b, 2, items[i].id);
		put_number(b, 3, items[i].rank);
		end_object(b);
	}
	end_list_and_object(b);
	frame_fill_count(b, blob);
}

static void
put_value(struct buf *b, const struct object_value *v)
{
	put_number(b, 1, v->index);
	if (v->type == OBJECT_NONE)
		return;
	put_field(b, FIELD_VALUE, (uint16_t)(v->type == OBJECT_UNREADABLE ?
	    OBJECT_REAL : v->type));
	switch (v->type) {
	case OBJECT_NONE:
		break;
	case OBJECT_U32:
		frame_put_u32(b, v->u32);
		break;
	case OBJECT_I32:
		frame_put_i32(b, v->i32);
		break;
	case OBJECT_REAL:
		frame_put_real(b, v->real);
		break;
	case OBJECT_BOOL:
		frame_put_bool(b, v->flag);
		break;
	case OBJECT_STRING:
		put_bytes(b, v->text.p, v->text.len);
		break;
	case OBJECT_DATE:
		frame_put_date(b, v->date);
		break;
	case OBJECT_UNREADABLE:
		frame_put_u8(b, (uint8_t)v->text.len);
		buf_add(b, v->text.p, v->text.len);
		break;
	case OBJECT_U64:
		frame_put_u64(b, v->u64);
		break;
	}
}

void
object_put_values(struct buf *b, struct object_names *names, bool all38,
    const struct object_value *values, size_t n)
{
	const size_t blob = frame_put_count(b);

	put_names(b, names, all38);
	put_header(b, names, OBJECT_CLASS_VALUES);
	put_field(b, 1, TYPE_LIST);
	for (size_t i = 0; i < n; i++) {
		put_header(b, names, value_classes[values[i].type]);
		put_value(b, &values[i]);
		end_object(b);
	}
	end_list_and_object(b);
	frame_fill_count(b, blob);
}
