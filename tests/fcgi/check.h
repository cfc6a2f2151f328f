/* Included by all compiled tests here, in the order that cmocka needs. */
#ifndef TESTS_FCGI_CHECK_H
#define TESTS_FCGI_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sql/lib/buf.h"

/* The bytes of a buffer are exactly this text. */
#define assert_buf_equal(b, text) do {					\
	buf_char((b), '\0');						\
	assert_true(buf_ok(b));						\
	assert_string_equal((b)->data, (text));				\
	buf_reset(b);							\
} while (0)

#endif
