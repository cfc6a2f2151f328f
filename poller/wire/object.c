/* What the classes of CCCP objects mean; see cccp-protocol(7), Classes. */
#include "poller/wire/walk.h"

/* One of these is set, by what was asked for. */
struct reader {
	bool	(*item)(void *, const struct object_item *);
	bool	(*value)(void *, const struct object_value *);
	bool	(*field)(void *, const struct object_field *);
	void	*ctx;
};

/* A number that must be there. */
static enum object_err
get_number(struct walk *w, const struct walk_fields *f, enum walk_slot slot,
    uint32_t *out)
{
	if (f->slot[slot].type != OBJECT_U32)
		return walk_bad(w, "object without its id or index");
	*out = f->slot[slot].u32;
	return OBJECT_OK;
}

static enum object_err
visit_item(struct walk *w, uint32_t class, const struct walk_fields *f,
    void *ctx)
{
	const struct reader *r = ctx;
	struct object_item item = { .action = OBJECT_ENTERED };
	enum object_err err;

	if (class != OBJECT_CLASS_LIST_ITEM)
		return OBJECT_OK;
	if ((err = get_number(w, f, WALK_2, &item.id)) != OBJECT_OK)
		return err;
	if (f->slot[WALK_1].type == OBJECT_U32)
		item.action = f->slot[WALK_1].u32;
	if (f->slot[WALK_3].type == OBJECT_U32)
		item.rank = f->slot[WALK_3].u32;
	return r->item(r->ctx, &item) ? OBJECT_OK : OBJECT_STOP;
}

/* The type of a value is its field's: the class only says that it is one. */
static enum object_err
visit_value(struct walk *w, uint32_t class, const struct walk_fields *f,
    void *ctx)
{
	const struct reader *r = ctx;
	struct object_value v = f->slot[WALK_VALUE];
	enum object_err err;

	switch (class) {
	case OBJECT_CLASS_NONE:
		v = (struct object_value){ .type = OBJECT_NONE };
		break;
	case OBJECT_CLASS_U32:
	case OBJECT_CLASS_STRING:
	case OBJECT_CLASS_DATE:
	case OBJECT_CLASS_REAL:
	case OBJECT_CLASS_I32:
	case OBJECT_CLASS_BOOL:
	case OBJECT_CLASS_U64:
		break;
	default:
		return OBJECT_OK;
	}
	if ((err = get_number(w, f, WALK_1, &v.index)) != OBJECT_OK)
		return err;
	return r->value(r->ctx, &v) ? OBJECT_OK : OBJECT_STOP;
}

static enum object_err
visit_field(struct walk *w, uint32_t class, const struct walk_fields *f,
    void *ctx)
{
	const struct reader *r = ctx;
	struct object_field field = {
		.name = f->slot[WALK_2].text,
		.query = f->slot[WALK_4].text,
		.depth = w->depth - 1,
		.leaf = walk_empty(f->list)
	};
	enum object_err err;

	if (class != OBJECT_CLASS_FORMAT_FIELD)
		return OBJECT_OK;
	if ((err = get_number(w, f, WALK_1, &field.index)) != OBJECT_OK)
		return err;
	if (f->slot[WALK_2].type != OBJECT_STRING)
		return walk_bad(w, "format field without a name");
	if (!r->field(r->ctx, &field))
		return OBJECT_STOP;
	return walk_list(w, f->list, visit_field, ctx);
}

static enum object_err
read_blob(struct object_names *names, struct cursor blob, uint32_t class,
    walk_visit *visit, struct reader *r, struct object_error *error)
{
	struct walk w = {
		.start = blob.p, .in = blob, .names = names, .error = error
	};
	struct walk_fields f;
	enum object_err err;

	if ((err = walk_open(&w, class, &f)) != OBJECT_OK)
		return err;
	return walk_list(&w, f.list, visit, r);
}

enum object_err
object_list(struct object_names *names, struct cursor blob,
    bool (*item)(void *, const struct object_item *), void *ctx,
    struct object_error *error)
{
	struct reader r = { .item = item, .ctx = ctx };

	return read_blob(names, blob, OBJECT_CLASS_LIST, visit_item, &r,
	    error);
}

enum object_err
object_values(struct object_names *names, struct cursor blob,
    bool (*value)(void *, const struct object_value *), void *ctx,
    struct object_error *error)
{
	struct reader r = { .value = value, .ctx = ctx };

	return read_blob(names, blob, OBJECT_CLASS_VALUES, visit_value, &r,
	    error);
}

enum object_err
object_format(struct object_names *names, struct cursor blob,
    uint32_t *format_id, bool (*field)(void *, const struct object_field *),
    void *ctx, struct object_error *error)
{
	struct reader r = { .field = field, .ctx = ctx };
	struct walk w = {
		.start = blob.p, .in = blob, .names = names, .error = error
	};
	struct walk_fields f;
	enum object_err err;

	if ((err = walk_open(&w, OBJECT_CLASS_FORMAT, &f)) != OBJECT_OK ||
	    (err = get_number(&w, &f, WALK_1, format_id)) != OBJECT_OK)
		return err;
	return walk_list(&w, f.list, visit_field, &r);
}
