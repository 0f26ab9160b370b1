/* Completion for zsh with compinit: loaded from a folder of fpath, or sourced. */
#include "diag/command/completion.h"
#include "diag/version.h"

#include <string.h>

/* In single quotes. */
static const struct completion_escape in_word[] = {/* WORD:HELP of _describe */
                                                   {"'", "'\\''"},
                                                   {"\\", "\\\\"},
                                                   {":", "\\:"},
                                                   {NULL, NULL}};
static const struct completion_escape in_spec[] = {/* of _arguments */
                                                   {"'", "'\\''"}, {"\\", "\\\\"}, {":", "\\:"},
                                                   {"[", "\\["},   {"]", "\\]"},   {NULL, NULL}};

static const char head[] =
    "#compdef exdiag exdiag.exe\n"
    "# zsh completion of exdiag " EXDIAG_VERSION ", as 'exdiag completion zsh' prints it.\n"
    "# In ~/.zshrc, behind compinit: source <(exdiag completion zsh)\n"
    "# or as _exdiag in a folder of fpath.\n\n";

static const char body[] =
    "_exdiag_file() {\n"
    "    _files\n"
    "}\n\n"
    "_exdiag_source() {\n"
    "    compset -P '[^/=]##='\n"
    "    _files\n"
    "}\n\n"
    "_exdiag() {\n"
    "    local curcontext=$curcontext state line ret=1\n"
    "    typeset -A opt_args\n"
    "    _arguments -C \\\n"
    "        '(- *)--help[this help]' \\\n"
    "        '(- *)--version[the version]' \\\n"
    "        '1:command:_exdiag_first' \\\n"
    "        '*::argument:->arguments' && ret=0\n"
    "    if [[ $state == arguments ]]; then\n"
    "        curcontext=${curcontext%:*:*}:exdiag-$words[1]:\n"
    "        case $words[1] in\n"
    "            (help) _arguments '1:command:_exdiag_command' && ret=0 ;;\n";

static const char tail[] = "        esac\n"
                           "    fi\n"
                           "    return ret\n"
                           "}\n\n"
                           "if [[ $funcstack[1] == _exdiag ]]; then\n"
                           "    _exdiag \"$@\"\n"
                           "else\n"
                           "    compdef _exdiag exdiag exdiag.exe\n"
                           "fi\n";

static void put_word(FILE *stream, const char *text, const char *help)
{
    fputs("        '", stream);
    completion_put(stream, text, in_word);
    fputs(":", stream);
    completion_put(stream, help, in_word);
    fputs("'\n", stream);
}

static void put_words(FILE *stream, const char *name, const struct words *words)
{
    fprintf(stream, "    local -a %s\n    %s=(\n", name, name);
    for (size_t i = 0; i < words->count; i++)
        put_word(stream, words->list[i].text, words->list[i].help);
    fputs("    )\n", stream);
}

static void put_vocabulary(FILE *stream, const struct vocabulary *vocabulary)
{
    const char *name = vocabulary->name;

    if (vocabulary->words.count == 0)
        return;
    fprintf(stream, "_exdiag_%s() {\n", name);
    put_words(stream, "candidates", &vocabulary->words);
    if (vocabulary->shape == SHAPE_LIST) {
        fprintf(stream,
                "    compset -P '*,'\n    compset -S ',*'\n"
                "    _describe -t %s %s candidates -qS ,\n",
                name, name);
    } else if (vocabulary->shape == SHAPE_ASSIGNMENT) {
        put_words(stream, "values", &vocabulary->values);
        fprintf(stream,
                "    if compset -P '*='; then\n"
                "        (( $#values )) && _describe -t %s %s values || _message number\n"
                "    else\n"
                "        _describe -t %s %s candidates -S =\n"
                "    fi\n",
                name, name, name, name);
    } else {
        fprintf(stream, "    _describe -t %s %s candidates\n", name, name);
    }
    fputs("}\n\n", stream);
}

static void put_first(FILE *stream, const struct completion *completion)
{
    fputs("_exdiag_first() {\n    local -a candidates\n    candidates=(\n", stream);
    for (size_t i = 0; i < completion->command_count; i++)
        put_word(stream, completion->commands[i].name, completion->commands[i].summary);
    fputs("        'help:the help of a command'\n"
          "    )\n    _describe -t commands command candidates\n}\n\n",
          stream);
}

/* The function that completes it; " ", which completes nothing, where there is none. */
static void put_action(FILE *stream, const struct completion *completion, enum vocabulary_kind kind)
{
    if (kind == VOCABULARY_TEXT || kind == VOCABULARY_NONE)
        fputs(" ", stream);
    else
        fprintf(stream, "_exdiag_%s", completion->vocabularies[kind].name);
}

static void put_option(FILE *stream, const struct completion *completion,
                       const struct completion_option *option)
{
    fprintf(stream, " \\\n                '%s--%s%s[", option->value ? "*" : "", option->name,
            option->value ? "=" : "");
    completion_put(stream, option->help, in_spec);
    fputs("]", stream);
    if (option->value) {
        fputs(":", stream);
        completion_put(stream, option->value, in_spec);
        fputs(":", stream);
        put_action(stream, completion, option->takes);
    }
    fputs("'", stream);
}

static void put_command(FILE *stream, const struct completion *completion,
                        const struct completion_command *command)
{
    fprintf(stream, "            (%s) _arguments -S :", command->name);
    for (size_t i = 0; i < command->option_count; i++)
        put_option(stream, completion, &command->options[i]);
    if (command->arguments != VOCABULARY_NONE) {
        fputs(" \\\n                '*:argument:", stream);
        put_action(stream, completion, command->arguments);
        fputs("'", stream);
    }
    fputs(" && ret=0 ;;\n", stream);
}

void completion_zsh(const struct completion *completion, FILE *stream)
{
    fputs(head, stream);
    put_first(stream, completion);
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++)
        put_vocabulary(stream, &completion->vocabularies[kind]);
    fputs(body, stream);
    for (size_t i = 0; i < completion->command_count; i++)
        put_command(stream, completion, &completion->commands[i]);
    fputs(tail, stream);
}
