/*
 * The address of a source, parsed from "name=url".
 *
 *	cccp://user:password@host:port		a live session, in the clear
 *	cccps://user:password@host:port		the same within TLS
 *	http://host/path?interval=10&x=y	JSON snapshots; also https:
 *	file:///path?interval=10
 *	exec:/path/to/command word 'two words'	what the command prints
 *
 * The parameter interval is for the poller and is not sent; the other
 * parameters of http: and https: are.  A command is not run by a shell.  Blanks
 * separate its words; within '…' all characters stand for themselves; within
 * "…" blanks do; outside '…' a backslash makes the next character stand for
 * itself.
 *
 * When the URL of a source "prod-2" names a user without a password, it is
 * taken from CCCP_PASSWORD_FILE_PROD_2 or CCCP_PASSWORD_PROD_2; when it names
 * no interval, from CCCP_INTERVAL_PROD_2.
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

#define ADDRESS_INTERVAL_S	10	/* seconds between two snapshots */
#define ADDRESS_INTERVAL_MAX	3600	/* seconds */
#define ADDRESS_WORDS_MAX	64	/* of a command */

struct source_address {
	char			*name;		/* [a-z0-9_-], 1 to 32 */
	enum address_scheme	 scheme;
	char			*host, *port;	/* NULL: file, exec */
	char			*path;		/* decoded; NULL: exec */
	char			*user, *password;	/* or NULL */
	char			*url;		/* without user */
	char			**argv;		/* exec; ends with NULL */
	char			*shown;	/* for people: no secrets */
	unsigned		 interval_s;	/* 0: live */
};

/*
 * On false, error (of 256 bytes) says what is wrong, without secrets, and *at
 * is empty.
 */
bool	 address_parse(struct source_address *at, const char *spec,
	    char *error) __attribute__((warn_unused_result));
void	 address_free(struct source_address *);

/* Whether it is reached by TLS. */
bool	 address_secure(const struct source_address *);

/*
 * The next source of a list, in which blanks separate them and the line's end
 * ends a command.  NULL at the end.  *list is changed, and moves on.
 */
char	*address_next(char **list);

#endif
