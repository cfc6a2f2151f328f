#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/event/message.h"
#include "fcgi/http/record.h"

/* Milliseconds after which a browser whose stream broke asks again. */
#define RETRY_MS	"2000"

static void
add_event(struct buf *b, const char *event, int64_t generation,
    const char *json, size_t len)
{
	buf_printf(b, "event: %s\nid: %" PRId64 "\ndata: ", event, generation);
	buf_add(b, json, len);
	buf_str(b, "\n\n");
}

static struct message *
make(const struct buf *text, int64_t since, int64_t generation)
{
	struct message *m;

	if (!buf_ok(text) || text->len > RECORD_MAX ||
	    (m = malloc(sizeof(*m) + text->len)) == NULL)
		return NULL;
	*m = (struct message){ .refs = 1, .since = since,
	    .generation = generation, .len = text->len };
	memcpy(m->text, text->data, text->len);
	return m;
}

struct message *
message_new(const char *event, int64_t since, int64_t generation,
    const struct buf *json)
{
	struct buf text = { 0 };
	struct message *m = NULL;

	if (buf_ok(json)) {
		add_event(&text, event, generation, json->data, json->len);
		m = make(&text, since, generation);
	}
	buf_free(&text);
	return m;
}

struct message *
message_hello(int64_t generation, const struct buf *json, bool reload)
{
	struct buf text = { 0 }, short_json = { 0 };
	struct message *m = NULL;

	buf_printf(&short_json, "{\"generation\":%" PRId64 "}", generation);
	buf_str(&text, "retry: " RETRY_MS "\n");
	if (buf_ok(json) && buf_ok(&short_json)) {
		add_event(&text, "hello", generation, json->data, json->len);
		if (reload)
			add_event(&text, "reload", generation,
			    short_json.data, short_json.len);
		m = make(&text, generation, generation);
	}
	buf_free(&text);
	buf_free(&short_json);
	return m;
}

void
message_put(struct message *m)
{
	if (m != NULL && --m->refs == 0)
		free(m);
}

void
line_free(struct line *line)
{
	size_t i;

	for (i = 0; i < LINE_HELD; i++)
		message_put(line->held[i]);
	*line = (struct line){ 0 };
}

void
line_add(struct line *line, struct message *m)
{
	struct message **place = &line->held[line->end++ % LINE_HELD];

	message_put(*place);
	*place = m;
}

static uint64_t
first(const struct line *line)
{
	return line->end > LINE_HELD ? line->end - LINE_HELD : 0;
}

bool
line_has(const struct line *line, uint64_t number)
{
	return number >= first(line);
}

struct message *
line_get(const struct line *line, uint64_t number)
{
	struct message *m;

	if (number < first(line) || number >= line->end)
		return NULL;
	m = line->held[number % LINE_HELD];
	m->refs++;
	return m;
}

uint64_t
line_after(const struct line *line, int64_t last, int64_t generation,
    bool *reload)
{
	const struct message *m;
	uint64_t i;

	*reload = false;
	if (last == -1 || last == generation)
		return line->end;
	for (i = first(line); i < line->end; i++) {
		m = line->held[i % LINE_HELD];
		if (m->since != m->generation && m->since <= last &&
		    m->generation > last)
			return i;
	}
	/* It may have been told less than it is: then the rest is to come. */
	m = line->end == 0 ? NULL : line->held[(line->end - 1) % LINE_HELD];
	*reload = m == NULL || m->generation != last || last > generation;
	return line->end;
}
