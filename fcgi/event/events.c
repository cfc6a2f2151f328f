#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/event/event.h"
#include "fcgi/event/stream.h"
#include "fcgi/fresh/live.h"
#include "fcgi/http/problem.h"

/*
 * The generation in Last-Event-ID; -1 when there is none.  Text that is no
 * generation was never sent: it is taken for generation 0, which is long past.
 */
static int64_t
read_last(const char *id)
{
	if (id == NULL || *id == '\0')
		return -1;
	if (strlen(id) > 18 || id[strspn(id, "0123456789")] != '\0')
		return 0;
	return strtoll(id, NULL, 10);
}

/*
 * Reserves a place.  Readers without a name are told apart by their address.
 * False: the answer has become a problem.
 */
static bool
reserve(struct context *ctx)
{
	const struct request *req = &ctx->req;
	char key[REQUEST_HEADER_MAX + 2];

	snprintf(key, sizeof(key), "%c%s", req->user != NULL ? '@' : '#',
	    req->user != NULL ? req->user : req->address);
	switch (streams_reserve(ctx->settings->streams, key, &ctx->place)) {
	case PLACE_OK:
		return true;
	case PLACE_USER_FULL:
		problem_answer(&ctx->res, req, PROBLEM_STREAMS, NULL);
		return false;
	default:
		problem_answer(&ctx->res, req, PROBLEM_BUSY, NULL);
		return false;
	}
}

void
events_answer(struct context *ctx)
{
	struct response *res = &ctx->res;
	struct live live;

	if (ctx->settings->streams == NULL) {
		problem_answer(res, &ctx->req, PROBLEM_EVENTS, NULL);
		return;
	}
	if (live_read(ctx, &live) != LIVE_OK)
		return;
	if (live.epoch == 0) {
		problem_answer(res, &ctx->req, PROBLEM_BUSY, NULL);
		return;
	}
	ctx->brief = !ctx->scope->whole;
	if (ctx->req.method == METHOD_GET && !reserve(ctx))
		return;
	response_lines(res, "Content-Type: text/event-stream\r\n"
	    "Cache-Control: no-store\r\nX-Accel-Buffering: no\r\n");
	res->endless = true;
}

void
events_stream(struct context *ctx, int fd, unsigned request)
{
	struct streams *streams = ctx->settings->streams;
	const struct stream_start start = { .access = ctx->access,
	    .last = read_last(ctx->req.last_event_id), .brief = ctx->brief };

	if (fd == -1)
		streams_release(streams, ctx->place);
	else
		streams_park(streams, ctx->place, fd, request, &start);
}
