#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "poller/json/load.h"
#include "poller/json/scan.h"
#include "sql/lib/buf.h"
#include "sql/lib/utf8.h"

#define FLAGS		(JSON_DECODE_ANY | JSON_ALLOW_NUL)
#define UNREADABLE	0xfffd	/* U+FFFD stands for what is unreadable */

/* A text that is copied with its damage replaced. */
struct repair {
	const char	*p, *end;	/* not yet copied */
	struct buf	 out;
	bool		 damaged;
};

static enum load_err
load(const char *json, size_t len, json_t **out)
{
	json_error_t why;

	if ((*out = json_loadb(json, len, FLAGS, &why)) != NULL)
		return LOAD_OK;
	return json_error_code(&why) == json_error_out_of_memory ||
	    json_error_code(&why) == json_error_unknown ? LOAD_NO_MEMORY :
	    LOAD_BAD;		/* other codes are errors of the text */
}

/* Copies n bytes that are readable. */
static void
copy(struct repair *r, size_t n)
{
	buf_add(&r->out, r->p, n);
	r->p += n;
}

/* Skips n bytes that are not. */
static void
replace(struct repair *r, size_t n)
{
	utf8_add(&r->out, UNREADABLE);
	r->p += n;
	r->damaged = true;
}

/* The code unit of an escape \uXXXX at p; -1: there is none. */
static int
unit(const char *p, const char *end)
{
	int v = 0, i;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (i = 2; i < 6; i++) {
		if (!isxdigit((unsigned char)p[i]))
			return -1;
		v = v * 16 + (isdigit((unsigned char)p[i]) ? p[i] - '0' :
		    tolower((unsigned char)p[i]) - 'a' + 10);
	}
	return v;
}

static bool
is_high(int c)
{
	return c >= 0xd800 && c <= 0xdbff;
}

static bool
is_low(int c)
{
	return c >= 0xdc00 && c <= 0xdfff;
}

/* What follows a backslash. */
static void
repair_escape(struct repair *r)
{
	int c = unit(r->p, r->end);

	if (is_high(c) && is_low(unit(r->p + 6, r->end))) {
		copy(r, 12);
	} else if (is_high(c) || is_low(c)) {
		replace(r, 6);
	} else if (c >= 0) {
		copy(r, 6);
	} else if (r->end - r->p > 1 && r->p[1] != '\0' &&
	    strchr("\"\\/bfnrt", r->p[1]) != NULL) {
		copy(r, 2);
	} else {		/* a backslash that escapes nothing */
		buf_str(&r->out, "\\\\");
		r->p++;
		r->damaged = true;
	}
}

/* The rest of a string, with its closing quote. */
static void
repair_string(struct repair *r)
{
	unsigned char c;
	size_t n;

	while (r->p < r->end && *r->p != '"') {
		c = (unsigned char)*r->p;
		if (c == '\\') {
			repair_escape(r);
		} else if (c < 0x20) {	/* readable, but has to be escaped */
			buf_printf(&r->out, "\\u%04x", c);
			r->p++;
		} else {
			n = utf8_char(r->p, (size_t)(r->end - r->p), NULL);
			if (n > 0)
				copy(r, n);
			else
				replace(r, 1);
		}
	}
	if (r->p < r->end)
		copy(r, 1);
}

static bool
is_integer(const char *p, size_t len)
{
	size_t i = len > 0 && p[0] == '-';

	if (i == len)
		return false;
	while (i < len && isdigit((unsigned char)p[i]))
		i++;
	return i == len;
}

enum load_err
load_value(const char *json, size_t len, json_t **out)
{
	struct repair r = { .p = json, .end = json + len };
	enum load_err err = load(json, len, out);

	if (err != LOAD_BAD)
		return err;
	if (is_integer(json, len)) {
		*out = json_stringn(json, len);
		return *out != NULL ? LOAD_OK : LOAD_NO_MEMORY;
	}
	while (r.p < r.end) {
		bool quote = *r.p == '"';

		copy(&r, 1);
		if (quote)
			repair_string(&r);
	}
	err = buf_ok(&r.out) ? load(r.out.data, r.out.len, out) :
	    LOAD_NO_MEMORY;
	if (err == LOAD_OK && r.damaged)
		err = LOAD_DAMAGED;
	buf_free(&r.out);
	return err;
}

/* Adds a member; what is damaged is noted. */
static enum load_err
add_member(const struct slice *key, const struct slice *value, json_t *object,
    json_t *damaged)
{
	json_t *name, *v = NULL;
	enum load_err err = load_value(key->p, key->len, &name);
	const char *text;

	if (err == LOAD_NO_MEMORY)
		return err;
	text = json_string_value(name);
	/* Nobody asks for a key that is damaged or contains a zero. */
	if (err != LOAD_OK || text == NULL ||
	    strlen(text) != json_string_length(name)) {
		json_decref(name);
		return text != NULL ? LOAD_OK : LOAD_BAD;
	}
	json_object_del(object, text);	/* of two, the last one counts */
	json_object_del(damaged, text);
	err = load_value(value->p, value->len, &v);
	if ((err == LOAD_DAMAGED || err == LOAD_BAD) &&
	    json_object_set_new(damaged, text, json_true()) != 0)
		err = LOAD_NO_MEMORY;
	if (v != NULL && json_object_set_new(object, text, v) != 0)
		err = LOAD_NO_MEMORY;
	json_decref(name);
	return err == LOAD_NO_MEMORY ? err : LOAD_OK;
}

static enum load_err
load_members(const char *json, size_t len, json_t *object, json_t *damaged)
{
	struct scan scan;
	struct slice key, value;
	enum load_err err = LOAD_OK;

	if (object == NULL || damaged == NULL)
		return LOAD_NO_MEMORY;
	/* scan_begin() would look for a brace in later lines, too. */
	if (len == 0 || *json != '{' || !scan_begin(&scan, json, len))
		return LOAD_BAD;
	while (err == LOAD_OK)
		switch (scan_member(&scan, &key, &value)) {
		case SCAN_VALUE:
			err = add_member(&key, &value, object, damaged);
			break;
		case SCAN_END:
			return LOAD_DAMAGED;
		default:
			return LOAD_BAD;
		}
	return err;
}

enum load_err
load_object(const char *json, size_t len, json_t **out, json_t **damaged)
{
	enum load_err err = load(json, len, out);

	*damaged = NULL;
	if (err != LOAD_BAD)
		return err;
	*out = json_object();
	*damaged = json_object();
	err = load_members(json, len, *out, *damaged);
	if (err != LOAD_DAMAGED) {
		json_decref(*out);
		json_decref(*damaged);
		*out = *damaged = NULL;
	}
	return err;
}
