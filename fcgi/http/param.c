#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/moment.h"
#include "fcgi/http/param.h"
#include "fcgi/http/text.h"
#include "sql/lib/utf8.h"

/* Length of a blank (White_Space of Unicode); 0: it is none. */
static size_t
blank(const char *p)
{
	uint32_t c = 0;
	const size_t n = utf8_char(p, UTF8_MAX, &c);

	return utf8_is_space(c) ? n : 0;
}

static char *
copy_text(struct params *ps, const char *p, size_t len)
{
	char *to = ps->space + ps->used;

	/* It has room for the query twice: decoded, and cut into items. */
	memcpy(to, p, len);
	to[len] = '\0';
	ps->used += len + 1;
	return to;
}

static enum param_err
add_item(const struct param *p, struct param_value *v, const char *text,
    bool minus)
{
	if (v->n == (p->max_items ? p->max_items : PARAM_ITEMS_MAX))
		return PARAM_MANY;
	v->item[v->n++] = (struct param_item){ text, minus };
	return PARAM_OK;
}

bool
param_is_group(const char *word, size_t len)
{
	return strspn(word, "0123456789+-./()_") >= len;
}

/* Groups in a row, as 06 39 98 41 25, count as one word. */
static enum param_err
read_words(struct params *ps, const struct param *p, struct param_value *v)
{
	char *s = copy_text(ps, v->text, strlen(v->text)), *word;
	size_t n, words = 0, groups = 0;

	for (;;) {
		for (; (n = blank(s)) > 0; s += n)
			*s = '\0';
		if (*s == '\0')
			return PARAM_OK;
		for (word = s; *s != '\0' && blank(s) == 0;)
			s++;
		if (!param_is_group(word, (size_t)(s - word)))
			groups = 0;
		else if (++groups > PARAM_GROUPS_MAX)
			groups = 1;
		if ((groups <= 1 && ++words > p->max_items) ||
		    v->n == PARAM_ITEMS_MAX)
			return PARAM_MANY;
		v->item[v->n++] = (struct param_item){ .text = word };
	}
}

/* Checks the item that was added last. */
static enum param_err
check_item(const struct param *p, const struct param_value *v)
{
	const char *text = v->item[v->n - 1].text;
	size_t i;

	if (p->type == PARAM_LIST)
		return PARAM_OK;
	if (!text_among(text, p->choices))
		return PARAM_NOT_CHOICE;
	if (p->type == PARAM_FIELDS && v->item[v->n - 1].minus)
		return PARAM_NOT_CHOICE;
	for (i = 0; p->type != PARAM_SET && i < v->n - 1; i++)
		if (strcmp(v->item[i].text, text) == 0)
			return PARAM_TWICE;
	return PARAM_OK;
}

static enum param_err
read_list(struct params *ps, const struct param *p, struct param_value *v,
    const char **bad)
{
	const char *from = v->text;
	char *to = copy_text(ps, from, strlen(from)), *item;
	enum param_err err;
	bool minus, end;

	do {
		minus = *from == '-';
		from += minus;
		for (item = to; *from != '\0' && *from != ','; from++) {
			if (*from == '\\' && from[1] != '\0')
				from++;
			*to++ = *from;
		}
		end = *from++ == '\0';
		*to++ = '\0';
		*bad = item;
		if ((err = add_item(p, v, item, minus)) != PARAM_OK ||
		    (err = check_item(p, v)) != PARAM_OK)
			return err;
	} while (!end);
	return PARAM_OK;
}

static enum param_err
read_number(const struct param *p, struct param_value *v)
{
	char *end;

	if (v->text[0] < '0' || v->text[0] > '9')
		return PARAM_NOT_NUMBER;
	errno = 0;
	v->number = strtol(v->text, &end, 10);
	if (errno != 0 || *end != '\0' || v->number < p->min ||
	    v->number > p->max)
		return PARAM_NOT_NUMBER;
	return PARAM_OK;
}

/* An unescaped + was decoded as a blank: in an offset it becomes + again. */
static enum param_err
read_time(struct params *ps, const struct param *p, struct param_value *v)
{
	char *text = ps->space + (v->text - ps->space);
	char *blank = strlen(text) > 11 ? strchr(text + 11, ' ') : NULL;
	struct moment m;

	if (blank != NULL)
		*blank = '+';
	if (!moment_read(&m, text))
		return PARAM_NOT_TIME;
	v->number = (long)m.wall;
	return add_item(p, v, copy_text(ps, m.text, strlen(m.text)), false);
}

static enum param_err
read_value(struct params *ps, const struct param *p, struct param_value *v,
    const char **bad)
{
	if (p->max_len != 0 && strlen(v->text) > p->max_len)
		return PARAM_LONG;
	switch (p->type) {
	case PARAM_NUMBER:
		return read_number(p, v);
	case PARAM_BOOL:
		v->number = strcmp(v->text, "true") == 0;
		return v->number || strcmp(v->text, "false") == 0 ?
		    PARAM_OK : PARAM_NOT_BOOL;
	case PARAM_TIME:
		return read_time(ps, p, v);
	case PARAM_TEXT:
		return PARAM_OK;
	case PARAM_WORDS:
		return read_words(ps, p, v);
	case PARAM_CURSOR:
		return v->text[strspn(v->text, TEXT_BASE64URL)] == '\0' ?
		    PARAM_OK : PARAM_NOT_CURSOR;
	default:
		return read_list(ps, p, v, bad);
	}
}

void
param_shorten(char *to, size_t size, const char *from, size_t len)
{
	size_t i, n;

	for (i = 0; i < len && from[i] != '\0'; i += n)
		if ((n = utf8_char(from + i, len - i, NULL)) == 0 ||
		    i + n >= size)
			break;
	memcpy(to, from, i);
	to[i] = '\0';
}

/* One name=value; err says what is wrong with it. */
static enum param_err
read_pair(struct params *ps, const char *pair, size_t len,
    const struct param *table, size_t n, struct param_refusal *no)
{
	const char *equals = memchr(pair, '=', len), *bad = "";
	size_t name_len = equals == NULL ? len : (size_t)(equals - pair), i;
	char *value = ps->space + ps->used;
	struct param_value *v;
	enum param_err err;

	if (!text_decode(value, &i, pair, name_len, true))
		i = 0;		/* it is named as it was sent */
	param_shorten(no->name, sizeof(no->name), i ? value : pair,
	    i ? i : name_len);
	name_len = i;
	for (i = 0; i < n; i++)
		if (strlen(table[i].name) == name_len &&
		    memcmp(table[i].name, value, name_len) == 0)
			break;
	if (i == n)
		return PARAM_UNKNOWN;
	no->param = table + i;
	v = ps->value + i;
	if (v->given)
		return PARAM_REPEATED;
	v->given = true;
	v->text = value;
	name_len = equals == NULL ? len : (size_t)(equals + 1 - pair);
	if (!text_decode(value, &len, pair + name_len, len - name_len, true) ||
	    !utf8_valid(value, len))
		return PARAM_NOT_TEXT;
	value[len] = '\0';
	ps->used += len + 1;
	err = read_value(ps, no->param, v, &bad);
	param_shorten(no->item, sizeof(no->item), bad, strlen(bad));
	return err;
}

bool
params_read(struct params *ps, const char *query, const struct param *table,
    size_t n, struct param_refusal *no)
{
	size_t len, i;

	memset(ps->value, 0, sizeof(ps->value));
	ps->used = 0;
	if (strlen(query) > REQUEST_QUERY_MAX) {
		*no = (struct param_refusal){ .err = PARAM_LONG };
		return false;
	}
	for (; *query != '\0'; query += len) {
		query += *query == '&';
		if ((len = strcspn(query, "&")) == 0)
			continue;
		*no = (struct param_refusal){ 0 };
		no->err = read_pair(ps, query, len, table, n, no);
		if (no->err != PARAM_OK)
			return false;
	}
	for (i = 0; i < n && (ps->value[i].given || !table[i].required); i++)
		;
	if (i == n)
		return true;
	*no = (struct param_refusal){ PARAM_MISSING, table + i, "", "" };
	param_shorten(no->name, sizeof(no->name), table[i].name,
	    strlen(table[i].name));
	return false;
}

void
params_query(struct buf *b, const struct params *ps,
    const struct param *table, size_t first, size_t n)
{
	const size_t start = b->len;
	size_t i;

	for (i = first; i < n; i++) {
		if (!ps->value[i].given)
			continue;
		if (b->len > start)
			buf_char(b, '&');
		buf_str(b, table[i].name);
		buf_char(b, '=');
		text_encode(b, ps->value[i].text, strlen(ps->value[i].text));
	}
}
