/*
 * Formats as clients define them, and where each kind of object has their
 * leaves.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/protocol/protocol.h"

#define FORMATS_MAX	256		/* of a session */
#define LEAVES_MAX	1024		/* of a format */
#define PATH_SIZE	512
#define TYPE_LIST	50

static uint32_t
count_names(struct cursor blob)
{
	struct cursor name;
	uint32_t n = 0;

	while (frame_get_string(&blob, &name) && name.len > 0)
		n++;
	return n;
}

static bool
skip(struct cursor *in, size_t n)
{
	if (in->len < n)
		return false;
	in->p += n;
	in->len -= n;
	return true;
}

static bool	skip_object(struct cursor *, unsigned depth);

static bool
skip_value(struct cursor *in, uint16_t type, unsigned depth)
{
	uint32_t n;
	uint8_t len;

	switch (type) {
	case OBJECT_U32:
	case OBJECT_I32:
		return skip(in, 4);
	case OBJECT_REAL:
		return frame_get_u8(in, &len) && skip(in, len);
	case OBJECT_BOOL:
		return skip(in, 1);
	case OBJECT_STRING:
		return frame_get_u32(in, &n) &&
		    (n == UINT32_MAX || skip(in, n));
	case OBJECT_DATE:
		return skip(in, 12);
	case OBJECT_U64:
		return skip(in, 8);
	case TYPE_LIST:
		while (in->len > 0 && frame_get_u32(in, &n) && n != 0)
			if (!skip_object(in, depth + 1))
				return false;
		return true;
	default:
		return false;
	}
}

/* The closing zeros may be missing at the end of the blob. */
static bool
skip_object(struct cursor *in, unsigned depth)
{
	uint16_t field, type;

	if (depth > OBJECT_DEPTH_MAX || !skip(in, 8))
		return false;
	while (in->len > 0) {
		if (!frame_get_u16(in, &field))
			return false;
		if (field == 0)
			return true;
		if (!frame_get_u16(in, &type) || !skip_value(in, type, depth))
			return false;
	}
	return true;
}

/* Does nothing follow the object?  Else a real server ignores the object. */
static bool
is_whole(struct cursor blob)
{
	struct cursor name;

	do
		if (!frame_get_string(&blob, &name))
			return false;
	while (name.len > 0);
	return skip(&blob, 1 + 4) && skip_object(&blob, 0) && blob.len == 0;
}

/* A format while it is read, and the names down to the current field. */
struct reading {
	struct format	*format;
	char		 path[PATH_SIZE];
	size_t		 len[OBJECT_DEPTH_MAX + 1];	/* of path, by depth */
};

static void
add_leaf(struct format *format, uint32_t index, const char *path)
{
	struct leaf *leaf = &format->leaf[format->n++];

	leaf->index = index;
	for (int kind = 0; kind < KIND__MAX; kind++) {
		leaf->attr[kind] = (int8_t)attr_find(kind, path,
		    strlen(path));
		if (leaf->attr[kind] != ATTR_UNKNOWN)
			format->mask[kind] |= (uint64_t)1 <<
			    leaf->attr[kind];
	}
}

static bool
read_field(void *arg, const struct object_field *field)
{
	struct reading *in = arg;
	size_t at;
	int n;

	if (field->depth > OBJECT_DEPTH_MAX || in->format->n == LEAVES_MAX)
		return false;
	at = field->depth == 0 ? 0 : in->len[field->depth - 1];
	if (at + 2 >= PATH_SIZE)
		at = PATH_SIZE - 3;
	n = snprintf(in->path + at, PATH_SIZE - at, "%s%.*s%s%.*s%s",
	    at > 0 ? "." : "", (int)field->name.len, field->name.p,
	    field->query.p != NULL ? "('" : "", (int)field->query.len,
	    field->query.p != NULL ? (const char *)field->query.p : "",
	    field->query.p != NULL ? "')" : "");
	if (n < 0 || (size_t)n >= PATH_SIZE - at) {
		/* Longer than any attribute: known of nothing. */
		n = 1;
		in->path[at] = '?';
		in->path[at + 1] = '\0';
	}
	in->len[field->depth] = at + (size_t)n;
	if (field->leaf)
		add_leaf(in->format, field->index, in->path);
	return true;
}

static void
format_free(struct format *format)
{
	if (format != NULL)
		free(format->leaf);
	free(format);
}

const struct format *
format_find(const struct session *session, uint32_t id)
{
	const struct format *format = session->formats;

	while (format != NULL && format->id != id)
		format = format->next;
	return format;
}

void
format_define(struct session *session, struct cursor blob)
{
	struct client *client = session->client;
	struct reading in = { 0 };
	enum object_err rc;

	if (!is_whole(blob) || client->deaf || (client->need38 &&
	    count_names(blob) < OBJECT_DEFAULT_NAMES))
		return;
	/* The first one has to list the name, or none will ever be heard. */
	client->deaf = !client->all38 && client->names_in.n == 0 &&
	    count_names(blob) == 0;
	if (client->deaf)
		return;
	client->need38 = false;
	if ((in.format = calloc(1, sizeof(*in.format))) == NULL ||
	    (in.format->leaf = calloc(LEAVES_MAX,
	    sizeof(*in.format->leaf))) == NULL)
		err(1, NULL);
	rc = object_format(&client->names_in, blob, &in.format->id,
	    read_field, &in, NULL);
	/* A format that is already defined does not change. */
	if (rc != OBJECT_OK ||
	    format_find(session, in.format->id) != NULL ||
	    session->n_formats == FORMATS_MAX) {
		format_free(in.format);
		return;
	}
	in.format->next = session->formats;
	session->formats = in.format;
	session->n_formats++;
}
