/*
 * The command line. One table describes every option (option_table.h): its name, which
 * commands take it, what it does. `--name VALUE` and `--name=VALUE` are the same, and each
 * line of a --config file is one option, with or without its dashes.
 */
#ifndef EXDIAG_COMMAND_OPTIONS_H
#define EXDIAG_COMMAND_OPTIONS_H

#include "diag/gather/gather.h"
#include "diag/settings.h"

#include <stdbool.h>

enum { RATE_MOST = 1000000, RATE_USUAL = RATE_MOST + 1 };

enum command_flag {
    FOR_CHECK = 1,
    FOR_REPORT = 2,
    FOR_EXPLAIN = 4,
    FOR_LIST = 8,
    FOR_DEMO = 16,
    FOR_SPF = 32,
    FOR_AUDIT = 64,
    FOR_COLLECT_SCRIPT = 128,
    FOR_COMPLETION = 256,
    FOR_MAN = 512,
    FOR_DIFF = 1024,
    FOR_ALL = 2047
};

struct options {
    struct arena memory;
    const char *command;
    unsigned flag; /* enum command_flag of the command at hand */

    struct subject *subjects;
    size_t subject_count;
    size_t subject_room;
    const char **words; /* bare arguments of commands that have no subjects; as they are */
    size_t word_count;
    size_t word_room;

    struct settings settings;
    struct net_address *dns;
    size_t dns_room;
    const char **only;
    size_t only_room;
    const char **skip;
    size_t skip_room;
    struct severity_override *severities;
    size_t severity_room;
    struct acceptance *accepted;
    size_t accepted_room;
    struct ip_address *senders;
    size_t sender_room;
    const char *references[REFERENCES_MOST];
    const char **inputs; /* files that options have read: none of them is written over */
    size_t input_count;
    size_t input_room;

    unsigned timeout;  /* milliseconds */
    unsigned patience; /* the same: how long a mail exchanger is given to greet */
    unsigned max_time; /* the same: after which the run ends, whatever it knows; 0: never */
    unsigned max_age;  /* seconds: evidence that is older tells a plugin nothing of today; 0: any */
    bool has_max_age;  /* --max-age */
    bool asks_max_age; /* the same, and not in a --config file alone */
    int64_t began;     /* microseconds on the monotonic clock: it is counted from here */
    unsigned jobs;     /* 0: the usual ones */
    const char *ca_file;
    const char *user; /* or NULL */
    const char *password_file;
    const char *token_file; /* --token-file; or NULL */
    bool ntlm;              /* --ntlm */
    bool insecure;          /* --insecure */
    unsigned dns_window;    /* --in-flight; 0: the usual one */
    unsigned rate;          /* --rate, questions a second; RATE_USUAL if not given */
    unsigned shard;         /* --shard I/N: I */
    unsigned shard_count;   /* N; 1 if not given */
    const char *resume;
    const char *save;
    const char *format;
    const char *output;
    const char *runbook; /* "-": stdout, as it is of all outputs */
    const char *title;
    bool redact;
    bool plan;
    bool verbose;
    bool quiet;
    bool no_color;
    bool help;
    bool version;
    bool in_config; /* while a --config file is read */
};

/*
 * Reads the arguments behind the command's name. STATUS_OK, or STATUS_INVALID after
 * a message on stderr. Release with options_release() either way.
 */
enum status options_read(struct options *options, const char *command, unsigned flag, int argc,
                         char **argv);
void options_release(struct options *options);

/* --format nagios: whoever runs this knows four exit statuses and reads one line of stdout. */
bool options_are_of_plugin(const struct options *options);

/* The options a command takes, with what they do, on stdout. */
void options_print_help(unsigned flag);

/*
 * Takes one option by its name, without dashes; `value` NULL if none is there to take.
 * STATUS_INVALID after a message. Sets `used_value` if it took the value.
 */
enum status options_take(struct options *options, const char *name, const char *value,
                         bool *used_value);

#endif
