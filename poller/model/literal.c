#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/literal.h"

/*
 * {1:{type:'queue',queue:'support',task:''},"k":{"type":"queue",…}}
 *
 * Braces nest; each pair is an entry of its own, and only what stands directly
 * in it counts.  Brackets, and whatever else is there, are passed over.
 */
#define DEPTH_MAX	16	/* deeper entries are passed over */

struct entry {
	char		 key[8];			/* before the colon */
	char		 queue[VALUE_KEY_MAX + 1];
	bool		 is_queue;
};

struct reader {
	const char	*p;
	char		 word[VALUE_KEY_MAX + 1];	/* last text or word */
	struct entry	 entry[DEPTH_MAX];
	size_t		 depth;				/* of open braces */
	char		*name[LITERAL_QUEUES_MAX];
	size_t		 n;
};

/* A word that is too long counts as none: half of it would be another one. */
static void
put(struct reader *r, size_t *n, char c)
{
	if (*n < sizeof(r->word))
		r->word[*n] = c;
	++*n;
}

/* Reads a quoted text or a bare word into r->word. */
static void
word(struct reader *r)
{
	char quote = *r->p == '"' || *r->p == '\'' ? *r->p++ : '\0';
	size_t n = 0;

	if (quote == '\0') {
		while (*r->p != '\0' && strchr("{}[]:,'\" ", *r->p) == NULL)
			put(r, &n, *r->p++);
	} else {
		while (*r->p != '\0' && *r->p != quote) {
			if (*r->p == '\\' && r->p[1] != '\0')
				r->p++;
			put(r, &n, *r->p++);
		}
		if (*r->p == quote)
			r->p++;
	}
	r->word[n < sizeof(r->word) ? n : 0] = '\0';
}

/* The entry that is open; NULL outside of all, and too deep inside. */
static struct entry *
current(struct reader *r)
{
	return r->depth > 0 && r->depth <= DEPTH_MAX ?
	    &r->entry[r->depth - 1] : NULL;
}

/* A value has ended: is it one that we look for? */
static void
take(struct reader *r)
{
	struct entry *e = current(r);

	if (e != NULL && strcmp(e->key, "type") == 0)
		e->is_queue = strcmp(r->word, "queue") == 0;
	else if (e != NULL && strcmp(e->key, "queue") == 0)
		strcpy(e->queue, r->word);
	if (e != NULL)
		e->key[0] = '\0';
	r->word[0] = '\0';
}

static void
open_entry(struct reader *r)
{
	struct entry *e;

	r->depth++;
	if ((e = current(r)) != NULL)
		memset(e, 0, sizeof(*e));
	r->word[0] = '\0';
}

static void
close_entry(struct reader *r)
{
	struct entry *e;

	take(r);
	e = current(r);
	if (e != NULL && e->is_queue && e->queue[0] != '\0' &&
	    r->n < LITERAL_QUEUES_MAX &&
	    (r->name[r->n] = strdup(e->queue)) != NULL)
		r->n++;
	if (r->depth > 0)
		r->depth--;
}

static void
step(struct reader *r)
{
	struct entry *e = current(r);

	switch (*r->p) {
	case '{':
		open_entry(r);
		break;
	case '}':
		close_entry(r);
		break;
	case ',':
		take(r);
		break;
	case ':':
		if (e != NULL)
			snprintf(e->key, sizeof(e->key), "%.7s", r->word);
		r->word[0] = '\0';
		break;
	case ' ':
	case '[':
	case ']':
		break;
	default:
		word(r);
		return;
	}
	r->p++;
}

enum value_err
literal_queues(const char *s, struct buf *out)
{
	struct reader *r;

	if (strchr(s, '{') == NULL && strchr(s, '[') == NULL)
		return VALUE_BAD;
	if ((r = calloc(1, sizeof(*r))) == NULL) {
		out->failed = true;
		return VALUE_ABSENT;
	}
	for (r->p = s; *r->p != '\0';)
		step(r);
	if (r->n > 0)
		value_array(out, r->name, r->n);
	while (r->n > 0)
		free(r->name[--r->n]);
	free(r);
	return buf_ok(out) && out->len > 0 ? VALUE_OK : VALUE_ABSENT;
}
