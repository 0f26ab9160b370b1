/*
 * Reports: findings to a stream, one file a format. A report knows findings and
 * nothing else; the same findings give the same bytes on every platform.
 */
#ifndef EXDIAG_REPORT_REPORT_H
#define EXDIAG_REPORT_REPORT_H

#include "diag/finding.h"

#include <stdio.h>

enum { REPORT_COLUMNS_LEAST = 40 };

struct report_options {
    unsigned columns; /* of text; 80 where nothing better is known; at least the least */
    bool colours;
    bool verbose; /* what was right, one line each */
    bool quiet;   /* the summary line and the problems' titles only */
    bool ascii;   /* no line drawing characters */
};

struct report_format {
    const char *name; /* of --format */
    const char *help; /* one line */
    /* STATUS_OK, or why the stream took it not. */
    enum status (*write)(const struct report *report, const struct report_options *options,
                         FILE *stream);
    int (*exit_status)(const struct report *report); /* NULL: report_exit_status() */
};

/* Ended by one without a name. */
extern const struct report_format report_formats[];

/* NULL if there is no such format. */
const struct report_format *report_format_find(const char *name);

enum status report_text(const struct report *report, const struct report_options *options,
                        FILE *stream);
enum status report_json(const struct report *report, const struct report_options *options,
                        FILE *stream);
enum status report_html(const struct report *report, const struct report_options *options,
                        FILE *stream);
enum status report_markdown(const struct report *report, const struct report_options *options,
                            FILE *stream);
enum status report_junit(const struct report *report, const struct report_options *options,
                         FILE *stream);
enum status report_nagios(const struct report *report, const struct report_options *options,
                          FILE *stream);
enum status report_prometheus(const struct report *report, const struct report_options *options,
                              FILE *stream);

/* 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: what is wrong goes before what is not known. */
int report_nagios_status(const struct report *report);

/* By the format it is written in. */
int report_format_status(const struct report_format *format, const struct report *report);

#endif
