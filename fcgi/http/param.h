/*
 * Query parameters: each declared once, in a table, with its validator.
 *
 * Whoever declares a table gets every parameter decoded, checked and within
 * its bounds, or a refusal that says which one is wrong and how.
 */
#ifndef FCGI_HTTP_PARAM_H
#define FCGI_HTTP_PARAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fcgi/http/request.h"
#include "sql/lib/buf.h"

#define PARAM_MAX	24	/* parameters in a table */
#define PARAM_ITEMS_MAX	64	/* items in a list */

enum param_type {
	PARAM_NUMBER,	/* whole, min to max */
	PARAM_BOOL,	/* true or false */
	PARAM_TIME,	/* RFC 3339; a date alone, and no offset, too */
	PARAM_WORDS,	/* text; items are its words, at most max_items */
	/*
	 * A list: items by commas, a minus before an item says "not" (or
	 * "descending"), a backslash takes the next character as it is.
	 */
	PARAM_SET,	/* each item is one of choices */
	PARAM_KEYS,	/* the same, and none twice */
	PARAM_FIELDS,	/* the same, and no minus */
	PARAM_LIST,	/* any text; an empty item is "those without" */
	PARAM_CURSOR,	/* letters, digits, - and _; checked further elsewhere */
	PARAM__MAX
};

struct param {
	const char	*name;
	enum param_type	 type;
	long		 min, max;	/* PARAM_NUMBER */
	size_t		 max_len;	/* bytes of the text; 0: no own bound */
	size_t		 max_items;	/* 0: PARAM_ITEMS_MAX */
	const char *const *choices;	/* ended by NULL */
};

struct param_item {
	const char	*text;
	bool		 minus;
};

struct param_value {
	bool		 given;
	const char	*text;		/* as sent, decoded */
	long		 number;	/* PARAM_NUMBER; PARAM_BOOL: 0 or 1 */
	size_t		 n;		/* items */
	struct param_item item[PARAM_ITEMS_MAX];
};

struct params {
	struct param_value value[PARAM_MAX];	/* in the table's order */
	size_t		 used;			/* of space */
	char		 space[2 * REQUEST_QUERY_MAX + 4 * PARAM_MAX];
};

enum param_err {
	PARAM_OK,
	PARAM_UNKNOWN,
	PARAM_REPEATED,
	PARAM_NOT_TEXT,		/* bad %XX, not UTF-8, or a NUL */
	PARAM_LONG,		/* more than max_len bytes */
	PARAM_MANY,		/* more than max_items */
	PARAM_NOT_NUMBER,	/* or out of its range */
	PARAM_NOT_BOOL,
	PARAM_NOT_TIME,
	PARAM_NOT_CHOICE,
	PARAM_TWICE,		/* an item of PARAM_KEYS */
	PARAM_NOT_CURSOR,	/* not one that an answer gave */
	PARAM_AGAINST,		/* cannot go with the one named as item */
	PARAM_ERR__MAX
};

struct param_refusal {
	enum param_err	 err;
	const struct param *param;	/* NULL when unknown */
	char		 name[64];	/* as sent, decoded, cut off */
	char		 item[64];	/* the bad one of a list, else "" */
};

/*
 * Reads a query against a table of n parameters.  Strings in params live as
 * long as it does.  False fills the refusal; the first wrong one wins.
 */
bool	 params_read(struct params *, const char *query,
	    const struct param *table, size_t n, struct param_refusal *);

/*
 * Appends the query that gives the same answer for whatever order and
 * escaping was sent: the parameters from first to before n.
 */
void	 params_query(struct buf *, const struct params *,
	    const struct param *table, size_t first, size_t n);

/* RFC 3339, section 5.6; a date alone, and no offset, too. */
bool	 param_is_time(const char *);

#endif
