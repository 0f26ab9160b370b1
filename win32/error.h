/*
 * The one table from the system's error numbers to the project's words. Winsock's
 * numbers (10000 and up) and those of GetLastError() share it.
 */
#ifndef EXDIAG_WIN32_ERROR_H
#define EXDIAG_WIN32_ERROR_H

#include "diag/status.h"

/* STATUS_IO for those without a word of their own. */
enum status error_status(unsigned long number);

#endif
