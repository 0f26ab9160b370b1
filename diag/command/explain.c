/* exdiag explain: the knowledge behind a finding, from the table the findings come from. */
#include "diag/command/circumstance.h"
#include "diag/command/command.h"
#include "diag/command/output.h"
#include "diag/probe.h"
#include "diag/report/shared.h"
#include "diag/report/wrap.h"

#include <string.h>

enum { COLUMNS = 80, INDENT = 2, STEP_INDENT = 4 };

struct page {
    struct wrap wrap;
    struct arena memory;
    const char *id; /* of the finding */
};

/* Those of a terminal, where that is a narrow one. */
static size_t page_columns(void)
{
    size_t columns = output_columns();

    return columns > 0 && columns < COLUMNS ? columns : COLUMNS;
}

static void print_heading(struct page *page, const char *heading)
{
    wrap_free_line(&page->wrap);
    wrap_indent(&page->wrap, 0);
    wrap_words(&page->wrap, heading);
    wrap_end(&page->wrap);
    wrap_indent(&page->wrap, INDENT);
}

static void print_line(struct page *page, size_t column, const char *text)
{
    wrap_indent(&page->wrap, column);
    wrap_to(&page->wrap, column);
    wrap_words(&page->wrap, text);
    wrap_end(&page->wrap);
}

static void print_paragraph(struct page *page, const char *heading, const char *text)
{
    if (!text)
        return;
    print_heading(page, heading);
    print_line(page, INDENT, remedy_text(text, NULL, 0, &page->memory));
}

static void print_command(struct page *page, const char *command)
{
    wrap_to(&page->wrap, STEP_INDENT);
    wrap_verbatim(&page->wrap, command, strlen(command));
    wrap_end(&page->wrap);
}

static void print_step(struct page *page, const struct step *step, const char *only,
                       bool is_alternative)
{
    wrap_to(&page->wrap, INDENT);
    wrap_indent(&page->wrap, STEP_INDENT);
    wrap_words(&page->wrap, is_alternative ? "- or, " : "- ");
    if (step->condition)
        wrap_words(&page->wrap, arena_print(&page->memory, "%s: ", step->condition));
    wrap_words(&page->wrap,
               arena_print(&page->memory, "%s: %s", report_step_shell(step), step->where));
    wrap_end(&page->wrap);
    if (only)
        print_line(page, STEP_INDENT, arena_print(&page->memory, "only %s", only));
    if (step->kind == STEP_DECIDE && !step->condition)
        print_line(page, STEP_INDENT, "decide first");
    if (step->shell == SHELL_MANUAL)
        print_line(page, STEP_INDENT, step->command);
    else
        print_command(page, step->command);
    if (step->risk)
        print_line(page, STEP_INDENT, arena_print(&page->memory, "risk: %s", step->risk));
    if (step->note)
        print_line(page, STEP_INDENT, arena_print(&page->memory, "note: %s", step->note));
}

static bool is_choice(const struct step_template *templates)
{
    for (; templates->command; templates++) {
        if (templates->when || templates->each)
            return true;
    }
    return false;
}

/*
 * Every step, whatever it depends on, so without numbers: some rule each other out. What a
 * finding would fill in stands as '<name>'.
 */
static void print_steps(struct page *page, const char *heading,
                        const struct step_template *templates)
{
    if (!templates)
        return;
    print_heading(page, heading);
    if (is_choice(templates))
        print_line(page, INDENT,
                   "Never run these as a list: some rule each other out. A finding's "
                   "report prints those that fit the machine, in their order.");
    for (; templates->command; templates++) {
        struct step_template one[2] = {*templates, {0}};
        const char *only = circumstance_text(page->id, templates);
        struct steps steps;

        one[0].when = one[0].each = NULL;
        steps = remedy_steps(one, NULL, 0, &page->memory);
        for (size_t i = 0; i < steps.count; i++)
            print_step(page, &steps.list[i], only, templates->is_alternative);
    }
}

static void print_references(struct page *page, const struct reference *references)
{
    print_heading(page, "references");
    for (; references && references->title; references++) {
        print_line(page, INDENT, references->title);
        if (!references->url)
            continue;
        wrap_to(&page->wrap, STEP_INDENT);
        wrap_unbroken(&page->wrap, references->url);
        wrap_end(&page->wrap);
    }
}

static void explain_kind(const struct probe *probe, const struct finding_kind *kind)
{
    struct page page = {.id = kind->id};

    wrap_init(&page.wrap, stdout, page_columns());
    wrap_words(&page.wrap, arena_print(&page.memory, "%s: %s; probe %s", kind->id,
                                       severity_word(kind->severity), probe->name));
    wrap_end(&page.wrap);
    print_paragraph(&page, "finding", kind->title);
    print_paragraph(&page, "symptom", kind->symptom);
    print_paragraph(&page, "cause", kind->cause);
    print_paragraph(&page, "why it matters", kind->why);
    print_paragraph(&page, "what it costs", kind->cost);
    print_paragraph(&page, "what is to be done", kind->repair);
    print_paragraph(&page, "applies to", kind->applies_to);
    print_steps(&page, "fix", kind->fix);
    print_steps(&page, "verify", kind->verify);
    print_steps(&page, "undo", kind->undo);
    print_paragraph(&page, "undo", kind->no_undo);
    print_steps(&page, "when it cannot be checked", kind->make_known);
    print_references(&page, kind->references);
    wrap_release(&page.wrap);
    arena_release(&page.memory);
}

/* One item a line. */
static void print_items(struct page *page, const char *heading, const char *text)
{
    print_heading(page, heading);
    while (*text) {
        size_t size = strcspn(text, "\n");

        print_line(page, INDENT, arena_copy(&page->memory, text, size));
        text += size + (text[size] == '\n');
    }
}

static void explain_topic(const struct topic *topic)
{
    struct page page = {0};

    wrap_init(&page.wrap, stdout, page_columns());
    wrap_words(&page.wrap, arena_print(&page.memory, "%s: %s", topic->name, topic->title));
    wrap_end(&page.wrap);
    for (const struct paragraph *one = topic->paragraphs; one->heading; one++)
        print_items(&page, one->heading, one->text);
    print_references(&page, topic->references);
    wrap_release(&page.wrap);
    arena_release(&page.memory);
}

static int refuse(const char *id)
{
    struct arena memory = {0};
    struct vocabulary known = vocabulary_read(VOCABULARY_KNOWLEDGE, &memory);
    const char *meant = words_nearest(&known.words, id);

    if (meant)
        complain("there is no finding '%s'; did you mean '%s'?", id, meant);
    else
        complain("there is no finding '%s'; 'exdiag explain' lists them", id);
    arena_release(&memory);
    return EXIT_TROUBLE;
}

static int explain_one(const char *id)
{
    for (const struct topic *const *topic = topics; *topic; topic++) {
        if (strcmp((*topic)->name, id) == 0) {
            explain_topic(*topic);
            return EXIT_FINE;
        }
    }
    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++) {
            if (strcmp((*kind)->id, id) == 0) {
                explain_kind(*probe, *kind);
                return EXIT_FINE;
            }
        }
    }
    return refuse(id);
}

static void list_kinds(void)
{
    struct arena memory = {0};

    for (const struct probe *const *probe = probes; *probe; probe++) {
        for (const struct finding_kind *const *kind = (*probe)->kinds; *kind; kind++)
            printf("%-22s %-9s %s\n", (*kind)->id, severity_word((*kind)->severity),
                   vocabulary_headline(*kind, &memory));
    }
    arena_release(&memory);
}

static int explain(struct options *options)
{
    int exit_status = EXIT_FINE;

    if (options->word_count == 0)
        list_kinds();
    for (size_t i = 0; i < options->word_count && exit_status == EXIT_FINE; i++)
        exit_status = explain_one(options->words[i]);
    return exit_status;
}

const struct command command_explain = {
    .name = "explain",
    .summary =
        "tells what is known of a finding, or of what a probe looks at, or lists all findings",
    .usage = "[ID|PROBE...]",
    .flag = FOR_EXPLAIN,
    .run = explain,
    .arguments = VOCABULARY_KNOWLEDGE,
};
