/*
 * The one table of what can be asked for.  A row states what a handler may
 * take for granted; route_answer() sees to it before the handler runs.
 */
#ifndef FCGI_ROUTE_H
#define FCGI_ROUTE_H

#include "fcgi/context.h"

/* Refuses in a fixed order: method, path, who, parameters. */
void	 route_answer(struct context *, enum request_err);

/* The table's paths, for who counts; the last is "none", of what has none. */
size_t		 route_count(void);
const char	*route_name(size_t);

/* Those of one user or queue. */
#define DETAIL_PARAMS	2
extern const struct param detail_params[DETAIL_PARAMS];

/* A route's handlers; ctx->part and ctx->params are filled. */
void	 asset_answer(struct context *);
void	 calls_answer(struct context *);
void	 events_answer(struct context *);
void	 me_answer(struct context *);
void	 metrics_answer(struct context *);
void	 queue_answer(struct context *);
void	 queues_answer(struct context *);
void	 sources_answer(struct context *);
void	 status_health(struct context *);
void	 status_ready(struct context *);
void	 user_answer(struct context *);
void	 users_answer(struct context *);

#endif
