/* Completion for fish 3.0 and later. */
#include "diag/command/completion.h"
#include "diag/version.h"

static const struct completion_escape quoted[] = {{"'", "\\'"}, {"\\", "\\\\"}, {NULL, NULL}};

static const char head[] =
    "# fish completion of exdiag " EXDIAG_VERSION ", as 'exdiag completion fish' prints it.\n"
    "# As ~/.config/fish/completions/exdiag.fish\n\n"
    "# The command is one of these.\n"
    "function __exdiag_is\n"
    "    set -l typed (commandline -opc)\n"
    "    set -q typed[2]; and contains -- $typed[2] $argv\n"
    "end\n\n"
    "function __exdiag_is_first\n"
    "    set -l typed (commandline -opc)\n"
    "    test (count $typed) -eq 1\n"
    "end\n\n"
    "# What is typed of a value, and what of it stays in front of each word.\n"
    "function __exdiag_typed\n"
    "    commandline -ct | string replace -r -- '^--[a-z-]+=' ''\n"
    "end\n\n";

static void put_pair(FILE *stream, const char *text, const char *help)
{
    fputs(" '", stream);
    completion_put(stream, text, quoted);
    fputs("' '", stream);
    completion_put(stream, help, quoted);
    fputs("'", stream);
}

/* Each word with `front` before it and `tail` behind it, and what it means. */
static void put_words(FILE *stream, const struct words *words, const char *front, const char *tail)
{
    for (size_t i = 0; i < words->count; i++) {
        fprintf(stream, "    printf '%%s%%s%s\\t%%s\\n' %s", tail, front);
        put_pair(stream, words->list[i].text, words->list[i].help);
        fputs("\n", stream);
    }
}

static void put_vocabulary(FILE *stream, const struct vocabulary *vocabulary)
{
    if (vocabulary->words.count == 0)
        return;
    fprintf(stream, "function __exdiag_%s\n", vocabulary->name);
    if (vocabulary->shape == SHAPE_LIST)
        fputs("    set -l front (__exdiag_typed | string match -r -- '^.*,')\n", stream);
    if (vocabulary->shape == SHAPE_ASSIGNMENT) {
        fputs("    set -l front (__exdiag_typed | string match -r -- '^[^=]*=')\n"
              "    if test -n \"$front\"\n",
              stream);
        put_words(stream, &vocabulary->values, "\"$front\"", "");
        fputs("    return\n    end\n", stream);
    }
    put_words(stream, &vocabulary->words, vocabulary->shape == SHAPE_LIST ? "\"$front\"" : "''",
              vocabulary->shape == SHAPE_ASSIGNMENT ? "=" : "");
    fputs("end\n\n", stream);
}

static void put_help(FILE *stream, const char *help)
{
    fputs(" -d '", stream);
    completion_put(stream, help, quoted);
    fputs("'\n", stream);
}

static void put_option(FILE *stream, const struct completion *completion, const char *command,
                       const struct completion_option *option)
{
    fprintf(stream, "complete -c exdiag -n '__exdiag_is %s' -l %s", command, option->name);
    if (option->takes == VOCABULARY_FILE || option->takes == VOCABULARY_SOURCE)
        fputs(" -r -F", stream);
    else if (option->takes == VOCABULARY_TEXT)
        fputs(" -x", stream);
    else if (option->takes != VOCABULARY_NONE)
        fprintf(stream, " -x -a '(__exdiag_%s)'", completion->vocabularies[option->takes].name);
    put_help(stream, option->help);
}

static void put_command(FILE *stream, const struct completion *completion,
                        const struct completion_command *command)
{
    fprintf(stream, "\ncomplete -c exdiag -n __exdiag_is_first -a %s", command->name);
    put_help(stream, command->summary);
    for (size_t i = 0; i < command->option_count; i++)
        put_option(stream, completion, command->name, &command->options[i]);
    if (command->arguments == VOCABULARY_FILE)
        fprintf(stream, "complete -c exdiag -n '__exdiag_is %s' -F\n", command->name);
    else if (command->arguments != VOCABULARY_NONE && command->arguments != VOCABULARY_TEXT)
        fprintf(stream, "complete -c exdiag -n '__exdiag_is %s' -a '(__exdiag_%s)'\n",
                command->name, completion->vocabularies[command->arguments].name);
}

void completion_fish(const struct completion *completion, FILE *stream)
{
    fputs(head, stream);
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++)
        put_vocabulary(stream, &completion->vocabularies[kind]);
    fputs("complete -c exdiag -e\n"
          "complete -c exdiag -f\n"
          "complete -c exdiag -n __exdiag_is_first -a help -d 'the help of a command'\n"
          "complete -c exdiag -n __exdiag_is_first -l help -d 'this help'\n"
          "complete -c exdiag -n __exdiag_is_first -l version -d 'the version'\n"
          "complete -c exdiag -n '__exdiag_is help' -a '(__exdiag_command)'\n",
          stream);
    for (size_t i = 0; i < completion->command_count; i++)
        put_command(stream, completion, &completion->commands[i]);
}
