/*
 * Who asks, and what the reader may see: what a route needs to know before its
 * handler runs.
 */
#ifndef FCGI_READER_H
#define FCGI_READER_H

#include "fcgi/context.h"

/*
 * Fills ctx->identity and ctx->scope for the request, whose variables are in
 * env.  An admin may see what another user would: the parameters as_user and
 * as_groups, which are taken out of ctx->req.query, say who, and fill ctx->as.
 * False: the answer has become a problem.
 */
bool	 reader_admit(struct context *, char *const *env);

#endif
