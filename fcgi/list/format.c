#include <string.h>

#include "fcgi/http/accept.h"
#include "fcgi/list/format.h"

const char *const format_words[] = { "json", "csv", "ndjson", NULL };
const char *const dialect_words[] = { "strict", "excel-fr", NULL };

static const char *const media[FORMAT__MAX] = {
	[FORMAT_JSON] = "application/json",
	[FORMAT_CSV] = "text/csv",
	[FORMAT_NDJSON] = "application/x-ndjson",
};

enum format
format_choose(const char *word, const char *accept)
{
	enum format f;

	for (f = 0; word != NULL && f < FORMAT__MAX; f++)
		if (strcmp(word, format_words[f]) == 0)
			return f;
	return (enum format)accept_type(accept, media, FORMAT__MAX);
}

enum dialect
dialect_choose(const char *word)
{
	return word != NULL && strcmp(word, dialect_words[DIALECT_EXCEL_FR]) ==
	    0 ? DIALECT_EXCEL_FR : DIALECT_STRICT;
}

const char *
format_type(enum format f)
{
	return f == FORMAT_CSV ? "text/csv; charset=utf-8; header=present" :
	    media[f];
}
