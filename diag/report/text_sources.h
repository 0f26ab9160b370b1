/* Part of the report for terminals: the sources of its problems, each told once. */
#ifndef EXDIAG_REPORT_TEXT_SOURCES_H
#define EXDIAG_REPORT_TEXT_SOURCES_H

#include "diag/finding.h"

#include <stddef.h>

/* In the order in which problems name them, no title twice; in the page's arena. */
struct text_sources {
    const struct reference **list;
    size_t count;
    size_t room;
};

#endif
