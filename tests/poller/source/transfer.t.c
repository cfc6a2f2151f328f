/* Connections inside the loop: nothing that they wait for stops the others. */
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <semaphore.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/poller/check.h"

#include "poller/source/transfer.h"

static sem_t asked, answer;

/*
 * In place of the C library's: a name server that does not answer until it is
 * allowed to.
 */
int
getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **res)
{
	(void)node;
	(void)service;
	(void)hints;
	*res = NULL;
	sem_post(&asked);
	while (sem_wait(&answer) == -1)
		;
	sem_post(&answer);
	return EAI_AGAIN;
}

static struct transfer *
begin(const char *url)
{
	CURL *easy = curl_easy_init();
	struct transfer *t;

	assert_non_null(easy);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	t = transfer_new(easy);
	assert_non_null(t);
	return t;
}

/* Were it to wait for the name server, this test would never end. */
static void
test_silent_name_server(void **state)
{
	struct transfer *t = begin("http://host.invalid/");

	(void)state;
	assert_int_equal(transfer_work(t, 1), TRANSFER_BUSY);
	sem_wait(&asked);	/* the look-up has begun */
	assert_int_equal(transfer_work(t, 2), TRANSFER_BUSY);
	transfer_free(t);
	sem_post(&answer);
}

/* The first line of an error is enough for the log. */
static void
test_error(void **state)
{
	struct transfer *t = begin("http://127.0.0.1:1/");
	int64_t now = 1;

	(void)state;
	while (transfer_work(t, now) == TRANSFER_BUSY)
		now += 1000;
	assert_int_equal(transfer_work(t, now), TRANSFER_FAILED);
	assert_non_null(strstr(transfer_error(t), "127.0.0.1"));
	assert_null(strchr(transfer_error(t), '\n'));
	transfer_free(t);
}

/* A command that is run later on inherits none of our connections. */
static void
test_close_on_exec(void **state)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	curl_socket_t ours;
	struct transfer *t;
	int64_t now = 1;
	char url[40];

	(void)state;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/",
	    ntohs(a.sin_port));
	t = begin(url);
	while (transfer_work(t, now) == TRANSFER_BUSY)
		now += 1000;
	assert_int_equal(transfer_work(t, now), TRANSFER_DONE);
	assert_int_equal(curl_easy_getinfo(transfer_handle(t),
	    CURLINFO_ACTIVESOCKET, &ours), CURLE_OK);
	assert_true(fcntl(ours, F_GETFD) & FD_CLOEXEC);
	transfer_free(t);
	close(fd);
}

static int
group_setup(void **state)
{
	(void)state;
	return curl_global_init(CURL_GLOBAL_DEFAULT) != 0 ||
	    sem_init(&asked, 0, 0) == -1 || sem_init(&answer, 0, 0) == -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent_name_server),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_close_on_exec),
	};

	alarm(60);
	return cmocka_run_group_tests_name("transfer", tests, group_setup,
	    NULL);
}
