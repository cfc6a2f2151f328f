/* What every cmocka test of this folder includes. */
#ifndef TESTS_POLLER_CHECK_H
#define TESTS_POLLER_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#endif
