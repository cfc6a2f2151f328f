/*
 * What a client can send as the body of a request that writes.  Whatever it is,
 * it is read or refused; what is read has the types and bounds of the table, is
 * UTF-8 without a NUL, and is read as the same when it is written as JSON
 * again; a refusal is an answer of JSON.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/http/body.h"
#include "fcgi/http/problem.h"
#include "fcgi/http/text.h"
#include "sql/lib/utf8.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static const char *const roles[] = { "reader", "admin", NULL };

static const struct param table[] = {
	{ "who", PARAM_TEXT, .max_len = 10, .null = true },
	{ "role", PARAM_SET, .choices = roles, .required = true },
	{ "level", PARAM_NUMBER, .min = -1, .max = 5 },
	{ "detail", PARAM_BOOL, .null = true },
	{ "until", PARAM_TIME },
};

#define FIELDS	(sizeof(table) / sizeof(table[0]))

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_value(const struct param *p, const struct body_value *v)
{
	struct moment m;

	must(v->given || v->text == NULL);
	must(v->given || !p->required);
	if (!v->given)
		return;
	must(v->text != NULL || p->null);
	if (v->text == NULL)
		return;
	must(utf8_valid(v->text, strlen(v->text)));
	switch (p->type) {
	case PARAM_SET:
		must(text_among(v->text, p->choices));
		break;
	case PARAM_NUMBER:
		must(atol(v->text) >= p->min && atol(v->text) <= p->max);
		break;
	case PARAM_BOOL:
		must(strcmp(v->text, "true") == 0 ||
		    strcmp(v->text, "false") == 0);
		break;
	case PARAM_TIME:
		/* Of years before 1 only PostgreSQL reads it. */
		must(moment_read(&m, v->text) ||
		    strstr(v->text, " BC") != NULL);
		break;
	default:
		must(strlen(v->text) <= p->max_len);
	}
}

/* Written by jansson, it is read as the same. */
static void
check_again(const struct body *b)
{
	char *text = json_dumps(b->object, 0);
	struct param_refusal no;
	struct body again;
	size_t i;

	must(text != NULL);
	must(body_read(&again, text, strlen(text), table, FIELDS, &no));
	for (i = 0; i < FIELDS; i++) {
		const char *x = b->value[i].text, *y = again.value[i].text;

		must(again.value[i].given == b->value[i].given);
		must(x == NULL ? y == NULL : strcmp(x, y) == 0);
	}
	body_free(&again);
	free(text);
}

static void
check_refusal(const struct param_refusal *no)
{
	char *env[] = { NULL };
	struct response res = { 0 };
	struct request req;
	json_t *answer;

	must(no->err != PARAM_OK && no->err < PARAM_ERR__MAX);
	must(utf8_valid(no->name, strlen(no->name)));
	(void)request_read(&req, env);
	problem_body(&res, &req, no, table, FIELDS);
	must(buf_ok(&res.body));
	answer = json_loadb(res.body.data, res.body.len,
	    JSON_REJECT_DUPLICATES, NULL);
	must(json_is_object(answer));
	json_decref(answer);
	response_free(&res);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct param_refusal no;
	struct body b;
	size_t i;

	if (size > REQUEST_BODY_MAX)
		return 0;
	if (body_read(&b, (const char *)data, size, table, FIELDS, &no)) {
		for (i = 0; i < FIELDS; i++)
			check_value(table + i, b.value + i);
		check_again(&b);
	} else {
		check_refusal(&no);
	}
	body_free(&b);
	return 0;
}
