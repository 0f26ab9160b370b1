/*
 * A checklist to paste into a ticket: CommonMark with the task lists of GitHub, GitLab and Jira,
 * which reads as plain text, too. Words that could act (markdown_write.h) are code.
 */
#include "diag/report/report.h"

#include "diag/report/history.h"
#include "diag/report/markdown_picture.h"
#include "diag/report/markdown_write.h"
#include "diag/report/shared.h"
#include "diag/report/summary.h"

#include <string.h>

enum { MEMBERS_MOST = 3 }; /* whose own lines are written where these differ by name alone */
enum { LINE_MOST = 1 << 20, NAMES_SHOWN = 40, WIDTH_MOST = 8 };

struct sheet {
    FILE *stream;
    const struct outline *outline;
    bool verbose;
};

static void put_line(struct sheet *sheet, const char *lead, const char *text)
{
    fputs(lead, sheet->stream);
    markdown_put_words(sheet->stream, text);
    fputs("\n", sheet->stream);
}

/* ---- steps ---- */

static const char *language_of(enum shell shell)
{
    static const char *const languages[SHELL_COUNT] = {
        [SHELL_POWERSHELL] = "powershell",
        [SHELL_EMS] = "powershell",
        [SHELL_CMD] = "bat",
        [SHELL_SH] = "sh",
        [SHELL_DNS] = "text",
        [SHELL_MANUAL] = "text",
    };

    return shell < SHELL_COUNT ? languages[shell] : "text";
}

static void put_command(struct sheet *sheet, unsigned indent, const struct step *step)
{
    if (step->shell != SHELL_MANUAL) {
        markdown_put_block(sheet->stream, indent, language_of(step->shell), step->command);
        return;
    }
    fprintf(sheet->stream, "%*s", (int)indent, "");
    put_line(sheet, "Do: ", step->command);
}

static void put_remarks(struct sheet *sheet, unsigned indent, const struct step *step)
{
    const struct {
        const char *lead, *text;
    } remarks[] = {{"**Changes and risks:** ", step->risk}, {"Note: ", step->note}};

    for (size_t i = 0; i < sizeof remarks / sizeof *remarks; i++) {
        if (!remarks[i].text)
            continue;
        fprintf(sheet->stream, "\n%*s", (int)indent, "");
        put_line(sheet, remarks[i].lead, remarks[i].text);
    }
}

/* "if it is a member of a DAG: " */
static void put_condition(struct sheet *sheet, const char *condition)
{
    if (!condition)
        return;
    markdown_put_words(sheet->stream, condition);
    fputs(": ", sheet->stream);
}

/* `place`, and in bold what is to be done first; ends the line. */
static void put_before(struct sheet *sheet, const char *place, const struct step *step)
{
    struct buffer before;

    buffer_init(&before, LINE_MOST);
    report_before_step(step, &before);
    markdown_put_words(sheet->stream, place);
    if (before.size) {
        fputs(" — **", sheet->stream);
        markdown_put_words(sheet->stream, before.text);
        fputs("**", sheet->stream);
    }
    fputs("\n", sheet->stream);
    buffer_release(&before);
}

/* "PowerShell, on ex01 — **fill in: server**" */
static void put_place(struct sheet *sheet, const struct step *step, const char *condition,
                      const char *where)
{
    put_condition(sheet, condition);
    fputs(report_shell(step->shell), sheet->stream);
    if (where)
        fputs(", ", sheet->stream);
    put_before(sheet, where ? where : "", step);
}

/* " (for a.example, b.example)": those whose step it is, where others have another. */
static void put_members(struct sheet *sheet, const struct outline_variant *variant)
{
    fputs("for ", sheet->stream);
    for (size_t i = 0; i < variant->member_count; i++) {
        if (i > 0)
            fputs(", ", sheet->stream);
        markdown_put_words(sheet->stream, variant->members[i]->subject->shown);
    }
    fputs(": ", sheet->stream);
}

/* How a list of steps is shown: boxes to tick, or none. */
struct listing {
    const char *heading;
    const char *bullet; /* "- [ ] " */
};

static void put_variant(struct sheet *sheet, const struct listing *listing,
                        const struct outline_step *step, const struct outline_variant *variant)
{
    const bool is_of_all = step->variant_count == 1;

    fputs(listing->bullet, sheet->stream);
    if (variant->step->is_alternative)
        fputs("or ", sheet->stream);
    if (!is_of_all)
        put_members(sheet, variant);
    put_place(sheet, variant->step,
              is_of_all && step->condition ? step->condition : variant->step->condition,
              is_of_all && step->where ? step->where : variant->step->where);
    fputs("\n", sheet->stream);
    put_command(sheet, 2, variant->step);
    put_remarks(sheet, 2, variant->step);
    fputs("\n", sheet->stream);
}

/* The same for several: all but where is told once, with a box for each place. */
static bool is_told_once(const struct outline_step *step)
{
    return step->variant_count > 1 && step->same_command && step->same_before && step->same_risk &&
           step->same_note && (step->same_condition || step->condition);
}

static void put_together(struct sheet *sheet, const struct listing *listing,
                         const struct outline_step *step)
{
    fprintf(sheet->stream, "%s%s", listing->bullet, step->step->is_alternative ? "or " : "");
    put_condition(sheet, step->condition);
    fprintf(sheet->stream, "%s, ", report_shell(step->step->shell));
    put_before(sheet, "at each of these places", step->step);
    for (size_t i = 0; i < step->variant_count; i++) {
        const struct outline_variant *variant = &step->variants[i];

        fprintf(sheet->stream, "  %s", listing->bullet);
        put_members(sheet, variant);
        put_line(sheet, "", variant->step->where ? variant->step->where : "there");
    }
    fputs("\n", sheet->stream);
    put_command(sheet, 2, step->step);
    put_remarks(sheet, 2, step->step);
    fputs("\n", sheet->stream);
}

static void put_step_by_step(struct sheet *sheet, const struct listing *listing,
                             const struct outline_steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (is_told_once(&steps->list[i])) {
            put_together(sheet, listing, &steps->list[i]);
            continue;
        }
        for (size_t j = 0; j < steps->list[i].variant_count; j++)
            put_variant(sheet, listing, &steps->list[i], &steps->list[i].variants[j]);
    }
}

static void put_own_step(struct sheet *sheet, const struct listing *listing,
                         const struct step *step)
{
    fprintf(sheet->stream, "%s%s", listing->bullet, step->is_alternative ? "or " : "");
    put_place(sheet, step, step->condition, step->where);
    fputs("\n", sheet->stream);
    put_command(sheet, 2, step);
    put_remarks(sheet, 2, step);
    fputs("\n", sheet->stream);
}

/* Nobody who goes through it line by line is to have all of them half repaired. */
static void put_by_member(struct sheet *sheet, const struct listing *listing,
                          const struct outline_entry *entry, const struct outline_steps *steps)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct steps *own = outline_own_steps(steps, entry->members[i]);

        fprintf(sheet->stream, "%zu of %zu: all steps for ", i + 1, entry->member_count);
        markdown_put_words(sheet->stream, entry->members[i]->subject->shown);
        fputs(i + 1 < entry->member_count ? ", before those for the next\n\n" : "\n\n",
              sheet->stream);
        for (size_t j = 0; j < own->count; j++)
            put_own_step(sheet, listing, &own->list[j]);
    }
}

/* The steps of the first, and a box for each of the others, who are repaired the same way. */
static void put_first(struct sheet *sheet, const struct listing *listing,
                      const struct outline_entry *entry, const struct outline_steps *steps)
{
    const struct steps *own = outline_own_steps(steps, entry->first);

    fputs("All steps for one, then all for the next. These are for ", sheet->stream);
    markdown_put_words(sheet->stream, entry->first->subject->shown);
    fputs("; for each of the others they are the same, with its own name, long or short, in every "
          "line (all lines: --verbose, or --runbook FILE).\n\n",
          sheet->stream);
    for (size_t i = 0; i < own->count; i++)
        put_own_step(sheet, listing, &own->list[i]);
    fputs("Then, each in turn, by the same steps with its own name:\n\n", sheet->stream);
    for (size_t i = 1; i < entry->member_count; i++)
        put_line(sheet, listing->bullet, entry->members[i]->subject->shown);
    fputs("\n", sheet->stream);
}

static void put_steps(struct sheet *sheet, const struct listing *listing,
                      const struct outline_entry *entry, const struct outline_steps *steps)
{
    if (steps->count == 0)
        return;
    fprintf(sheet->stream, "**%s**\n\n", listing->heading);
    if (steps->order == OUTLINE_BY_MEMBER) {
        if (steps->by_name && !sheet->verbose && entry->member_count > MEMBERS_MOST)
            put_first(sheet, listing, entry, steps);
        else
            put_by_member(sheet, listing, entry, steps);
        return;
    }
    if (steps->order == OUTLINE_IN_TURN)
        fputs("One after the other: all steps for one, then all for the next.\n\n", sheet->stream);
    put_step_by_step(sheet, listing, steps);
}

/* ---- entries ---- */

static void put_seen(struct sheet *sheet, const struct outline_entry *entry,
                     const struct finding *finding)
{
    const char *lead = entry->member_count > 1 ? "  - " : "- ";

    for (size_t i = 0; i < finding->seen_count; i++) {
        const struct seen *seen = &finding->seen[i];

        fputs(lead, sheet->stream);
        markdown_put_code(sheet->stream, seen->text, strlen(seen->text));
        if (seen->mark_end > seen->mark_start) {
            size_t from = report_byte_of(seen->text, seen->mark_start),
                   to = report_byte_of(seen->text, seen->mark_end);

            fputs(" — wrong here: ", sheet->stream);
            markdown_put_code(sheet->stream, seen->text + from, to - from);
        }
        if (seen->source) {
            fputs(" — ", sheet->stream);
            markdown_put_words(sheet->stream, seen->source);
        }
        fputs("\n", sheet->stream);
    }
    markdown_put_pictures(sheet->stream, entry->member_count > 1 ? 4 : 2, finding);
}

/* An acceptance that is over is why a finding that was quiet counts again. */
static void put_expired(struct sheet *sheet, const char *lead, const struct finding *finding)
{
    if (!finding->expired)
        return;
    fprintf(sheet->stream, "%s**accepted until %s**, which is over: ", lead,
            finding->expired->expires);
    put_line(sheet, "", finding->expired->reason);
}

static void put_history(struct sheet *sheet, const char *lead, const struct finding *finding)
{
    struct buffer words;

    buffer_init(&words, LINE_MOST);
    report_history_words(finding, &words);
    if (words.size)
        put_line(sheet, lead, words.text);
    buffer_release(&words);
}

static void put_members_seen(struct sheet *sheet, const struct outline_entry *entry)
{
    bool is_several = entry->member_count > 1;

    fputs("**Seen**\n\n", sheet->stream);
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];

        if (is_several) {
            put_line(sheet, "- ", member->subject->shown);
            if (!entry->title)
                put_line(sheet, "  - ", member->title);
            if (!entry->why && member->why)
                put_line(sheet, "  - why it matters: ", member->why);
        }
        put_history(sheet, is_several ? "  - " : "- ", member);
        put_expired(sheet, is_several ? "  - " : "- ", member);
        put_seen(sheet, entry, member);
    }
    fputs("\n", sheet->stream);
}

/* "9 (clock-skew)", and what the site has accepted, or is worse than the entry itself, by a word */
static void put_number(struct sheet *sheet, const struct outline_entry *of, size_t number)
{
    const struct outline_entry *entry = &sheet->outline->entries[number - 1];

    fprintf(sheet->stream, "%zu (", number);
    markdown_put_words(sheet->stream, entry->first->kind->id);
    if (entry->part == PART_ACCEPTED)
        fputs(", which the site has accepted", sheet->stream);
    else if (outline_is_worse(sheet->outline, of, number))
        fprintf(sheet->stream, ", %s", report_standing(entry->first));
    fputs(")", sheet->stream);
}

static void put_numbers(struct sheet *sheet, const char *lead, const struct outline_entry *of,
                        const size_t *numbers, size_t count, const char *end)
{
    if (count == 0)
        return;
    fputs(lead, sheet->stream);
    for (size_t i = 0; i < count; i++) {
        fputs(i ? ", " : "", sheet->stream);
        put_number(sheet, of, numbers[i]);
    }
    fputs(end, sheet->stream);
}

static void put_references(struct sheet *sheet, const struct finding_kind *kind)
{
    if (!kind->references || !kind->references->title)
        return;
    fputs("Sources: ", sheet->stream);
    for (const struct reference *at = kind->references; at->title; at++) {
        if (at != kind->references)
            fputs("; ", sheet->stream);
        markdown_put_words(sheet->stream, at->title);
        if (at->url) {
            fputs(" ", sheet->stream);
            markdown_put_code(sheet->stream, at->url, strlen(at->url));
        }
    }
    fputs("\n\n", sheet->stream);
}

static void put_entry_heading(struct sheet *sheet, const struct outline_entry *entry)
{
    struct buffer names;

    buffer_init(&names, LINE_MOST);
    summary_subjects(entry, NAMES_SHOWN, &names);
    fprintf(sheet->stream, "### %zu. ", entry->number);
    markdown_put_words(sheet->stream, entry->first->title);
    if (!entry->title)
        fprintf(sheet->stream, ", and %zu alike", entry->member_count - 1);
    fprintf(sheet->stream, " (%s)\n\n", report_standing(entry->first));
    markdown_put_words(sheet->stream, names.text);
    fputs(" — ", sheet->stream);
    markdown_put_words(sheet->stream, entry->first->kind->id);
    fputs("\n\n", sheet->stream);
    buffer_release(&names);
}

static void put_repair(struct sheet *sheet, const struct outline_entry *entry)
{
    static const struct listing fix = {"Repair", "- [ ] "}, known = {"To make it known", "- [ ] "},
                                verify = {"Verify", "- [ ] "},
                                undo = {"Undo, only if the repair made it worse", "- "};
    bool is_unknown = entry->part == PART_UNKNOWN;

    put_steps(sheet, is_unknown ? &known : &fix, entry, &entry->fix);
    if (is_unknown)
        return;
    put_steps(sheet, &verify, entry, &entry->verify);
    put_steps(sheet, &undo, entry, &entry->undo);
    if (entry->undo.count == 0 && entry->first->kind->no_undo)
        put_line(sheet, "No undo: ", entry->first->kind->no_undo);
    fputs("\n", sheet->stream);
}

static void put_entry(struct sheet *sheet, const struct outline_entry *entry)
{
    put_entry_heading(sheet, entry);
    put_numbers(sheet, "Explained by ", entry, entry->causes, entry->cause_count, "\n\n");
    put_numbers(sheet, "Explains ", entry, entry->effects, entry->effect_count, "\n\n");
    put_members_seen(sheet, entry);
    if (entry->why) {
        put_line(sheet, "Why it matters: ", entry->why);
        fputs("\n", sheet->stream);
    }
    put_repair(sheet, entry);
    put_references(sheet, entry->first->kind);
}

/* ---- parts ---- */

static void put_brief_line(struct sheet *sheet, const struct outline_entry *entry)
{
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];

        fputs("- ", sheet->stream);
        markdown_put_words(sheet->stream, member->subject->shown);
        put_line(sheet, ": ", member->title);
        if (member->accepted) {
            put_line(sheet, "  - accepted until ", member->accepted->expires);
            put_line(sheet, "  - reason: ", member->accepted->reason);
        }
    }
}

static void put_part(struct sheet *sheet, enum report_part part)
{
    static const struct {
        const char *heading;
        bool is_whole;
    } parts[PART_COUNT] = {
        [PART_PROBLEMS] = {"Problems", true},
        [PART_UNKNOWN] = {"Not known", true},
        [PART_ACCEPTED] = {"Accepted", false},
        [PART_OK] = {"Right", false},
        [PART_NOT_APPLICABLE] = {"Not applicable", false},
    };
    const struct outline *outline = sheet->outline;

    if (outline->starts[part] == outline->starts[part + 1])
        return;
    fprintf(sheet->stream, "## %s\n\n", parts[part].heading);
    for (size_t i = outline->starts[part]; i < outline->starts[part + 1]; i++) {
        if (parts[part].is_whole)
            put_entry(sheet, &outline->entries[i]);
        else
            put_brief_line(sheet, &outline->entries[i]);
    }
    if (!parts[part].is_whole)
        fputs("\n", sheet->stream);
}

/* ---- the head ---- */

static void put_first_steps(struct sheet *sheet, const struct summary *summary)
{
    if (summary->fault_count == 0)
        return;
    fputs("**What to repair, in this order**\n\n", sheet->stream);
    for (size_t i = 0; i < summary->fault_count; i++) {
        const struct summary_fault *fault = &summary->faults[i];
        struct buffer names;

        buffer_init(&names, LINE_MOST);
        summary_subjects(fault->entry, 3, &names);
        fprintf(sheet->stream, "- [ ] %zu (%s): ", fault->entry->number,
                report_standing(fault->entry->first));
        markdown_put_words(sheet->stream, fault->entry->first->title);
        put_line(sheet, ": ", names.text);
        put_numbers(sheet, "  - explains ", fault->entry, fault->consequences,
                    fault->consequence_count, "\n");
        if (fault->cost)
            put_line(sheet, "  - what it costs: ", fault->cost);
        if (finding_repair(fault->entry->first))
            put_line(sheet, "  - what is to be done: ", finding_repair(fault->entry->first));
        buffer_release(&names);
    }
    fputs("\n", sheet->stream);
}

static void put_notices(struct sheet *sheet, const struct report *report)
{
    for (size_t i = 0; i < report->run_count; i++) {
        struct report_notice notices[REPORT_NOTICES_MOST];
        size_t count = report_notices(&report->runs[i], notices);

        for (size_t j = 0; j < count; j++) {
            fprintf(sheet->stream, "- **%s**", notices[j].word);
            if (report->runs[i].source)
                put_line(sheet, " ", report->runs[i].source);
            put_line(sheet, report->runs[i].source ? "  - " : ": ", notices[j].text);
        }
    }
}

/* What the newest evidence does not have any more. */
static void put_past(struct sheet *sheet, const struct report *report)
{
    struct buffer words;

    buffer_init(&words, LINE_MOST);
    for (size_t i = 0; i < report->past_count; i++) {
        const struct past *past = &report->past[i];

        if (i == 0 || past->state != past[-1].state)
            fprintf(sheet->stream, "%s## Earlier problems: %s\n\n", i ? "\n" : "",
                    report_past_heading(past->state));
        fputs("- ", sheet->stream);
        markdown_put_words(sheet->stream, past->finding->subject->shown);
        fputs(": ", sheet->stream);
        markdown_put_words(sheet->stream, past->finding->title);
        put_line(sheet, " — ", past->finding->kind->id);
        buffer_clear(&words);
        report_past_words(past, &words);
        put_line(sheet, "  - ", words.text);
    }
    if (report->past_count)
        fputs("\n", sheet->stream);
    buffer_release(&words);
}

static void put_zones(struct sheet *sheet, const struct report *report)
{
    struct buffer text;
    size_t shown = 0;

    buffer_init(&text, LINE_MOST);
    for (size_t i = 0; i < report->run_count && shown < REPORT_ZONES_MOST; i++) {
        buffer_clear(&text);
        report_show_zone(report, i, &text);
        if (!text.size)
            continue;
        fputs("  - ", sheet->stream);
        markdown_put_words(sheet->stream, report_run_name(&report->runs[i]));
        fprintf(sheet->stream, ": %s\n", text.text);
        shown++;
    }
    buffer_release(&text);
}

static void put_head(struct sheet *sheet, const struct report *report,
                     const struct summary *summary)
{
    struct report_span span = report_span(report);
    struct buffer text;

    put_line(sheet, "# ", report->title && *report->title ? report->title : "exdiag report");
    fputs("\n", sheet->stream);
    buffer_init(&text, LINE_MOST);
    report_show_span(&span, &text);
    fprintf(sheet->stream, "- Examined: %s", text.text);
    buffer_clear(&text);
    report_show_local(report, &text);
    if (text.size)
        fprintf(sheet->stream, " (%s)", text.text);
    fputs("\n", sheet->stream);
    put_zones(sheet, report);
    buffer_clear(&text);
    report_sum_up(report, &text);
    fprintf(sheet->stream, "- Found: %s\n", text.text);
    buffer_clear(&text);
    report_changes(report, &text);
    if (text.size)
        fprintf(sheet->stream, "- Changes: %s\n", text.text);
    buffer_release(&text);
    put_notices(sheet, report);
    fputs("\n", sheet->stream);
    put_first_steps(sheet, summary);
}

enum status report_markdown(const struct report *report, const struct report_options *options,
                            FILE *stream)
{
    struct arena memory = {0};
    struct outline outline;
    struct summary summary;
    struct sheet sheet = {stream, &outline, options->verbose};

    outline_make(report, &memory, &outline);
    summary_make(&outline, &memory, &summary);
    put_head(&sheet, report, &summary);
    for (unsigned part = 0; part < PART_COUNT && !options->quiet; part++) {
        if (part < PART_OK || options->verbose)
            put_part(&sheet, (enum report_part)part);
        if (part == PART_ACCEPTED)
            put_past(&sheet, report);
    }
    arena_release(&memory);
    return report_finish(stream);
}
