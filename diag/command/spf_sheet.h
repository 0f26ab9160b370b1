/* What the parts of the text of `exdiag spf` have in common: margins, styles, limits. */
#ifndef EXDIAG_COMMAND_SPF_SHEET_H
#define EXDIAG_COMMAND_SPF_SHEET_H

#include "diag/command/spf_page.h"
#include "diag/report/style.h"

struct spf_sheet {
    struct wrap wrap;
    const struct spf_page *page;
    const struct report_options *options;
    bool narrow;
    size_t body; /* the column of what stands beside a label */
};

/* A word in the margin; what is written next stands beside it. */
void spf_sheet_label(struct spf_sheet *sheet, size_t column, enum style style, const char *word);

/* Prose that goes on where the line ends; then the end of the line. */
void spf_sheet_words(struct spf_sheet *sheet, enum style style, const char *text);
void spf_sheet_print(struct spf_sheet *sheet, enum style style, const char *format, ...)
    PRINTF_LIKE(3, 4);
void spf_sheet_end(struct spf_sheet *sheet);

/* The first `most` characters of a text; all of it with --verbose. */
const char *spf_sheet_clip(const struct spf_sheet *sheet, const char *text, size_t most);

/* The records of the domain, and those below that a problem points at, with every mark. */
void spf_sheet_records(struct spf_sheet *sheet);

/* The problems alone, a line each. */
void spf_sheet_titles(struct spf_sheet *sheet);

/* The tree of includes: costs, counts, what stands where. */
void spf_sheet_tree(struct spf_sheet *sheet);

/* Who may send. */
void spf_sheet_senders(struct spf_sheet *sheet);

#endif
