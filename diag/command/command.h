/* The subcommands of the program: one file each, listed in main.c. */
#ifndef EXDIAG_COMMAND_COMMAND_H
#define EXDIAG_COMMAND_COMMAND_H

#include "diag/command/options.h"

enum exit_status { /* INTERFACE: 1 and 3 come from report_exit_status() */
                   EXIT_FINE = 0,
                   EXIT_TROUBLE = 2
};

struct command {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* what follows the name */
    unsigned flag;       /* which options it takes: options.h */
    int (*run)(struct options *options);
    const char *more; /* of its help, behind the options; or NULL */
};

extern const struct command command_check;
extern const struct command command_audit;
extern const struct command command_report;
extern const struct command command_spf;
extern const struct command command_explain;
extern const struct command command_list;
extern const struct command command_demo;
extern const struct command command_collect_script;

/* "exdiag: " and a message on stderr; gives EXIT_TROUBLE. The text is made printable. */
int complain(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
