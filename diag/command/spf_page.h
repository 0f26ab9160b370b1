/* What `exdiag spf` prints, whatever the format. */
#ifndef EXDIAG_COMMAND_SPF_PAGE_H
#define EXDIAG_COMMAND_SPF_PAGE_H

#include "diag/report/report.h"
#include "probes/spf/identity.h"

struct spf_problem {
    const struct finding *finding;
    const char *domain; /* whose record it is in; printable */
    const char *record; /* that record, printable; NULL: it points at none */
    size_t start, end;  /* the offending characters, in code points of `record` */
};

struct spf_shown { /* a record below the top, and whose it is; printable */
    const char *domain;
    const char *record;
};

struct spf_page {
    const char
        *identity;      /* as the user wrote it, printable; "" is the null sender or none at all */
    const char *domain; /* printable; "" for a record of which it is not said where it stands */
    const struct settings *settings;
    const struct spf_view *view;
    const struct report *report;
    const struct spf_problem *problems; /* in the order of the report */
    size_t problem_count;
    const char *const *records; /* at the domain, printable */
    size_t record_count;
    const struct spf_shown *below;
    size_t below_count;
    struct arena *memory;
};

/* Fills in what follows from `view` and `report`: problems and records. */
void spf_page_fill(struct spf_page *page);

/*
 * Whether what was seen is this record, with or without quotation marks around its strings;
 * then `start` and `end` are what is marked of it, in code points of the record.
 */
bool spf_page_is_seen(const struct seen *seen, const char *record, size_t *start, size_t *end);

/* Whether it is said in words, beside records: why there is a problem here. */
bool spf_page_is_detail(const struct spf_page *page, const struct seen *seen);

/* Why there is no corrected record though something is wrong, printable; else NULL. */
const char *spf_page_obstacle(const struct spf_page *page);

/* A name, a record or the text of a term, made printable. */
const char *spf_page_show(const struct spf_page *page, const char *text);
const char *spf_page_show_record(const struct spf_page *page, const struct spf_record *record);
const char *spf_page_show_term(const struct spf_page *page, const struct spf_record *record,
                               const struct spf_term *term);

/* Write the page. STATUS_OK, or why the stream did not take it. */
enum status spf_page_json(const struct spf_page *page, FILE *stream);
enum status spf_page_text(const struct spf_page *page, const struct report_options *options,
                          FILE *stream);

#endif
