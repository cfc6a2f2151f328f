#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/event/message.h"
#include "fcgi/http/record.h"

/* Milliseconds after which a browser opens a broken stream again. */
#define RETRY_MS	"2000"

static void
add_event(struct buf *b, const char *event, int64_t generation,
    const char *json, size_t len)
{
	buf_printf(b, "event: %s\nid: %" PRId64 "\ndata: ", event, generation);
	buf_add(b, json, len);
	buf_str(b, "\n\n");
}

/* The same without the sources and what comes after them. */
static void
add_brief(struct buf *b, const char *event, int64_t generation,
    const struct buf *json)
{
	static const char sources[] = ",\"sources\":[";
	const char *end = memmem(json->data, json->len, sources,
	    sizeof(sources) - 1);
	struct buf brief = { 0 };

	buf_add(&brief, json->data, end == NULL ? json->len :
	    (size_t)(end - json->data));
	buf_str(&brief, end == NULL ? "" : "}");
	b->failed |= brief.failed;
	add_event(b, event, generation, brief.data, brief.len);
	buf_free(&brief);
}

static struct message *
make(const struct buf *text, const struct buf *brief, int64_t since,
    int64_t generation)
{
	struct message *m;

	if (!buf_ok(text) || !buf_ok(brief) || text->len > RECORD_MAX ||
	    (m = malloc(sizeof(*m) + text->len + brief->len)) == NULL)
		return NULL;
	*m = (struct message){ .refs = 1, .since = since,
	    .generation = generation, .len = text->len,
	    .brief_len = brief->len };
	memcpy(m->text, text->data, text->len);
	memcpy(m->text + text->len, brief->data, brief->len);
	return m;
}

struct message *
message_new(const char *event, int64_t since, int64_t generation,
    const struct buf *json)
{
	struct buf text = { 0 }, brief = { 0 };
	struct message *m = NULL;

	if (buf_ok(json)) {
		add_event(&text, event, generation, json->data, json->len);
		add_brief(&brief, event, generation, json);
		m = make(&text, &brief, since, generation);
	}
	buf_free(&text);
	buf_free(&brief);
	return m;
}

struct message *
message_hello(int64_t generation, const struct buf *json, bool reload)
{
	struct buf text = { 0 }, brief = { 0 }, short_json = { 0 };
	struct message *m = NULL;

	buf_printf(&short_json, "{\"generation\":%" PRId64 "}", generation);
	buf_str(&text, "retry: " RETRY_MS "\n");
	buf_str(&brief, "retry: " RETRY_MS "\n");
	if (buf_ok(json) && buf_ok(&short_json)) {
		add_event(&text, "hello", generation, json->data, json->len);
		add_brief(&brief, "hello", generation, json);
		if (reload) {
			add_event(&text, "reload", generation,
			    short_json.data, short_json.len);
			add_brief(&brief, "reload", generation, &short_json);
		}
		m = make(&text, &brief, generation, generation);
	}
	buf_free(&text);
	buf_free(&brief);
	buf_free(&short_json);
	return m;
}

void
message_release(struct message *m)
{
	if (m != NULL && --m->refs == 0)
		free(m);
}

void
ring_free(struct ring *ring)
{
	size_t i;

	for (i = 0; i < RING_SIZE; i++)
		message_release(ring->held[i]);
	*ring = (struct ring){ 0 };
}

void
ring_add(struct ring *ring, struct message *m)
{
	struct message **place = &ring->held[ring->end++ % RING_SIZE];

	message_release(*place);
	*place = m;
}

static uint64_t
first(const struct ring *ring)
{
	return ring->end > RING_SIZE ? ring->end - RING_SIZE : 0;
}

bool
ring_has(const struct ring *ring, uint64_t number)
{
	return number >= first(ring);
}

struct message *
ring_get(const struct ring *ring, uint64_t number)
{
	struct message *m;

	if (number < first(ring) || number >= ring->end)
		return NULL;
	m = ring->held[number % RING_SIZE];
	m->refs++;
	return m;
}

uint64_t
ring_after(const struct ring *ring, int64_t last, int64_t generation,
    bool *reload)
{
	const struct message *m;
	uint64_t i;

	*reload = false;
	if (last == -1 || last == generation)
		return ring->end;
	for (i = first(ring); i < ring->end; i++) {
		m = ring->held[i % RING_SIZE];
		if (m->since != m->generation && m->since <= last &&
		    m->generation > last)
			return i;
	}
	/* It may be behind `generation`: then the change is still to come. */
	m = ring->end == 0 ? NULL : ring->held[(ring->end - 1) % RING_SIZE];
	*reload = m == NULL || m->generation != last || last > generation;
	return ring->end;
}
