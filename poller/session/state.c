#include <stdarg.h>
#include <stdio.h>

#include "poller/session/private.h"

void
state_set_time(struct session *s, int64_t now)
{
	s->now = now;
	s->seen = now + s->clock;
}

void
state_fail(struct session *s, const char *fmt, ...)
{
	va_list ap;

	if (s->state == SESSION_FAILED)
		return;
	s->state = SESSION_FAILED;
	va_start(ap, fmt);
	vsnprintf(s->error, sizeof(s->error), fmt, ap);
	va_end(ap);
}
