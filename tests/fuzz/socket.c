/*
 * What can come on the handler's socket: bytes of FastCGI records.  They are
 * written to a socket and read from it as the handler does; each request that
 * is found is read, and the connection goes on.  Read byte by byte, the same
 * requests are found, with the same bodies.
 */
#include <sys/socket.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fcgi/http/request.h"
#include "fcgi/serve/peer.h"
#include "sql/lib/hash.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* As much as the socket takes without a reader. */
#define SOME	(64 << 10)

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Every POST needs its body. */
static bool
posts(char *const *env)
{
	return request_method(env) == METHOD_POST;
}

/* Reads a request's variables; adds them to a hash of all requests. */
static uint64_t
check_request(struct incoming *in, uint64_t hash)
{
	const struct request_body body = incoming_body(in);
	static struct request req;
	char *const *env;
	size_t n = 0;

	must(in->begun && in->params_ended && in->request != 0);
	for (env = in->env; *env != NULL; env++, n++) {
		must(strchr(*env, '=') != NULL && **env != '=');
		hash = hash_add(hash, *env, strlen(*env) + 1);
	}
	must(n <= INCOMING_VARS_MAX);
	(void)request_read(&req, in->env);
	must(req.path[0] == '/' || req.path[0] == '\0');
	must(body.len <= REQUEST_BODY_MAX);
	must(body.len == 0 || (in->body_ended && posts(in->env) &&
	    body.err == REQUEST_BODY_OK));
	hash = hash_add(hash, body.data, body.len);
	hash = hash_add(hash, &body.err, sizeof(body.err));
	return hash_add(hash, &in->request, sizeof(in->request));
}

/*
 * Byte by byte, each request ends as soon as it is ready; what comes after it
 * is for the next.  Returns a hash of the requests.
 */
static uint64_t
by_bytes(const uint8_t *data, size_t size)
{
	static struct incoming in;
	uint64_t hash = HASH_EMPTY;
	size_t i;

	in = (struct incoming){ .needs_body = posts };
	for (i = 0; i < size; i++) {
		if (incoming_feed(&in, data + i, 1) == INCOMING_READY) {
			hash = check_request(&in, hash);
			incoming_next(&in);
		}
		must(in.reply_len <= sizeof(in.reply));
		if (in.bad)
			break;
	}
	incoming_free(&in);
	return hash;
}

/* In pieces of a size, ended in the same way where that is between two. */
static uint64_t
by_pieces(const uint8_t *data, size_t size, size_t piece)
{
	static struct incoming in;
	uint64_t hash = HASH_EMPTY;
	size_t i, n;

	in = (struct incoming){ .needs_body = posts };
	for (i = 0; i < size && !in.bad; i += n) {
		n = size - i < piece ? size - i : piece;
		(void)incoming_feed(&in, data + i, n);
	}
	if (incoming_state(&in) == INCOMING_READY)
		hash = check_request(&in, hash);
	incoming_free(&in);
	return hash;
}

static void
by_socket(const uint8_t *data, size_t size)
{
	struct peer *c;
	int fd[2], i;

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == 0);
	must((c = peer_new(fd[0], posts)) != NULL);
	must(send(fd[1], data, size, MSG_NOSIGNAL) == (ssize_t)size);
	shutdown(fd[1], SHUT_WR);
	for (i = 0; c->state != PEER_OVER && i < 1000; i++) {
		if (c->state == PEER_READY) {
			(void)check_request(&c->in, HASH_EMPTY);
			peer_answered(c, false);
		} else if (c->state == PEER_CLOSING) {
			peer_skip(c);
		} else {
			peer_read(c);
		}
	}
	must(c->state == PEER_OVER);
	peer_free(c);
	close(fd[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_reader whole = { 0 }, bytes = { 0 };
	bool aborted = false;
	size_t i;

	if (size == 0 || size > SOME)
		return 0;
	must(by_pieces(data, size, size) == by_pieces(data, size, 1));
	(void)by_pieces(data, size, 1 + data[0]);
	(void)by_bytes(data, size);
	by_socket(data, size);
	/* The same of what is read from a stream's connection. */
	for (i = 0; i < size && !aborted; i++)
		aborted = record_aborts(&bytes, data + i, 1, 1);
	must(record_aborts(&whole, data, size, 1) == aborted);
	return 0;
}
