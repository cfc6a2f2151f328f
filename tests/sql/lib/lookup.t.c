/*
 * Looking up names: by a name server in this process that answers when the
 * test wants it to, in a network of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "sql/lib/lookup.h"

#define WAIT_MS	60000

static bool
replace_file(const char *path, const char *text)
{
	char name[] = "/tmp/lookup.XXXXXX";
	const int fd = mkstemp(name);
	const bool ok = fd != -1 && dprintf(fd, "%s", text) > 0 &&
	    mount(name, path, NULL, MS_BIND, NULL) == 0;

	if (fd != -1) {
		close(fd);
		unlink(name);
	}
	return ok;
}

/* A network with a name server that does not answer yet; -1: not possible. */
static int
name_server(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
	    .sin_port = htons(53), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    !replace_file("/etc/nsswitch.conf", "hosts: dns\n") ||
	    !replace_file("/etc/resolv.conf", "nameserver 127.0.0.1\n"
	    "options timeout:30 attempts:1\n"))
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	return fd;
}

/* Answers questions, none of these names exists, until it is done. */
static void
answer_until_done(int server, const struct lookup *l)
{
	struct pollfd pfd[] = { { .fd = server, .events = POLLIN },
	    { .fd = lookup_fd(l), .events = POLLIN } };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	unsigned char text[512];
	ssize_t n;

	while (!lookup_done(l)) {
		assert_true(poll(pfd, 2, WAIT_MS) > 0);
		if (pfd[0].revents == 0)
			continue;
		n = recvfrom(server, text, sizeof(text), 0,
		    (struct sockaddr *)&from, &len);
		assert_true(n > 12);
		text[2] |= 0x80;	/* an answer: */
		text[3] = 3;		/* NXDOMAIN */
		assert_int_equal(sendto(server, text, (size_t)n, 0,
		    (struct sockaddr *)&from, len), n);
	}
}

static int
result_of(struct lookup *l, struct addrinfo **addrs)
{
	struct pollfd pfd = { .fd = lookup_fd(l), .events = POLLIN };

	assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
	assert_true(lookup_done(l));
	return lookup_result(l, addrs);
}

static void
addresses_are_found(void **state)
{
	struct lookup *l = lookup_start("127.0.0.1");
	struct addrinfo *addrs = NULL;

	(void)state;
	assert_non_null(l);
	assert_int_equal(result_of(l, &addrs), 0);
	assert_int_equal(addrs->ai_family, AF_INET);
	freeaddrinfo(addrs);
	lookup_free(l);
	lookup_free(NULL);
}

/* Also those that nobody waits for any more count, until they end. */
static void
threads_are_bounded(void **state)
{
	struct lookup *l[LOOKUP_MAX];
	struct addrinfo *addrs;
	const int server = name_server();
	size_t i;

	(void)state;
	if (server == -1)
		skip();
	for (i = 0; i < LOOKUP_MAX; i++) {
		l[i] = lookup_start("host.example.");
		assert_non_null(l[i]);
	}
	assert_false(lookup_done(l[0]));
	assert_null(lookup_start("host.example."));
	lookup_free(l[0]);
	assert_null(lookup_start("host.example."));
	for (i = 1; i < LOOKUP_MAX; i++) {
		answer_until_done(server, l[i]);
		assert_int_equal(lookup_result(l[i], &addrs), EAI_NONAME);
		lookup_free(l[i]);
	}
	l[0] = lookup_start("127.0.0.1");
	assert_non_null(l[0]);
	assert_int_equal(result_of(l[0], &addrs), 0);
	freeaddrinfo(addrs);
	lookup_free(l[0]);
	/* The end of the program does not wait for this one. */
	assert_non_null(lookup_start("host.example."));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_found),
		cmocka_unit_test(threads_are_bounded),
	};

	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
