#include <syslog.h>

#include "poller/json/report.h"

void
report_begin(struct report *r)
{
	enum entry_list list;
	enum entry_err err;

	for (list = 0; list < ENTRY__MAX; list++)
		for (err = 0; err < ENTRY_ERR__MAX; err++)
			r->out[list][err].n = 0;
}

void
report_left_out(void *arg, enum entry_list list, size_t place,
    enum entry_err err)
{
	struct report *r = arg;

	/* A call may be in both lists: that is no error. */
	if (err == ENTRY_SAME_KEY && list >= ENTRY_CALLS)
		return;
	if (r->out[list][err].n++ == 0)
		r->out[list][err].first = place;
}

void
report_bad(struct report *r, const struct entry *entry)
{
	enum view_id view;
	uint64_t bad;
	size_t i;

	for (view = 0; view < VIEW__MAX; view++) {
		bad = entry->bad[view] & ~r->said_bad[view];
		for (i = 0; i < views[view].n; i++)
			if (bad >> i & 1)
				syslog(LOG_WARNING, "%s: %s: a value of %s "
				    "cannot be read",
				    r->name, views[view].name,
				    views[view].field[i].path);
		r->said_bad[view] |= bad;
	}
}

void
report_end(struct report *r)
{
	enum entry_list list;
	enum entry_err err;

	for (list = 0; list < ENTRY__MAX; list++)
		for (err = 0; err < ENTRY_ERR__MAX; err++) {
			size_t n = r->out[list][err].n;

			if (n > 0 && n != r->out[list][err].said)
				syslog(LOG_WARNING, "%s: %zu of the %s left "
				    "out, the first of them number %zu: %s",
				    r->name, n, entry_lists[list],
				    r->out[list][err].first + 1,
				    entry_errors[err]);
			r->out[list][err].said = n;
		}
}

void
report_count(const struct report *r, struct defects *sum)
{
	static const enum view_id of[ENTRY__MAX] = {
		[ENTRY_USERS] = VIEW_USER,
		[ENTRY_QUEUES] = VIEW_QUEUE,
		[ENTRY_CALLS] = VIEW_TASK,
		[ENTRY_HISTORY] = VIEW_TASK,
	};
	enum entry_list list;
	enum entry_err err;

	/* The field is 0, as for all keys. */
	for (list = 0; list < ENTRY__MAX; list++)
		for (err = 0; err < ENTRY_ERR__MAX; err++)
			sum->n[err == ENTRY_SAME_KEY ? DEFECT_SAME_KEY :
			    DEFECT_LEFT_OUT][of[list]][0] +=
			    r->out[list][err].n;
}
