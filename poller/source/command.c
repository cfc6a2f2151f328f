#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "poller/source/command.h"
#include "poller/source/plain.h"

#define PIECE		((size_t)1 << 20)	/* bytes read at once */
#define LINE_SIZE	400			/* of standard error */
#define ERRORS_MAX	PIECE			/* bytes of it */
#define LOOK_US		INT64_C(20000)	/* between two checks for its end */
#define LOOKS		25	/* checks in command_free() until SIGKILL */

extern char **environ;

struct command {
	const char		*name;
	pid_t			 pid;		/* 0: it has ended */
	int			 out, err;	/* -1: at its end */
	size_t			 max, len;	/* of standard output */
	size_t			 err_len;	/* of standard error */
	int64_t			 end;		/* SIGTERM then */
	int64_t			 kill_at;	/* SIGKILL then; or 0 */
	int64_t			 look_at;	/* next check for its end */
	char			 error[160];	/* why it failed */
	char			 line[LINE_SIZE];	/* of standard error */
	size_t			 line_len;
	unsigned		 lines;
};

/* Our environment without secrets; new, its strings are borrowed. */
static char **
environment(void)
{
	static const char *const secret[] = { "CCCP_SOURCES=",
	    "CCCP_PASSWORD", "PGPASSWORD=" };
	char **env, **p;
	size_t n = 0, i;

	for (p = environ; *p != NULL; p++)
		n++;
	if ((env = calloc(n + 1, sizeof(*env))) == NULL)
		return NULL;
	for (p = environ, n = 0; *p != NULL; p++) {
		for (i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
			if (strncmp(*p, secret[i], strlen(secret[i])) == 0)
				break;
		if (i == sizeof(secret) / sizeof(secret[0]))
			env[n++] = *p;
	}
	return env;
}

/* An errno, or 0. */
static int
spawn(pid_t *pid, char *const *argv, char *const *env, int out, int err)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	if ((rc = posix_spawn_file_actions_init(&files)) != 0)
		return rc;
	if ((rc = posix_spawnattr_init(&attr)) != 0) {
		posix_spawn_file_actions_destroy(&files);
		return rc;
	}
	if ((rc = posix_spawn_file_actions_addopen(&files, 0, "/dev/null",
	    O_RDONLY, 0)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&files, out, 1)) == 0 &&
	    (rc = posix_spawn_file_actions_adddup2(&files, err, 2)) == 0 &&
	    (rc = posix_spawn_file_actions_addclosefrom_np(&files, 3)) == 0 &&
	    (rc = posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) == 0 &&
	    (rc = posix_spawnattr_setpgroup(&attr, 0)) == 0 &&
	    (rc = posix_spawnattr_setsigmask(&attr, &none)) == 0 &&
	    (rc = posix_spawnattr_setsigdefault(&attr, &all)) == 0)
		rc = posix_spawn(pid, argv[0], &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static void
shut(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

struct command *
command_start(const char *name, char *const *argv, size_t max, int64_t end)
{
	struct command *c = calloc(1, sizeof(*c));
	char **env = environment();
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, rc = 0;

	if (c == NULL || env == NULL) {
		free(c);
		free(env);
		return NULL;
	}
	*c = (struct command){ .name = name, .max = max, .end = end };
	if (pipe2(out, O_CLOEXEC) == -1 || pipe2(err, O_CLOEXEC) == -1)
		rc = errno;
	else
		rc = spawn(&c->pid, argv, env, out[1], err[1]);
	if (rc != 0) {
		c->pid = 0;
		snprintf(c->error, sizeof(c->error), "cannot run it: %s",
		    strerror(rc));
	}
	shut(&out[1]);
	shut(&err[1]);
	c->out = out[0];
	c->err = err[0];
	/* Only our ends: the command expects its own to block. */
	if (c->out != -1 && c->err != -1) {
		fcntl(c->out, F_SETFL, O_NONBLOCK);
		fcntl(c->err, F_SETFL, O_NONBLOCK);
	}
	free(env);
	return c;
}

/* Logs the line of its standard error. */
static void
log_line(struct command *c)
{
	char text[LINE_SIZE + 100];

	if (c->lines++ < COMMAND_LINES) {
		plain_text(text, sizeof(text), c->line, c->line_len);
		syslog(LOG_INFO, "%s: it says: %s", c->name, text);
	} else if (c->lines == COMMAND_LINES + 1) {
		syslog(LOG_INFO, "%s: it says more, which is left out",
		    c->name);
	}
	c->line_len = 0;
}

static void
read_errors(struct command *c, const char *bytes, size_t n)
{
	size_t i;

	c->err_len += n;
	for (i = 0; i < n; i++)
		if (bytes[i] == '\n')
			log_line(c);
		else if (c->line_len < sizeof(c->line))
			c->line[c->line_len++] = bytes[i];
}

/* Reads what a pipe has, PIECE bytes at most; out NULL: standard error. */
static void
read_pipe(struct command *c, int *fd, struct buf *out)
{
	static char bytes[65536];
	size_t sum = 0;
	ssize_t n;

	while (*fd != -1 && sum < PIECE &&
	    (n = read(*fd, bytes, sizeof(bytes))) != -1) {
		sum += (size_t)n;
		if (n == 0)
			shut(fd);
		else if (out == NULL)
			read_errors(c, bytes, (size_t)n);
		else if ((c->len += (size_t)n) <= c->max)
			buf_add(out, bytes, (size_t)n);
	}
	if (*fd != -1 && sum < PIECE && errno != EAGAIN && errno != EINTR)
		shut(fd);
}

/* Sends SIGTERM, for that reason, and a little later SIGKILL. */
static void
stop(struct command *c, int64_t now, const char *why)
{
	if (c->kill_at == 0) {
		snprintf(c->error, sizeof(c->error), "%s", why);
		c->kill_at = now + COMMAND_GRACE_US;
		kill(-c->pid, SIGTERM);
	} else if (now >= c->kill_at) {
		kill(-c->pid, SIGKILL);
	}
}

/*
 * False: it still runs.  Its process group is killed before the process is
 * waited for: until then no other group can have that number.
 */
static bool
reap(struct command *c)
{
	siginfo_t info = { .si_pid = 0 };
	int status;

	if (c->pid == 0)
		return true;
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) ==
	    0 && info.si_pid == 0)
		return false;
	kill(-c->pid, SIGKILL);
	if (waitpid(c->pid, &status, 0) == -1)
		snprintf(c->error, sizeof(c->error), "wait: %s",
		    strerror(errno));
	else if (c->error[0] == '\0' && WIFSIGNALED(status))
		snprintf(c->error, sizeof(c->error),
		    "it was ended by signal %d (%s)", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else if (c->error[0] == '\0' && WEXITSTATUS(status) != 0)
		snprintf(c->error, sizeof(c->error),
		    "it ended with status %d", WEXITSTATUS(status));
	c->pid = 0;
	return true;
}

enum command_state
command_work(struct command *c, struct buf *out, int64_t now)
{
	read_pipe(c, &c->out, out);
	read_pipe(c, &c->err, NULL);
	c->look_at = now + LOOK_US;
	if (c->pid != 0 && (c->len > c->max || !buf_ok(out) ||
	    c->err_len > ERRORS_MAX))
		stop(c, now, "it prints too much");
	else if (c->pid != 0 && now >= c->end)
		stop(c, now, "it takes too long");
	/* While its pipes are open it may write more. */
	if (c->kill_at == 0 && (c->out != -1 || c->err != -1) && c->pid != 0)
		return COMMAND_RUNNING;
	if (!reap(c))
		return COMMAND_RUNNING;
	if (c->line_len > 0)
		log_line(c);
	return c->error[0] == '\0' ? COMMAND_DONE : COMMAND_FAILED;
}

size_t
command_fds(const struct command *c, struct pollfd *fds, size_t max)
{
	size_t n = 0;

	if (c->out != -1 && n < max)
		fds[n++] = (struct pollfd){ .fd = c->out, .events = POLLIN };
	if (c->err != -1 && n < max)
		fds[n++] = (struct pollfd){ .fd = c->err, .events = POLLIN };
	return n;
}

int64_t
command_deadline(const struct command *c)
{
	if (c->pid == 0)
		return 0;
	return c->kill_at != 0 || (c->out == -1 && c->err == -1) ?
	    c->look_at : c->end;
}

const char *
command_error(const struct command *c)
{
	return c->error;
}

void
command_free(struct command *c)
{
	const struct timespec look = { .tv_nsec = LOOK_US * 1000 };
	int i;

	if (c == NULL)
		return;
	if (c->pid != 0)
		kill(-c->pid, SIGTERM);
	for (i = 0; !reap(c); i++) {
		if (i == LOOKS)
			kill(-c->pid, SIGKILL);
		nanosleep(&look, NULL);
	}
	shut(&c->out);
	shut(&c->err);
	free(c);
}
