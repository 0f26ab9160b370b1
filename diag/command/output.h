/* Where a report goes, and what became of it. */
#ifndef EXDIAG_COMMAND_OUTPUT_H
#define EXDIAG_COMMAND_OUTPUT_H

#include "diag/command/options.h"
#include "diag/report/report.h"
#include "diag/run.h"

/* True if the file can be read and begins as evidence does. */
bool is_evidence_file(const char *path);

/*
 * False after a message where --output, --runbook or --save names no file, two of them the same
 * one, or one that is to be read: what is examined, or what an option names.
 */
bool output_spares_input(const struct options *options);

/*
 * Writes a page as the options say: to stdout or a file. EXIT_FINE, or EXIT_TROUBLE after a
 * message if it could not be written.
 */
int output_page(enum status (*write)(const void *page, const struct report_options *style,
                                     const struct options *options, FILE *stream),
                const void *page, const struct options *options);

/*
 * Judges the runs and writes the report as the options say: to stdout or a file, in
 * colour on a terminal. Gives the exit status of the report, or EXIT_TROUBLE after a
 * message if it could not be written.
 */
int output_report(const struct run *runs, size_t count, const struct options *options);

/*
 * The same of what has become of what runs[0] saw, by runs[1]: as text the changes alone, in other
 * formats the report of runs[1] with them. Gives the exit status of a report of runs[1].
 */
int output_comparison(const struct run runs[2], const struct options *options);

/* Of the terminal that stdout is, and no fewer than can be read; 0: it is none. */
size_t output_columns(void);

/*
 * On stdout: `label`, and at `column` prose, whose further lines begin there too. As wide as the
 * terminal; where there is none, each line of the text is one line, for grep.
 */
void output_prose(const char *label, size_t column, const char *text);

#endif
