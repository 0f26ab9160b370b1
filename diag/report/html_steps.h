/* The steps of an entry in the page for browsers. */
#ifndef EXDIAG_REPORT_HTML_STEPS_H
#define EXDIAG_REPORT_HTML_STEPS_H

#include "diag/report/html_write.h"

/*
 * A row of numbered steps; nothing without any. What all members of the entry have in common is
 * said once, what they have not, beside their names. "#fix-N" leads to the steps of a repair.
 */
void html_steps(struct page *page, const char *name, const struct outline_entry *entry,
                const struct outline_steps *steps);

#endif
