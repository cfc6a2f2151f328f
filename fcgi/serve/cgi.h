/*
 * CGI: one request, told by the environment, answered on standard output
 * (RFC 3875).
 */
#ifndef FCGI_SERVE_CGI_H
#define FCGI_SERVE_CGI_H

#include "fcgi/context.h"

/* False when not all could be told; what was told is an answer nevertheless. */
bool	 cgi_answer(const struct settings *);

/* A web server that runs its programs as root learns that it does: 500. */
bool	 cgi_refuse(void);

#endif
