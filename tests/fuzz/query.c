/*
 * What a client can make of a request: environment, parameters, cursors, the
 * statement of a list, the refusal.  The first byte chooses the list; then
 * come the variables below, each ended by a NUL.
 *
 * For each input, the statement's text stays the same when other values stand
 * in the same places, so that no value gets into it; what is written can be
 * read back; and no header starts a line of its own.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "fcgi/http/problem.h"
#include "fcgi/list/format.h"
#include "fcgi/list/list.h"
#include "sql/lib/utf8.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const names[] = {
	"QUERY_STRING", "PATH_INFO", "SCRIPT_NAME", "REQUEST_URI",
	"HTTP_ACCEPT", "HTTP_ACCEPT_LANGUAGE", "HTTP_ACCEPT_ENCODING",
	"HTTP_IF_NONE_MATCH", "HTTP_LAST_EVENT_ID", "REMOTE_USER",
	"REQUEST_METHOD",
	"cursor",		/* no variable: the values of one */
};

#define NAMES	(sizeof(names) / sizeof(names[0]))

static const struct list *const lists[] = { &users_list, &queues_list,
    &calls_list };

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static bool
append(void *arg, const char *data, size_t len)
{
	buf_add(arg, data, len);
	return true;
}

/* Lines of printable ASCII or UTF-8 that end with CR LF, and then nothing. */
static size_t
check_head(const struct buf *b)
{
	size_t i, start = 0;

	for (i = 0; i + 1 < b->len; i++) {
		const unsigned char c = (unsigned char)b->data[i];

		if (c == '\r') {
			must(b->data[i + 1] == '\n');
			if (i == start)
				return i + 2;
			must(memchr(b->data + start, ':', i - start) != NULL);
			start = ++i + 1;
		} else {
			must(c >= 0x20 && c != 0x7f);
		}
	}
	abort();
}

static void
check_answer(struct response *res)
{
	struct buf b = { 0 };
	json_t *body;
	size_t head;

	must(response_send(res, false, append, &b));
	must(buf_ok(&b));
	head = check_head(&b);
	must(b.data[b.len - 1] == '\n');
	body = json_loadb(b.data + head, b.len - head, JSON_REJECT_DUPLICATES,
	    NULL);
	must(json_is_object(body));
	json_decref(body);
	buf_free(&b);
}

/* Does PostgreSQL read these items in that array, and nothing else? */
static bool
is_array(const char *p, const struct param_value *v, bool minus)
{
	const char *c, *comma = "{";
	size_t i;

	for (i = 0; i < v->n; i++) {
		if (v->item[i].minus != minus)
			continue;
		if (*p++ != *comma || *p++ != '"')
			return false;
		for (c = v->item[i].text; *c != '\0'; c++) {
			if (*p == '"')
				return false;
			p += *p == '\\';
			if (*p++ != *c)
				return false;
		}
		if (*p++ != '"')
			return false;
		comma = ",";
	}
	return strcmp(p, "}") == 0;
}

static void
check_array(const struct list_query *q, const struct param_value *v,
    bool minus)
{
	size_t k;
	int i;

	for (k = 0; k < v->n && v->item[k].minus != minus; k++)
		;
	if (k == v->n)
		return;
	for (i = 0; i < q->n && !is_array(q->bind[i], v, minus); i++)
		;
	must(i < q->n);
}

static void
check_arrays(const struct list_query *q, const struct params *ps)
{
	size_t i;

	for (i = LIST_FILTERS; i < q->list->nparams; i++)
		if (q->list->params[i].type == PARAM_SET ||
		    q->list->params[i].type == PARAM_LIST) {
			check_array(q, &ps->value[i], false);
			check_array(q, &ps->value[i], true);
		}
}

/* Puts other values where they are values, and not names. */
static void
exchange(struct params *ps, const struct list *l)
{
	size_t i, k;

	for (i = 0; i < l->nparams; i++) {
		struct param_value *v = &ps->value[i];

		switch (l->params[i].type) {
		case PARAM_NUMBER:
			v->number = l->params[i].min;
			break;
		case PARAM_TIME:
			v->item[0].text = "2026-01-31";
			break;
		case PARAM_SET:
			for (k = 0; k < v->n; k++)
				v->item[k].text = l->params[i].choices[0];
			break;
		case PARAM_WORDS:
		case PARAM_LIST:
			for (k = 0; k < v->n; k++)
				v->item[k].text = "x";
			break;
		default:	/* names of columns, and true or false */
			break;
		}
	}
}

static void
compose(struct list_query *page, struct list_query *all, const struct list *l,
    const struct params *ps)
{
	struct list_query rows = { .common = true };

	*page = *all = (struct list_query){ 0 };
	must(list_compose(page, l, ps, LIST_WHOLE));
	must(list_compose(all, l, ps, LIST_ALL_ROWS));
	must(list_compose(&rows, l, ps, LIST_PAGE_ONLY));
	list_query_free(&rows);
}

static void
check_statements(struct params *ps, const struct list *l,
    const struct buf *cursor)
{
	struct list_query page, all, page2, all2;

	compose(&page, &all, l, ps);
	check_arrays(&page, ps);
	exchange(ps, l);
	if (cursor != NULL)
		ps->value[LIST_AFTER].text = cursor->data;
	compose(&page2, &all2, l, ps);
	must(strcmp(page.sql.data, page2.sql.data) == 0);
	must(strcmp(all.sql.data, all2.sql.data) == 0);
	must(page.n == page2.n && all.n == all2.n);
	list_query_free(&page);
	list_query_free(&page2);
	list_query_free(&all);
	list_query_free(&all2);
}

/* A value that a column of the sort may have. */
static const char *
proper(const struct list_column *c)
{
	switch (c->sort) {
	case LIST_SORT_STATE:
	case LIST_SORT_STAGE:
		return list_words(c->sort)[0];
	case LIST_SORT_NUMBER:
		return "1";
	case LIST_SORT_REAL:
		return "1.5";
	case LIST_SORT_TIME:
		return "2026-01-31 09:00:00+01";
	case LIST_SORT_BOOL:
		return "t";
	default:
		return "x";
	}
}

/* Splits text at bytes 1: so many values, of which an empty one is none. */
static void
split(char *text, const char **value, size_t n)
{
	char *end;
	size_t i;

	for (i = 0; i < n; i++) {
		value[i] = *text == '\1' || *text == '\0' ? NULL : text;
		end = strchrnul(text, '\1');
		text = *end == '\0' ? end : end + 1;
		*end = '\0';
	}
}

/*
 * Behind a cursor with the values of the text: one that we would have written
 * is read, and none of what it holds gets into the statement.
 */
static void
check_cursor(struct params *ps, const struct list *l, char *text)
{
	struct params *other = malloc(sizeof(*other));
	struct param_value *after = &ps->value[LIST_AFTER];
	struct list_key keys[LIST_KEYS_MAX];
	const char *value[LIST_KEYS_MAX];
	static struct list_cursor read;
	struct buf one = { 0 }, two = { 0 };
	size_t i, n = list_keys(l, ps, keys);

	must(other != NULL);
	split(text, value, n);
	if (list_cursor_write(&one, l, ps, value)) {
		buf_char(&one, '\0');
		must(buf_ok(&one));
		after->given = true;
		after->text = one.data;
		if (list_cursor_read(&read, l, ps)) {
			must(read.n == n);
			for (i = 0; i < n; i++) {
				must((read.value[i] == NULL) ==
				    (value[i] == NULL));
				must(value[i] == NULL ||
				    strcmp(read.value[i], value[i]) == 0);
				if (value[i] != NULL)
					value[i] = proper(keys[i].column);
			}
			*other = *ps;
			exchange(other, l);
			must(list_cursor_write(&two, l, other, value));
			buf_char(&two, '\0');
			must(buf_ok(&two));
			check_statements(ps, l, &two);
		}
	}
	buf_free(&one);
	buf_free(&two);
	free(other);
}

static void
check_list(struct params *ps, const struct list *l, char *values)
{
	static struct params again;
	static struct list_cursor cursor;
	struct list_query page, all;

	if (ps->value[LIST_AFTER].given) {
		if (ps->value[LIST_PAGE].given ||
		    !list_cursor_read(&cursor, l, ps))
			return;		/* refused before */
		compose(&page, &all, l, ps);
		list_query_free(&page);
		list_query_free(&all);
		return;
	}
	again = *ps;
	check_statements(&again, l, NULL);
	if (values != NULL && !ps->value[LIST_PAGE].given)
		check_cursor(ps, l, values);
}

/* The canonical query is read as the same, and written as itself. */
static void
check_canonical(const struct params *ps, const struct list *l)
{
	static struct params again;
	struct param_refusal no;
	struct buf one = { 0 }, two = { 0 };

	params_query(&one, ps, l->params, 0, l->nparams);
	buf_char(&one, '\0');
	must(buf_ok(&one));
	if (one.len <= REQUEST_QUERY_MAX) {
		must(params_read(&again, one.data, l->params, l->nparams,
		    &no));
		params_query(&two, &again, l->params, 0, l->nparams);
		buf_char(&two, '\0');
		must(buf_ok(&two) && strcmp(one.data, two.data) == 0);
	}
	buf_free(&one);
	buf_free(&two);
}

static void
check_request(struct request *req, char *const *env, const struct list *l,
    char *values)
{
	static const char *const args[] = { "1", "2", "3" };
	static struct params ps;
	struct response res = { 0 };
	struct param_refusal no;
	const enum request_err err = request_read(req, env);

	response_reset(&res);
	if (err == REQUEST_OK) {
		must(req->path[0] == '/' || req->path[0] == '\0');
		must(utf8_valid(req->path, strlen(req->path)));
	}
	(void)request_has(req, "W/\"1-0123456789abcdef\"");
	must(format_choose(NULL, req->accept) <= FORMAT__MAX);
	if (params_read(&ps, req->query, l->params, l->nparams, &no)) {
		check_canonical(&ps, l);
		check_list(&ps, l, values);
		problem_answer(&res, req, PROBLEM_MOVED, args);
	} else {
		problem_parameter(&res, req, &no, l->params, l->nparams);
	}
	check_answer(&res);
	response_free(&res);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *env[NAMES + 1] = { NULL };
	struct buf text[NAMES] = { 0 };
	struct request req;
	const char *p, *end;
	size_t i, len;

	if (size == 0)
		return 0;
	p = (const char *)data + 1;
	end = (const char *)data + size;
	for (i = 0; i < NAMES && p < end; i++) {
		len = strnlen(p, (size_t)(end - p));
		buf_str(&text[i], names[i]);
		buf_char(&text[i], '=');
		buf_add(&text[i], p, len);
		buf_char(&text[i], '\0');
		must(buf_ok(&text[i]));
		env[i] = text[i].data;
		p += len < (size_t)(end - p) ? len + 1 : len;
	}
	check_request(&req, env, lists[data[0] % 3], i == NAMES ?
	    strchr(env[NAMES - 1], '=') + 1 : NULL);
	for (i = 0; i < NAMES; i++)
		buf_free(&text[i]);
	return 0;
}
