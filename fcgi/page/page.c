#include <string.h>

#include "fcgi/http/problem.h"
#include "fcgi/page/asset.h"
#include "fcgi/page/page.h"

/* Nothing from other sites, nothing inline, and in no frame of another site. */
#define POLICY								\
	"default-src 'none'; script-src 'self'; style-src 'self'; "	\
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; "	\
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; "	\
	"frame-ancestors 'none'"

static void
release(void *assets, void *asset)
{
	asset_release(assets, asset);
}

/* Browsers ask each time, and get a 304 when the file has not changed. */
void
page_answer(struct context *ctx)
{
	struct response *res = &ctx->res;
	struct asset *a;
	bool gzip;

	switch (asset_get(ctx->settings->assets, ctx->req.path, &a)) {
	case ASSET_OK:
		break;
	case ASSET_NONE:
		problem_answer(res, &ctx->req, PROBLEM_NOT_FOUND, NULL);
		return;
	default:
		problem_answer(res, &ctx->req, PROBLEM_BUSY, NULL);
		return;
	}
	res->release = release;
	res->owner = ctx->settings->assets;
	res->loan = a;
	gzip = a->pack.len > 0 && ctx->req.gzip;
	response_header(res, "ETag", "%s", gzip ? a->gzip_etag : a->etag);
	response_header(res, "Cache-Control", "no-cache");
	if (a->pack.len > 0)
		response_header(res, "Vary", "Accept-Encoding");
	/* Browsers read no policy in scripts and styles, which are many. */
	if (strncmp(a->type, "text/html", 9) == 0 ||
	    strcmp(a->type, "image/svg+xml") == 0)
		res->policy = POLICY;
	else if (strncmp(a->type, "text/javascript", 15) == 0 ||
	    strncmp(a->type, "text/css", 8) == 0)
		res->policy = NULL;
	if (request_has(&ctx->req, gzip ? a->gzip_etag : a->etag)) {
		res->status = 304;
		return;
	}
	response_header(res, "Content-Type", "%s", a->type);
	if (gzip) {
		response_pack(res, &a->pack);
	} else {
		res->shared = a->data;
		res->shared_len = a->len;
	}
}
