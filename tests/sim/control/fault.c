#include <stdlib.h>
#include <string.h>

#include "tests/sim/control/fault.h"
#include "tests/sim/world/world.h"

#define DEPTH		10000
#define GARBAGE		65536
#define SYSTEM_ID	0x7fff0000u	/* that nobody has asked for */

static size_t
begin_object(struct client *client, uint32_t class, size_t *count)
{
	struct buf *out = &client->out;
	size_t at = frame_begin(out, FRAME_OBJECT_RESPONSE);

	frame_put_u32(out, client->sessions != NULL ? client->sessions->id :
	    1);
	frame_put_u32(out, SYSTEM_ID);
	*count = frame_put_count(out);
	if (client->names_out.protocol == 0) {
		frame_put_string(out, OBJECT_NAME_PROTOCOL);
		client->names_out.protocol = ++client->names_out.n;
	}
	frame_put_u32(out, 0);
	frame_put_u8(out, 0);
	frame_put_u32(out, client->names_out.protocol);
	frame_put_u32(out, class);
	frame_put_u32(out, 0);
	return at;
}

static void
end_object(struct client *client, size_t at, size_t count)
{
	frame_put_u16(&client->out, 0);
	frame_fill_count(&client->out, count);
	frame_put_u32(&client->out, 0);
	frame_end(&client->out, at);
}

static void
put_list_head(struct client *client, uint32_t class)
{
	frame_put_u16(&client->out, 1);
	frame_put_u16(&client->out, 50);
	frame_put_u32(&client->out, client->names_out.protocol);
	frame_put_u32(&client->out, class);
	frame_put_u32(&client->out, 0);
}

/* Half a frame, and the end. */
static void
close_midway(struct client *client)
{
	size_t at = frame_begin(&client->out, FRAME_OBJECT_RESPONSE);

	frame_put_u32(&client->out, 1);
	for (int i = 0; i < 100; i++)
		frame_put_u32(&client->out, 0);
	frame_end(&client->out, at);
	client->out.len -= 200;
	client->closing = true;
}

static void
huge(struct client *client)
{
	frame_put_u32(&client->out, 0x80000000u);
	frame_put_u32(&client->out, FRAME_LIST_RESPONSE);
	frame_put_u32(&client->out, 1);
}

static void
tiny(struct client *client)
{
	frame_put_u32(&client->out, 5);
	frame_put_u8(&client->out, 0);
}

static void
deep(struct client *client)
{
	size_t count, at = begin_object(client, OBJECT_CLASS_VALUES, &count);

	for (int i = 0; i < DEPTH; i++)
		put_list_head(client, OBJECT_CLASS_VALUES);
	for (int i = 0; i < DEPTH; i++) {
		frame_put_u16(&client->out, 0);
		frame_put_u32(&client->out, 0);
	}
	end_object(client, at, count);
}

/* Repeatable: what it sends does not depend on when. */
static void
garbage(struct client *client)
{
	struct sched dice;

	sched_init(&dice, 42);
	for (int i = 0; i < GARBAGE / 4; i++)
		frame_put_u32(&client->out, random_below(&dice, UINT32_MAX));
}

/* A list whose objects are of a class that nobody knows. */
static void
class(struct client *client)
{
	size_t count, at = begin_object(client, OBJECT_CLASS_VALUES, &count);

	put_list_head(client, 0x8300ffff);
	put_list_head(client, 0x8300fffe);
	for (int i = 0; i < 2; i++) {
		frame_put_u16(&client->out, 0);
		frame_put_u32(&client->out, 0);
	}
	end_object(client, at, count);
}

static void
type(struct client *client)
{
	size_t count, at = begin_object(client, OBJECT_CLASS_VALUES, &count);

	put_list_head(client, OBJECT_CLASS_STRING);
	frame_put_u16(&client->out, 1000);
	frame_put_u16(&client->out, 0x7777);
	frame_put_u32(&client->out, 0);
	frame_put_u16(&client->out, 0);
	frame_put_u32(&client->out, 0);
	end_object(client, at, count);
}

/* A string that claims more bytes than the frame has. */
static void
string(struct client *client)
{
	size_t count, at = begin_object(client, OBJECT_CLASS_VALUES, &count);

	put_list_head(client, OBJECT_CLASS_STRING);
	frame_put_u16(&client->out, 1000);
	frame_put_u16(&client->out, OBJECT_STRING);
	frame_put_u32(&client->out, 0x7fffffff);
	end_object(client, at, count);
}

static void
namespace(struct client *client)
{
	struct object_names names = client->names_out;
	size_t count, at;

	client->names_out.protocol = 4000;
	at = begin_object(client, OBJECT_CLASS_VALUES, &count);
	end_object(client, at, count);
	client->names_out = names;
}

static void
mode(struct client *client)
{
	size_t at = frame_begin(&client->out, FRAME_OBJECT_RESPONSE), count;

	frame_put_u32(&client->out, 1);
	frame_put_u32(&client->out, SYSTEM_ID);
	count = frame_put_count(&client->out);
	frame_put_u32(&client->out, 0);
	frame_put_u8(&client->out, 1);
	frame_put_u32(&client->out, 1);
	frame_fill_count(&client->out, count);
	frame_put_u32(&client->out, 0);
	frame_end(&client->out, at);
}

/* Well formed, but an answer to nothing that was asked. */
static void
view(struct client *client)
{
	size_t count, at = begin_object(client, OBJECT_CLASS_VALUES, &count);

	put_list_head(client, OBJECT_CLASS_U32);
	frame_put_u16(&client->out, 1);
	frame_put_u16(&client->out, OBJECT_U32);
	frame_put_u32(&client->out, 0);
	frame_put_u16(&client->out, 1000);
	frame_put_u16(&client->out, OBJECT_U32);
	frame_put_u32(&client->out, 7);
	frame_put_u16(&client->out, 0);
	frame_put_u32(&client->out, 0);
	end_object(client, at, count);
}

static void
method(struct client *client)
{
	size_t at = frame_begin(&client->out, 29999);

	frame_put_u32(&client->out, 1);
	frame_end(&client->out, at);
}

static void
ask(struct client *client)
{
	frame_end(&client->out, frame_begin(&client->out,
	    FRAME_ASK_TO_DISCONNECT));
}

static void
none(struct server *server)
{
	server->faults = 0;
	if (server->fd < 0 && !server->stopping)
		server_listen(server);
}

static void
away(struct server *server)
{
	server_unlisten(server);
	server_drop(server);
}

static void
restart(struct server *server)
{
	server_drop(server);
	store_renumber(&server->world->store);
	call_renumber(server->world);
}

static const struct {
	const char	*kind;
	const char	*help;
	void		(*each)(struct client *);	/* to all connections */
	void		(*once)(struct server *);
	unsigned	 fault;				/* until "none" */
} faults[] = {
	{ "none", "behaves again", NULL, none, 0 },
	{ "close", "half a frame, then closes", close_midway, NULL, 0 },
	{ "huge", "begins a frame of 2 GB", huge, NULL, 0 },
	{ "tiny", "sends a frame of size 5", tiny, NULL, 0 },
	{ "deep", "sends an object nested 10000 deep", deep, NULL, 0 },
	{ "garbage", "sends 64 kB of noise", garbage, NULL, 0 },
	{ "class", "sends lists of unknown classes", class, NULL, 0 },
	{ "type", "sends a value of an unknown type", type, NULL, 0 },
	{ "string", "sends a string longer than its frame", string, NULL, 0 },
	{ "namespace", "uses an index that it never listed", namespace, NULL,
	    0 },
	{ "mode", "sends a blob with mode 1", mode, NULL, 0 },
	{ "view", "answers what was not asked", view, NULL, 0 },
	{ "method", "sends an unknown method", method, NULL, 0 },
	{ "ask", "asks all to disconnect, and stays", ask, NULL, 0 },
	{ "restart", "closes all; all objects get new ids", NULL, restart,
	    0 },
	{ "silent", "says nothing any more", NULL, NULL, FAULT_SILENT },
	{ "deaf", "reads nothing any more", NULL, NULL, FAULT_DEAF },
	{ "bytes", "sends byte by byte", NULL, NULL, FAULT_BYTES },
	{ "slow", "greets 4 s after it took its date, once a connection", NULL,
	    NULL, FAULT_SLOW },
	{ "refuse", "refuses logins", NULL, NULL, FAULT_REFUSE },
	{ "away", "closes all, refuses connections", NULL, away,
	    FAULT_AWAY },
};

const char *
fault_run(struct server *server, const char *kind)
{
	struct client *client;

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		if (strcmp(faults[i].kind, kind) != 0)
			continue;
		server->faults |= faults[i].fault;
		if (faults[i].once != NULL)
			faults[i].once(server);
		if (faults[i].each != NULL)
			TAILQ_FOREACH(client, &server->clients, entry)
				faults[i].each(client);
		return NULL;
	}
	return "no such kind; see help";
}

void
fault_help(struct buf *out)
{
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		buf_printf(out, "    %-12s %s\n", faults[i].kind,
		    faults[i].help);
}
