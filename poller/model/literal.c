#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/model/literal.h"

/*
 * {1:{type:'queue',queue:'support',task:''},"k":{"type":"queue",…}}
 *
 * Braces nest.  Each pair is an object of its own, and only the keys that
 * stand directly in it count.  Brackets and all other characters are skipped.
 */
#define DEPTH_MAX	16	/* objects below that depth are skipped */

struct braces {
	char			 key[8];	/* before the colon */
	char			 queue[LITERAL_NAME_MAX + 1];
	bool			 is_queue;
};

struct reader {
	const char		*p;
	char			 word[LITERAL_NAME_MAX + 1];	/* the last */
	struct braces		 braces[DEPTH_MAX];
	size_t			 depth;		/* of open braces */
	struct literal_queues	*queues;
	bool			 no_memory;
};

/* A word that is too long counts as empty: a part of it would be wrong. */
static void
word_char(struct reader *r, size_t *n, char c)
{
	if (*n < sizeof(r->word))
		r->word[*n] = c;
	++*n;
}

/* Reads a quoted text or a bare word into r->word. */
static void
read_word(struct reader *r)
{
	char quote = *r->p == '"' || *r->p == '\'' ? *r->p++ : '\0';
	size_t n = 0;

	if (quote == '\0') {
		while (*r->p != '\0' && strchr("{}[]:,'\" ", *r->p) == NULL)
			word_char(r, &n, *r->p++);
	} else {
		while (*r->p != '\0' && *r->p != quote) {
			if (*r->p == '\\' && r->p[1] != '\0')
				r->p++;
			word_char(r, &n, *r->p++);
		}
		if (*r->p == quote)
			r->p++;
	}
	r->word[n < sizeof(r->word) ? n : 0] = '\0';
}

/* The innermost open braces; NULL: none are open, or too many. */
static struct braces *
innermost(struct reader *r)
{
	return r->depth > 0 && r->depth <= DEPTH_MAX ?
	    &r->braces[r->depth - 1] : NULL;
}

/* A value has ended: keeps it if its key is "type" or "queue". */
static void
end_value(struct reader *r)
{
	struct braces *b = innermost(r);

	if (b != NULL && strcmp(b->key, "type") == 0)
		b->is_queue = strcmp(r->word, "queue") == 0;
	else if (b != NULL && strcmp(b->key, "queue") == 0)
		strcpy(b->queue, r->word);
	if (b != NULL)
		b->key[0] = '\0';
	r->word[0] = '\0';
}

static void
open_braces(struct reader *r)
{
	struct braces *b;

	r->depth++;
	if ((b = innermost(r)) != NULL)
		memset(b, 0, sizeof(*b));
	r->word[0] = '\0';
}

static void
close_braces(struct reader *r)
{
	struct literal_queues *q = r->queues;
	struct braces *b;

	end_value(r);
	b = innermost(r);
	if (b != NULL && b->is_queue && b->queue[0] != '\0' &&
	    q->n < LITERAL_QUEUES_MAX) {
		if ((q->name[q->n] = strdup(b->queue)) != NULL)
			q->n++;
		else
			r->no_memory = true;
	}
	if (r->depth > 0)
		r->depth--;
}

static void
step(struct reader *r)
{
	struct braces *b = innermost(r);

	switch (*r->p) {
	case '{':
		open_braces(r);
		break;
	case '}':
		close_braces(r);
		break;
	case ',':
		end_value(r);
		break;
	case ':':
		if (b != NULL)
			snprintf(b->key, sizeof(b->key), "%.7s", r->word);
		r->word[0] = '\0';
		break;
	case ' ':
	case '[':
	case ']':
		break;
	default:
		read_word(r);
		return;
	}
	r->p++;
}

enum literal_err
literal_queues(const char *text, struct literal_queues *queues)
{
	struct reader r = { .p = text, .queues = queues };

	queues->n = 0;
	if (strchr(text, '{') == NULL && strchr(text, '[') == NULL)
		return LITERAL_BAD;
	while (*r.p != '\0')
		step(&r);
	return r.no_memory ? LITERAL_NO_MEMORY : LITERAL_OK;
}

void
literal_free(struct literal_queues *queues)
{
	while (queues->n > 0)
		free(queues->name[--queues->n]);
}
