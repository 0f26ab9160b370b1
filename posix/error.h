/* The one table from the system's error numbers to the project's words. */
#ifndef EXDIAG_POSIX_ERROR_H
#define EXDIAG_POSIX_ERROR_H

#include "diag/status.h"

/* The status of an errno value; STATUS_IO for those without a word of their own. */
enum status error_status(int number);

#endif
