/*
 * Who asks, as the web server says: a user and groups.  They come in variables
 * that no client can set: not in one whose name begins with HTTP_, since web
 * servers put the headers of a request there.  All pure.
 */
#ifndef FCGI_ACCESS_IDENTITY_H
#define FCGI_ACCESS_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lib/buf.h"

#define IDENTITY_GROUPS		"REMOTE_GROUPS"	/* the variable by default */
#define IDENTITY_GROUPS_MAX	512
#define IDENTITY_BYTES_MAX	16384	/* of all groups, as they are sent */

/* Where groups are, and what is between them. */
struct identity_rule {
	const char	*groups;	/* name of the variable */
	char		 separator;
};

/*
 * Reads the values of CCCP_GROUPS and CCCP_GROUPS_SEPARATOR; NULL or empty: as
 * by default, REMOTE_GROUPS and a comma.  The separator is one ASCII character,
 * \n or \t.  The name is borrowed.  NULL: done; else what is wrong, a constant
 * text for an administrator.
 */
const char	*identity_rule_read(struct identity_rule *,
		    const char *groups, const char *separator);

struct identity {
	const char	*user;		/* NULL: nobody */
	size_t		 n;
	const char	*group[IDENTITY_GROUPS_MAX];	/* in space */
	char		 space[IDENTITY_BYTES_MAX + 1];
};

/*
 * Fills it from a user and a text with groups; either may be NULL.  Without a
 * user there are no groups.  Blanks around groups, and empty groups, are
 * dropped.  The user is borrowed.  False: there are too many groups, or too
 * many bytes, and it is nobody.
 */
bool		 identity_read(struct identity *, const char *user,
		    const char *groups, char separator);

/* Appends the groups as an array of PostgreSQL, {"a","b"}, without a NUL. */
void		 identity_array(struct buf *, const struct identity *);

#endif
