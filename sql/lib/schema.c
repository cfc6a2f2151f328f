#include <stdlib.h>
#include <string.h>

#include "sql/lib/schema.h"
#include "schema_made.h"		/* GNUmakefile makes it */

const char schema_ours[] = SCHEMA_MADE;

bool
schema_is_ours(const char *name)
{
	return strcmp(name, schema_ours) == 0;
}

bool
schema_is_newer(const char *name)
{
	char *end;
	const unsigned long tables = strtoul(name, &end, 10);

	/* Before there were hashes, a schema was but a number. */
	return *end == '-' && tables > strtoul(schema_ours, NULL, 10);
}
