#include "diag/command/options.h"

#include "diag/command/command.h"
#include "diag/command/option_subjects.h"
#include "diag/command/option_table.h"
#include "diag/command/output.h"
#include "diag/platform.h"
#include "diag/text.h"

#include <string.h>

enum { HELP_COLUMN = 27 };

static const struct option *find_option(const char *name, unsigned flag)
{
    for (const struct option *option = option_table; option->name; option++) {
        if (option->commands & flag && !option_is_heading(option) &&
            strcmp(option->name, name) == 0)
            return option;
    }
    return NULL;
}

/* The option that is most like a mistyped one. */
static const char *nearest_option(const char *name, unsigned flag)
{
    const char *nearest = NULL;
    size_t best = 0;

    for (const struct option *option = option_table; option->name; option++) {
        size_t likeness = text_likeness(name, option->name);

        if (likeness > best && option->commands & flag) {
            best = likeness;
            nearest = option->name;
        }
    }
    return nearest;
}

static enum status refuse(const struct options *options, const char *name)
{
    const char *nearest = nearest_option(name, options->flag);

    if (nearest && strcmp(nearest, name) != 0)
        complain("unknown option --%s; did you mean --%s?", name, nearest);
    else
        complain("unknown option --%s; see 'exdiag %s --help'", name, options->command);
    return STATUS_INVALID;
}

/* Of the short options of other programs only -h is one here. */
static enum status refuse_short(const struct options *options, const char *argument)
{
    complain("unknown option %s; see 'exdiag %s --help'", argument, options->command);
    return STATUS_INVALID;
}

enum status options_take(struct options *options, const char *name, const char *value,
                         bool *used_value)
{
    const struct option *option = find_option(name, options->flag);

    if (!option)
        return refuse(options, name);
    if (!option->value) {
        *(bool *)((char *)options + option->member) = true;
        return STATUS_OK;
    }
    if (!value) {
        complain("--%s needs a value: --%s %s", name, name, option->value);
        return STATUS_INVALID;
    }
    *used_value = true;
    if (option->take)
        return option->take(options, value);
    *(const char **)((char *)options + option->member) = arena_copy_string(&options->memory, value);
    return STATUS_OK;
}

/*
 * NULL where the next word is an option itself: a value was forgotten, and a run with --plan for
 * its file would be no plan. Behind '=' any value can be given.
 */
static const char *next_value(const struct options *options, int argc, char **argv, int at)
{
    const char *next = at + 1 < argc ? argv[at + 1] : NULL;
    char name[40];

    if (!next || strncmp(next, "--", 2) != 0)
        return next;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(next + 2, "="), next + 2);
    return find_option(name, options->flag) ? NULL : next;
}

static enum status take_argument(struct options *options, int argc, char **argv, int *at)
{
    char *argument = argv[*at], *name = argument + 2, *equals = strchr(argument, '=');
    const char *value = equals ? equals + 1 : next_value(options, argc, argv, *at);
    bool used_value = false;
    enum status status;

    if (equals)
        name = arena_copy(&options->memory, name, (size_t)(equals - name));
    status = options_take(options, name, value, &used_value);
    if (status == STATUS_OK && equals && !used_value) {
        complain("--%s takes no value", name);
        return STATUS_INVALID;
    }
    if (used_value && !equals)
        (*at)++;
    return status;
}

/*
 * A plugin of Nagios is killed after 60 s, unless it is told otherwise: a run of such ends before,
 * and a patience that is longer makes it longer.
 */
enum { PLUGIN_PATIENCE = 40000, PLUGIN_TIME = 55000 };

static void complete_times(struct options *options)
{
    bool is_plugin = options_are_of_plugin(options);

    if (options->patience == 0)
        options->patience = is_plugin ? PLUGIN_PATIENCE : PATIENCE_USUAL;
    if (options->max_time == 0 && is_plugin)
        options->max_time = options->patience + (PLUGIN_TIME - PLUGIN_PATIENCE) > PLUGIN_TIME
                                ? options->patience + (PLUGIN_TIME - PLUGIN_PATIENCE)
                                : PLUGIN_TIME;
}

/* A job of every night, with two hours to be late in. */
enum { PLUGIN_AGE = 26 * 3600 };

/* A plugin's own file of options may be looked at in any format. */
static enum status complete_age(struct options *options)
{
    bool is_plugin = options_are_of_plugin(options);

    if (!options->has_max_age)
        options->max_age = is_plugin ? PLUGIN_AGE : 0;
    if (!options->asks_max_age || is_plugin || options->help)
        return STATUS_OK;
    complain("--max-age is for --format nagios, which alone has a state for evidence that is too "
             "old");
    return STATUS_INVALID;
}

enum status options_read(struct options *options, const char *command, unsigned flag, int argc,
                         char **argv)
{
    enum status status = STATUS_OK;
    bool only_bare = false;

    memset(options, 0, sizeof *options);
    options->command = command;
    options->flag = flag;
    options->timeout = TIMEOUT_USUAL;
    options->began = platform_monotonic_clock();
    options->dns_window = flag & FOR_AUDIT ? 0 : DNS_WINDOW_USUAL;
    options->rate = RATE_USUAL;
    options->shard_count = 1;
    options->format = "text";
    for (int at = 0; at < argc && status == STATUS_OK; at++) {
        if (!only_bare && strcmp(argv[at], "--") == 0)
            only_bare = true;
        else if (!only_bare && strncmp(argv[at], "--", 2) == 0)
            status = take_argument(options, argc, argv, &at);
        else if (!only_bare && (strcmp(argv[at], "-h") == 0 || strcmp(argv[at], "/?") == 0))
            options->help = true;
        else if (!only_bare && argv[at][0] == '-' && argv[at][1])
            status = refuse_short(options, argv[at]);
        else
            status = options_add_bare(options, argv[at]);
    }
    complete_times(options);
    if (status == STATUS_OK)
        status = complete_age(options);
    if (options->output && strcmp(options->output, "-") == 0)
        options->output = NULL;
    return status;
}

bool options_are_of_plugin(const struct options *options)
{
    return strcmp(options->format, "nagios") == 0;
}

void options_release(struct options *options)
{
    arena_release(&options->memory);
}

void options_print_help(unsigned flag)
{
    for (const struct option *option = option_table; option->name; option++) {
        char left[40];

        if (!(option->commands & flag))
            continue;
        if (option_is_heading(option)) {
            printf("%s:\n", option->help);
            continue;
        }
        snprintf(left, sizeof left, "  --%s %s", option->name, option->value ? option->value : "");
        output_prose(left, HELP_COLUMN, option->help);
    }
}
