/*
 * The call centre and its day: agents, queues, calls, and what happens next.
 *
 * world.c runs it, queue.c lets calls arrive, call.c and outbound.c follow
 * them, agent.c is the agent's own state machine.  What an agent is doing is
 * known here; the protocol's values are set from it, never the other way.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "tests/sim/protocol/item.h"
#include "tests/sim/world/names.h"
#include "tests/sim/world/sched.h"

#define SEATS_MAX	4	/* queues that one agent serves */

enum state {
	STATE_OFFLINE, STATE_AVAILABLE, STATE_RINGING, STATE_TALKING,
	STATE_HELD, STATE_OUTBOUND, STATE_OTHER_CALL, STATE_WRAPUP,
	STATE_PAUSED, STATE_WITHDRAWN, STATE_SUPERVISING, STATE_UNKNOWN,
	STATE__MAX
};

struct agent;
struct call;
struct world;

/* One agent in one queue; in the queue's list while free. */
struct seat {
	struct agent		*agent;
	struct queue		*queue;
	TAILQ_ENTRY(seat)	 entry;
};

TAILQ_HEAD(calls, call);

struct queue {
	struct item		*item;
	bool			 toggles;	/* stops and starts */
	bool			 scarce;	/* few serve it: calls wait */
	double			 weight;	/* its share of the calls; 0 */
	double			 load;		/* how busy at the moment */
	struct calls		 waiting;	/* not answered, oldest first */
	struct calls		 unassigned;	/* of those: not offered */
	struct calls		 contact;	/* talking, longest first */
	TAILQ_HEAD(, seat)	 free;		/* longest idle first */
	struct timer		 arrival;
	struct timer		 weather;	/* changes the load */
};

enum phase { CALL_WAITING, CALL_OFFERED, CALL_CONTACT, CALL_POST, CALL_OVER };

/* A passage through a queue; outgoing calls have only a session. */
struct call {
	struct queue		*queue;
	struct agent		*agent;
	struct item		*task, *file_task, *session;
	enum phase		 phase;
	bool			 quiet;		/* leaves the mode alone */
	uint64_t		 queued_us, contact_us;
	struct timer		 timer;		/* patience, then purging */
	TAILQ_ENTRY(call)	 waiting, unassigned, contact, all;
};

struct agent {
	struct item		*user;		/* NULL: removed */
	struct item		*session;	/* the last; NULL: never */
	struct item		*mode_item;	/* of states.last.state */
	struct timer		 timer;		/* what it does next */
	struct call		*call;
	struct call		*second;	/* rings while it has a call */
	struct agent		*spied;		/* whom it listens to */
	struct agent		*spy;		/* who listens */
	const struct mode_name	*mode;
	enum state		 state;
	uint64_t		 since_us;	/* 0: not known */
	bool			 told;		/* the protocol dates it */
	bool			 eclipsed;	/* the last task is not call's */
	bool			 pinned;	/* a test said so: stays */
	bool			 seated;	/* in its queues' free lists */
	bool			 supervisor;
	bool			 recorded;
	uint8_t			 n_seats;
	uint32_t		 n;		/* number in the world */
	uint64_t		 shift_end_us;	/* virtual */
	uint64_t		 dialled_us;	/* outbound call; 0: none */
	uint64_t		 reached_us;
	struct seat		 seat[SEATS_MAX];
	struct agent		*hash_next;	/* by login */
};

struct world {
	struct store		 store;
	struct sched		 sched;
	struct queue		*queue;
	uint32_t		 n_queues;
	struct agent		*agent;
	uint32_t		 n_agents, max_agents;
	struct agent		**login;	/* hash table */
	struct item		**group;
	double			 call_rate;	/* calls a second, all queues */
	uint64_t		 now_us;	/* the moment, for all dates */
	uint64_t		 last_us;	/* the moment before */
	uint64_t		 start_us, warm_us;
	bool			 warming;
	bool			 replay;	/* the clock is virtual too */
	bool			 frozen;
	int64_t			 skew_us;
	int64_t			 day;		/* of the last event, local */
	struct calls		 calls;		/* all, the over ones too */
	uint32_t		 serial;	/* of tasks and sessions */
	uint64_t		 seed;
	double			 events;	/* changes a second */
	double			 budget;	/* changes that are due */
	uint64_t		 paced_us;	/* budget is up to date */
};

/* world.c */
struct world_options {
	uint32_t	 agents, queues;
	uint32_t	 twins;		/* users and queues that have one */
	double		 events;
	uint64_t	 seed;
	int64_t		 skew_s;
	int32_t		 zone_s;
	uint64_t	 replay_s;	/* 0: the clock on the wall */
};
/* Built, and some time of the day gone by; NULL is never returned. */
struct world	*world_new(const struct world_options *);
void		 world_free(struct world *);
/* The clock now; and as a date that carries the zone. */
uint64_t	 world_clock(const struct world *);
struct frame_date world_date(const struct world *);
/* Fixes the moment that all dates of an event or command will show. */
void		 world_moment(struct world *);
/* Lets events happen that are due; returns ms until the next, -1: never. */
int		 world_run(struct world *);
/* At least so many changes, now; returns how many there were. */
uint64_t	 world_step(struct world *, uint64_t n);
/*
 * Moves the zone so that it is midnight in so many seconds; 0: just now.  At
 * midnight the counters begin anew, and nobody is told.
 */
void		 world_midnight(struct world *, uint32_t seconds);

/* build.c */
void		 build_queues(struct world *, uint32_t n);
void		 build_agents(struct world *, uint32_t n);
struct agent	*build_agent(struct world *, const char *name,
		    const char *login);
/* A newer user or queue of the same key, which is not at work. */
void		 build_twin(struct world *, const struct item *);
/* Users who cannot be told apart by their logins, or not at all. */
void		 build_odd(struct world *);
/* A login without regard to whether it is an agent still there: NULL. */
struct agent	*world_find(const struct world *, const char *login);
void		 world_remember(struct world *, struct agent *);
void		 world_forget(struct world *, struct agent *);

/* agent.c */
const char	*state_name(enum state);
/* What it does next, in about so many virtual seconds. */
void		 agent_after(struct world *, struct agent *, double seconds,
		    void (*step)(struct world *, void *));
void		 agent_state(struct world *, struct agent *, enum state,
		    bool told);
void		 agent_mode(struct world *, struct agent *,
		    const struct mode_name *);
void		 agent_interface(struct agent *, const char *);
void		 agent_task(struct agent *, const char *name,
		    const char *label);
/* Its tasks are named otherwise than inbound: total_inbound omits them. */
bool		 agent_other_task(const struct agent *);
void		 agent_login(struct world *, struct agent *,
		    uint64_t login_us);
void		 agent_logout(struct world *, struct agent *);
/* Waits for calls; a supervisor supervises. */
void		 agent_ready(struct world *, struct agent *);
/* The same after a call that has left the mode as it was. */
void		 agent_resume(struct world *, struct agent *);
/* Ends whatever call it has in hand, and its listening. */
void		 agent_break(struct world *, struct agent *);

/* whim.c: what agents do of their own accord */
void		 agent_whim(struct world *, void *agent);
void		 agent_idle(struct world *, void *agent);
void		 agent_come(struct world *, void *agent);
void		 agent_withdraw(struct world *, struct agent *);
void		 agent_pause(struct world *, struct agent *,
		    const struct mode_name *);
void		 agent_other_call(struct world *, struct agent *);
void		 agent_unplug(struct world *, struct agent *);
void		 agent_unspy(struct agent *);

/* queue.c */
void		 queue_arrival(struct world *, void *queue);
void		 queue_weather(struct world *, void *queue);
void		 queue_start(struct world *, struct queue *);
void		 queue_stop(struct world *, struct queue *);
void		 queue_oldest(struct queue *);	/* both dates, as they are */

/* call.c */
void		 call_arrive(struct world *, struct queue *);
/* One that waits, and is as yet offered to nobody. */
struct call	*call_make(struct world *, struct queue *);
/* A waiting call ends; why: the queue's counter; ATTR_UNKNOWN: abandoned. */
void		 call_fail(struct world *, struct call *, int why);
void		 call_stop_waiting(struct world *, struct call *);
/* The first call that waits in one of the agent's queues, or NULL. */
struct call	*call_waiting_for(const struct agent *);
struct call	*call_new(struct world *, struct queue *);
struct item	*call_session(struct world *, bool incoming,
		    const char *remote, const char *local);
void		 call_over(struct world *, struct call *);
/* So many calls of the last eight hours, which are over and are kept. */
void		 call_past(struct world *, uint32_t n);
void		 call_free_all(struct world *);
/* The users have other ids: those that calls refer to change, too. */
void		 call_renumber(struct world *);

/* task.c: a call in an agent's hands */
void		 call_offer(struct world *, struct call *, struct agent *);
void		 call_alert(struct world *, struct call *, struct agent *);
void		 call_answer(struct world *, void *agent);
void		 call_hold(struct world *, void *agent);
void		 call_hangup(struct world *, void *agent);
void		 call_finish(struct world *, void *agent);
/* A second call rings while the agent talks; its caller gives up. */
void		 call_second(struct world *, void *agent);
void		 call_second_lost(struct world *, void *agent);
void		 call_lost(struct world *, struct agent *);
/* The agent has nothing more to do with its call. */
void		 call_break(struct world *, struct agent *);

/* outbound.c */
void		 outbound_begin(struct world *, struct agent *);
void		 outbound_dial(struct world *, void *agent);
void		 outbound_reach(struct world *, void *agent);
void		 outbound_end(struct world *, struct agent *);

#endif
