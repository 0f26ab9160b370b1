/* exdiag completion: a script by which a shell completes the command line. */
#include "diag/command/completion.h"

#include "diag/command/command.h"
#include "diag/command/option_table.h"
#include "diag/command/output.h"
#include "diag/text.h"

#include <string.h>

const struct completion_shell completion_shells[] = {
    {"bash", "with or without the package bash-completion", completion_bash},
    {"zsh", "with compinit", completion_zsh},
    {"fish", "3.0 or later", completion_fish},
    {"powershell", "Windows PowerShell 5.1, PowerShell 7", completion_powershell},
    {NULL, NULL, NULL},
};

void completion_put(FILE *stream, const char *text, const struct completion_escape *escapes)
{
    while (*text) {
        const struct completion_escape *escape = escapes;

        while (escape->of && strncmp(text, escape->of, strlen(escape->of)) != 0)
            escape++;
        if (escape->of) {
            fputs(escape->as, stream);
            text += strlen(escape->of);
        } else {
            putc(*text++, stream);
        }
    }
}

static enum vocabulary_kind kind_of(const struct option *option, const struct command *command)
{
    enum vocabulary_kind kind;

    if (!option->value)
        return VOCABULARY_NONE;
    kind = vocabulary_of_value(option->value);
    if (kind == VOCABULARY_FORMAT && command->flag == FOR_SPF)
        return VOCABULARY_SPF_FORMAT;
    return kind == VOCABULARY_COUNT ? VOCABULARY_TEXT : kind;
}

static struct completion_command read_command(const struct command *command, struct arena *memory)
{
    struct completion_command read = {command->name, command->summary, NULL, 0, command->arguments};
    size_t room = 0;

    for (const struct option *option = option_table; option->name; option++) {
        struct completion_option *one;

        if (!(option->commands & command->flag) || option_is_heading(option))
            continue;
        read.options =
            arena_grow(memory, read.options, &room, read.option_count, sizeof *read.options);
        one = &read.options[read.option_count++];
        one->name = option->name;
        one->value = option->value;
        one->help = option->help;
        one->takes = kind_of(option, command);
    }
    return read;
}

struct completion completion_read(struct arena *memory)
{
    struct completion completion = {0};
    size_t room = 0;

    for (const struct command *const *command = commands; *command; command++) {
        completion.commands = arena_grow(memory, completion.commands, &room,
                                         completion.command_count, sizeof *completion.commands);
        completion.commands[completion.command_count++] = read_command(*command, memory);
    }
    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++)
        completion.vocabularies[kind] = vocabulary_read((enum vocabulary_kind)kind, memory);
    return completion;
}

static const struct completion_shell *find_shell(const char *name)
{
    for (const struct completion_shell *shell = completion_shells; shell->name; shell++) {
        if (strcmp(shell->name, name) == 0)
            return shell;
    }
    return NULL;
}

static int refuse(const char *name, struct arena *memory)
{
    struct vocabulary shells = vocabulary_read(VOCABULARY_SHELL, memory);
    const char *meant = words_nearest(&shells.words, name);

    if (meant)
        return complain("completion: '%s' is no shell; did you mean '%s'?", name, meant);
    return complain("completion: '%s' is no shell of these: bash, zsh, fish, powershell", name);
}

static enum status write_script(const void *page, const struct report_options *style,
                                const struct options *options, FILE *stream)
{
    const struct completion_shell *shell = find_shell(options->words[0]);

    (void)style;
    shell->write(page, stream);
    return ferror(stream) ? STATUS_IO : STATUS_OK;
}

static int print_completion(struct options *options)
{
    struct completion completion;

    if (options->word_count != 1)
        return complain("completion: name one shell: bash, zsh, fish or powershell");
    if (!find_shell(options->words[0]))
        return refuse(options->words[0], &options->memory);
    completion = completion_read(&options->memory);
    return output_page(write_script, &completion, options);
}

const struct command command_completion = {
    .name = "completion",
    .summary = "prints a script by which bash, zsh, fish or PowerShell completes the command line",
    .usage = "bash|zsh|fish|powershell [--output FILE]",
    .flag = FOR_COMPLETION,
    .run = print_completion,
    .arguments = VOCABULARY_SHELL,
    .more = "bash, in ~/.bashrc:\n"
            "  source <(exdiag completion bash)\n"
            "zsh, in ~/.zshrc, behind compinit:\n"
            "  source <(exdiag completion zsh)\n"
            "fish, in ~/.config/fish/config.fish:\n"
            "  exdiag completion fish | source\n"
            "PowerShell, in the file that $PROFILE names:\n"
            "  exdiag completion powershell | Out-String | Invoke-Expression",
};
