#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "poller/literal.h"

/*
 * {1:{type:'queue',queue:'support',task:''},"k":{"type":"queue",…}}
 *
 * Only the innermost braces matter: what was seen since the last opening one
 * is an entry, whatever stands around it.
 */
struct reader {
	const char	*p;
	char		 word[VALUE_KEY_MAX + 1];	/* last text or word */
	char		 key[16];			/* before the colon */
	char		 queue[VALUE_KEY_MAX + 1];
	bool		 is_queue;
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

/* A value has ended: is it one that we look for? */
static void
take(struct reader *r)
{
	if (strcmp(r->key, "type") == 0)
		r->is_queue = strcmp(r->word, "queue") == 0;
	else if (strcmp(r->key, "queue") == 0)
		strcpy(r->queue, r->word);
	r->key[0] = r->word[0] = '\0';
}

static void
forget(struct reader *r)
{
	r->key[0] = r->word[0] = r->queue[0] = '\0';
	r->is_queue = false;
}

enum value_err
literal_queues(const char *s, struct buf *out)
{
	struct reader r = { .p = s };
	char *name[LITERAL_QUEUES_MAX];
	size_t n = 0;

	if (strchr(s, '{') == NULL && strchr(s, '[') == NULL)
		return VALUE_BAD;
	while (*r.p != '\0') {
		switch (*r.p) {
		case '{':
			forget(&r);
			r.p++;
			break;
		case ':':
			snprintf(r.key, sizeof(r.key), "%.*s",
			    (int)sizeof(r.key) - 1, r.word);
			r.word[0] = '\0';
			r.p++;
			break;
		case '}':
		case ',':
			take(&r);
			if (*r.p == '}' && r.is_queue && r.queue[0] != '\0' &&
			    n < LITERAL_QUEUES_MAX &&
			    (name[n] = strdup(r.queue)) != NULL)
				n++;
			if (*r.p++ == '}')
				forget(&r);
			break;
		case ' ':
		case '[':
		case ']':
			r.p++;
			break;
		default:
			word(&r);
			break;
		}
	}
	if (n > 0)
		value_array(out, name, n);
	while (n > 0)
		free(name[--n]);
	return buf_ok(out) && out->len > 0 ? VALUE_OK : VALUE_ABSENT;
}
