#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "poller/source/transfer.h"

#define SOCKETS	16	/* of one handle: name servers, both families */

struct transfer {
	CURLM			*multi;
	CURL			*easy;
	struct pollfd		 fds[SOCKETS];
	size_t			 n;
	long			 timeout_ms;	/* -1: none */
	int64_t			 timeout_at;	/* 0: timeout_ms is new */
	enum transfer_state	 state;
	int			 no_socket;	/* errno; 0: there were some */
	char			 error[CURL_ERROR_SIZE];
};

static int
on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *unused)
{
	struct transfer *t = arg;
	size_t i;

	(void)easy;
	(void)unused;
	for (i = 0; i < t->n && t->fds[i].fd != fd; i++)
		;
	if (what == CURL_POLL_REMOVE) {
		if (i < t->n)
			t->fds[i] = t->fds[--t->n];
		return 0;
	}
	if (i == SOCKETS)
		return -1;
	if (i == t->n)
		t->n++;
	t->fds[i] = (struct pollfd){ .fd = fd, .events = (short)(
	    (what & CURL_POLL_IN ? POLLIN : 0) |
	    (what & CURL_POLL_OUT ? POLLOUT : 0)) };
	return 0;
}

static int
on_timer(CURLM *multi, long timeout_ms, void *arg)
{
	struct transfer *t = arg;

	(void)multi;
	t->timeout_ms = timeout_ms;
	t->timeout_at = 0;
	return 0;
}

static curl_socket_t
open_socket(void *arg, curlsocktype type, struct curl_sockaddr *a)
{
	struct transfer *t = arg;
	int fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);

	(void)type;
	t->no_socket = fd == -1 ? errno : 0;
	return fd;
}

static void
set_options(struct transfer *t, CURL *easy)
{
	const char *cafile = getenv("CCCP_CAFILE");

	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, TRANSFER_CONNECT_S);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPIDLE, 30L);
	curl_easy_setopt(easy, CURLOPT_TCP_KEEPINTVL, 10L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
	/* Do not wait for the thread that looks up names. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (cafile != NULL) {
		curl_easy_setopt(easy, CURLOPT_CAINFO, cafile);
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	}
}

struct transfer *
transfer_new(CURL *easy)
{
	struct transfer *t = calloc(1, sizeof(*t));

	if (t == NULL || (t->multi = curl_multi_init()) == NULL) {
		curl_easy_cleanup(easy);
		free(t);
		return NULL;
	}
	t->easy = easy;
	t->timeout_ms = 0;
	set_options(t, easy);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(t->multi, CURLMOPT_SOCKETDATA, t);
	curl_multi_setopt(t->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(t->multi, CURLMOPT_TIMERDATA, t);
	if (curl_multi_add_handle(t->multi, easy) != CURLM_OK) {
		transfer_free(t);
		return NULL;
	}
	return t;
}

void
transfer_free(struct transfer *t)
{
	if (t == NULL)
		return;
	curl_multi_remove_handle(t->multi, t->easy);
	curl_easy_cleanup(t->easy);
	curl_multi_cleanup(t->multi);
	free(t);
}

size_t
transfer_fds(const struct transfer *t, struct pollfd *fds, size_t max)
{
	size_t n = t->n < max ? t->n : max;

	memcpy(fds, t->fds, n * sizeof(*fds));
	return n;
}

int64_t
transfer_deadline(const struct transfer *t)
{
	if (t->timeout_ms < 0)
		return INT64_MAX;
	return t->timeout_at;	/* 0, so at once, while it is new */
}

/* All sockets are tried: they are few, and none of them blocks. */
enum transfer_state
transfer_work(struct transfer *t, int64_t now)
{
	CURLMsg *msg;
	int running, left;
	size_t i;

	if (t->timeout_ms >= 0 && t->timeout_at == 0)
		t->timeout_at = now + (int64_t)t->timeout_ms * 1000;
	if (t->timeout_ms >= 0 && now >= t->timeout_at) {
		t->timeout_ms = -1;
		curl_multi_socket_action(t->multi, CURL_SOCKET_TIMEOUT, 0,
		    &running);
	}
	for (i = t->n; i-- > 0;)
		if (i < t->n)
			curl_multi_socket_action(t->multi, t->fds[i].fd, 0,
			    &running);
	while ((msg = curl_multi_info_read(t->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		t->state = msg->data.result == CURLE_OK ? TRANSFER_DONE :
		    TRANSFER_FAILED;
		if (t->state == TRANSFER_FAILED && t->no_socket != 0)
			snprintf(t->error, sizeof(t->error), "no socket: %s",
			    strerror(t->no_socket));
		else if (t->error[0] == '\0')
			strncpy(t->error, curl_easy_strerror(
			    msg->data.result), sizeof(t->error) - 1);
		t->error[strcspn(t->error, "\r\n")] = '\0';
	}
	return t->state;
}

CURL *
transfer_handle(const struct transfer *t)
{
	return t->easy;
}

const char *
transfer_error(const struct transfer *t)
{
	return t->error;
}
