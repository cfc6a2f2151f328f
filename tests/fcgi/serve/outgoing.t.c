/*
 * Slow readers: what they do not take is kept for them, and a worker waits for
 * them only when there is no room for that.
 */
#include "tests/fcgi/check.h"

#include <sys/socket.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

/*
 * One second, and one more for each 16 kB: far less than the fast readers below
 * take and more than the slow ones, however busy this machine is.
 */
#define OUTGOING_TIMEOUT_S	1
#define OUTGOING_RATE		(16 << 10)
/* Bytes that may be kept. */
static size_t room;
#define SPOOL_BYTES_MAX	room
#define SPOOL_SHORT	200
#include "fcgi/serve/outgoing.c"
#include "fcgi/serve/spool.c"

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
	struct spool spool = { 0 };
	int fd[2], small = 4 << 10;
	bool ok = true;
	size_t i;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	assert_int_equal(fcntl(fd[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &small,
	    sizeof(small)), 0);
	r.fd = fd[1];
	assert_int_equal(pthread_create(&r.thread, NULL, read_slowly, &r), 0);
	outgoing_begin(&out, fd[0], 1, &spool);
	for (i = 0; ok && i < ANSWER / sizeof(some); i++)
		ok = outgoing_write(&out, some, sizeof(some));
	outgoing_flush(&out, true);
	/* What has been kept before the room was full was sent in its place. */
	assert_true(!ok || spool_empty(&spool));
	spool_free(&spool);
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

/* Sends what is kept, while it is read; returns how many bytes came. */
static size_t
send_kept(struct spool *spool, int to, int from, unsigned char *got)
{
	enum spool_sent sent;
	size_t len = 0, moved = 0;
	ssize_t n;

	do {
		sent = spool_send(spool, to, &moved);
		assert_int_not_equal(sent, SPOOL_GONE);
		while ((n = recv(from, got + len, ANSWER, MSG_DONTWAIT)) > 0)
			len += (size_t)n;
	} while (sent == SPOOL_PART || n > 0);
	assert_true(moved > 0 && moved <= len);
	return len;
}

/* Nobody reads while the answer is written; then all of it comes. */
static void
who_takes_nothing_holds_nobody(void **state)
{
	static unsigned char some[64 << 10], got[4 * ANSWER];
	static struct outgoing out;
	struct spool spool = { 0 };
	size_t i, len, n, seen = 0;
	int fd[2];

	(void)state;
	room = 2 * ANSWER;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fd), 0);
	outgoing_begin(&out, fd[0], 1, &spool);
	for (i = 0; i < ANSWER / sizeof(some); i++) {
		memset(some, (int)i, sizeof(some));
		assert_true(outgoing_write(&out, (char *)some, sizeof(some)));
	}
	outgoing_flush(&out, true);
	assert_int_equal(out.waited_us, 0);
	assert_false(spool_empty(&spool));
	len = send_kept(&spool, fd[0], fd[1], got);
	assert_true(spool_empty(&spool));
	for (i = 0; i < len; i += RECORD_HEAD + n) {
		n = got[i + 4] * 256U + got[i + 5];
		if (got[i + 1] != RECORD_STDOUT)
			break;
		for (; n > 0; n--, seen++, i++)
			assert_int_equal(got[i + RECORD_HEAD],
			    seen / sizeof(some) & 0xff);
	}
	assert_int_equal(seen, ANSWER);
	assert_int_equal(got[i + 1], RECORD_END);
	assert_int_equal(i + RECORD_HEAD + 8, len);
	close(fd[0]);
	close(fd[1]);
	room = 0;
}

/* What is kept is given back, however it ends. */
static void
room_is_given_back(void **state)
{
	struct spool a = { 0 }, b = { 0 };
	char some[100] = "";

	(void)state;
	room = 250;
	assert_true(spool_add(&a, some, sizeof(some)));
	assert_true(spool_add(&b, some, sizeof(some)));
	assert_false(spool_add(&b, some, sizeof(some)));
	spool_free(&a);
	assert_true(spool_add(&b, some, sizeof(some)));
	assert_false(spool_add(&a, some, sizeof(some)));
	assert_true(spool_empty(&a));
	spool_free(&b);
	assert_int_equal(atomic_load(&in_use), 0);
	room = 0;
}

/* A long answer leaves room for short ones. */
static void
the_long_leave_room(void **state)
{
	struct spool is_long = { 0 }, is_short = { 0 };
	char some[100] = "";

	(void)state;
	room = 400;
	assert_true(spool_add(&is_long, some, sizeof(some)));
	assert_true(spool_add(&is_long, some, sizeof(some)));
	assert_true(spool_add(&is_long, some, sizeof(some)));
	assert_false(spool_add(&is_long, some, sizeof(some)));
	assert_true(spool_add(&is_short, some, sizeof(some)));
	spool_free(&is_long);
	spool_free(&is_short);
	assert_int_equal(atomic_load(&in_use), 0);
	room = 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_takes_nothing_holds_nobody),
		cmocka_unit_test(room_is_given_back),
		cmocka_unit_test(the_long_leave_room),
		cmocka_unit_test(who_reads_gets_all),
		cmocka_unit_test(who_is_slow_gets_all),
		cmocka_unit_test(who_drips_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
