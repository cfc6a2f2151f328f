/*
 * The simulated server's objects: typed values under an id, in lists by kind.
 *
 * Every change that is told goes through item_set_*(), which tells the
 * subscriptions (watch.h).  A new object is not announced: it gets its first
 * values and then enters its list with item_publish().
 */
#ifndef SIM_ITEM_H
#define SIM_ITEM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "tests/sim/protocol/attr.h"

struct sub;
struct list_sub;
struct store;

union value {
	uint32_t	 u32;
	double		 real;
	bool		 flag;
	char		*text;		/* as on the wire, owned, never NULL */
	struct {
		uint32_t s, us;		/* both 0: no date */
		uint64_t told_us;	/* that was pushed last */
	}		 date;
};

struct item {
	uint32_t		 id;
	uint32_t		 rank;		/* in its list, when it came */
	enum kind		 kind;
	bool			 published;
	bool			 extra;		/* a board shows another one */
	bool			 held;		/* see item_hold() */
	uint64_t		 changed;	/* bit a: a changed meanwhile */
	uint64_t		 present;	/* bit a: attribute a exists */
	struct store		*store;
	struct item		*owner;		/* the user, or NULL */
	struct item		*hash_next;
	TAILQ_ENTRY(item)	 entry;
	LIST_HEAD(, sub)	 subs;
	union value		 value[];	/* one for each attribute */
};

TAILQ_HEAD(item_list, item);
LIST_HEAD(list_subs, list_sub);

struct store {
	struct item_list	 list[KIND__MAX];
	uint32_t		 n[KIND__MAX];
	struct list_subs	 list_subs[KIND__MAX];
	struct item		**hash;
	uint32_t		 hash_size;
	uint32_t		 n_all;
	uint32_t		 next_id;
	uint64_t		 changes;	/* values, entering, leaving */
	uint64_t		 steps;		/* but for measured durations */
	int32_t			 zone_s;	/* offset that dates carry */
};

/* Memory that runs out ends the program, here and in all of the simulator. */
void		 store_init(struct store *, int32_t zone_s);
void		 store_free(struct store *);
/* Gives every object a new id, above all that were: a server restarted. */
void		 store_renumber(struct store *);
struct item	*store_find(const struct store *, uint32_t id);

struct item	*item_new(struct store *, enum kind, struct item *owner);
void		 item_publish(struct item *);
/* Leaves its list, loses its subscriptions, is freed.  NULL is fine. */
void		 item_purge(struct item *);

/*
 * What changes from here on is pushed together, at item_release(); lists that
 * the object enters or leaves are told at once.
 */
void		 item_hold(struct item *);
void		 item_release(struct item *);
/* The attribute exists no more, and nobody is told. */
void		 item_forget(struct item *, int attr);

static inline bool
item_has(const struct item *item, int attr)
{
	return (item->present >> attr & 1) != 0;
}

void	 item_set_u32(struct item *, int attr, uint32_t);
void	 item_add_u32(struct item *, int attr, int n);	/* absent counts as 0 */
void	 item_set_real(struct item *, int attr, double);
void	 item_add_real(struct item *, int attr, double);
void	 item_max_real(struct item *, int attr, double);
void	 item_set_bool(struct item *, int attr, bool);
void	 item_set_text(struct item *, int attr, const char *utf8);
void	 item_copy_text(struct item *, int attr, const struct item *, int from);
/*
 * Microseconds since 1970; 0: no date.  The date of a user's state is not
 * pushed when it moves by less than a second, as on a real server.
 */
void	 item_set_date(struct item *, int attr, uint64_t us);

uint32_t	 item_u32(const struct item *, int attr);	/* absent: 0 */
double		 item_real(const struct item *, int attr);	/* absent: 0 */
const char	*item_text(const struct item *, int attr);	/* absent: "" */

/* The value as it goes on the wire: borrowed until the next change. */
struct object_value	 item_value(const struct item *, int attr,
			    uint32_t index);

#endif
