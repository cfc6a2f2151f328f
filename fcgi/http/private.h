/* What problem.c has for refusal.c. */
#ifndef FCGI_HTTP_PRIVATE_H
#define FCGI_HTTP_PRIVATE_H

#include "fcgi/http/problem.h"

/*
 * Begins the answer: all headers, and the members of the body that every problem
 * has, without the brace at the end.  args fill {0} and so on of the detail.  It
 * is logged as problem_answer() says.
 */
void	 problem_start(struct response *, const struct request *,
	    enum problem, const char *detail, const char *const *args);

#endif
