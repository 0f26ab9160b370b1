/* The subcommands of the program: one file each, listed in main.c. */
#ifndef EXDIAG_COMMAND_COMMAND_H
#define EXDIAG_COMMAND_COMMAND_H

#include "diag/command/options.h"
#include "diag/command/vocabulary.h"

enum exit_status { /* INTERFACE: 1 and 3 come from report_exit_status() */
                   EXIT_FINE = 0,
                   EXIT_TROUBLE = 2,
                   EXIT_CRITICAL = 100 /* of a plugin, which ends with 2 for it, and with 3 for
                                          trouble: for exdiag_main() alone */
};

struct command {
    const char *name;
    const char *summary; /* one line */
    const char *usage;   /* what follows the name */
    unsigned flag;       /* which options it takes: options.h */
    int (*run)(struct options *options);
    const char *more;               /* of its help, behind the options; or NULL */
    enum vocabulary_kind arguments; /* what its bare arguments are */
};

extern const struct command command_check;
extern const struct command command_audit;
extern const struct command command_report;
extern const struct command command_diff;
extern const struct command command_spf;
extern const struct command command_explain;
extern const struct command command_list;
extern const struct command command_demo;
extern const struct command command_collect_script;
extern const struct command command_completion;
extern const struct command command_man;

/* All of them, in the order of the help; ended by NULL. */
extern const struct command *const commands[];

/* "exdiag: " and a message on stderr; gives EXIT_TROUBLE. The text is made printable. */
int complain(const char *format, ...) PRINTF_LIKE(1, 2);

/* Where what is complained of stands, from here on: "'FILE', line 3"; NULL: nowhere in a file. */
void complain_at(const char *place);

#endif
