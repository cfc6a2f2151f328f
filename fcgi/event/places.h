/* The places for event streams, and how many of them each user has. */
#ifndef FCGI_EVENT_PLACES_H
#define FCGI_EVENT_PLACES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* One user with streams. */
struct holder;

struct places {
	size_t		 max;		/* of all users together */
	size_t		 per_user;	/* 0: any number */
	atomic_size_t	 taken;
	/* Guarded by lock. */
	pthread_mutex_t	 lock;
	void		*holders;	/* tsearch(3) */
	uint64_t	 refused;	/* because their user had per_user */
};

void	 places_init(struct places *, size_t max, size_t per_user);
void	 places_destroy(struct places *);	/* all were given back */

enum place_err {
	PLACE_OK,
	PLACE_NONE,		/* all are taken, or out of memory */
	PLACE_USER_FULL		/* this user has per_user already */
};

/*
 * Takes a place for a user; the key tells users apart.  *holder is what to give
 * it back with.
 */
enum place_err	 places_reserve(struct places *, const char *key,
		    struct holder **holder) __attribute__((warn_unused_result));
void	 places_release(struct places *, struct holder *);

#endif
