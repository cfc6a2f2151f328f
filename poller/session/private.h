/*
 * What session.c (the conversation) and subscription.c (who is subscribed to
 * what, and which request still lacks its answer) share.
 */
#ifndef POLLER_SESSION_PRIVATE_H
#define POLLER_SESSION_PRIVATE_H

#include <sys/queue.h>

#include "poller/session/session.h"
#include "poller/wire/object.h"

#define SESSION_ID	1	/* ours, on every connection */
#define SESSION_INDEXES	256	/* nodes of one format, at most */

enum subscription_kind {
	SUBSCRIPTION_LIST,
	SUBSCRIPTION_OBJECT,
	SUBSCRIPTION_PROBE	/* the proof of life */
};

/* One system id: what it stands for, and whether it was answered. */
struct subscription {
	uint32_t			 system_id;
	enum subscription_kind		 kind;
	enum view_id			 view;
	uint32_t			 id;		/* of the object */
	int64_t				 asked;		/* 0: not sent yet */
	bool				 answered;
	TAILQ_ENTRY(subscription)	 next;		/* todo or pending */
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
	int64_t			 alive;
	int64_t			 clock;		/* source minus CLOCK_MONOTONIC */
	int64_t			 now;		/* of the call in hand */
	int64_t			 seen;		/* the same, source clock */
	uint32_t		 last_system_id;
	uint32_t		 last_answer;	/* highest id answered */
	void			*by_system_id, *by_object;	/* tsearch */
	struct subscriptions	 todo;		/* not sent: window is full */
	struct subscriptions	 pending;	/* sent, no answer yet */
	size_t			 n_pending;
	bool			 probing;
	int16_t			 field[VIEW__MAX][SESSION_INDEXES];
	uint64_t		 warned[VIEW__MAX];	/* fields, once each */
};

/* Sets the error, unless there is one, and the state. */
void	 session_fail(struct session *, const char *fmt, ...)
	    __attribute__((format(printf, 2, 3)));

/* Notes the moment of the call in hand, on both clocks. */
void	 session_set_time(struct session *, int64_t now);
/* receive.c: a frame has come. */
void	 session_answer(struct session *, const struct frame *);
/* Subscribes, and queries or puts it off. */
void	 session_ask(struct session *, enum subscription_kind,
	    enum view_id, uint32_t id);

/* New, known by both trees; NULL: out of memory. */
struct subscription	*subscription_new(struct session *,
			    enum subscription_kind, enum view_id,
			    uint32_t id);
struct subscription	*subscription_by_system_id(const struct session *,
			    uint32_t system_id);
struct subscription	*subscription_by_object(const struct session *,
			    enum view_id, uint32_t id);
/* Sends its query, or with the window full puts it off. */
void	 subscription_ask(struct session *, struct subscription *);
/* Its first answer is there: sends what was put off. */
void	 subscription_answered(struct session *, struct subscription *);
/* Tells the server to stop, if it was asked at all, and frees it. */
void	 subscription_end(struct session *, struct subscription *);
void	 subscription_free_all(struct session *);

#endif
