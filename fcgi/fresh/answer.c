#include <string.h>

#include "fcgi/fresh/answer.h"
#include "fcgi/http/problem.h"

static void
finish(struct context *ctx, const struct live *live, int64_t generation,
    const struct buf *question, const char *day, const char *how)
{
	char tag[LIVE_TAG_MAX];

	ctx->cached = how;
	/*
	 * The statement may have seen a newer generation than live, and the
	 * reader may have the answer of that one.
	 */
	if (day != NULL) {
		live_tag(tag, live, generation, question, day);
		if (live_unchanged(ctx, live, tag))
			return;
	}
	live_headers(ctx, live, day != NULL ? tag : NULL);
}

static void
release(void *cache, void *answer)
{
	cache_release(cache, answer);
}

/* Sends a kept answer; only age and staleness are written anew. */
static void
send_kept(struct context *ctx, const struct live *live, struct answer *a,
    const struct buf *question, const char *day, const char *how)
{
	struct response *res = &ctx->res;
	const char *body = a->data + a->head_len;
	const size_t rest = a->meta + a->meta_len;

	response_reset(res);
	res->rows = a->rows;
	buf_add(&res->head, a->data, a->head_len);
	if (a->meta_len > 0) {
		buf_add(&res->body, body, a->meta);
		generation_meta(&res->body, live);
	}
	if (ctx->req.gzip && a->pack.len > 0) {
		response_pack(res, &a->pack);
	} else {
		res->shared = body + rest;
		res->shared_len = a->len - a->head_len - rest;
	}
	res->release = release;
	res->owner = ctx->settings->cache;
	res->loan = a;
	if (live->away)
		response_header(res, "Age", "%lld",
		    (long long)(now_monotonic() - a->made_us) / 1000000);
	finish(ctx, live, a->generation, question, day, how);
}

/* No new answer could be made: the last good one is sent as stale. */
static void
send_old(struct context *ctx, const struct live *live, struct answer *old,
    const struct buf *question, const char *day)
{
	struct live past = *live;

	past.away = past.stale = true;
	send_kept(ctx, &past, old, question, day, "stale");
}

static void
make_answer(struct context *ctx, const struct live *live,
    const struct buf *question, const char *day, answer_make *make, void *arg,
    struct answer *old, bool store)
{
	struct cache *cache = ctx->settings->cache;
	const int64_t generation = make(ctx, live, arg);
	const bool ok = ctx->res.status == 200 && buf_ok(&ctx->res.head) &&
	    buf_ok(&ctx->res.body);
	struct answer *a = NULL, *packed = NULL;

	if (store) {
		if (ok)
			a = cache_answer_new(generation, &ctx->res.head,
			    &ctx->res.body);
		if (a != NULL)
			a->rows = ctx->res.rows;
		if (a != NULL && ctx->req.gzip) {
			cache_answer_pack(a);
			a->refs++;	/* no other thread has it yet */
			packed = a;
		}
		cache_finish(cache, question, live, a, &old);
	}
	if (packed != NULL) {
		send_kept(ctx, live, packed, question, day, "miss");
	} else if (ok) {
		finish(ctx, live, generation, question, day, "miss");
	} else if (old != NULL && ctx->res.status == 503 &&
	    ctx->why != PROBLEM_TOO_MUCH) {
		send_old(ctx, live, old, question, day);
		return;
	}
	if (old != NULL)
		cache_release(cache, old);
}

void
answer_fill(struct context *ctx, const struct live *live,
    const struct buf *question, const char *day, unsigned wait_ms,
    answer_make *make, void *arg)
{
	struct cache *cache = ctx->settings->cache;
	enum cache_found found = CACHE_ALONE;
	struct answer *a = NULL;
	char tag[LIVE_TAG_MAX];

	if (!buf_ok(question)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
		return;
	}
	/* For "*" the answer has to exist: that is known once it is made. */
	if (day != NULL && !request_has_any(&ctx->req)) {
		live_tag(tag, live, live->generation, question, day);
		if (live_unchanged(ctx, live, tag))
			return;
	}
	if (cache != NULL)
		found = cache_get(cache, question, live, wait_ms, &a);
	if (found == CACHE_HIT)
		send_kept(ctx, live, a, question, day, "hit");
	else if (found == CACHE_OLD)
		send_kept(ctx, live, a, question, day, "stale");
	else
		make_answer(ctx, live, question, day, make, arg, a,
		    found == CACHE_MISS);
}
