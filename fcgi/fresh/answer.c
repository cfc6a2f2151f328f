#include <string.h>

#include "fcgi/fresh/cache.h"
#include "fcgi/http/problem.h"

static void
finish(struct context *ctx, const struct live *live, int64_t generation,
    const struct buf *question, const char *day, const char *how)
{
	char tag[LIVE_TAG_MAX];

	ctx->cached = how;
	/*
	 * The rows may be newer than what was known when we looked; and the
	 * reader may have just these.
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

/* The bytes are the cache's, but for what tells of age and staleness. */
static void
serve(struct context *ctx, const struct live *live, struct answer *a,
    const struct buf *question, const char *day, const char *how)
{
	struct response *res = &ctx->res;
	const char *body = a->data + a->head_len;
	const size_t rest = a->meta + a->meta_len;

	response_reset(res);
	buf_add(&res->head, a->data, a->head_len);
	if (a->meta_len > 0) {
		buf_add(&res->body, body, a->meta);
		news_meta(&res->body, live);
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

/* It could not be made; what was the last good answer is told to be old. */
static void
fall_back(struct context *ctx, const struct live *live, struct answer *old,
    const struct buf *question, const char *day)
{
	struct live past = *live;

	past.away = past.stale = true;
	serve(ctx, &past, old, question, day, "stale");
}

static void
make_answer(struct context *ctx, const struct live *live,
    const struct buf *question, const char *day, cache_make *make, void *arg,
    struct answer *old, bool give)
{
	struct cache *cache = ctx->settings->cache;
	const int64_t generation = make(ctx, live, arg);
	const bool ok = ctx->res.status == 200 && buf_ok(&ctx->res.head) &&
	    buf_ok(&ctx->res.body);
	struct answer *a = NULL, *packed = NULL;

	if (give) {
		if (ok)
			a = answer_new(generation, &ctx->res.head,
			    &ctx->res.body);
		if (a != NULL && ctx->req.gzip) {
			answer_pack(a);
			a->refs++;	/* ours; nobody else has it yet */
			packed = a;
		}
		cache_give(cache, question, live, a, &old);
	}
	if (packed != NULL) {
		serve(ctx, live, packed, question, day, "miss");
	} else if (ok) {
		finish(ctx, live, generation, question, day, "miss");
	} else if (old != NULL && ctx->res.status == 503) {
		fall_back(ctx, live, old, question, day);
		return;
	}
	if (old != NULL)
		cache_release(cache, old);
}

void
cache_answer(struct context *ctx, const struct live *live,
    const struct buf *question, const char *day, cache_make *make, void *arg)
{
	struct cache *cache = ctx->settings->cache;
	enum cache_found found = CACHE_ALONE;
	struct answer *a = NULL;
	char tag[LIVE_TAG_MAX];

	if (!buf_ok(question)) {
		problem_answer(&ctx->res, &ctx->req, PROBLEM_BUSY, NULL);
		return;
	}
	/* Whether there is any answer at all is known once it is made. */
	if (day != NULL && !request_has_any(&ctx->req)) {
		live_tag(tag, live, live->generation, question, day);
		if (live_unchanged(ctx, live, tag))
			return;
	}
	if (cache != NULL)
		found = cache_get(cache, question, live, CACHE_WAIT_MS, &a);
	if (found == CACHE_HIT)
		serve(ctx, live, a, question, day, "hit");
	else if (found == CACHE_OLD)
		serve(ctx, live, a, question, day, "stale");
	else
		make_answer(ctx, live, question, day, make, arg, a,
		    found == CACHE_MISS);
}
