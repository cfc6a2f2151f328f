#include <string.h>

#include "fcgi/serve/incoming.h"

/* Memory that is kept for the next request. */
#define KEPT_BYTES	((size_t)16 << 10)

/*
 * The length at *p, in one byte or in four (3.4).  False: it is not all there.
 */
static bool
read_length(const char **p, const char *end, size_t *len)
{
	const unsigned char *b = (const unsigned char *)*p;
	const size_t left = (size_t)(end - *p);

	if (left >= 1 && b[0] < 0x80) {
		*len = b[0];
		*p += 1;
		return true;
	}
	if (left < 4)
		return false;
	*len = (size_t)(b[0] & 0x7f) << 24 | (size_t)b[1] << 16 |
	    (size_t)b[2] << 8 | b[3];
	*p += 4;
	return true;
}

/* A name that no variable can have could be taken for another one. */
static bool
is_name(const char *p, size_t len)
{
	return len > 0 && memchr(p, '=', len) == NULL &&
	    memchr(p, '\0', len) == NULL;
}

/*
 * Turns pairs of names and values into NAME=value strings, in the same place: a
 * pair is preceded by its two lengths, which are two bytes or more.  False: a
 * length leads beyond the end, or there are too many.
 */
static bool
read_variables(struct incoming *in)
{
	char none[1], *to = in->params.len > 0 ? in->params.data : none;
	const char *p = to, *end = to + in->params.len;
	size_t name, value;

	while (p < end) {
		if (!read_length(&p, end, &name) ||
		    !read_length(&p, end, &value) ||
		    name > (size_t)(end - p) ||
		    value > (size_t)(end - p) - name)
			return false;
		if (is_name(p, name)) {
			if (in->nvars == INCOMING_VARS_MAX)
				return false;
			in->env[in->nvars++] = to;
			memmove(to, p, name);
			to[name] = '=';
			memmove(to + name + 1, p + name, value);
			to[name + 1 + value] = '\0';
			to += name + value + 2;
		}
		p += name + value;
	}
	in->env[in->nvars] = NULL;
	return true;
}

/* Does the request have a body, by what its variables say? */
static bool
has_body(const struct incoming *in)
{
	return in->body_err != REQUEST_BODY_OK || in->body_len > 0;
}

static unsigned
id(const struct incoming *in)
{
	return in->head[2] * 256U + in->head[3];
}

/* Is the record of the request that has begun? */
static bool
is_ours(const struct incoming *in)
{
	return in->begun && id(in) == in->request;
}

/* May a record with this head come now? */
static bool
is_allowed(const struct incoming *in)
{
	if (in->head[0] != 1)
		return false;
	if (id(in) == 0)
		return true;		/* about the connection */
	switch (in->head[1]) {
	case RECORD_BEGIN:
		return !in->begun && in->content == sizeof(in->start);
	case RECORD_ABORT:
		return !is_ours(in);
	case RECORD_PARAMS:
		return !is_ours(in) || !in->params_ended;
	case RECORD_STDIN:
		return !is_ours(in) || in->params_ended;
	default:
		return true;
	}
}

static void
begin_record(struct incoming *in)
{
	in->content = in->head[4] * 256U + in->head[5];
	in->padding = in->head[6];
	if (!is_allowed(in))
		in->bad = true;
}

static void
begin_request(struct incoming *in)
{
	/* Only responders (6.2) are asked for an answer. */
	if (in->start[0] != 0 || in->start[1] != RECORD_RESPONDER) {
		in->bad = true;
		return;
	}
	in->begun = true;
	in->request = id(in);
	in->keep = (in->start[2] & RECORD_KEEP) != 0;
}

/* The variables are complete. */
static void
expect_body(struct incoming *in)
{
	in->body_err = request_body_length(in->env, &in->body_len);
	in->keeps_body = in->needs_body != NULL && in->needs_body(in->env);
}

/* The content of a record was read. */
static void
end_content(struct incoming *in)
{
	const bool empty = in->head[4] == 0 && in->head[5] == 0;

	if (id(in) == 0) {
		in->reply_len = record_reply(in->reply, in->head[1]);
	} else if (in->head[1] == RECORD_BEGIN) {
		begin_request(in);
	} else if (is_ours(in) && in->head[1] == RECORD_PARAMS) {
		in->params_ended = empty;
		if (!buf_ok(&in->params) || (empty && !read_variables(in)))
			in->bad = true;
		else if (empty)
			expect_body(in);
	} else if (is_ours(in) && in->head[1] == RECORD_STDIN) {
		in->body_ended = in->body_ended || empty;
		if (!buf_ok(&in->body))
			in->bad = true;
	}
}

/* What is more than was announced makes the body a wrong one. */
static void
read_body(struct incoming *in, const unsigned char *p, size_t n)
{
	if (n <= in->body_len - in->body.len)
		buf_add(&in->body, p, n);
	else
		in->body_err = in->body_len == 0 ? REQUEST_BODY_NO_LENGTH :
		    REQUEST_BODY_WRONG;
}

static void
read_content(struct incoming *in, const unsigned char *p, size_t n)
{
	if (id(in) == 0)
		return;
	if (in->head[1] == RECORD_BEGIN)
		memcpy(in->start + sizeof(in->start) - in->content, p, n);
	else if (is_ours(in) && in->head[1] == RECORD_PARAMS) {
		in->params.max = INCOMING_BYTES_MAX;
		buf_add(&in->params, p, n);
	} else if (is_ours(in) && in->keeps_body && !in->body_ended &&
	    in->body_err == REQUEST_BODY_OK) {
		read_body(in, p, n);
	}
}

enum incoming_state
incoming_feed(struct incoming *in, const unsigned char *p, size_t len)
{
	size_t *left, n;

	while (len > 0 && !in->bad) {
		if (in->have < RECORD_HEAD) {
			in->head[in->have++] = *p++;
			len--;
			if (in->have < RECORD_HEAD)
				continue;
			begin_record(in);
			if (in->content == 0 && !in->bad)
				end_content(in);
		} else {
			left = in->content > 0 ? &in->content : &in->padding;
			n = *left < len ? *left : len;
			if (left == &in->content)
				read_content(in, p, n);
			*left -= n;
			p += n;
			len -= n;
			if (left == &in->content && *left == 0)
				end_content(in);
		}
		if (in->content == 0 && in->padding == 0)
			in->have = 0;
	}
	return incoming_state(in);
}

enum incoming_state
incoming_state(const struct incoming *in)
{
	if (in->bad)
		return INCOMING_BAD;
	if (!in->begun || !in->params_ended)
		return INCOMING_MORE;
	return in->body_ended || (in->keeps_body ?
	    in->body_err != REQUEST_BODY_OK : has_body(in)) ?
	    INCOMING_READY : INCOMING_MORE;
}

struct request_body
incoming_body(const struct incoming *in)
{
	struct request_body body = { .err = in->body_err };

	if (!in->keeps_body)
		return (struct request_body){ 0 };
	if (body.err == REQUEST_BODY_OK && in->body.len < in->body_len)
		body.err = REQUEST_BODY_WRONG;
	if (body.err == REQUEST_BODY_OK) {
		body.data = in->body.data;
		body.len = in->body.len;
	}
	return body;
}

bool
incoming_between(const struct incoming *in)
{
	return in->have == 0;
}

void
incoming_next(struct incoming *in)
{
	if (in->params.size > KEPT_BYTES)
		buf_free(&in->params);
	buf_reset(&in->params);
	buf_free(&in->body);
	in->nvars = 0;
	in->env[0] = NULL;
	in->begun = in->params_ended = in->body_ended = false;
	in->keeps_body = false;
}

void
incoming_free(struct incoming *in)
{
	buf_free(&in->params);
	buf_free(&in->body);
}
