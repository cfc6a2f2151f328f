/* The files of the dashboard. */
#ifndef FCGI_PAGE_PAGE_H
#define FCGI_PAGE_PAGE_H

#include "fcgi/context.h"

/*
 * Answers with the file that the path names, or with a problem: 404 when there
 * is none, 503 when out of memory or descriptors.
 */
void	 page_answer(struct context *);

#endif
