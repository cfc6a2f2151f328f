#include <string.h>
#include <strings.h>

#include "fcgi/access/identity.h"
#include "sql/lib/array.h"
#include "sql/lib/utf8.h"

#define BLANKS	" \t\r\n"
#define LETTERS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"

static bool
is_variable(const char *name)
{
	return name[0] != '\0' && strchr("0123456789", name[0]) == NULL &&
	    name[strspn(name, LETTERS "0123456789")] == '\0';
}

const char *
identity_rule_read(struct identity_rule *rule, const char *groups,
    const char *separator)
{
	*rule = (struct identity_rule){ IDENTITY_GROUPS, ',' };
	if (groups != NULL && *groups != '\0') {
		if (!is_variable(groups))
			return "CCCP_GROUPS must be the name of a variable";
		if (strncasecmp(groups, "HTTP_", 5) == 0)
			return "CCCP_GROUPS may not begin with HTTP_: web "
			    "servers give the headers of a request under such "
			    "names, so anybody could send groups; have the web "
			    "server set another variable";
		rule->groups = groups;
	}
	if (separator == NULL || *separator == '\0')
		return NULL;
	if (strcmp(separator, "\\n") == 0)
		separator = "\n";
	else if (strcmp(separator, "\\t") == 0)
		separator = "\t";
	rule->separator = separator[0];
	return separator[1] == '\0' && (separator[0] & 0x80) == 0 ? NULL :
	    "CCCP_GROUPS_SEPARATOR must be one ASCII character, \\n or \\t";
}

/* Adds one group; one that is no UTF-8 is in no grant. */
static bool
add(struct identity *id, char *group, size_t len)
{
	while (len > 0 && strchr(BLANKS, group[len - 1]) != NULL)
		len--;
	while (len > 0 && strchr(BLANKS, *group) != NULL) {
		group++;
		len--;
	}
	group[len] = '\0';
	if (len == 0 || !utf8_valid(group, len))
		return true;
	if (id->n == IDENTITY_GROUPS_MAX)
		return false;
	id->group[id->n++] = group;
	return true;
}

bool
identity_read(struct identity *id, const char *user, const char *groups,
    char separator)
{
	const char ends[] = { separator, '\0' };
	char *p = id->space, *end;
	size_t len;

	id->user = user;
	id->n = 0;
	if (user == NULL || groups == NULL)
		return true;
	if ((len = strlen(groups)) <= IDENTITY_BYTES_MAX) {
		memcpy(p, groups, len + 1);
		for (end = p + len; p <= end; p += len + 1) {
			len = strcspn(p, ends);
			if (!add(id, p, len))
				break;
		}
		if (p > end)
			return true;
	}
	id->user = NULL;
	id->n = 0;
	return false;
}

void
identity_array(struct buf *b, const struct identity *id)
{
	size_t i;

	array_begin(b);
	for (i = 0; i < id->n; i++)
		array_add(b, id->group[i]);
	array_end(b);
}
