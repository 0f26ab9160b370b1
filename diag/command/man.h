/* What the manual page says that no table of the program has: man_text.c. */
#ifndef EXDIAG_COMMAND_MAN_H
#define EXDIAG_COMMAND_MAN_H

struct man_item {
    const char *tag; /* NULL ends a list */
    const char *text;
};

extern const char *const man_description[]; /* paragraphs, ended by NULL */
extern const char *const man_subjects[];
extern const char *const man_privacy[];
extern const struct man_item man_exit_statuses[];
extern const struct man_item man_environment[];
extern const struct man_item man_files[];
extern const struct man_item man_examples[]; /* tag: a command line */
extern const char *const man_see_also[];

#endif
