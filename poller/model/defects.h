/*
 * What is wrong with the data that a source reports now, counted by field:
 * cccp.source.defects.
 */
#ifndef POLLER_MODEL_DEFECTS_H
#define POLLER_MODEL_DEFECTS_H

#include "poller/model/view.h"
#include "sql/lib/buf.h"

enum defect {
	DEFECT_UNREADABLE,	/* a value cannot be read, or only in part */
	DEFECT_SAME_KEY,	/* an object is hidden by one with its key */
	DEFECT_LEFT_OUT,	/* an object without a valid key, or no object */
	DEFECT__MAX
};

/* All-zero: nothing is wrong. */
struct defects {
	/* Of an object that is hidden or left out, the field is its key. */
	size_t	 n[DEFECT__MAX][VIEW__MAX][VIEW_FIELDS_MAX];
	bool	 changed;	/* set with each change of a number */
};

/* One more, or one less. */
void	 defects_add(struct defects *, enum defect, enum view_id,
	    size_t field);
void	 defects_drop(struct defects *, enum defect, enum view_id,
	    size_t field);
/* Adds all numbers of another one. */
void	 defects_join(struct defects *, const struct defects *);
/* Appends them as the JSON of cccp.source.defects; [] for none. */
void	 defects_json(const struct defects *, struct buf *out);

#endif
