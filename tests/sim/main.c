/* cccp-sim: a dispatch server with a made-up call centre behind it. */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sql/lib/now.h"
#include "tests/sim/control/control.h"

#define STOP_MS		5000	/* clients have so long to close */

struct options {
	struct world_options	 world;
	const char		*address, *password, *port_file, *list_socket;
	const char		*control;
	uint32_t		 port;
	bool			 freeze;
};

static volatile sig_atomic_t stops, toggles;

static void
on_signal(int sig)
{
	if (sig == SIGUSR1)
		toggles++;
	else if (++stops > 1)
		_exit(1);
}

/* All numbers of the command line are read here. */
static double
number(const char *text, double min, double max, const char *option)
{
	char *end;
	double n;

	errno = 0;
	n = strtod(text, &end);
	if (errno != 0 || end == text || *end != '\0' || !(n >= min))
		errx(2, "--%s %s: a number from %.15g to %.15g is wanted",
		    option, text, min, max);
	if (n > max)
		errx(2, "--%s %s: too large, the most is %.15g", option,
		    text, max);
	return n;
}

static uint64_t
whole(const char *text, double min, double max, const char *option)
{
	double n = number(text, min, max, option);

	if (n != (double)(int64_t)n)
		errx(2, "--%s %s: a whole number is wanted", option, text);
	return (uint64_t)(int64_t)n;
}

static void
usage(void)
{
	struct buf commands = { .max = 1 << 16 };

	puts("usage: cccp-sim [options]\n"
	    "       cccp-sim --control PATH [command ...]\n"
	    "\n"
	    "A CCCP dispatch server with a call centre that lives a made-up "
	    "day.\n"
	    "The same seed gives the same day.\n"
	    "\n"
	    "  --port N          listen there (20103; 0: any that is free)\n"
	    "  --address A       on that address (127.0.0.1)\n"
	    "  --port-file FILE  where the port is written once it listens\n"
	    "  --password P      refuse logins with another one\n"
	    "  --agents N        users, a tenth of them supervisors (450)\n"
	    "  --queues N        queues that are not virtual (12)\n"
	    "  --twins N         users and queues of which there are two; and "
	    "odd logins (0)\n"
	    "  --events N        value changes a second, about (20)\n"
	    "  --seed N          of the day (1)\n"
	    "  --freeze          begin frozen; SIGUSR1 freezes and thaws\n"
	    "  --skew S          its clock is S seconds ahead (0)\n"
	    "  --zone S          its dates are told S seconds east (3600)\n"
	    "  --replay S        its clock starts at S seconds since 1970 "
	    "and moves\n"
	    "                    with the events only: dates are the same "
	    "too\n"
	    "  --list-socket P   unix socket for the truth and for commands\n"
	    "  --control P       send a command there and print the answer\n"
	    "  -h, --help  -V, --version\n"
	    "\n"
	    "SIGTERM asks clients to disconnect, waits up to 5 s, and ends; "
	    "a second\n"
	    "one ends at once.  Commands:");
	command_help(&commands);
	fwrite(commands.data, 1, commands.len, stdout);
	buf_free(&commands);
	exit(0);
}

enum { OPT_PORT = 256, OPT_ADDRESS, OPT_PORT_FILE, OPT_PASSWORD, OPT_AGENTS,
    OPT_QUEUES, OPT_TWINS, OPT_EVENTS, OPT_SEED, OPT_FREEZE, OPT_SKEW, OPT_ZONE,
    OPT_REPLAY, OPT_LIST, OPT_CONTROL };

static const struct option longs[] = {
	{ "port", required_argument, NULL, OPT_PORT },
	{ "address", required_argument, NULL, OPT_ADDRESS },
	{ "port-file", required_argument, NULL, OPT_PORT_FILE },
	{ "password", required_argument, NULL, OPT_PASSWORD },
	{ "agents", required_argument, NULL, OPT_AGENTS },
	{ "queues", required_argument, NULL, OPT_QUEUES },
	{ "twins", required_argument, NULL, OPT_TWINS },
	{ "events", required_argument, NULL, OPT_EVENTS },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "freeze", no_argument, NULL, OPT_FREEZE },
	{ "skew", required_argument, NULL, OPT_SKEW },
	{ "zone", required_argument, NULL, OPT_ZONE },
	{ "replay", required_argument, NULL, OPT_REPLAY },
	{ "list-socket", required_argument, NULL, OPT_LIST },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static void
set_number(struct options *o, int opt, const char *text)
{
	switch (opt) {
	case OPT_PORT:
		o->port = (uint32_t)whole(text, 0, 65535, "port");
		break;
	case OPT_AGENTS:
		o->world.agents = (uint32_t)whole(text, 0, 1e6, "agents");
		break;
	case OPT_QUEUES:
		o->world.queues = (uint32_t)whole(text, 1, 10000, "queues");
		break;
	case OPT_TWINS:
		o->world.twins = (uint32_t)whole(text, 0, 1e6, "twins");
		break;
	case OPT_EVENTS:
		o->world.events = number(text, 0, 1e6, "events");
		break;
	case OPT_SEED:
		o->world.seed = whole(text, 0, 1e15, "seed");
		break;
	case OPT_SKEW:
		o->world.skew_s = (int64_t)whole(text, -1e9, 1e9, "skew");
		break;
	case OPT_ZONE:
		o->world.zone_s = (int32_t)whole(text, -50400, 50400, "zone");
		break;
	default:
		o->world.replay_s = whole(text, 1e9, 4e9, "replay");
	}
}

static void
parse(struct options *o, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "hV", longs, NULL)) != -1)
		switch (opt) {
		case 'h':
			usage();
			break;
		case 'V':
			puts("cccp-sim " VERSION);
			exit(0);
		case '?':
			errx(2, "see --help");
		case OPT_ADDRESS:
			o->address = optarg;
			break;
		case OPT_PORT_FILE:
			o->port_file = optarg;
			break;
		case OPT_PASSWORD:
			o->password = optarg;
			break;
		case OPT_FREEZE:
			o->freeze = true;
			break;
		case OPT_LIST:
			o->list_socket = optarg;
			break;
		case OPT_CONTROL:
			o->control = optarg;
			return;
		default:
			set_number(o, opt, optarg);
		}
	if (optind < argc)
		errx(2, "%s: no such argument; see --help", argv[optind]);
}

/* Written as a whole, so that whoever waits for the file reads a port. */
static void
write_port(const char *path, uint16_t port)
{
	char temporary[4096];
	FILE *file;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.new", path) >=
	    sizeof(temporary))
		errx(1, "--port-file %s: path is too long", path);
	if ((file = fopen(temporary, "w")) == NULL ||
	    fprintf(file, "%u\n", port) < 0 || fclose(file) != 0 ||
	    rename(temporary, path) != 0)
		err(1, "--port-file %s", path);
}

static void
wait_for_work(struct server *server, struct control *control, int ms,
    const sigset_t *mask)
{
	struct pollfd pfd[CLIENTS_MAX + CONTROLS_MAX + 2];
	struct client *who[CLIENTS_MAX];
	int clients = server_poll(server, pfd, who), n = clients, controls;
	const struct timespec ts = { ms / 1000, ms % 1000 * 1000000L };
	bool listening = server->fd >= 0 && !server->stopping;

	controls = control_poll(control, pfd + n);
	n += controls;
	if (listening)
		pfd[n++] = (struct pollfd){ .fd = server->fd,
		    .events = POLLIN };
	if (ppoll(pfd, (nfds_t)n, ms < 0 ? NULL : &ts, mask) < 0) {
		if (errno != EINTR)
			err(1, "ppoll");
		return;
	}
	for (int i = 0; i < clients; i++)
		if ((pfd[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			client_read(who[i]);
	if (listening && pfd[n - 1].revents != 0)
		server_accept(server);
	control_work(control, pfd + clients, controls);
}

static uint64_t
steady_ms(void)
{
	return (uint64_t)now_monotonic() / 1000;
}

static int
sooner(int a, int b)
{
	return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* Runs until it is to stop, and all clients have gone or had their time. */
static void
run(struct world *world, struct server *server, struct control *control,
    const sigset_t *mask)
{
	uint64_t stop_ms = 0;
	int ms;

	for (;;) {
		if (toggles % 2 == 1) {
			world->frozen = !world->frozen;
			toggles = 0;
		}
		if (stops > 0 && !server->stopping) {
			server->stopping = true;
			stop_ms = steady_ms() + STOP_MS;
			server_unlisten(server);
			server_ask(server);
		}
		ms = world_run(world);
		server_flush(server);
		if (server->stopping) {
			if (server->n_clients == 0 || steady_ms() >= stop_ms)
				return;
			ms = sooner(ms, (int)(stop_ms - steady_ms()) + 1);
		}
		ms = sooner(ms, control_timeout(control));
		ms = sooner(ms, server_timeout(server));
		wait_for_work(server, control, ms, mask);
		server_flush(server);
	}
}

static void
catch_signals(sigset_t *mask)
{
	const struct sigaction sa = { .sa_handler = on_signal };
	static const int caught[] = { SIGTERM, SIGINT, SIGUSR1 };
	sigset_t block;

	sigemptyset(&block);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++) {
		sigaddset(&block, caught[i]);
		sigaction(caught[i], &sa, NULL);
	}
	/* Caught only while waiting, so that none is missed before. */
	sigprocmask(SIG_BLOCK, &block, mask);
	for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigdelset(mask, caught[i]);
}

int
main(int argc, char **argv)
{
	struct options o = { .address = "127.0.0.1", .port = 20103,
	    .world = { .agents = 450, .queues = 12, .events = 20, .seed = 1,
	    .zone_s = 3600 } };
	struct server server = { .fd = -1 };
	struct control control = { .fd = -1 };
	sigset_t mask;

	parse(&o, argc, argv);
	if (o.control != NULL)
		return control_ask(o.control, argc - optind, argv + optind);
	catch_signals(&mask);
	TAILQ_INIT(&server.clients);
	server.address = o.address;
	server.password = o.password;
	server.port = (uint16_t)o.port;
	control.path = o.list_socket;
	/* Ports and sockets in use are reported before the day is made. */
	if (o.port_file != NULL)
		unlink(o.port_file);
	server_listen(&server);
	control_listen(&control);
	server.world = control.world = world_new(&o.world);
	control.server = &server;
	server.world->frozen = o.freeze;
	if (o.port_file != NULL)
		write_port(o.port_file, server.port);
	warnx("%u users, listening on %s port %u", o.world.agents, o.address,
	    server.port);
	run(server.world, &server, &control, &mask);
	server_drop(&server);
	control_close(&control);
	world_free(server.world);
	return 0;
}
