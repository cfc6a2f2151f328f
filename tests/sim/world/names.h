/*
 * What people, queues and pauses are called.  All of it is made up; telephone
 * numbers come from ranges that are kept free for fiction.
 */
#ifndef SIM_NAMES_H
#define SIM_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "tests/sim/world/sched.h"

struct queue_name {
	const char	*name;
	const char	*label;
	const char	*type;
};

struct mode_name {
	const char	*name;
	const char	*label;
};

extern const struct queue_name names_queue[];
extern const size_t names_queue_n;
extern const struct mode_name names_pause[];
extern const size_t names_pause_n;
extern const char *const names_team[];
extern const size_t names_team_n;

#define NAME_SIZE	96
#define PHONE_SIZE	32

/*
 * First and last name, UTF-8, and the login that is made of them, as yet
 * without a number behind it: "Zoé Lefèvre", "zlefevre".
 */
void	 names_person(struct sched *, char name[NAME_SIZE],
	    char login[NAME_SIZE]);
/* The login of a name: first letter and last word, only a-z. */
void	 names_login(const char *name, char login[NAME_SIZE]);
/* +33 6 39 98 xx xx and +33 1 99 00 xx xx, with the plus sign. */
void	 names_mobile(struct sched *, char phone[PHONE_SIZE]);
void	 names_line(uint32_t n, char phone[PHONE_SIZE]);

#endif
