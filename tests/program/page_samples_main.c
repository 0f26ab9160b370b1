/*
 * page_samples bash|zsh|fish|powershell|man: what `exdiag completion` and `exdiag man` would print
 * if the texts of the program's tables were hostile. `page_samples texts` prints these, a line
 * each.
 */
#include "diag/command/completion.h"
#include "diag/command/roff.h"

#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {
    "it's the server's, 'quoted'",
    "'; touch pwned; '",
    "\\'; touch pwned; \\'",
    "$(touch pwned) `touch pwned` ${HOME} $HOME %PATH%",
    "\"; touch pwned; \"",
    "a:b::c [d] ]e[ (f) {g,h} <i> ~ * ?",
    "back\\slash \\n \\fBbold\\fR \\\\ at the end \\",
    ".SH a request",
    "'br a request, too",
    "- -- --option a-b non-empty -x",
    "\u2018; touch pwned; \u2019\u201a\u201b",
    "^caret~tilde\"double\" |&;!",
};

enum { COUNT = sizeof texts / sizeof *texts };

/* `is_bare`: for a shell that shows no descriptions the words themselves are the texts. */
static struct completion completion_of_texts(struct arena *memory, bool is_bare)
{
    struct completion_command *command = arena_new(memory, 1, sizeof *command);
    struct completion_option *options = arena_new(memory, COUNT, sizeof *options);
    struct completion completion = {.commands = command, .command_count = 1};

    for (unsigned kind = 0; kind < VOCABULARY_COUNT; kind++)
        completion.vocabularies[kind] = vocabulary_read((enum vocabulary_kind)kind, memory);
    memset(&completion.vocabularies[VOCABULARY_CHECKS].words, 0, sizeof(struct words));
    for (size_t i = 0; i < COUNT; i++) {
        options[i].name = arena_print(memory, "option-%c", (char)('a' + i));
        options[i].value = i % 2 ? "[A]:'\\" : NULL;
        options[i].help = texts[i];
        options[i].takes = i % 2 ? VOCABULARY_CHECKS : VOCABULARY_NONE;
        words_add(&completion.vocabularies[VOCABULARY_CHECKS].words, memory,
                  is_bare ? texts[i] : arena_print(memory, "word-%c", (char)('a' + i)), texts[i]);
    }
    command->name = "check";
    command->summary = texts[0];
    command->options = options;
    command->option_count = COUNT;
    command->arguments = VOCABULARY_CHECKS;
    return completion;
}

static void print_man(void)
{
    struct roff roff = {.stream = stdout};

    puts(".TH SAMPLES 1 \"2026-11-23\" \"samples\" \"texts\"");
    roff_section(&roff, "TEXTS");
    for (size_t i = 0; i < COUNT; i++) {
        roff_paragraph(&roff, texts[i]);
        roff_item(&roff, texts[i], NULL, texts[i]);
        roff_verbatim(&roff, texts[i]);
    }
}

int main(int argc, char **argv)
{
    struct arena memory = {0};
    const char *what = argc == 2 ? argv[1] : "";
    struct completion completion = completion_of_texts(&memory, strcmp(what, "bash") == 0);
    const struct completion_shell *shell = completion_shells;

    while (shell->name && strcmp(shell->name, what) != 0)
        shell++;
    if (shell->name)
        shell->write(&completion, stdout);
    else if (strcmp(what, "man") == 0)
        print_man();
    else
        for (size_t i = 0; i < COUNT; i++)
            puts(texts[i]);
    arena_release(&memory);
    return EXIT_SUCCESS;
}
