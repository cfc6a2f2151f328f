/*
 * Live subscriptions: who has asked for which list or object, and the pushes
 * that a change of the day causes.
 */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "tests/sim/protocol/filter.h"
#include "tests/sim/protocol/item.h"

struct client;

/* One leaf of a format, and where each kind of object has it. */
struct leaf {
	uint32_t	 index;
	int8_t		 attr[KIND__MAX];	/* ATTR_UNKNOWN: nowhere */
};

struct format {
	uint32_t	 id;
	uint32_t	 n;
	uint64_t	 mask[KIND__MAX];	/* attributes that it names */
	struct leaf	*leaf;
	struct format	*next;
};

#define SESSION_SUBS	1024	/* buckets at first; they grow */

/* A login on a connection: its formats and subscriptions live with it. */
struct session {
	uint32_t		  id;
	struct client		 *client;
	struct format		 *formats;
	uint32_t		  n_formats;
	LIST_HEAD(, list_sub)	  lists;
	LIST_HEAD(sub_list, sub) *subs;	/* buckets by system id */
	uint32_t		  size;
	uint32_t		  n_subs;
	struct session		 *next;
};

struct session	*session_new(struct client *, uint32_t id);
/* With its formats and subscriptions; NULL is fine. */
void		 session_free(struct session *);

/* Who gets a list's changes; the whole list is answered at once. */
struct watch_list {
	uint32_t	 system_id;
	enum kind	 kind;
	struct item	*owner;		/* only what is its own; NULL: all */
	const char	*filter;	/* wire text, filter_len bytes */
	size_t		 filter_len;
	const char	*window;	/* path of a date, or "" */
	size_t		 window_len;
	uint64_t	 window_from_us;	/* older is left out; 0: all */
};

void	 watch_list(struct session *, struct store *,
	    const struct watch_list *);
/* The first object of such a list, or NULL; asks nobody to be told. */
struct item	*watch_first(struct store *, const struct watch_list *);
/* Answered at once, then with each change. */
void	 watch_object(struct session *, struct item *, const struct format *,
	    uint32_t system_id, uint32_t list_system_id);
/* The answer for object 0, which is none: no values, and never any. */
void	 watch_nothing(struct session *, uint32_t system_id,
	    uint32_t list_system_id);
/* Removes one subscription of that id, a list first. */
void	 watch_stop(struct session *, uint32_t system_id);

/* What item.c reports. */
void	 watch_entered(struct item *);
void	 watch_left(struct item *);	/* and forgets its subscriptions */
void	 watch_before(struct item *, int attr);
/* told: the value is pushed as well. */
void	 watch_after(struct item *, int attr, bool told);
/* Pushes the values of these attributes (bits), together. */
void	 watch_values(struct item *, uint64_t attrs);
/* The user is gone: lists under it will have nothing any more. */
void	 watch_orphan(struct item *owner);

#endif
