#include <stdarg.h>
#include <stdio.h>

#include "fcgi/http/response.h"

/* The reason phrases; some web servers need one. */
static const struct {
	int		 status;
	const char	*reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 204, "No Content" },
	{ 304, "Not Modified" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 409, "Conflict" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 503, "Service Unavailable" },
};

static const char safe[] = "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";

void
response_release(struct response *res)
{
	if (res->release != NULL)
		res->release(res->owner, res->loan);
	res->release = NULL;
	res->shared = NULL;
	res->shared_len = 0;
}

void
response_reset(struct response *res)
{
	response_release(res);
	buf_reset(&res->head);
	buf_reset(&res->body);
	res->body.max = RESPONSE_MAX;
	res->status = 200;
	res->rows = -1;
	res->type = NULL;
	res->endless = false;
	res->policy = "default-src 'none'; frame-ancestors 'none'";
	res->tail_len = 0;
}

void
response_free(struct response *res)
{
	response_release(res);
	buf_free(&res->head);
	buf_free(&res->body);
}

void
response_header(struct response *res, const char *name, const char *fmt, ...)
{
	struct buf *head = &res->head;
	size_t from, room = 160;	/* enough for nearly all */
	va_list ap;
	char *to;
	int n;

	buf_str(head, name);
	buf_str(head, ": ");
	for (;;) {
		if ((to = buf_reserve(head, room)) == NULL)
			return;
		va_start(ap, fmt);
		n = vsnprintf(to, room, fmt, ap);
		va_end(ap);
		if (n < 0) {
			head->failed = true;
			return;
		}
		if ((size_t)n < room)
			break;
		room = (size_t)n + 1;
	}
	for (from = head->len, head->len += (size_t)n; from < head->len; from++)
		if ((unsigned char)head->data[from] < 0x20 ||
		    head->data[from] == 0x7f)
			head->data[from] = ' ';
	buf_str(head, "\r\n");
}

void
response_no_store(struct response *res, const char *type)
{
	response_header(res, "Content-Type", "%s", type);
	response_header(res, "Cache-Control", "no-store");
}

void
response_lines(struct response *res, const char *lines)
{
	buf_str(&res->head, lines);
}

void
response_pack(struct response *res, const struct pack *p)
{
	response_header(res, "Content-Encoding", "gzip");
	pack_begin(p, &res->body, res->tail);
	res->shared = p->data;
	res->shared_len = p->len;
	res->tail_len = PACK_TAIL;
}

static const char *
reason(int status)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Unknown";
}

bool
response_begin(struct response *res, response_write *write, void *arg)
{
	char line[96];
	int n = snprintf(line, sizeof(line), "Status: %d %s\r\n", res->status,
	    reason(res->status));

	buf_str(&res->head, safe);
	if (res->policy != NULL)
		response_header(res, "Content-Security-Policy", "%s",
		    res->policy);
	buf_str(&res->head, "\r\n");
	return buf_ok(&res->head) && write(arg, line, (size_t)n) &&
	    write(arg, res->head.data, res->head.len);
}

bool
response_send(struct response *res, bool head_only, response_write *write,
    void *arg)
{
	if (!buf_ok(&res->head) || !buf_ok(&res->body)) {
		response_reset(res);
		res->status = 503;
		response_header(res, "Retry-After", "1");
	}
	if (res->status != 204 && res->status != 304 && !res->endless)
		response_header(res, "Content-Length", "%zu",
		    res->body.len + res->shared_len + res->tail_len);
	if (!response_begin(res, write, arg))
		return false;
	if (head_only || res->status == 204 || res->status == 304)
		return true;
	if (res->body.len > 0 && !write(arg, res->body.data, res->body.len))
		return false;
	if (res->shared_len > 0 && !write(arg, res->shared, res->shared_len))
		return false;
	return res->tail_len == 0 || write(arg, res->tail, res->tail_len);
}
