/*
 * Cells of an export as CSV, in each dialect: a cell holds no separator outside
 * quotes, and is read back as it was.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "fcgi/list/format.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
check_csv(const char *text)
{
	struct buf b = { 0 };
	size_t i, k;

	csv_text(&b, text, strlen(text));
	buf_char(&b, '\0');
	must(buf_ok(&b));
	if (b.data[0] != '"') {
		must(strcmp(b.data, text) == 0 &&
		    strpbrk(b.data, ",;\"\r\n\t") == NULL);
	} else {
		for (i = 1, k = 0; text[k] != '\0'; i++, k++) {
			must(b.data[i] == text[k]);
			if (text[k] == '"')
				must(b.data[++i] == '"');
		}
		must(b.data[i] == '"' && b.data[i + 1] == '\0');
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 };

	buf_add(&text, data, size);
	buf_char(&text, '\0');
	must(buf_ok(&text));
	check_csv(text.data);
	buf_free(&text);
	return 0;
}
