/* The colours of text for a terminal. */
#ifndef EXDIAG_REPORT_STYLE_H
#define EXDIAG_REPORT_STYLE_H

#include "diag/finding.h"
#include "diag/report/wrap.h"

enum style {
    STYLE_PLAIN,
    STYLE_LOUD,
    STYLE_FAINT,
    STYLE_RED,
    STYLE_YELLOW,
    STYLE_BLUE,
    STYLE_MAGENTA,
    STYLE_GREEN,
    STYLE_COMMAND,
    STYLE_COUNT
};

void style_begin(struct wrap *wrap, enum style style);
void style_end(struct wrap *wrap, enum style style);

/* Text of one line as it is, in a style if there are colours. */
void style_put(struct wrap *wrap, bool colours, enum style style, const char *text);

enum style style_of_severity(enum severity severity);

/* How a finding stands: problems by their severity. */
enum style style_of_finding(const struct finding *finding);

#endif
