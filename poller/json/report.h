/*
 * Logs and counts invalid elements and values of a source's snapshots: each
 * kind is logged once, and again when their number changes.
 */
#ifndef POLLER_JSON_REPORT_H
#define POLLER_JSON_REPORT_H

#include "poller/json/entry.h"
#include "poller/model/defects.h"

struct report {
	const char	*name;		/* of the source; borrowed */
	struct {
		size_t	n, first;	/* in this snapshot */
		size_t	said;		/* of the one before */
	}		 out[ENTRY__MAX][ENTRY_ERR__MAX];
	uint64_t	 said_bad[VIEW__MAX];
};

/* A snapshot begins. */
void	report_begin(struct report *);
/* An element is left out.  A roster_out: the first argument is the report. */
void	report_left_out(void *, enum entry_list, size_t place,
	    enum entry_err);
/* Logs the invalid values of an element, each field once. */
void	report_bad(struct report *, const struct entry *);
/* Adds the elements that were left out. */
void	report_count(const struct report *, struct defects *);
/* Logs the elements that were left out: the snapshot was read to its end. */
void	report_end(struct report *);

#endif
