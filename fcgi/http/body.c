#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/body.h"
#include "fcgi/http/text.h"

static enum param_err
read_time(struct body_value *v, const json_t *json)
{
	struct moment m;

	if (!json_is_string(json) || !moment_read(&m, json_string_value(json)))
		return PARAM_NOT_TIME;
	memcpy(v->space, m.text, sizeof(v->space));
	v->text = v->space;
	return PARAM_OK;
}

static enum param_err
read_number(struct body_value *v, const struct param *p, const json_t *json)
{
	const json_int_t n = json_integer_value(json);

	if (!json_is_integer(json) || n < p->min || n > p->max)
		return PARAM_NOT_NUMBER;
	snprintf(v->space, sizeof(v->space), "%" JSON_INTEGER_FORMAT, n);
	v->text = v->space;
	return PARAM_OK;
}

static enum param_err
read_value(struct body_value *v, const struct param *p, const json_t *json)
{
	v->given = true;
	if (p->null && json_is_null(json))
		return PARAM_OK;
	switch (p->type) {
	case PARAM_NUMBER:
		return read_number(v, p, json);
	case PARAM_BOOL:
		v->text = json_is_true(json) ? "true" : "false";
		return json_is_boolean(json) ? PARAM_OK : PARAM_NOT_BOOL;
	case PARAM_TIME:
		return read_time(v, json);
	case PARAM_SET:
		v->text = json_string_value(json);
		return v->text != NULL && text_among(v->text, p->choices) ?
		    PARAM_OK : PARAM_NOT_CHOICE;
	default:
		v->text = json_string_value(json);
		return v->text == NULL ? PARAM_NOT_STRING :
		    json_string_length(json) > p->max_len ? PARAM_LONG :
		    PARAM_OK;
	}
}

/* What was sent instead of a choice, for the refusal. */
static void
name_item(struct param_refusal *no, const json_t *json)
{
	char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);

	if (json_is_string(json))
		param_shorten(no->item, sizeof(no->item),
		    json_string_value(json), json_string_length(json));
	else if (text != NULL)
		param_shorten(no->item, sizeof(no->item), text, strlen(text));
	free(text);
}

static bool
read_fields(struct body *b, const struct param *table, size_t n,
    struct param_refusal *no)
{
	const char *name;
	json_t *json;
	size_t i;

	json_object_foreach(b->object, name, json) {
		param_shorten(no->name, sizeof(no->name), name, strlen(name));
		for (i = 0; i < n && strcmp(table[i].name, name) != 0; i++)
			;
		no->param = i < n ? table + i : NULL;
		no->err = i == n ? PARAM_UNKNOWN :
		    read_value(&b->value[i], &table[i], json);
		if (no->err == PARAM_NOT_CHOICE)
			name_item(no, json);
		if (no->err != PARAM_OK)
			return false;
	}
	for (i = 0; i < n && (b->value[i].given || !table[i].required); i++)
		;
	if (i == n)
		return true;
	*no = (struct param_refusal){ PARAM_MISSING, table + i, "", "" };
	param_shorten(no->name, sizeof(no->name), table[i].name,
	    strlen(table[i].name));
	return false;
}

/* The name that comes twice ends before this quotation mark. */
static void
name_repeated(struct param_refusal *no, const char *data, size_t end)
{
	size_t start = end;

	while (start > 0 && data[start - 1] != '"')
		start--;
	no->err = PARAM_REPEATED;
	param_shorten(no->name, sizeof(no->name), data + start, end - start);
}

static void
refuse_json(struct param_refusal *no, const char *data, size_t len,
    const json_error_t *error)
{
	const size_t end = error->position > 0 ? (size_t)error->position : 0;

	switch (json_error_code(error)) {
	case json_error_out_of_memory:
		no->err = PARAM_NO_MEMORY;
		break;
	case json_error_duplicate_key:
		if (end > 0 && end <= len && data[end - 1] == '"') {
			name_repeated(no, data, end - 1);
			break;
		}
		/* FALLTHROUGH */
	default:
		no->err = PARAM_NOT_OBJECT;
		snprintf(no->item, sizeof(no->item), "%d:%d", error->line,
		    error->column);
	}
}

bool
body_read(struct body *b, const char *data, size_t len,
    const struct param *table, size_t n, struct param_refusal *no)
{
	json_error_t error = { .line = 1, .column = 1 };

	*b = (struct body){ 0 };
	*no = (struct param_refusal){ 0 };
	if (len == 0 && n == 0)
		return true;
	b->object = json_loadb(len > 0 ? data : "", len, JSON_REJECT_DUPLICATES,
	    &error);
	if (b->object == NULL) {
		refuse_json(no, data, len, &error);
		return false;
	}
	if (json_is_object(b->object))
		return read_fields(b, table, n, no);
	no->err = PARAM_NOT_OBJECT;
	snprintf(no->item, sizeof(no->item), "1:1");
	return false;
}

void
body_free(struct body *b)
{
	json_decref(b->object);		/* NULL is fine */
	b->object = NULL;
}
