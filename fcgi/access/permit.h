/*
 * What a reader may ask for.  It decides only which questions are refused at
 * once: which rows and values an answer has, the database decides.
 */
#ifndef FCGI_ACCESS_PERMIT_H
#define FCGI_ACCESS_PERMIT_H

#include "fcgi/access/scope.h"
#include "fcgi/http/request.h"

enum permit {
	PERMIT_USERS,		/* at least counts of users */
	PERMIT_PERSONS,		/* users by name */
	PERMIT_QUEUES,
	PERMIT_CALLS,
	PERMIT_DETAIL,		/* one person in full */
	PERMIT_HISTORY,
	PERMIT_NUMBERS,		/* unmasked in all that is visible */
	PERMIT_EXPORT,		/* lists as files */
	PERMIT_VIEWS,		/* saved views */
	PERMIT_SHARE,		/* one's own ones, when signed in */
	PERMIT_ADMIN,
	PERMIT_AUDIT,		/* the access log */
	PERMIT__MAX		/* whoever has any grant */
};

/* As GET /api/v1/me names them; and in words, after "what is missing: ". */
extern const char *const permit_names[PERMIT__MAX];
extern const char *const permit_words[PERMIT__MAX][LANG__MAX];

/* Does the scope permit it? */
bool	 permit_has(const struct scope *, enum permit);

#endif
