/*
 * Where a source is: parsed once, and bounded, from "name=url".
 *
 *	cccp://user:password@host:port		a live session, in the clear
 *	cccps://user:password@host:port		the same within TLS
 *	http://host/path?interval=10&x=y	JSON snapshots; also https:
 *	file:///path?interval=10
 *	exec:/path/to/command word 'two words'	what the command prints
 *
 * The parameter interval is ours and is not sent; the other parameters of
 * http: and https: are.  A command is not run by a shell: its words stand
 * between blanks; '…' keeps all that it holds, "…" keeps blanks, and a
 * backslash, but not within '…', takes the next character as it is.
 *
 * For a source "prod-2" the environment has CCCP_PASSWORD_PROD_2 or
 * CCCP_PASSWORD_FILE_PROD_2 when the URL names a user without a password, and
 * CCCP_INTERVAL_PROD_2 when it names no interval.
 */
#ifndef POLLER_SOURCE_ADDRESS_H
#define POLLER_SOURCE_ADDRESS_H

#include <stdbool.h>

enum address_scheme {
	ADDRESS_CCCP,
	ADDRESS_CCCPS,
	ADDRESS_HTTP,
	ADDRESS_HTTPS,
	ADDRESS_FILE,
	ADDRESS_EXEC,
	ADDRESS__MAX
};

#define ADDRESS_INTERVAL_S	10	/* between two snapshots */
#define ADDRESS_INTERVAL_MAX	3600
#define ADDRESS_WORDS_MAX	64	/* of a command */

struct source_address {
	char			*name;		/* [a-z0-9_-], 1 to 32 */
	enum address_scheme	 scheme;
	char			*host, *port;	/* NULL: file, exec */
	char			*path;		/* decoded; NULL: exec */
	char			*user, *password;	/* or NULL */
	char			*url;		/* to be asked: no user */
	char			**argv;		/* exec; ends with NULL */
	char			*shown;	/* for people: nothing that is secret */
	unsigned		 interval_s;	/* 0: not asked, but live */
};

/*
 * On false, error (of 256 bytes) says what is wrong, without secrets, and *at
 * is empty.
 */
bool	 address_parse(struct source_address *at, const char *spec,
	    char *error) __attribute__((warn_unused_result));
void	 address_free(struct source_address *);

/* TLS is spoken with it. */
bool	 address_secure(const struct source_address *);

/*
 * Takes the next source off a list in which blanks separate them; exec: takes
 * the rest of its line.  NULL at the end.  *list is cut up and moved on.
 */
char	*address_next(char **list);

#endif
