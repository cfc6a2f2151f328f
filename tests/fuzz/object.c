/* Blobs of every kind, and what their values become; the first byte chooses. */
#include <stdlib.h>

#include "poller/model/value.h"
#include "poller/wire/object.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static struct buf text;

static bool
item(void *arg, const struct object_item *i)
{
	*(uint64_t *)arg += i->id;
	return true;
}

static bool
value(void *arg, const struct object_value *v)
{
	enum view_type type;

	(void)arg;
	for (type = 0; type < VIEW_TYPE__MAX; type++)
		if (value_wire(type, v, &text) == VALUE_OK && !buf_ok(&text))
			abort();
	return true;
}

static bool
field(void *arg, const struct object_field *f)
{
	*(uint64_t *)arg += f->index + f->depth;
	frame_text(&text, f->name);
	buf_reset(&text);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct object_names names = { 0 };
	struct object_error why;
	struct cursor blob;
	uint64_t sum = 0;
	uint32_t id;

	if (size == 0)
		return 0;
	blob = (struct cursor){ data + 1, size - 1 };
	if (data[0] & 4)
		object_names_default(&names);
	switch (data[0] & 3) {
	case 0:
		(void)object_list(&names, blob, item, &sum, &why);
		break;
	case 1:
		(void)object_values(&names, blob, value, &sum, &why);
		break;
	default:
		(void)object_format(&names, blob, &id, field, &sum, &why);
		break;
	}
	return 0;
}
