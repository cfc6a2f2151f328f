#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sql/lib/root.h"

bool
root_refused(void)
{
	const char *allow = getenv("CCCP_ALLOW_ROOT");

	if (allow != NULL && strcmp(allow, "yes") == 0)
		return false;
	if (allow != NULL && *allow != '\0' && strcmp(allow, "no") != 0)
		errx(2, "CCCP_ALLOW_ROOT=%s: must be yes or no", allow);
	return geteuid() == 0 || getuid() == 0;
}
