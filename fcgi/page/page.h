/* The files of the dashboard. */
#ifndef FCGI_PAGE_PAGE_H
#define FCGI_PAGE_PAGE_H

#include "fcgi/context.h"

void	 page_answer(struct context *);

#endif
