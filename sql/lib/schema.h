/*
 * Which schema this program was built for.
 *
 * A schema is named as sql/migrate --version prints it and as
 * cccp.schema_version() has it in a database: how many files of sql/tables
 * made it, and a hash of all files of sql/tables and sql/code.
 */
#ifndef SQL_LIB_SCHEMA_H
#define SQL_LIB_SCHEMA_H

#include <stdbool.h>

#define SCHEMA_MAX	32		/* size of a buffer for a name */

extern const char schema_ours[];

bool	 schema_is_ours(const char *name);

/*
 * For one that is not: did it come after ours?  Then a newer program is
 * needed; else cccp-migrate brings the database up to the program's files.
 */
bool	 schema_is_newer(const char *name);

#endif
