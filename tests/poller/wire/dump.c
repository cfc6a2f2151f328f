#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/poller/wire/dump.h"

/*
 * Arguments: u32, bool, string, real, date; List, Values or Format object.
 * Only what a poller and its server say to one another.
 */
static const struct {
	uint32_t	 id;
	const char	*name;
	const char	*args;
} methods[] = {
	{ FRAME_ASK_TO_DISCONNECT, "server_ask_to_disconnect", "" },
	{ FRAME_INITIALIZE, "initialize", "ub" },
	{ FRAME_LOGIN, "login", "ussub" },
	{ FRAME_SET_OBJECT_FORMAT, "set_object_format", "uF" },
	{ FRAME_QUERY_LIST, "query_list", "uususs" "usu" },
	{ FRAME_QUERY_OBJECT, "query_object", "uusuuu" },
	{ FRAME_STOP_QUERY, "stop_query", "uu" },
	{ FRAME_CLIENT_EVENT, "client_event", "usssrsV" },
	{ FRAME_LOGOUT, "logout", "u" },
	{ FRAME_SELECT_AND_QUERY_OBJECT, "select_and_query_object",
	    "uusussuu" },
	{ FRAME_CLIENT_VOID, "client_void", "" },
	{ FRAME_USE_DEFAULT_NAMESPACES_INDEX, "use_default_namespaces_index",
	    "" },
	{ FRAME_CONNECTION_OK, "connection_ok", "ud" },
	{ FRAME_LOGIN_OK, "login_ok", "uss" },
	{ FRAME_LOGIN_FAILED, "login_failed", "us" },
	{ FRAME_RESULT, "result", "uuu" },
	{ FRAME_LIST_RESPONSE, "list_response", "uuL" },
	{ FRAME_OBJECT_RESPONSE, "object_response", "uuVu" },
	{ FRAME_SERVER_EVENT, "server_event", "ussrsV" },
	{ FRAME_START_RESULT, "start_result", "uuu" },
	{ FRAME_SERVER_VOID, "server_void", "" },
	{ FRAME_RESTART_CONNECTION, "restart_connection", "" },
	{ FRAME_USE_DEFAULT_NAMESPACES_INDEX_OK,
	    "use_default_namespaces_index_ok", "" },
};

static void
dump_date(struct buf *b, struct frame_date date)
{
	const time_t s = date.s;
	char text[32];
	struct tm tm;

	if (date.s == 0 && date.us == 0 && date.offset_s == 0) {
		buf_char(b, '-');
		return;
	}
	gmtime_r(&s, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	buf_printf(b, "%s.%06uZ%+d", text, date.us, date.offset_s);
}

static void
dump_string(struct buf *b, struct cursor text)
{
	buf_char(b, '"');
	frame_text(b, text);
	buf_char(b, '"');
}

static bool
dump_item(void *ctx, const struct object_item *item)
{
	buf_printf(ctx, "\n\t%u %u", item->action, item->id);
	buf_printf(ctx, " %u", item->rank);
	return true;
}

static bool
dump_value(void *ctx, const struct object_value *v)
{
	struct buf *b = ctx;

	buf_printf(b, "\n\t%u", v->index);
	switch (v->type) {
	case OBJECT_NONE:
		break;
	case OBJECT_U32:
		buf_printf(b, " u32 %u", v->u32);
		break;
	case OBJECT_I32:
		buf_printf(b, " i32 %d", v->i32);
		break;
	case OBJECT_REAL:
		buf_printf(b, " real %.17g", v->real);
		break;
	case OBJECT_BOOL:
		buf_printf(b, " bool %s", v->flag ? "true" : "false");
		break;
	case OBJECT_STRING:
		buf_str(b, " string ");
		dump_string(b, v->text);
		break;
	case OBJECT_DATE:
		buf_str(b, " date ");
		dump_date(b, v->date);
		break;
	case OBJECT_UNREADABLE:
		buf_str(b, " unreadable");
		break;
	case OBJECT_U64:
		buf_str(b, " u64 ");
		buf_u64(b, v->u64);
		break;
	}
	return true;
}

static bool
dump_field(void *ctx, const struct object_field *field)
{
	struct buf *b = ctx;

	buf_printf(b, "\n\t%u %*s", field->index, (int)field->depth * 2, "");
	frame_text(b, field->name);
	if (field->query.p != NULL) {
		buf_str(b, "('");
		frame_text(b, field->query);
		buf_str(b, "')");
	}
	return true;
}

enum object_err
dump_blob(struct buf *b, struct object_names *names, char kind,
    struct cursor blob, struct object_error *error)
{
	struct buf fields = { 0 };
	enum object_err err;
	uint32_t id = 0;

	if (kind == 'L') {
		err = object_list(names, blob, dump_item, b, error);
	} else if (kind == 'V') {
		err = object_values(names, blob, dump_value, b, error);
	} else {
		err = object_format(names, blob, &id, dump_field, &fields,
		    error);
		if (err == OBJECT_OK)
			buf_printf(b, " %u%.*s", id, (int)fields.len,
			    fields.data != NULL ? fields.data : "");
		buf_free(&fields);
	}
	if (err == OBJECT_NULL)
		buf_str(b, " null");
	return err;
}

static bool
dump_scalar(struct buf *b, struct cursor *in, char kind)
{
	struct frame_date date;
	struct cursor text;
	uint32_t number;
	double real;
	bool flag;

	buf_char(b, ' ');
	switch (kind) {
	case 'u':
		if (!frame_get_u32(in, &number))
			return false;
		buf_u64(b, number);
		return true;
	case 'b':
		if (!frame_get_bool(in, &flag))
			return false;
		buf_str(b, flag ? "true" : "false");
		return true;
	case 's':
		if (!frame_get_string(in, &text))
			return false;
		dump_string(b, text);
		return true;
	case 'r':
		if (!frame_get_real(in, &real, &text))
			return false;
		buf_printf(b, "%.17g", real);
		return true;
	default:
		if (!frame_get_date(in, &date))
			return false;
		dump_date(b, date);
		return true;
	}
}

/* Values come before the last argument of their frame; both are one line. */
static enum dump_err
dump_args(struct buf *b, struct object_names *names, const char *args,
    struct cursor in, struct object_error *error)
{
	struct buf below = { 0 };
	enum dump_err err = DUMP_OK;
	enum object_err object;
	struct cursor blob;

	for (; *args != '\0' && err == DUMP_OK; args++) {
		if (strchr("LVF", *args) == NULL) {
			if (!dump_scalar(b, &in, *args))
				err = DUMP_MISSING;
		} else if (!frame_get_blob(&in, &blob)) {
			err = DUMP_MISSING;
		} else {
			object = dump_blob(&below, names, *args, blob, error);
			if (object == OBJECT_BAD)
				err = DUMP_BAD;
		}
	}
	buf_add(b, below.data, below.len);
	buf_free(&below);
	return err;
}

enum dump_err
dump_frame(struct buf *b, struct object_names *names, const struct frame *f,
    struct object_error *error)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (methods[i].id == f->method) {
			buf_str(b, methods[i].name);
			return dump_args(b, names, methods[i].args, f->args,
			    error);
		}
	return DUMP_UNKNOWN;
}

void
unhex(struct buf *b, const char *hex)
{
	unsigned byte;

	while (*(hex += strspn(hex, " \n")) != '\0') {
		if (sscanf(hex, "%2x", &byte) != 1)
			fail_msg("not hex: %.20s", hex);
		buf_char(b, (char)byte);
		hex += 2;
	}
}

void
slurp(struct buf *b, const char *path)
{
	char *to;
	size_t n;
	FILE *fp;

	if ((fp = fopen(path, "r")) == NULL)
		fail_msg("%s: run from the top of the clone", path);
	do {
		to = buf_reserve(b, BUFSIZ);
		assert_non_null(to);
		b->len += n = fread(to, 1, BUFSIZ, fp);
	} while (n > 0);
	fclose(fp);
	buf_char(b, '\0');
	assert_true(buf_ok(b));
}

static void
show(const char *what, const unsigned char *p, size_t len)
{
	fprintf(stderr, "# %s:", what);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, " %02x", p[i]);
	fputc('\n', stderr);
}

void
assert_bytes(const struct buf *b, const void *p, size_t len)
{
	assert_true(buf_ok(b));
	if (b->len == len && (len == 0 || memcmp(b->data, p, len) == 0))
		return;
	show("got", (const unsigned char *)b->data, b->len);
	show("expected", p, len);
	fail_msg("%zu bytes differ from the expected %zu", b->len, len);
}

struct cursor
cursor_of(const struct buf *b)
{
	return (struct cursor){ (const unsigned char *)b->data, b->len };
}
