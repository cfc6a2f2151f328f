/*
 * Source URLs, and lists of them: each is accepted, or refused with a reason;
 * the text that is shown to people has no secrets; and the URL that is fetched
 * parses to the same parts.
 */
#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "poller/source/address.h"

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
must(bool condition)
{
	if (!condition)
		abort();
}

/* Neither user nor password nor parameters; a command without its words. */
static void
check_shown(const struct source_address *at)
{
	static const CURLUPart secret[] = { CURLUPART_USER,
		CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT };
	CURLU *u = curl_url();
	char *text;
	size_t i;

	must(strncmp(at->shown, "exec:", 5) == 0 ||
	    at->scheme != ADDRESS_EXEC);
	if (at->scheme != ADDRESS_EXEC && curl_url_set(u, CURLUPART_URL,
	    at->shown, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK)
		for (i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
			must(curl_url_get(u, secret[i], &text, 0) !=
			    CURLUE_OK);
	curl_url_cleanup(u);
}

/* What is asked for has lost its user; the rest is still itself. */
static void
check_again(const struct source_address *at)
{
	struct source_address again;
	char *spec, error[256];

	must((spec = malloc(strlen(at->url) + 3)) != NULL);
	strcat(strcpy(spec, "x="), at->url);
	must(address_parse(&again, spec, error));
	must(again.scheme == at->scheme && again.user == NULL);
	must(strcmp(again.url, at->url) == 0);
	must(strcmp(again.path, at->path) == 0);
	must(strcmp(again.shown, at->shown) == 0);
	address_free(&again);
	free(spec);
}

static void
check_one(const char *spec)
{
	struct source_address at;
	char error[256];

	if (!address_parse(&at, spec, error)) {
		must(error[0] != '\0' && memchr(error, '\0', 256) != NULL);
		must(at.name == NULL && at.password == NULL);
		return;
	}
	must(strlen(at.name) >= 1 && strlen(at.name) <= 32);
	must(at.interval_s <= ADDRESS_INTERVAL_MAX);
	must((at.interval_s == 0) == (at.scheme <= ADDRESS_CCCPS));
	must((at.argv != NULL) == (at.scheme == ADDRESS_EXEC));
	must(at.argv == NULL || at.argv[0][0] == '/');
	must(at.user == NULL || at.password != NULL);
	check_shown(&at);
	if (at.scheme == ADDRESS_HTTP || at.scheme == ADDRESS_HTTPS)
		check_again(&at);
	address_free(&at);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *list = malloc(size + 1), *rest = list, *spec;

	must(list != NULL);
	memcpy(list, data, size);
	list[size] = '\0';
	check_one(list);
	while ((spec = address_next(&rest)) != NULL) {
		must(*spec != '\0');
		check_one(spec);
	}
	free(list);
	return 0;
}
