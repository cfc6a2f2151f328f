/*
 * Programs that read data from outside do not run as root without being told
 * to: they need none of root's rights.
 */
#ifndef SQL_LIB_ROOT_H
#define SQL_LIB_ROOT_H

#include <stdbool.h>

/*
 * Does this process run as root without having been allowed to?  It is
 * allowed by CCCP_ALLOW_ROOT=yes; another word than yes or no ends the
 * program with a message and status 2.
 */
bool	 root_refused(void);

#endif
