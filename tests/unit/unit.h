/* The headers that cmocka needs, in the order it needs them. */
#ifndef EXDIAG_TESTS_UNIT_H
#define EXDIAG_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
