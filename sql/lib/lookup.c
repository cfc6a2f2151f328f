#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sql/lib/lookup.h"

#define STACK	((size_t)256 << 10)	/* bytes, enough for resolvers */

static atomic_int threads;	/* that run */

/* Shared by the caller and the thread; the last of the two frees it. */
struct lookup {
	atomic_int	 users;
	atomic_bool	 done;
	int		 fd, rc;
	struct addrinfo	*addrs;
	char		 name[];
};

static void
release(struct lookup *l)
{
	if (atomic_fetch_sub(&l->users, 1) > 1)
		return;
	if (l->addrs != NULL)
		freeaddrinfo(l->addrs);
	close(l->fd);
	free(l);
}

static void *
look(void *arg)
{
	static const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct lookup *l = arg;

	l->rc = getaddrinfo(l->name, NULL, &hints, &l->addrs);
	if (l->rc != 0)
		l->addrs = NULL;
	atomic_store(&l->done, true);
	atomic_fetch_sub(&threads, 1);
	(void)eventfd_write(l->fd, 1);
	release(l);
	return NULL;
}

/* Signals stay blocked: they are for the program's other threads. */
static bool
begin(struct lookup *l)
{
	pthread_attr_t attr;
	pthread_t thread;
	sigset_t all, before;
	int rc;

	if (atomic_fetch_add(&threads, 1) >= LOOKUP_MAX ||
	    pthread_attr_init(&attr) != 0) {
		atomic_fetch_sub(&threads, 1);
		return false;
	}
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&thread, &attr, look, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	if (rc != 0)
		atomic_fetch_sub(&threads, 1);
	return rc == 0;
}

struct lookup *
lookup_start(const char *name)
{
	size_t len = strlen(name) + 1;
	struct lookup *l = calloc(1, sizeof(*l) + len);

	if (l == NULL)
		return NULL;
	memcpy(l->name, name, len);
	atomic_init(&l->users, 2);
	if ((l->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1) {
		free(l);
		return NULL;
	}
	if (!begin(l)) {
		atomic_store(&l->users, 1);
		release(l);
		return NULL;
	}
	return l;
}

void
lookup_free(struct lookup *l)
{
	if (l != NULL)
		release(l);
}

int
lookup_fd(const struct lookup *l)
{
	return l->fd;
}

bool
lookup_done(const struct lookup *l)
{
	return atomic_load(&l->done);
}

int
lookup_result(struct lookup *l, struct addrinfo **addrs)
{
	*addrs = l->addrs;
	l->addrs = NULL;
	return l->rc;
}
