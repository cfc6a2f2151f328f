/*
 * What every request that writes has to show, before its body is read.
 *
 * A page of another site can have a browser send requests here, with the
 * user's log-in.  Browsers say where a request comes from, and pages cannot
 * change that: in Sec-Fetch-Site, which they send to a host that is trusted (by
 * TLS, or this machine), and in Origin.  So it has to come from this site's own
 * pages:
 *	Sec-Fetch-Site is same-origin; or, without that header,
 *	Origin has the host and the port of Host, and its scheme, as far as the
 *	web server knows it (HTTPS).
 * A program that is no browser says Sec-Fetch-Site: same-origin.
 */
#ifndef FCGI_HTTP_WRITE_H
#define FCGI_HTTP_WRITE_H

#include "fcgi/http/problem.h"
#include "fcgi/http/request.h"

/*
 * Checks where it comes from, its Content-Type, its body's length, and for
 * edits that it has If-Match.  PROBLEM__MAX: all is right.
 */
enum problem	 write_check(const struct request *,
		    const struct request_body *, bool edits);

#define WRITE_VERSION_MAX	64

/*
 * Copies the version of what is edited: the text of the only tag in If-Match.
 * False: it is no such tag, which no answer has given.
 */
bool		 write_version(const struct request *,
		    char version[WRITE_VERSION_MAX]);

#endif
