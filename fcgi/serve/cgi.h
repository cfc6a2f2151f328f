/*
 * CGI: one request in the environment, answered on standard output (RFC 3875).
 */
#ifndef FCGI_SERVE_CGI_H
#define FCGI_SERVE_CGI_H

#include "fcgi/context.h"

/*
 * False when the answer could not be written, or had to be replaced by an error
 * message.
 */
bool	 cgi_answer(const struct settings *);

/* Answers 500, because the web server runs the program as root. */
bool	 cgi_refuse(void);

#endif
