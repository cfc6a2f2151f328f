#include <search.h>

#include "tests/poller/fails.h"

static long	left = -1;	/* allocations until one fails; -1: none */
static bool	failed;

static bool
fails(void)
{
	if (left < 0 || left-- > 0)
		return false;
	failed = true;
	return true;
}

/* The linker sends our objects' calls here (--wrap). */
void	*__real_malloc(size_t);
void	*__real_calloc(size_t, size_t);
void	*__real_realloc(void *, size_t);
char	*__real_strdup(const char *);
char	*__real_strndup(const char *, size_t);
void	*__real_tsearch(const void *, void **,
	    int (*)(const void *, const void *));
void	*__wrap_malloc(size_t);
void	*__wrap_calloc(size_t, size_t);
void	*__wrap_realloc(void *, size_t);
char	*__wrap_strdup(const char *);
char	*__wrap_strndup(const char *, size_t);
void	*__wrap_tsearch(const void *, void **,
	    int (*)(const void *, const void *));

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *
__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *
__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

void *
__wrap_tsearch(const void *key, void **root,
    int (*compare)(const void *, const void *))
{
	return fails() ? NULL : __real_tsearch(key, root, compare);
}

void
fails_at(long n)
{
	left = n;
	failed = false;
}

bool
fails_end(void)
{
	left = -1;
	return failed;
}
