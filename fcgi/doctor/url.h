#ifndef FCGI_DOCTOR_URL_H
#define FCGI_DOCTOR_URL_H

#include "fcgi/doctor/say.h"

/*
 * Asks for the board at url as a browser does, and says what the web server
 * in between changes, holds back or cuts off.  Takes up to 20 seconds after
 * the last answer.  A name and password in url are sent and never printed.
 */
void	 doctor_url(struct doctor *, const char *url);

#endif
