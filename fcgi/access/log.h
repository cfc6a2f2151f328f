/*
 * The access log: who looked at whom.  Each line is written to the database by
 * cccp.log_access() before the answer is sent, and to syslog (LOG_AUTHPRIV) at
 * once.  After a connection that is lost at the wrong moment, a line may be
 * there twice, but it is not missing.
 */
#ifndef FCGI_ACCESS_LOG_H
#define FCGI_ACCESS_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/access/scope.h"

/* What to do with an answer whose line cannot be written now. */
enum audit_mode {
	AUDIT_OPEN,	/* send it after a second; the line waits */
	AUDIT_CLOSED,	/* send a problem instead */
	AUDIT__MAX
};

extern const char *const audit_mode_names[AUDIT__MAX];

enum access_action {
	ACCESS_NOTHING,		/* is looked at */
	ACCESS_DETAIL,		/* a person as it is now */
	ACCESS_HISTORY,		/* a person in a period */
	ACCESS_CALLS,		/* a list of calls */
	ACCESS_EXPORT,		/* a list as a file */
	ACCESS_PERSON_EXPORT,	/* all that is stored of a person */
	ACCESS_CONFIG,		/* grants, or a person to be forgotten */
	ACCESS_AUDIT,		/* this log */
	ACCESS_ACTION__MAX
};

/* The strings are borrowed, and may be NULL where there is no such value. */
struct access_line {
	enum access_action	 action;
	enum role	 role;
	const char	*reader;
	const char	*address;
	const char	*source, *login;	/* of the person */
	const char	*query;		/* what was asked */
	const char	*request_id;
	long		 rows;		/* of the answer; -1: not known */
};

struct access_log;

/*
 * New; NULL: errno says why.  With a thread, any thread may write lines, and
 * they are written in batches; without one, each is written by itself.
 */
struct access_log *access_log_open(enum audit_mode, bool thread);

/* Writes what waits, if the database takes it.  NULL is fine. */
void		 access_log_close(struct access_log *);

/* Writes a line.  False: the answer may not be sent. */
bool		 access_log_write(struct access_log *, const struct access_line *)
		    __attribute__((warn_unused_result));

/* Lines that wait now, and those that never came to the database. */
void		 access_log_stats(struct access_log *, uint64_t *waiting,
		    uint64_t *lost);

#endif
