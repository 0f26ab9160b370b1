/* exdiag man: the manual page exdiag(1), from the tables that the program itself reads. */
#include "diag/command/man.h"

#include "diag/command/command.h"
#include "diag/command/option_table.h"
#include "diag/command/output.h"
#include "diag/command/roff.h"
#include "diag/read/file_type.h"
#include "diag/version.h"

#include <string.h>

struct man_page {
    struct roff roff;
    struct arena memory;
};

static void put_paragraphs(struct roff *roff, const char *const *paragraphs)
{
    for (; *paragraphs; paragraphs++)
        roff_paragraph(roff, *paragraphs);
}

static void put_items(struct roff *roff, const struct man_item *items)
{
    for (; items->tag; items++)
        roff_item(roff, items->tag, NULL, items->text);
}

static void put_head(struct roff *roff)
{
    fputs(".\\\" Printed by 'exdiag man', from the tables of the program.\n"
          ".nr HY 0 \\\" no word is divided: most can be typed\n"
          ".TH EXDIAG 1 \"" EXDIAG_DATE "\" \"exdiag " EXDIAG_VERSION "\" \"User Commands\"\n"
          ".ad l\n"
          ".SH NAME\n"
          "exdiag \\- examine the mail of an Exchange organisation for documented failures\n"
          ".SH SYNOPSIS\n",
          roff->stream);
    for (const struct command *const *command = commands; *command; command++) {
        if (command != commands)
            fputs(".br\n", roff->stream);
        roff_usage(roff, (*command)->name, (*command)->usage);
    }
}

/* ---- commands and options ---- */

static void put_commands(struct man_page *page)
{
    struct roff *roff = &page->roff;

    roff_section(roff, "COMMANDS");
    for (const struct command *const *command = commands; *command; command++) {
        roff_item(roff, (*command)->name, NULL, (*command)->summary);
        if ((*command)->more)
            roff_help(roff, (*command)->more, &page->memory);
    }
}

static void put_option(struct man_page *page, const struct option *option)
{
    roff_item(&page->roff, arena_print(&page->memory, "--%s", option->name), option->value,
              option->help);
}

/* An earlier command has it, word for word; --help and --version are said of all. */
static bool is_described(const struct option *option, const struct command *const *command)
{
    for (const struct command *const *earlier = commands; earlier != command; earlier++) {
        if (option->commands & (*earlier)->flag)
            return true;
    }
    return false;
}

/* Those that earlier commands have, by name; "" if there are none. */
static const char *described_options(const struct command *const *command, struct arena *memory)
{
    const char *names = "";

    for (const struct option *option = option_table; option->name; option++) {
        if (!option_is_heading(option) && option->commands & (*command)->flag &&
            option->commands != FOR_ALL && is_described(option, command))
            names = arena_print(memory, "%s%s--%s", names, *names ? ", " : "", option->name);
    }
    return names;
}

/* An option of its own, which needs words. */
static bool is_new(const struct option *option, const struct command *const *command)
{
    return option->commands & (*command)->flag && option->commands != FOR_ALL &&
           !is_described(option, command);
}

static void put_command_options(struct man_page *page, const struct command *const *command)
{
    const char *described = described_options(command, &page->memory);
    bool has_heading = false;

    for (const struct option *option = option_table; option->name; option++) {
        if (!is_new(option, command))
            continue;
        if (!has_heading)
            roff_subsection(&page->roff, arena_print(&page->memory, "exdiag %s", (*command)->name));
        has_heading = true;
        if (option_is_heading(option))
            roff_paragraph(&page->roff, arena_print(&page->memory, "%s:", option->help));
        else
            put_option(page, option);
    }
    if (!*described)
        return;
    if (!has_heading)
        roff_subsection(&page->roff, arena_print(&page->memory, "exdiag %s", (*command)->name));
    roff_paragraph(&page->roff, arena_print(&page->memory, "As above: %s.", described));
}

static void put_options(struct man_page *page)
{
    roff_section(&page->roff, "OPTIONS");
    roff_paragraph(&page->roff,
                   "--name VALUE and --name=VALUE are the same. Behind -- nothing is an option. "
                   "Every command takes:");
    for (const struct option *option = option_table; option->name; option++) {
        if (option->commands == FOR_ALL)
            put_option(page, option);
    }
    for (const struct command *const *command = commands; *command; command++)
        put_command_options(page, command);
}

static void put_words(struct man_page *page, enum vocabulary_kind kind, const char *heading)
{
    struct vocabulary vocabulary = vocabulary_read(kind, &page->memory);

    roff_paragraph(&page->roff, heading);
    roff_dense(&page->roff, true);
    for (size_t i = 0; i < vocabulary.words.count; i++)
        roff_item(&page->roff, vocabulary.words.list[i].text, NULL, vocabulary.words.list[i].help);
    roff_dense(&page->roff, false);
}

/* ---- what is examined ---- */

static void put_file_types(struct man_page *page)
{
    const char *types = "";

#define X(name, word, text)                                                                        \
    if (FILE_TYPE_##name != FILE_TYPE_UNKNOWN && FILE_TYPE_##name != FILE_TYPE_EMPTY)              \
        types = arena_print(&page->memory, "%s%s%s", types, *types ? "; " : "", text);
    FILE_TYPE_LIST(X)
#undef X
    roff_paragraph(
        &page->roff,
        arena_print(&page->memory, "What a file is, is recognised by its content: %s.", types));
}

static void put_subjects(struct man_page *page)
{
    roff_section(&page->roff, "SUBJECTS");
    put_paragraphs(&page->roff, man_subjects);
    put_file_types(page);
    put_words(page, VOCABULARY_PORT, "Services of --port, where servers are asked:");
    put_words(page, VOCABULARY_PATIENCE, "Words of --patience:");
}

/* ---- probes ---- */

static void put_findings(struct man_page *page)
{
    roff_section(&page->roff, "FINDINGS");
    roff_paragraph(&page->roff, "By probe, each with its severity unless the report says another. "
                                "exdiag explain ID has its cause, repair and sources.");
    for (const struct probe *const *probe = probes; *probe; probe++) {
        roff_subsection(&page->roff, (*probe)->name);
        roff_prose(&page->roff, (*probe)->summary);
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            roff_item(&page->roff, (*kind)->id,
                      arena_print(&page->memory, "(%s)", severity_word((*kind)->severity)),
                      vocabulary_headline(*kind, &page->memory));
    }
}

static void put_lines(struct roff *roff, const char *tag, const char *text, struct arena *memory)
{
    for (bool is_first = true; *text; is_first = false) {
        size_t size = strcspn(text, "\n");
        const char *line = arena_copy(memory, text, size);

        if (is_first)
            roff_item(roff, tag, NULL, line);
        else
            roff_more(roff, line);
        text += size + (text[size] == '\n');
    }
}

static void put_privacy(struct man_page *page)
{
    roff_section(&page->roff, "WHAT IT SENDS");
    put_paragraphs(&page->roff, man_privacy);
    for (const struct probe *const *probe = probes; *probe; probe++) {
        put_lines(&page->roff, (*probe)->name, (*probe)->touches, &page->memory);
        roff_more(&page->roff, arena_print(&page->memory, "In logs: %s.", (*probe)->noticed));
    }
}

static void put_examples(struct roff *roff)
{
    roff_section(roff, "EXAMPLES");
    for (const struct man_item *example = man_examples; example->tag; example++) {
        roff_paragraph(roff, example->text);
        fputs(".RS 4\n", roff->stream);
        roff_verbatim(roff, example->tag);
        fputs(".RE\n", roff->stream);
    }
}

/* What prose may hold as it is typed: commands, and what --only takes. */
static struct words typed_names(struct arena *memory)
{
    struct words names = vocabulary_read(VOCABULARY_CHECKS, memory).words;

    for (const struct command *const *command = commands; *command; command++)
        words_add(&names, memory, (*command)->name, (*command)->summary);
    return names;
}

static enum status write_page(const void *nothing, const struct report_options *style,
                              const struct options *options, FILE *stream)
{
    struct man_page page = {0};
    struct roff *roff = &page.roff;

    (void)nothing;
    (void)style;
    (void)options;
    roff->stream = stream;
    roff->names = typed_names(&page.memory);
    put_head(roff);
    roff_section(roff, "DESCRIPTION");
    put_paragraphs(roff, man_description);
    put_commands(&page);
    put_subjects(&page);
    put_options(&page);
    put_findings(&page);
    roff_section(roff, "EXIT STATUS");
    put_items(roff, man_exit_statuses);
    roff_section(roff, "ENVIRONMENT");
    put_items(roff, man_environment);
    roff_section(roff, "FILES");
    put_items(roff, man_files);
    put_privacy(&page);
    put_examples(roff);
    roff_section(roff, "SEE ALSO");
    put_paragraphs(roff, man_see_also);
    arena_release(&page.memory);
    return ferror(stream) ? STATUS_IO : STATUS_OK;
}

static int print_man(struct options *options)
{
    return output_page(write_page, NULL, options);
}

const struct command command_man = {
    .name = "man",
    .summary = "prints the manual page exdiag(1)",
    .usage = "[--output FILE]",
    .flag = FOR_MAN,
    .run = print_man,
    .more = "exdiag man --output exdiag.1, and then: man ./exdiag.1",
};
