#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/sim/protocol/filter.h"

#define NODES_MAX	256
#define DEPTH_MAX	32
#define PATH_SIZE	512

enum op { OP_AND, OP_OR, OP_TRUE, OP_EQ, OP_NE, OP_GT, OP_GE, OP_LE };

struct node {
	enum op			 op;
	int			 a, b;		/* of and, or: nodes */
	int			 attr;		/* of the others */
	bool			 quoted;	/* the literal is a text */
	double			 number;
	char			*text;		/* owned; NULL: a number */
	uint64_t		 date_us;	/* the text read as a date */
};

struct filter {
	enum kind		 kind;
	uint64_t		 mask;
	int			 root;
	int			 n;
	struct node		 node[NODES_MAX];
};

struct parser {
	const char		*p, *end;
	struct filter		*filter;
	char			 prefix[PATH_SIZE];	/* ends in a dot */
	int			 depth;
	int32_t			 zone_s;
};

static int	 parse_or(struct parser *);

static void
skip_blanks(struct parser *in)
{
	while (in->p < in->end && (*in->p == ' ' || *in->p == '\t' ||
	    *in->p == '\n' || *in->p == '\r'))
		in->p++;
}

static bool
take_char(struct parser *in, char c)
{
	skip_blanks(in);
	if (in->p == in->end || *in->p != c)
		return false;
	in->p++;
	return true;
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_';
}

/* A whole word only: "order" does not begin with "or". */
static bool
take_word(struct parser *in, const char *word)
{
	size_t len = strlen(word);

	skip_blanks(in);
	if ((size_t)(in->end - in->p) < len || memcmp(in->p, word, len) != 0 ||
	    (in->p + len < in->end && is_name(in->p[len])))
		return false;
	in->p += len;
	return true;
}

static int
node_new(struct parser *in, enum op op)
{
	struct filter *filter = in->filter;

	if (filter->n == NODES_MAX)
		return -1;
	filter->node[filter->n].op = op;
	return filter->n++;
}

static int
node_pair(struct parser *in, enum op op, int a, int b)
{
	int at;

	if (a < 0 || b < 0 || (at = node_new(in, op)) < 0)
		return -1;
	in->filter->node[at].a = a;
	in->filter->node[at].b = b;
	return at;
}

/* names/apart/by/slashes, as the dotted path behind the prefix. */
static bool
take_path(struct parser *in, char path[PATH_SIZE])
{
	size_t len = strlen(in->prefix);

	memcpy(path, in->prefix, len);
	skip_blanks(in);
	do {
		const char *from = in->p;

		while (in->p < in->end && is_name(*in->p)) {
			if (len + 2 >= PATH_SIZE)
				return false;
			path[len++] = *in->p++;
		}
		if (in->p == from)
			return false;
		path[len++] = '.';
	} while (in->p < in->end && *in->p == '/' && in->p++ != NULL);
	path[len] = '\0';
	return true;
}

/* In the server's local time. */
static bool
parse_date(const char *text, int32_t zone_s, uint64_t *us)
{
	struct tm tm = { 0 };
	const char *end;
	time_t s;

	*us = 0;
	if (*text == '\0')
		return true;
	if ((end = strptime(text, "%Y/%m/%d %H:%M:%S", &tm)) == NULL ||
	    *end != '\0')
		return false;
	s = timegm(&tm) - zone_s;
	*us = s > 0 ? (uint64_t)s * 1000000 : 1;	/* 0: no date */
	return true;
}

static bool
take_literal(struct parser *in, struct node *node)
{
	const char *from;
	char number[32], quote, *end;
	size_t len;

	skip_blanks(in);
	if (take_char(in, '\'') || take_char(in, '"')) {
		quote = in->p[-1];
		from = in->p;
		while (in->p < in->end && *in->p != quote)
			in->p++;
		if (in->p == in->end)
			return false;
		if ((node->text = strndup(from, (size_t)(in->p - from))) ==
		    NULL)
			err(1, NULL);
		in->p++;
		return true;
	}
	from = in->p;
	while (in->p < in->end && strchr("+-.0123456789", *in->p) != NULL)
		in->p++;
	len = (size_t)(in->p - from);
	if (len == 0 || len >= sizeof(number))
		return false;
	memcpy(number, from, len);
	number[len] = '\0';
	node->number = strtod(number, &end);
	return *end == '\0';
}

static int
parse_comparison(struct parser *in, const char *path)
{
	static const struct {
		const char	*word;
		enum op		 op;
	} ops[] = { { "eq", OP_EQ }, { "ne", OP_NE }, { "gt", OP_GT },
	    { "ge", OP_GE }, { "le", OP_LE } };
	int attr = attr_find(in->filter->kind, path, strlen(path));
	enum object_type type;
	struct node *node;
	enum op op = OP_TRUE;
	int at;

	if (attr == ATTR_UNKNOWN)
		return -1;
	for (size_t i = 0; op == OP_TRUE && i < sizeof(ops) / sizeof(ops[0]);
	    i++)
		if (take_word(in, ops[i].word))
			op = ops[i].op;
	if ((at = node_new(in, op)) < 0)
		return -1;
	node = &in->filter->node[at];
	node->attr = attr;
	in->filter->mask |= (uint64_t)1 << attr;
	type = attr_table(in->filter->kind, NULL)[attr].type;
	if (op == OP_TRUE)
		return type == OBJECT_BOOL ? at : -1;
	if (!take_literal(in, node) || (node->text != NULL &&
	    type == OBJECT_DATE && !parse_date(node->text, in->zone_s,
	    &node->date_us)))
		return -1;
	return at;
}

/* path[ … ]: what is inside is looked up below the path. */
static int
parse_nested(struct parser *in, const char *path)
{
	char saved[PATH_SIZE];
	int at;

	memcpy(saved, in->prefix, PATH_SIZE);
	memcpy(in->prefix, path, PATH_SIZE);
	at = parse_or(in);
	memcpy(in->prefix, saved, PATH_SIZE);
	return take_char(in, ']') ? at : -1;
}

static int
parse_term(struct parser *in)
{
	char path[PATH_SIZE];
	int at;

	if (take_char(in, '(')) {
		at = parse_or(in);
		return take_char(in, ')') ? at : -1;
	}
	if (!take_path(in, path))
		return -1;
	if (take_char(in, '['))
		return parse_nested(in, path);
	path[strlen(path) - 1] = '\0';
	return parse_comparison(in, path);
}

static int
parse_and(struct parser *in)
{
	int at = parse_term(in);

	while (at >= 0 && take_word(in, "and"))
		at = node_pair(in, OP_AND, at, parse_term(in));
	return at;
}

static int
parse_or(struct parser *in)
{
	int at;

	if (++in->depth > DEPTH_MAX)
		return -1;
	at = parse_and(in);
	while (at >= 0 && take_word(in, "or"))
		at = node_pair(in, OP_OR, at, parse_and(in));
	in->depth--;
	return at;
}

static int
parse(struct parser *in)
{
	int root = -1, at;

	if (!take_char(in, '.') || !take_char(in, '['))
		return -1;
	do {
		at = parse_or(in);
		if (at < 0 || !take_char(in, ']'))
			return -1;
		root = root < 0 ? at : node_pair(in, OP_AND, root, at);
	} while (root >= 0 && take_char(in, '['));
	skip_blanks(in);
	return in->p == in->end ? root : -1;
}

struct filter *
filter_parse(enum kind kind, const char *text, size_t len, int32_t zone_s)
{
	struct parser in = { .p = text, .end = text + len,
	    .zone_s = zone_s };

	if ((in.filter = calloc(1, sizeof(*in.filter))) == NULL)
		err(1, NULL);
	in.filter->kind = kind;
	if ((in.filter->root = parse(&in)) < 0) {
		filter_free(in.filter);
		return NULL;
	}
	return in.filter;
}

void
filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	for (int i = 0; i < filter->n; i++)
		free(filter->node[i].text);
	free(filter);
}

/* Below, equal, above as -1, 0, 1; 2 when the two are of different types. */
static int
compare(const struct node *node, const struct item *item)
{
	const union value *v = &item->value[node->attr];
	double number;
	uint64_t us;
	int order;

	switch (attr_table(item->kind, NULL)[node->attr].type) {
	case OBJECT_STRING:
		if (node->text == NULL)
			return 2;
		order = strcmp(v->text, node->text);
		return (order > 0) - (order < 0);
	case OBJECT_DATE:
		if (node->text == NULL)
			return 2;
		us = (uint64_t)v->date.s * 1000000 + v->date.us;
		return (us > node->date_us) - (us < node->date_us);
	case OBJECT_U32:
		number = v->u32;
		break;
	case OBJECT_BOOL:
		number = v->flag;
		break;
	default:
		number = v->real;
	}
	if (node->text != NULL)
		return 2;
	return (number > node->number) - (number < node->number);
}

static bool
match(const struct filter *filter, int at, const struct item *item)
{
	const struct node *node = &filter->node[at];
	int order;

	if (node->op == OP_AND)
		return match(filter, node->a, item) &&
		    match(filter, node->b, item);
	if (node->op == OP_OR)
		return match(filter, node->a, item) ||
		    match(filter, node->b, item);
	if (!item_has(item, node->attr))
		return false;
	if (node->op == OP_TRUE)
		return item->value[node->attr].flag;
	order = compare(node, item);
	switch (node->op) {
	case OP_EQ:
		return order == 0;
	case OP_NE:
		return order == -1 || order == 1;
	case OP_GE:
		return order == 0 || order == 1;
	case OP_LE:
		return order == -1 || order == 0;
	default:
		return order == 1;
	}
}

bool
filter_match(const struct filter *filter, const struct item *item)
{
	return match(filter, filter->root, item);
}

uint64_t
filter_mask(const struct filter *filter)
{
	return filter->mask;
}
