/*
 * Completion of the command line by a shell: a model of what can be typed, and one writer a
 * shell. All of it is text that stands in the script, so that nothing is run while somebody
 * types, and all of it is quoted, so that no shell expands any.
 */
#ifndef EXDIAG_COMMAND_COMPLETION_H
#define EXDIAG_COMMAND_COMPLETION_H

#include "diag/command/vocabulary.h"

#include <stdio.h>

struct completion_option {
    const char *name;  /* without dashes */
    const char *value; /* its name in the help; NULL: a switch */
    const char *help;
    enum vocabulary_kind takes; /* VOCABULARY_NONE of a switch */
};

struct completion_command {
    const char *name;
    const char *summary;
    struct completion_option *options;
    size_t option_count;
    enum vocabulary_kind arguments;
};

struct completion {
    struct completion_command *commands;
    size_t command_count;
    struct vocabulary vocabularies[VOCABULARY_COUNT]; /* by kind */
};

/* That of this program, from its tables. */
struct completion completion_read(struct arena *memory);

struct completion_shell {
    const char *name;
    const char *help;
    void (*write)(const struct completion *completion, FILE *stream);
};

/* Ended by one without a name. */
extern const struct completion_shell completion_shells[];

void completion_bash(const struct completion *completion, FILE *stream);
void completion_zsh(const struct completion *completion, FILE *stream);
void completion_fish(const struct completion *completion, FILE *stream);
void completion_powershell(const struct completion *completion, FILE *stream);

/* A text that a script writes as another one. Lists are ended by {NULL, NULL}. */
struct completion_escape {
    const char *of;
    const char *as;
};

/* Writes text, with what `escapes` name written so. */
void completion_put(FILE *stream, const char *text, const struct completion_escape *escapes);

#endif
