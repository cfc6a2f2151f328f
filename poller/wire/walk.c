/* The grammar of CCCP objects; see cccp-protocol(7), Objects. */
#include <string.h>

#include "poller/wire/walk.h"

/* Types of fields beyond those of enum object_type. */
enum {
	TYPE_EXPRESSION = 9,
	TYPE_INSTRUCTION = 10,
	TYPE_LIST = 50,
	TYPE_REFERENCE = 70,
	TYPE_NAMED_REFERENCE = 71,
	TYPE_OBJECT_REFERENCE = 72,
	TYPE_INHERITED = 100	/* added to the type it inherits */
};

#define FIELD_VALUE	1000
#define FIELD_END	0xffff	/* as good an end mark as 0 */
#define NULL_COUNT	0xffffffff

static enum object_err	 objects(struct walk *, walk_visit *, void *);

enum object_err
walk_bad(struct walk *w, const char *what)
{
	if (w->error != NULL) {
		w->error->at = (size_t)(w->in.p - w->start);
		w->error->what = what;
	}
	return OBJECT_BAD;
}

/*
 * Whether the blob ends where n closing zeros are due: the last of them may
 * be left out.
 */
static bool
at_end(const struct walk *w, size_t n)
{
	if (w->in.len >= n)
		return false;
	for (size_t i = 0; i < w->in.len; i++)
		if (w->in.p[i] != 0)
			return false;
	return true;
}

static bool
is(struct cursor text, const char *s)
{
	return text.len == strlen(s) && memcmp(text.p, s, text.len) == 0;
}

/*
 * The names that lead a blob.  After a name "1", which empties the table,
 * each is followed by its index.
 */
static enum object_err
get_names(struct walk *w)
{
	struct object_names *names = w->names;
	struct cursor name;
	uint32_t index;
	bool indexed = false;

	while (!at_end(w, 4)) {
		if (!frame_get_string(&w->in, &name))
			return walk_bad(w, "name is cut");
		if (name.len == 0)
			break;
		if (is(name, "1")) {
			*names = (struct object_names){ 0 };
			indexed = true;
			continue;
		}
		index = names->n + 1;
		if (indexed && !frame_get_u32(&w->in, &index))
			return walk_bad(w, "name without its index");
		if (index == 0 || index > OBJECT_NAMES_MAX)
			return walk_bad(w, "too many names");
		if (index > names->n)
			names->n = index;
		if (names->protocol == 0 && is(name, OBJECT_NAME_PROTOCOL))
			names->protocol = index;
	}
	return OBJECT_OK;
}

/* The header of an object; OBJECT_NULL is the zero in its place. */
static enum object_err
get_header(struct walk *w, uint32_t *class)
{
	uint32_t ns, id;

	if (at_end(w, 4))
		return OBJECT_NULL;
	if (!frame_get_u32(&w->in, &ns))
		return walk_bad(w, "object is cut");
	if (ns == 0)
		return OBJECT_NULL;
	if (ns > w->names->n)
		return walk_bad(w, "unknown namespace index");
	if (!frame_get_u32(&w->in, class) || !frame_get_u32(&w->in, &id))
		return walk_bad(w, "object is cut");
	if (ns != w->names->protocol)
		*class = 0;
	return OBJECT_OK;
}

/* A string whose count may say that there is none: then text.p is NULL. */
static bool
get_string(struct cursor *in, struct cursor *text)
{
	struct cursor rest = *in;
	uint32_t count;

	if (frame_get_u32(&rest, &count) && count == NULL_COUNT) {
		*text = (struct cursor){ 0 };
		*in = rest;
		return true;
	}
	return frame_get_string(in, text);
}

/* A real whose text is no number: what follows it can be read. */
static bool
get_real(struct cursor *in, struct object_value *v)
{
	uint8_t len;

	if (frame_get_real(in, &v->real, &v->text)) {
		v->type = OBJECT_REAL;
		return true;
	}
	if (!frame_get_u8(in, &len) || in->len < len)
		return false;
	v->type = OBJECT_UNREADABLE;
	v->text = (struct cursor){ .p = in->p, .len = len };
	in->p += len;
	in->len -= len;
	return true;
}

/* References are not asked for: skipped, if they hold no object. */
static bool
skip_reference(struct cursor *in, unsigned type)
{
	struct cursor text;
	uint32_t id;

	if (type == TYPE_NAMED_REFERENCE && !get_string(in, &text))
		return false;
	return frame_get_u32(in, &id) &&
	    (type != TYPE_OBJECT_REFERENCE || id == 0);
}

static bool
get_typed(struct cursor *in, unsigned type, struct object_value *v)
{
	switch (type) {
	case OBJECT_U32:
		v->type = OBJECT_U32;
		return frame_get_u32(in, &v->u32);
	case OBJECT_I32:
		v->type = OBJECT_I32;
		return frame_get_i32(in, &v->i32);
	case OBJECT_REAL:
		return get_real(in, v);
	case OBJECT_BOOL:
		v->type = OBJECT_BOOL;
		return frame_get_bool(in, &v->flag);
	case OBJECT_STRING:
	case TYPE_EXPRESSION:
	case TYPE_INSTRUCTION:
		if (!get_string(in, &v->text))
			return false;
		v->type = v->text.p == NULL ? OBJECT_NONE : OBJECT_STRING;
		return true;
	case OBJECT_DATE:
		v->type = OBJECT_DATE;
		return frame_get_date(in, &v->date);
	case OBJECT_U64:
		v->type = OBJECT_U64;
		return frame_get_u64(in, &v->u64);
	case TYPE_REFERENCE:
	case TYPE_NAMED_REFERENCE:
	case TYPE_OBJECT_REFERENCE:
		return skip_reference(in, type);
	default:
		return false;
	}
}

/* The value of a field that is no list; OBJECT_NONE when there is none. */
static enum object_err
get_scalar(struct walk *w, unsigned type, struct object_value *v)
{
	bool there = true;

	*v = (struct object_value){ .type = OBJECT_NONE };
	if (type > TYPE_INHERITED) {
		type -= TYPE_INHERITED;
		if (!frame_get_bool(&w->in, &there))
			return walk_bad(w, "field is cut");
		if (type > OBJECT_U64)
			return walk_bad(w, "field of an unknown type");
	}
	if (there && !get_typed(&w->in, type, v))
		return walk_bad(w, "field is cut or of an unknown type");
	return OBJECT_OK;
}

/* The one field of a class that is a list; 0: it has none, or is unknown. */
static unsigned
list_field(uint32_t class)
{
	switch (class) {
	case OBJECT_CLASS_LIST:
	case OBJECT_CLASS_VALUES:
		return 1;
	case OBJECT_CLASS_FORMAT:
		return 2;
	case OBJECT_CLASS_FORMAT_FIELD:
		return 3;
	default:
		return 0;
	}
}

static enum walk_slot
field_slot(unsigned id)
{
	if (id == FIELD_VALUE)
		return WALK_VALUE;
	return id <= WALK_4 ? (enum walk_slot)id : WALK_OTHER;
}

/*
 * The fields of an object, in any order.  Its list is checked and skipped: it
 * is visited when all other fields are known.
 */
static enum object_err
get_fields(struct walk *w, uint32_t class, struct walk_fields *f)
{
	enum object_err err;
	uint16_t id, type;

	*f = (struct walk_fields){ 0 };
	while (!at_end(w, 2)) {
		if (!frame_get_u16(&w->in, &id))
			return walk_bad(w, "field is cut");
		if (id == 0 || id == FIELD_END)
			break;
		if (!frame_get_u16(&w->in, &type))
			return walk_bad(w, "field is cut");
		if (type != TYPE_LIST) {
			err = get_scalar(w, type, &f->slot[field_slot(id)]);
		} else if (id == list_field(class)) {
			f->list = w->in;
			err = objects(w, NULL, NULL);
		} else {
			err = walk_bad(w, "list that is not known");
		}
		if (err != OBJECT_OK)
			return err;
	}
	return OBJECT_OK;
}

/* Visits the objects of a list, or without a visitor skips them. */
static enum object_err
objects(struct walk *w, walk_visit *visit, void *ctx)
{
	struct walk_fields f;
	enum object_err err;
	uint32_t class;

	if (w->depth == OBJECT_DEPTH_MAX)
		return walk_bad(w, "nested too deep");
	w->depth++;
	while ((err = get_header(w, &class)) == OBJECT_OK) {
		if ((err = get_fields(w, class, &f)) != OBJECT_OK)
			return err;
		if (visit != NULL &&
		    (err = visit(w, class, &f, ctx)) != OBJECT_OK)
			return err;
	}
	w->depth--;
	return err == OBJECT_NULL ? OBJECT_OK : err;
}

enum object_err
walk_open(struct walk *w, uint32_t want, struct walk_fields *f)
{
	enum object_err err;
	uint32_t class;
	uint8_t mode;

	if ((err = get_names(w)) != OBJECT_OK)
		return err;
	if (frame_get_u8(&w->in, &mode) && mode != 0)
		return walk_bad(w, "mode is not 0");
	if ((err = get_header(w, &class)) != OBJECT_OK)
		return err;
	if (class != want)
		return walk_bad(w, "object of another class");
	return get_fields(w, class, f);
}

enum object_err
walk_list(struct walk *w, struct cursor list, walk_visit *visit, void *ctx)
{
	const struct cursor after = w->in;
	enum object_err err;

	if (list.p == NULL)
		return OBJECT_OK;
	w->in = list;
	if ((err = objects(w, visit, ctx)) == OBJECT_OK)
		w->in = after;
	return err;
}

bool
walk_empty(struct cursor list)
{
	uint32_t ns;

	return list.p == NULL || !frame_get_u32(&list, &ns) || ns == 0;
}
