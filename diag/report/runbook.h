/*
 * The commands of a report alone, as a file to take along: by machine, in the order of repair, undo
 * at the end. Every line is a comment of sh, PowerShell and the programs that read their files, and
 * the Command Prompt leaves at the first: nothing runs before its reader takes away the "# ".
 */
#ifndef EXDIAG_REPORT_RUNBOOK_H
#define EXDIAG_REPORT_RUNBOOK_H

#include "diag/report/report.h"

enum status report_runbook(const struct report *report, FILE *stream);

#endif
