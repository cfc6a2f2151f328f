/* How long a worker waits for slow readers. */
#include "tests/fcgi/check.h"

#include <sys/socket.h>

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/*
 * One second, and one more for each 16 kB: far less than the fast readers below
 * take and more than the slow ones, however busy this machine is.
 */
#define OUTGOING_TIMEOUT_S	1
#define OUTGOING_RATE		(16 << 10)
#include "fcgi/serve/outgoing.c"

#define ANSWER	(1 << 20)

/* Reads so many bytes each hundredth of a second, until the end. */
struct reader {
	pthread_t	 thread;
	atomic_bool	 over;
	int		 fd;
	size_t		 bytes;
	size_t		 got;
};

static void *
read_slowly(void *arg)
{
	struct reader *r = arg;
	static char buf[1 << 20];
	ssize_t n;

	while (!atomic_load(&r->over) &&
	    (n = recv(r->fd, buf, r->bytes, 0)) > 0) {
		r->got += (size_t)n;
		usleep(10000);
	}
	return NULL;
}

/* Is an answer written to its end?  Sets how long the worker waited. */
static bool
answer(size_t bytes, int64_t *waited_us)
{
	static const char some[64 << 10];
	static struct outgoing out;
	struct reader r = { .bytes = bytes };
	int fd[2], small = 4 << 10;
	bool ok = true;
	size_t i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)), 0);
	r.fd = fd[1];
	assert_int_equal(pthread_create(&r.thread, NULL, read_slowly, &r), 0);
	outgoing_begin(&out, fd[0], 1);
	for (i = 0; ok && i < ANSWER / sizeof(some); i++)
		ok = outgoing_write(&out, some, sizeof(some));
	outgoing_flush(&out, true);
	atomic_store(&r.over, !ok);
	shutdown(fd[0], SHUT_RDWR);
	pthread_join(r.thread, NULL);
	close(fd[0]);
	close(fd[1]);
	*waited_us = out.waited_us;
	assert_int_equal(ok, !out.failed);
	assert_int_equal(ok, r.got > ANSWER);
	return ok;
}

static void
who_reads_gets_all(void **state)
{
	int64_t waited_us;

	(void)state;
	assert_true(answer(1 << 20, &waited_us));
}

/* Slow, but fast enough: it may take longer than the first second. */
static void
who_is_slow_gets_all(void **state)
{
	int64_t waited_us;

	(void)state;
	assert_true(answer(2000, &waited_us));
	assert_true(waited_us > OUTGOING_TIMEOUT_S * 1000000);
}

/* Single bytes, each in time, are too slow in total. */
static void
who_drips_is_left(void **state)
{
	int64_t waited_us;

	(void)state;
	assert_false(answer(100, &waited_us));
	assert_true(waited_us >= OUTGOING_TIMEOUT_S * 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_reads_gets_all),
		cmocka_unit_test(who_is_slow_gets_all),
		cmocka_unit_test(who_drips_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
