/* Every option of every command, and what it does. */
#ifndef EXDIAG_COMMAND_OPTION_TABLE_H
#define EXDIAG_COMMAND_OPTION_TABLE_H

#include "diag/command/options.h"
#include "diag/probe.h"

struct option {
    const char *name;  /* "": not an option, but what its help says of those that follow */
    const char *value; /* its name in the help; NULL: a switch */
    unsigned commands; /* enum command_flag, or'd */
    enum status (*take)(struct options *options, const char *value);
    size_t member; /* without `take`: offset in struct options of the switch, or of the text */
    const char *help;
};

/* In the order of the help; ended by one without a name. */
extern const struct option option_table[];

static inline bool option_is_heading(const struct option *option)
{
    return *option->name == '\0';
}

/* A word of --patience. */
struct patience {
    const char *word;
    unsigned milliseconds;
};

/* Ended by one without a word. */
extern const struct patience patiences[];

/* A command with this flag takes this word for --format. */
bool options_format_is_of(unsigned flag, const char *word);

/* The probe that can say a finding; NULL if there is no finding of that id. */
const struct probe *options_probe_of(const char *id);

#endif
