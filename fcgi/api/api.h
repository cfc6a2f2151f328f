/*
 * The handlers of single resources, and what the table of routes has to know of
 * them.  Each makes the whole answer; see route.h for what it can rely on.
 */
#ifndef FCGI_API_API_H
#define FCGI_API_API_H

#include "fcgi/context.h"

/*
 * The parameters of one user or queue: the period, then the source and the
 * name, which are required.  When the path has the source and the name, only
 * the first DETAIL_PERIOD are parameters.
 */
#define DETAIL_PERIOD	2
#define DETAIL_PARAMS	4
extern const struct param user_params[DETAIL_PARAMS];
extern const struct param queue_params[DETAIL_PARAMS];

extern const struct action forget_actions[];	/* forget a person */
extern const struct action grants_actions[];	/* add a grant */
extern const struct action grant_actions[];	/* change or end one */
extern const struct action views_actions[];	/* save a view */
extern const struct action view_actions[];	/* change or delete one */

void	 grant_answer(struct context *);	/* one grant */
void	 grants_answer(struct context *);	/* who may see what */
void	 me_answer(struct context *);		/* who is asking */
void	 metrics_answer(struct context *);	/* for Prometheus */
void	 queue_answer(struct context *);	/* one queue and its samples */
void	 sources_answer(struct context *);	/* the CCCP servers */
void	 status_health(struct context *);	/* the program runs */
void	 status_ready(struct context *);	/* it can serve current data */
void	 user_answer(struct context *);		/* one user, states and calls */
void	 view_answer(struct context *);		/* one saved view */
void	 views_answer(struct context *);	/* saved views */

/* /api/v1/access-log and /api/v1/export/user. */
#define ACCESS_LOG_PARAMS	10
extern const struct param access_log_params[ACCESS_LOG_PARAMS];
void	 access_log_answer(struct context *);
#define PERSON_PARAMS	2
extern const struct param person_params[PERSON_PARAMS];
void	 person_answer(struct context *);

#endif
