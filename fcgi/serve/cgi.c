#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "fcgi/http/problem.h"
#include "fcgi/route.h"
#include "fcgi/serve/cgi.h"
#include "sql/lib/now.h"

#define BODY_MAX	(1L << 20)	/* bytes that are read at most */
#define BODY_S		10		/* seconds that they may take */

static bool
write_stdout(void *arg, const char *data, size_t len)
{
	ssize_t n;

	(void)arg;
	for (; len > 0; data += n, len -= (size_t)n)
		if ((n = write(STDOUT_FILENO, data, len)) == -1) {
			if (errno != EINTR)
				return false;
			n = 0;
		}
	return true;
}

/*
 * Reads the body of the request, as far as it comes in time.  A body that is
 * not needed is read, too: where standard input and output are one socket
 * (mod_cgid), closing it with unread bytes would discard the answer.
 */
static void
read_body(struct buf *b)
{
	const char *length = getenv("CONTENT_LENGTH");
	long left = length == NULL ? 0 : strtol(length, NULL, 10);
	const int64_t until = now_monotonic() + BODY_S * INT64_C(1000000);
	struct pollfd pfd = { .fd = STDIN_FILENO, .events = POLLIN };
	char data[4096];
	int64_t wait;
	ssize_t n = 1;

	for (left = left < BODY_MAX ? left : BODY_MAX; left > 0 && n > 0;
	    left -= n) {
		wait = until - now_monotonic();
		if (wait <= 0 || poll(&pfd, 1, (int)(wait / 1000) + 1) != 1)
			return;
		n = read(STDIN_FILENO, data, left < (long)sizeof(data) ?
		    (size_t)left : sizeof(data));
		if (n > 0)
			buf_add(b, data, (size_t)n);
	}
}

/* The body that was read, as the handlers get it. */
static struct request_body
check_body(const struct buf *b)
{
	struct request_body body = { 0 };
	size_t len;

	if (!route_needs_body(environ))
		return body;
	body.err = request_body_length(environ, &len);
	if (body.err == REQUEST_BODY_OK && (!buf_ok(b) || b->len != len))
		body.err = REQUEST_BODY_WRONG;
	if (body.err == REQUEST_BODY_OK) {
		body.data = b->data;
		body.len = len;
	}
	return body;
}

/*
 * A web server takes the output of a CGI program for complete, even when the
 * program fails.  So an answer in pieces is kept in a file until it is
 * complete.
 */
struct output {
	struct context	*ctx;
	FILE		*file;		/* NULL: not needed yet */
};

static bool
write_output(void *arg, const char *data, size_t len)
{
	struct output *out = arg;

	if (!out->ctx->begun) {
		db_leave(out->ctx->db);	/* the reader may be slow */
		return write_stdout(NULL, data, len);
	}
	if (out->file == NULL && (out->file = tmpfile()) == NULL)
		syslog(LOG_ERR, "a temporary file: %m");
	return out->file != NULL && fwrite(data, 1, len, out->file) == len;
}

static bool
copy_file(FILE *file)
{
	char data[32 << 10];
	size_t n;

	rewind(file);
	while ((n = fread(data, 1, sizeof(data), file)) > 0)
		if (!write_stdout(NULL, data, n))
			return false;
	return ferror(file) == 0;
}

bool
cgi_answer(const struct settings *given)
{
	struct settings settings = *given;
	struct context *ctx = NULL;
	struct output out = { 0 };
	struct request_body body;
	struct buf sent = { .max = REQUEST_BODY_MAX };
	bool ok;

	settings.log = access_log_open(settings.audit, false);
	if (settings.log != NULL)
		out.ctx = ctx = context_new(&settings);
	if (ctx == NULL) {
		access_log_close(settings.log);
		syslog(LOG_ERR, "out of memory");
		return false;
	}
	read_body(&sent);
	body = check_body(&sent);
	ok = route_serve(ctx, environ, &body, write_output, &out) == ROUTE_DONE;
	if (out.file != NULL && fflush(out.file) != 0)
		ok = false;
	if (ok && out.file != NULL) {
		db_leave(ctx->db);
		ok = copy_file(out.file);
	} else if (ctx->begun) {
		problem_answer(&ctx->res, &ctx->req, ctx->why, NULL);
		response_send(&ctx->res, ctx->req.method == METHOD_HEAD,
		    write_stdout, NULL);
	}
	if (out.file != NULL)
		fclose(out.file);
	buf_free(&sent);
	context_free(ctx);
	access_log_close(settings.log);
	return ok;
}

bool
cgi_refuse(void)
{
	struct response res = { 0 };
	struct buf sent = { .max = REQUEST_BODY_MAX };
	struct request req;
	bool ok;

	read_body(&sent);
	buf_free(&sent);
	request_read(&req, environ);
	problem_answer(&res, &req, PROBLEM_ROOT, NULL);
	ok = response_send(&res, req.method == METHOD_HEAD, write_stdout, NULL);
	response_free(&res);
	return ok;
}
