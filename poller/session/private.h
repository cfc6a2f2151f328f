/*
 * What the files of this folder share.  From the bottom: state.c (time and
 * failure), request.c (what is sent), subscription.c (what is subscribed to,
 * and which requests are unanswered), midnight.c (counters that begin anew),
 * receive.c (what arrives), session.c.
 */
#ifndef POLLER_SESSION_PRIVATE_H
#define POLLER_SESSION_PRIVATE_H

#include <sys/queue.h>

#include "poller/session/session.h"
#include "poller/wire/object.h"

#define SESSION_ID	1	/* ours, on every connection */
#define SESSION_INDEXES	256	/* nodes of one format, at most */
/* A greeting that took longer says too little about the clock: ask again … */
#define SESSION_CLOCK_US	INT64_C(300000)
#define SESSION_CLOCK_TRIES	3	/* … so often before the login */

enum subscription_kind {
	SUBSCRIPTION_LIST,
	SUBSCRIPTION_OBJECT,
	SUBSCRIPTION_PROBE	/* whether the server still answers */
};

/* One system id: what it stands for, and whether it was answered. */
struct subscription {
	uint32_t			 system_id;
	enum subscription_kind		 kind;
	enum view_id			 view;
	uint32_t			 id;		/* of the object */
	int64_t				 asked;		/* 0: not sent yet */
	bool				 answered;
	bool				 again;		/* was asked before */
	bool				 leaving;	/* left its list: */
	int64_t				 left, left_seen; /* both clocks */
	int64_t				 ended;		/* calls; 0: not */
	TAILQ_ENTRY(subscription)	 next;		/* queued or pending */
	TAILQ_ENTRY(subscription)	 leave;		/* leaving */
	TAILQ_ENTRY(subscription)	 count;		/* counted */
};
TAILQ_HEAD(subscriptions, subscription);

struct session {
	const char		*name, *login, *password;	/* borrowed */
	struct snapshot		*snapshot;			/* borrowed */
	enum session_state	 state;
	bool			 logging_in;
	char			 error[256];
	char			 version[32];
	struct buf		 in, out, scratch;
	struct object_names	 names_in, names_out;
	int64_t			 opened;	/* last step of opening */
	int64_t			 greeted;	/* unanswered since; 0: it is not */
	unsigned		 greetings;	/* before the login */
	int64_t			 alive;
	int64_t			 clock;		/* source minus now */
	int64_t			 clock_error;	/* at most so wrong */
	bool			 clock_known;
	int64_t			 now;		/* of the current call */
	int64_t			 seen;		/* the same, source clock */
	uint32_t		 last_system_id;
	uint32_t		 last_answer;	/* highest id answered */
	void			*by_system_id, *by_object;	/* tsearch */
	struct subscriptions	 queued;	/* not sent: window is full */
	struct subscriptions	 pending;	/* sent, no answer yet */
	size_t			 n_pending;
	struct subscriptions	 leaving;	/* the oldest first */
	struct subscriptions	 counted;	/* users, queues; by id */
	bool			 probing;
	/* midnight.c; day: local, of the counters. */
	int32_t			 zone_s;	/* of the server, if zoned */
	bool			 zoned;
	bool			 asked_date;
	int64_t			 day, look_at, renew_at;
	uint32_t		 renew_until;	/* system ids up to this one */
	size_t			 renew_step;	/* so many at once */
	/* Calls that ended up to then are in the database; 0: none. */
	int64_t			 ended;
	int32_t			 ended_zone_s;	/* of the server, then */
	uint64_t		 told;		/* fields of this frame, bits */
	uint64_t		 of_session;	/* users' fields, bits */
	int16_t			 field[VIEW__MAX][SESSION_INDEXES]; /* or -1 */
	uint64_t		 warned[VIEW__MAX];	/* fields, once each */
	size_t			 logged[DEFECT__MAX][VIEW__MAX]; /* numbers */
};

/* Sets the error, unless there is one, and the state. */
void	 state_fail(struct session *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));
/* Notes the time of the current call, on both clocks. */
void	 state_set_time(struct session *, int64_t now);

/* Each appends one request to the output. */
void	 request_initialize(struct session *);
void	 request_login(struct session *);
void	 request_logout(struct session *);
/* Format view + 1; notes which index stands for which field. */
void	 request_format(struct session *, enum view_id);
void	 request_list(struct session *, const struct subscription *);
void	 request_object(struct session *, const struct subscription *);
void	 request_stop(struct session *, const struct subscription *);

/* Subscribes, and sends the query or, with the window full, queues it. */
void			 subscription_start(struct session *,
			    enum subscription_kind, enum view_id,
			    uint32_t id);
/* Both borrowed until subscription_end(); NULL: there is none. */
struct subscription	*subscription_by_system_id(const struct session *,
			    uint32_t system_id);
struct subscription	*subscription_by_object(const struct session *,
			    enum view_id, uint32_t id);
/* Its first answer has arrived: sends a query that is queued. */
void	 subscription_answered(struct session *, struct subscription *);
/* Left its list: is to be forgotten in a moment.  And: is in it again. */
void	 subscription_leave(struct session *, struct subscription *);
void	 subscription_return(struct session *, struct subscription *);
/* Asks once more; the answer replaces all that is known of the object. */
void	 subscription_renew(struct session *, struct subscription *);
/* Tells the server to stop, if its query was sent, and frees it. */
void	 subscription_end(struct session *, struct subscription *);
void	 subscription_free_all(struct session *);

/* The server has told its date for the first time, or again. */
void	 midnight_start(struct session *, int64_t date);
void	 midnight_date(struct session *, int64_t date);
void	 midnight_tick(struct session *);
int64_t	 midnight_deadline(const struct session *);

/* A frame has arrived. */
void	 receive_frame(struct session *, const struct frame *);

#endif
