/*
 * The control socket, for tests and people: each connection sends one line with
 * a command and gets one answer.  A client that sends nothing, which is known
 * after its end of file or two seconds, gets the list of all objects (truth.h).
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <poll.h>

#include "tests/sim/protocol/server.h"
#include "tests/sim/world/world.h"

#define CONTROLS_MAX	16	/* connections at a time */

struct control {
	struct world	*world;
	struct server	*server;
	const char	*path;
	int		 fd;
	struct {
		int		 fd;	/* -1: unused */
		struct buf	 in, out;
		size_t		 sent;
		uint64_t	 until_ms;	/* then silence means list */
		bool		 answered;
	} peer[CONTROLS_MAX];
};

/* Does not return on failure.  Takes away a socket that nobody serves. */
void	 control_listen(struct control *);
void	 control_close(struct control *);
int	 control_poll(struct control *, struct pollfd *);
/* ms until something is to be done without being asked; -1: never. */
int	 control_timeout(const struct control *);
void	 control_work(struct control *, const struct pollfd *, int n);

/* command.c: "pause café" and all the others; out gets the answer. */
void	 command_run(struct control *, const char *line, struct buf *out);
void	 command_help(struct buf *out);

/* agentctl.c: makes an agent do what a test wants; NULL, or what is wrong. */
const char	*agentctl(struct world *, const char *login, const char *verb,
		    const char *rest);
void		 agentctl_help(struct buf *out);

/* userctl.c: each returns NULL, or what is wrong. */
const char	*userctl_add(struct world *, const char *login,
		    const char *name);
/* The name of a user is its login, or #ID, the id of its object. */
const char	*userctl_remove(struct world *, const char *name);
/* A value as such: what the agent is doing is left as it is. */
const char	*userctl_set(struct world *, const char *name,
		    const char *path, const char *value);
/* NULL: there is none. */
struct item	*userctl_find(const struct world *, const char *name);

/* The client's end: sends the words, prints the answer; its exit status. */
int	 control_ask(const char *path, int argc, char **argv);

#endif
