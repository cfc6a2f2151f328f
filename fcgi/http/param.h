/*
 * Query parameters.  Each is declared once, in a table, with its type and its
 * bounds.  Reading a query against the table gives all parameters decoded and
 * checked, or a refusal that says which one is wrong and how.
 */
#ifndef FCGI_HTTP_PARAM_H
#define FCGI_HTTP_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/http/moment.h"
#include "fcgi/http/request.h"
#include "sql/lib/buf.h"

#define PARAM_MAX	24	/* parameters in a table */
#define PARAM_ITEMS_MAX	64	/* items in a list */
#define PARAM_GROUPS_MAX 8	/* of digits, which count as one word */

enum param_type {
	PARAM_NUMBER,	/* whole, min to max */
	PARAM_BOOL,	/* true or false */
	PARAM_TIME,	/* as moment.h says; the item is its text there */
	PARAM_TEXT,	/* any text, also an empty one */
	/*
	 * Text; its words are the items.  Up to PARAM_GROUPS_MAX in a row that
	 * have only digits and + - . / ( ) _ count as one for max_items, which
	 * may not be 0: they may be a phone number.
	 */
	PARAM_WORDS,
	/*
	 * Lists: items separated by commas.  A minus before an item means "not"
	 * or "descending"; after a backslash any character is literal.
	 */
	PARAM_SET,	/* each item is one of choices */
	PARAM_KEYS,	/* the same, and none twice */
	PARAM_FIELDS,	/* as keys, and without a minus */
	PARAM_LIST,	/* any text; an empty item means "without a value" */
	PARAM_CURSOR,	/* letters, digits, - and _ */
	PARAM__MAX
};

struct param {
	const char	*name;
	enum param_type	 type;
	long		 min, max;	/* PARAM_NUMBER */
	size_t		 max_len;	/* bytes of the text; 0: any */
	size_t		 max_items;	/* 0: PARAM_ITEMS_MAX */
	bool		 required;
	bool		 null;		/* of a body's field: may be null */
	const char *const *choices;	/* NULL ends them */
};

struct param_item {
	const char	*text;
	bool		 minus;
};

struct param_value {
	bool		 given;
	const char	*text;		/* as sent, decoded */
	/* PARAM_NUMBER; PARAM_BOOL: 0 or 1; PARAM_TIME: wall of moment.h */
	long		 number;
	size_t		 n;		/* items */
	struct param_item item[PARAM_ITEMS_MAX];
};

struct params {
	struct param_value value[PARAM_MAX];	/* in the table's order */
	size_t		 used;			/* of space */
	char		 space[2 * REQUEST_QUERY_MAX + PARAM_MAX *
	    (4 + MOMENT_TEXT_MAX)];
};

enum param_err {
	PARAM_OK,
	PARAM_UNKNOWN,
	PARAM_MISSING,		/* it is required */
	PARAM_REPEATED,
	PARAM_NOT_TEXT,		/* bad %XX, not UTF-8, or a NUL */
	PARAM_LONG,		/* more than max_len bytes */
	PARAM_MANY,		/* more than max_items */
	PARAM_NOT_NUMBER,	/* or out of its range */
	PARAM_NOT_BOOL,
	PARAM_NOT_TIME,
	PARAM_NOT_CHOICE,
	PARAM_TWICE,		/* an item of PARAM_KEYS */
	PARAM_NOT_CURSOR,	/* not one of this list */
	PARAM_AGAINST,		/* excludes the parameter named as item */
	/* Only of a body, see body.h. */
	PARAM_NOT_STRING,
	PARAM_NOT_OBJECT,	/* the body as a whole */
	PARAM_NO_MEMORY,
	PARAM_ERR__MAX
};

struct param_refusal {
	enum param_err	 err;
	const struct param *param;	/* NULL when unknown */
	char		 name[64];	/* as sent, decoded, shortened */
	char		 item[64];	/* the wrong item of a list, else "" */
};

/*
 * Reads a query against a table of n parameters, PARAM_MAX at most.  All texts
 * are in params, and the refusal borrows from the table.  False: the refusal
 * says which parameter is the first wrong one, and how.
 */
bool	 params_read(struct params *, const char *query,
	    const struct param *table, size_t n, struct param_refusal *);

/*
 * Could the first len bytes be digits of a phone number, with the marks that are
 * written between them?
 */
bool	 param_is_group(const char *, size_t len);

/* Copies of a text what fits: whole characters, up to what is not UTF-8. */
void	 param_shorten(char *to, size_t size, const char *from, size_t len);

/*
 * Appends the parameters from index first to n - 1 as a canonical query: in the
 * table's order and with our escaping, however they were sent.
 */
void	 params_query(struct buf *, const struct params *,
	    const struct param *table, size_t first, size_t n);

#endif
