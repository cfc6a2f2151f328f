#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "sql/lib/hosts.h"

/* Cuts off the next item of a list; one: the whole list is the item. */
static char *
item(char **list, bool one)
{
	char *s = *list, *comma;

	if (one)
		return s;
	if ((comma = strchr(s, ',')) != NULL)
		*comma++ = '\0';
	else
		comma = s + strlen(s);
	*list = comma;
	return s;
}

static size_t
count(const char *list)
{
	size_t n = 1;

	for (; *list != '\0'; list++)
		n += *list == ',';
	return n;
}

/* The number of hosts; 0: the lists do not fit together. */
static size_t
cut(struct hosts *h, char *name, char *addr, char *port)
{
	bool no_name = *name == '\0', no_addr = *addr == '\0';
	size_t n = count(no_addr ? name : addr), ports = count(port), i;

	if (n > HOSTS_MAX || (!no_name && count(name) != n) ||
	    (ports != n && ports != 1))
		return 0;
	for (i = 0; i < n; i++) {
		struct host *host = &h->item[i];

		host->name = item(&name, no_name);
		host->addr = item(&addr, no_addr);
		host->port = item(&port, ports == 1);
		/* libpq would read "" as its own setting: the whole list. */
		if (n > 1 && *host->name == '\0' && *host->addr == '\0')
			return 0;
	}
	return n;
}

bool
hosts_split(struct hosts *h, const char *names, const char *addrs,
    const char *ports)
{
	size_t len[3] = { strlen(names) + 1, strlen(addrs) + 1,
	    strlen(ports) + 1 };
	char *name, *addr, *port;

	if ((h->text = malloc(len[0] + len[1] + len[2])) == NULL)
		return false;
	name = memcpy(h->text, names, len[0]);
	addr = memcpy(name + len[0], addrs, len[1]);
	port = memcpy(addr + len[1], ports, len[2]);
	if ((h->n = cut(h, name, addr, port)) == 0) {
		h->item[0] = (struct host){ "", "", "" };
		h->n = 1;
	}
	return true;
}

void
hosts_free(struct hosts *h)
{
	free(h->text);
	h->text = NULL;
}

bool
hosts_is_address(const struct host *h)
{
	struct in6_addr in;

	return *h->addr != '\0' || *h->name == '\0' || *h->name == '/' ||
	    *h->name == '@' || inet_pton(AF_INET, h->name, &in) == 1 ||
	    inet_pton(AF_INET6, h->name, &in) == 1;
}
