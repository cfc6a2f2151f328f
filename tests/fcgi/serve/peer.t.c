/* A connection from a web server: no thread has it for long. */
#include "tests/fcgi/check.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <unistd.h>

#include "fcgi/serve/peer.h"

static size_t
unread(int fd)
{
	int n = 0;

	assert_int_equal(ioctl(fd, FIONREAD, &n), 0);
	return (size_t)n;
}

/* Sends a record of a request that is over, which is skipped. */
static bool
send_late(int fd)
{
	static unsigned char late[RECORD_HEAD + (8 << 10)];

	record_head(late, RECORD_STDIN, 9, sizeof(late) - RECORD_HEAD);
	return send(fd, late, sizeof(late), MSG_DONTWAIT) ==
	    (ssize_t)sizeof(late);
}

/*
 * Records that mean nothing, without an end.  A sender that is as fast as the
 * reader would keep it for ever: so only a part of what has come is read.
 */
static void
who_never_stops_holds_nobody(void **state)
{
	const int size = 1 << 20;
	struct peer *c;
	size_t before, after;
	int fd[2], i;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fd), 0);
	assert_int_equal(setsockopt(fd[1], SOL_SOCKET, SO_SNDBUF, &size,
	    sizeof(size)), 0);
	assert_non_null(c = peer_new(fd[0], NULL));
	for (i = 0; i < 3; i++) {
		while (unread(fd[0]) < 160 << 10 && send_late(fd[1]))
			;
		before = unread(fd[0]);
		assert_in_range(before, 140 << 10, 1 << 20);
		peer_read(c);
		after = unread(fd[0]);
		assert_true(after > 0 && after < before);
		assert_int_equal(c->state, PEER_READING);
	}
	close(fd[1]);
	while (c->state == PEER_READING)
		peer_read(c);
	assert_int_equal(c->state, PEER_OVER);
	peer_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_never_stops_holds_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
