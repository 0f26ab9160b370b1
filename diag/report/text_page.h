/* What all parts of the report for terminals write with. */
#ifndef EXDIAG_REPORT_TEXT_PAGE_H
#define EXDIAG_REPORT_TEXT_PAGE_H

#include "diag/report/outline.h"
#include "diag/report/style.h"

struct text_page {
    struct wrap wrap;
    const struct report *report;
    const struct report_options *options;
    const struct outline *outline;
    struct arena *arena;
    bool narrow;                  /* labels have lines of their own */
    size_t body;                  /* the column of what stands beside a label */
    bool after_label;             /* nothing stands beside it yet */
    struct text_sources *sources; /* told at the end; NULL: beside each problem */
};

enum {
    TEXT_LINE_MOST = 1 << 16,
    TEXT_NAMES_MOST = 3 /* subjects that a title names, rather than count */
};

void text_page_begin_style(struct text_page *page, enum style style);
void text_page_end_style(struct text_page *page, enum style style);

/* Prose in a style. */
void text_page_styled(struct text_page *page, enum style style, const char *text);
void text_page_upper_case(struct text_page *page, const char *word);

/* What follows begins at `column`, and goes on there. */
void text_page_at(struct text_page *page, size_t column);

/* A word in the margin; what follows stands beside it, or below where the page is narrow. */
void text_page_label(struct text_page *page, const char *word, size_t body);

/* "contoso.com, fabrikam.com and 38 more": at most `most` names, one more rather than "1 more". */
void text_page_names(struct text_page *page, const struct finding *const *members, size_t count,
                     size_t most);

/* Whose what stands below is: a line in the body. */
void text_page_owner(struct text_page *page, const struct finding *const *members, size_t count,
                     size_t column);

/* "contoso.com: no record" */
void text_page_title(struct text_page *page, const struct finding *finding);

/* "contoso.com and fabrikam.com: no record", "each of 40 domains: no record" */
void text_page_title_of_all(struct text_page *page, const struct outline_entry *entry);

/* " (critical)" behind the number of what follows from the entry and is worse than that. */
void text_page_worse(struct text_page *page, const struct outline_entry *cause, size_t number);

/* What stands behind "each of these servers" at the beginning of a title of all; or NULL. */
const char *text_page_after_subject(const struct outline_entry *entry);

/* What was examined, the sum, what is broken, the charts, and how steps are to be read. */
void text_head(struct text_page *page);
void text_sum(struct text_page *page);
void text_notices(struct text_page *page);

/* What was seen of an entry: once where all members have the same, else member by member. */
void text_seen(struct text_page *page, const struct outline_entry *entry);

/* What the kind's problem is known from: its titles, or their numbers in the list at the end. */
void text_sources(struct text_page *page, const struct reference *references);
void text_sources_list(struct text_page *page);

/* The steps of an entry behind a label. */
void text_steps(struct text_page *page, const struct outline_entry *entry, const char *label,
                const struct outline_steps *steps);

#endif
