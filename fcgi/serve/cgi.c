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

#define BODY_MAX	(1L << 20)	/* bytes that are skipped at most */
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
 * The body of a request is not used.  But where standard input and output are
 * one socket (mod_cgid), closing it with unread bytes would discard the answer.
 * It may never come.
 */
static void
skip_body(void)
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
	}
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
cgi_answer(const struct settings *settings)
{
	struct context *ctx = context_new(settings);
	struct output out = { .ctx = ctx };
	bool ok;

	if (ctx == NULL) {
		syslog(LOG_ERR, "out of memory");
		return false;
	}
	skip_body();
	ok = route_serve(ctx, environ, write_output, &out) == ROUTE_DONE;
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
	context_free(ctx);
	return ok;
}

bool
cgi_refuse(void)
{
	struct response res = { 0 };
	struct request req;
	bool ok;

	skip_body();
	request_read(&req, environ);
	problem_answer(&res, &req, PROBLEM_ROOT, NULL);
	ok = response_send(&res, req.method == METHOD_HEAD, write_stdout, NULL);
	response_free(&res);
	return ok;
}
