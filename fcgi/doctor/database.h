#ifndef FCGI_DOCTOR_DATABASE_H
#define FCGI_DOCTOR_DATABASE_H

#include "fcgi/doctor/say.h"

/*
 * Connects as the handler does, by the PG* variables, and says whether the
 * schema, the role's rights, the clock and the sources are as a board needs
 * them.  Writes nothing.
 */
void	 doctor_database(struct doctor *);

#endif
