/*
 * A server's side of the conversation with a session.  Each test begins one and
 * ends it.  A function that finds a mistake fails the test.
 */
#ifndef TESTS_POLLER_SESSION_TALK_H
#define TESTS_POLLER_SESSION_TALK_H

#include "tests/poller/check.h"

#include "poller/session/session.h"
#include "poller/wire/object.h"

#define S		INT64_C(1000000)
#define DATE		1772405999u	/* 2026-03-01 22:59:59 UTC */
#define LOGIN		"login"
#define LAST		"sessions.last.session."
#define USERS		50
#define QUEUES		2
#define LISTS		VIEW__MAX	/* the first system ids */

struct talk {
	struct snapshot		*snapshot;
	struct session		*s;
	struct object_names	 names;
	int64_t			 now;
	uint32_t		 system_id;	/* the last that was asked */
	uint32_t		 probe;		/* system id; 0: none */
	size_t			 asked, stopped, dated;
	char			 filter[VIEW__MAX][256];
};
extern struct talk	talk;

/* Greeted at that date; known: the end of a call that was told before. */
void	 talk_begin(uint32_t date, int32_t zone_s, int64_t known,
	    int32_t known_zone_s);
/* Users 1 … USERS and queues 101 …; other lists are empty. */
void	 talk_fill(void);
void	 talk_end(void);

/* The server says something; what the session answers is counted. */
void	 talk_date(uint32_t date, int32_t zone_s);
void	 talk_item(uint32_t system_id, enum object_action, uint32_t id);
/* Fields of a view and their values as text; ends with NULL. */
void	 talk_values(uint32_t system_id, enum view_id,
	    const char *const pair[]);
#define SAY(system_id, view, ...) \
	talk_values(system_id, view, (const char *const[]){ __VA_ARGS__, NULL })
/* Time passes.  A probe is answered, and not counted. */
void	 talk_tick(int64_t seconds);

/*
 * The column of the only row of a table that has changed, or "\\N"; until the
 * next call.
 */
const char	*talk_changed(enum rows_table, const char *column);

#endif
