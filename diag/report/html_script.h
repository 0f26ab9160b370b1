/*
 * The script of HTML reports: filters and copy buttons. Nothing of a report needs it; it makes all
 * that it adds, asks nobody for anything, and is allowed by its hash alone.
 */
#ifndef EXDIAG_REPORT_HTML_SCRIPT_H
#define EXDIAG_REPORT_HTML_SCRIPT_H

#include <stddef.h>

/* Not ended by a NUL. */
const char *html_script(size_t *size);

#endif
