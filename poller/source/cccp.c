/*
 * cccp:// and cccps://: a live session with a dispatch server.  libcurl
 * connects, with TLS for cccps; session/ knows the protocol; this file moves
 * bytes between them.
 */
#include <stdlib.h>
#include <string.h>

#include "poller/session/session.h"
#include "poller/source/source.h"
#include "poller/source/transfer.h"

#define READ_MAX	((size_t)4 << 20)	/* bytes a turn */
#define OUTPUT_MAX	((size_t)64 << 20)	/* not yet sent */

struct own {
	struct transfer	*transfer;
	struct session	*session;	/* NULL while connecting */
	curl_socket_t	 fd;
	bool		 blocked;	/* the socket accepts nothing now */
	bool		 more;		/* there is more to read */
	/* What TLS did not accept has to be offered again at this address. */
	char		 chunk[16384];
	size_t		 chunk_len, chunk_at;
};

static void
shut(struct source *s)
{
	struct own *own = s->own;

	session_free(own->session);
	transfer_free(own->transfer);
	free(own);
	s->own = NULL;
}

static void
fail(struct source *s, int64_t now, const char *error)
{
	char text[sizeof(s->error)];

	strncpy(text, error, sizeof(text) - 1);	/* it may be the session's */
	text[sizeof(text) - 1] = '\0';
	shut(s);
	source_fail(s, now, text);
}

static CURL *
handle(const struct source_address *at)
{
	CURL *easy = curl_easy_init();
	bool bracket = strchr(at->host, ':') != NULL && at->host[0] != '[';
	char url[600];

	if (easy == NULL)
		return NULL;
	/* With CONNECT_ONLY libcurl sends no HTTP. */
	snprintf(url, sizeof(url), "http%s://%s%s%s:%s/",
	    address_secure(at) ? "s" : "", bracket ? "[" : "", at->host,
	    bracket ? "]" : "", at->port);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(easy, CURLOPT_SSL_ENABLE_ALPN, 0L);
	return easy;
}

static void
cccp_open(struct source *s, int64_t now)
{
	struct own *own = calloc(1, sizeof(*own));
	CURL *easy = handle(&s->at);

	if (own == NULL || easy == NULL ||
	    (own->transfer = transfer_new(easy)) == NULL) {
		if (own == NULL && easy != NULL)
			curl_easy_cleanup(easy);
		free(own);
		source_fail(s, now, "out of memory");
		return;
	}
	own->fd = CURL_SOCKET_BAD;
	s->own = own;
	source_set_status(s, SOURCE_CONNECTING, "%s", "");
}

static size_t
cccp_fds(const struct source *s, struct pollfd *fds, size_t max)
{
	const struct own *own = s->own;

	if (own->session == NULL)
		return transfer_fds(own->transfer, fds, max);
	if (max == 0)
		return 0;
	fds[0] = (struct pollfd){ .fd = own->fd, .events = POLLIN |
	    (own->blocked ? POLLOUT : 0) };
	return 1;
}

static int64_t
cccp_deadline(const struct source *s)
{
	const struct own *own = s->own;

	if (own->session == NULL)
		return transfer_deadline(own->transfer);
	return own->more ? 0 : session_deadline(own->session);
}

static void
connecting(struct source *s, int64_t now)
{
	struct own *own = s->own;
	char text[sizeof(s->error)];

	switch (transfer_work(own->transfer, now)) {
	case TRANSFER_BUSY:
		return;
	case TRANSFER_FAILED:
		snprintf(text, sizeof(text), "connect to %s port %s: %s",
		    s->at.host, s->at.port, transfer_error(own->transfer));
		fail(s, now, text);
		return;
	case TRANSFER_DONE:
		break;
	}
	if (curl_easy_getinfo(transfer_handle(own->transfer),
	    CURLINFO_ACTIVESOCKET, &own->fd) != CURLE_OK ||
	    own->fd == CURL_SOCKET_BAD)
		fail(s, now, "connect: the connection is already closed");
	else if ((own->session = session_new(s->at.name, s->at.user,
	    s->at.password, s->snapshot, now)) == NULL)
		fail(s, now, "out of memory");
	else
		session_resume(own->session, s->ended, s->ended_zone_s);
	/* Not after a failure; then there is no session. */
	if (s->own != NULL && s->version[0] != '\0')
		session_know_skew(own->session, s->skew, s->skew_error);
}

/* Returns NULL, or what is wrong with the connection. */
static const char *
send_output(struct own *own)
{
	struct buf *out = session_output(own->session);
	CURLcode rc = CURLE_OK;
	size_t n, at = 0;

	while (rc == CURLE_OK && own->chunk_len + out->len - at > 0) {
		if (own->chunk_len == 0) {
			n = out->len - at;
			own->chunk_at = 0;
			own->chunk_len = n < sizeof(own->chunk) ? n :
			    sizeof(own->chunk);
			memcpy(own->chunk, out->data + at, own->chunk_len);
			at += own->chunk_len;
		}
		rc = curl_easy_send(transfer_handle(own->transfer),
		    own->chunk + own->chunk_at, own->chunk_len, &n);
		if (rc == CURLE_OK) {
			own->chunk_at += n;
			own->chunk_len -= n;
		}
	}
	buf_drop(out, at);
	own->blocked = rc == CURLE_AGAIN;
	if (rc != CURLE_OK && rc != CURLE_AGAIN)
		return "connection lost while sending";
	return out->len > OUTPUT_MAX ? "the server accepts nothing more" : NULL;
}

/* Reads what is there; NULL, or what is wrong with the connection. */
static const char *
receive(struct own *own, int64_t now)
{
	static char bytes[65536];
	size_t n, sum = 0;
	CURLcode rc;

	while (sum < READ_MAX &&
	    (rc = curl_easy_recv(transfer_handle(own->transfer), bytes,
	    sizeof(bytes), &n)) != CURLE_AGAIN) {
		if (rc != CURLE_OK || n == 0)
			return "the server closed the connection";
		sum += n;
		if (session_feed(own->session, bytes, n, now) ==
		    SESSION_FAILED)
			break;
	}
	own->more = sum >= READ_MAX;
	return NULL;
}

static void
talking(struct source *s, int64_t now)
{
	struct own *own = s->own;
	const char *error = receive(own, now), *unsent;

	session_tick(own->session, now);
	unsent = send_output(own);
	if (error == NULL)
		error = unsent;
	/* A frame is a sign of life only once the snapshot is whole. */
	if (session_state(own->session) == SESSION_LIVE)
		source_heard(s, session_alive(own->session), now);
	/* The last skew is kept until the server has sent its time. */
	if (session_version(own->session)[0] != '\0') {
		s->skew = session_skew(own->session);
		s->skew_error = session_skew_error(own->session);
		s->zoned |= session_zone(own->session, &s->zone_s);
		strcpy(s->version, session_version(own->session));
	}
	if (session_state(own->session) == SESSION_FAILED)
		fail(s, now, session_error(own->session));
	else if (error != NULL)
		fail(s, now, error);
	else if (session_state(own->session) == SESSION_LIVE &&
	    s->rows == SOURCE_ROWS_NONE) {
		source_in_step(s);
		s->failures = 0;
		source_set_status(s, SOURCE_LIVE, "%s", "");
	}
}

static void
cccp_work(struct source *s, int64_t now)
{
	struct own *own = s->own;

	if (own->session == NULL)
		connecting(s, now);
	if (s->own != NULL && own->session != NULL)
		talking(s, now);
}

static void
cccp_settled(struct source *s)
{
	struct own *own = s->own;

	if (own == NULL || own->session == NULL || !source_whole(s))
		return;
	snapshot_settle(s->snapshot, session_forgotten, own->session);
	s->ended = session_ended(own->session, &s->ended_zone_s);
}

static void
cccp_close(struct source *s)
{
	struct own *own = s->own;

	if (own->session != NULL && session_state(own->session) !=
	    SESSION_OPENING) {
		session_logout(own->session);
		(void)send_output(own);
	}
	shut(s);
}

const struct source_kind source_cccp = {
	.open = cccp_open,
	.fds = cccp_fds,
	.deadline = cccp_deadline,
	.work = cccp_work,
	.settled = cccp_settled,
	.close = cccp_close,
};
