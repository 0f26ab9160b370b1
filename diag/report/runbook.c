#include "diag/report/runbook.h"

#include "diag/memory.h"
#include "diag/order.h"
#include "diag/report/outline.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 96, TEXT_MOST = 1 << 20 };

/* ---- lines ---- */

/* What could end a line, or that a terminal would obey, is spelled out. */
static void put_safely(FILE *stream, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char character = (unsigned char)text[i];

        if (character < 0x20 || character == 0x7f)
            fprintf(stream, "\\x%02x", character);
        else
            fputc(text[i], stream);
    }
}

static size_t blanks(const char *text)
{
    size_t count = 0;

    while (text[count] == ' ' || text[count] == '\n')
        count++;
    return count;
}

/* For the reader: behind "##", broken between words. */
static void put_words(FILE *stream, const char *lead, const char *text)
{
    size_t indent = lead[0] == ' ' ? strspn(lead, " ") + 2 : 0, column = 2 + strlen(lead);
    bool is_first = true;

    fprintf(stream, "##%s", lead);
    for (text += blanks(text); *text; text += blanks(text)) {
        size_t size = strcspn(text, " \n"), columns = text_columns(text, size);

        if (!is_first && column + 1 + columns > COLUMNS) {
            fprintf(stream, "\n##%*s", (int)indent, "");
            column = 2 + indent;
        } else if (!is_first) {
            fputc(' ', stream);
            column++;
        }
        put_safely(stream, text, size);
        column += columns;
        text += size;
        is_first = false;
    }
    fputc('\n', stream);
}

/* Line by line, whole. */
static void put_lines(FILE *stream, const char *lead, const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");

        fputs(lead, stream);
        put_safely(stream, text, size);
        fputc('\n', stream);
        text += size + (text[size] == '\n');
    }
}

/* A command stands behind "# ", which is to be taken away; nothing else does, text for zones least
 * of all: it is other people's, and a shell would obey it. */
static void put_command(FILE *stream, const struct step *step)
{
    if (step->shell == SHELL_MANUAL) {
        put_words(stream, "   do: ", step->command);
    } else if (step->shell == SHELL_DNS) {
        fputs("##   zone:\n", stream);
        put_lines(stream, "##     ", step->command);
    } else {
        put_lines(stream, "# ", step->command);
    }
}

/* ---- who is told of where ---- */

/* A finding in the order of repair, and the place of its machine in that order. */
struct slot {
    const struct finding *finding;
    const char *machine; /* canonical */
    size_t place;        /* in the order of repair */
    size_t group;        /* the place of the first one of its machine */
};

static int by_machine(const void *first, const void *second)
{
    const struct slot *a = first, *b = second;
    int order = strcmp(a->machine, b->machine);

    return order ? order : order_sizes(a->place, b->place);
}

static int by_group(const void *first, const void *second)
{
    const struct slot *a = first, *b = second;
    int order = order_sizes(a->group, b->group);

    return order ? order : order_sizes(a->place, b->place);
}

static size_t collect(const struct outline *outline, struct slot *slots)
{
    size_t count = 0;

    for (size_t i = 0; i < outline->count; i++) {
        const struct outline_entry *entry = &outline->entries[i];

        if (entry->part != PART_PROBLEMS && entry->part != PART_UNKNOWN)
            continue;
        for (size_t j = 0; j < entry->member_count; j++) {
            const struct subject *subject = entry->members[j]->subject;

            slots[count].finding = entry->members[j];
            slots[count].machine = subject->host ? subject->host : subject->name;
            slots[count].place = count;
            count++;
        }
    }
    return count;
}

static void group(struct slot *slots, size_t count)
{
    if (count == 0)
        return;
    qsort(slots, count, sizeof *slots, by_machine);
    for (size_t i = 0; i < count; i++) {
        bool is_same = i > 0 && strcmp(slots[i - 1].machine, slots[i].machine) == 0;

        slots[i].group = is_same ? slots[i - 1].group : slots[i].place;
    }
    qsort(slots, count, sizeof *slots, by_group);
}

/* ---- steps ---- */

static void put_step(FILE *stream, const char *word, const struct step *step)
{
    struct buffer line;

    buffer_init(&line, TEXT_MOST);
    buffer_print(&line, "%s%s: %s", step->is_alternative ? "or " : "", word,
                 report_shell(step->shell));
    if (step->where)
        buffer_print(&line, ", %s", step->where);
    fputs("##\n", stream);
    put_words(stream, " ", line.text);
    buffer_clear(&line);
    report_before_step(step, &line);
    if (step->condition)
        put_words(stream, "   WHEN: ", step->condition);
    if (line.size)
        put_words(stream, "   FIRST: ", line.text);
    if (step->risk)
        put_words(stream, "   changes and risks: ", step->risk);
    if (step->note)
        put_words(stream, "   note: ", step->note);
    put_command(stream, step);
    buffer_release(&line);
}

static void put_steps(FILE *stream, const char *word, const struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++)
        put_step(stream, word, &steps->list[i]);
}

static void put_finding(FILE *stream, const struct finding *finding, bool is_undo)
{
    bool is_unknown = finding->outcome == OUTCOME_UNKNOWN;
    struct buffer line;

    buffer_init(&line, TEXT_MOST);
    buffer_print(&line, "%s (%s, %s)", finding->title, finding->kind->id, report_standing(finding));
    fputs("##\n", stream);
    put_words(stream, is_undo ? " -- undo of: " : " -- ", line.text);
    buffer_release(&line);
    if (is_undo) {
        put_steps(stream, "UNDO", &finding->undo);
        return;
    }
    put_steps(stream, is_unknown ? "to make it known" : "repair", &finding->fix);
    if (is_unknown)
        return;
    put_steps(stream, "verify", &finding->verify);
    if (finding->undo.count == 0 && finding->kind->no_undo)
        put_words(stream, "   no undo: ", finding->kind->no_undo);
}

static void put_machine(FILE *stream, const struct slot *slot, const char *word)
{
    const struct subject *subject = slot->finding->subject;
    struct buffer line;

    buffer_init(&line, TEXT_MOST);
    if (subject->host)
        buffer_print(&line, "%smachine %s", word, subject->host);
    else
        buffer_print(&line, "%s%s %s", word, subject_kind_word(subject->kind), subject->shown);
    fputs("##\n## ==========================================================================\n",
          stream);
    put_words(stream, " == ", line.text);
    buffer_release(&line);
}

static void put_slots(FILE *stream, const struct slot *slots, size_t count, bool is_undo)
{
    size_t shown = SIZE_MAX; /* the group whose heading stands */

    for (size_t i = 0; i < count; i++) {
        if (is_undo && slots[i].finding->undo.count == 0)
            continue;
        if (slots[i].group != shown)
            put_machine(stream, &slots[i], is_undo ? "UNDO, only if a repair made it worse: " : "");
        shown = slots[i].group;
        put_finding(stream, slots[i].finding, is_undo);
    }
}

/* ---- the whole ---- */

static void put_head(FILE *stream, const struct report *report)
{
    static const char *const lines[] = {
        "Nothing of this file runs by itself: every line is a comment. What begins with ## is for "
        "you. What begins with # and a space is a command: read what stands above it, fill in what "
        "stands in <angle brackets>, and take the \"# \" away, or paste the rest of the line where "
        "it says.",
        "Text for a DNS zone stands below \"zone:\". It is no command: never take the \"##\" away.",
        "By machine, in the order of repair: causes before what they cause, the steps of each in "
        "their order. Where a step says another place than the machine, go there. What undoes a "
        "repair stands at the end.",
        ("Lines end as on the system that wrote this file: on Linux take one of Windows through "
         "dos2unix before you run a part of it, or paste."),
        "The first line is for the Command Prompt, which knows no such comments: it ends there.",
    };
    struct report_span span = report_span(report);
    struct buffer line;

    fputs("# & echo This is a runbook for people: nothing of it was run. & exit /b 1\n", stream);
    put_words(stream, " ",
              report->title && *report->title ? report->title : "exdiag: the runbook of a report");
    buffer_init(&line, TEXT_MOST);
    report_show_span(&span, &line);
    put_words(stream, " examined: ", line.text);
    buffer_clear(&line);
    report_sum_up(report, &line);
    put_words(stream, " found: ", line.text);
    buffer_release(&line);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        fputs("##\n", stream);
        put_words(stream, " ", lines[i]);
    }
    for (size_t i = 0; i < report->run_count; i++) {
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(&report->runs[i], notices);

        for (size_t j = 0; j < count; j++)
            put_words(stream, " note: ", notices[j].text);
    }
}

enum status report_runbook(const struct report *report, FILE *stream)
{
    struct slot *slots = memory_new(report->finding_count + 1, sizeof *slots);
    struct arena memory = {0};
    struct outline outline;
    size_t count;

    outline_make(report, &memory, &outline);
    count = collect(&outline, slots);
    group(slots, count);
    put_head(stream, report);
    if (count == 0)
        put_words(stream, " ", "There is nothing to repair.");
    put_slots(stream, slots, count, false);
    put_slots(stream, slots, count, true);
    arena_release(&memory);
    free(slots);
    return report_finish(stream);
}
