#include "diag/report/html_steps.h"

#include <string.h>

enum { LINE_MOST = 1 << 16 };

static void put_before(struct page *page, const struct step *step)
{
    struct buffer text;

    buffer_init(&text, LINE_MOST);
    report_before_step(step, &text);
    if (text.size)
        html_put(page, " <em>%s</em>", text.text);
    buffer_release(&text);
}

static void put_command(struct page *page, const struct step *step)
{
    if (step->shell == SHELL_MANUAL) {
        html_put(page, "<p class=\"prose\">%s\n", step->command);
        return;
    }
    html_put(page, "<pre>");
    html_code(page, step->command, strlen(step->command));
    html_put(page, "</pre>\n");
}

static void put_risk(struct page *page, const char *text)
{
    if (text && *text)
        html_put(page, "<p class=\"risk\"><b>Risk:</b> %s\n", text);
}

static void put_note(struct page *page, const char *text)
{
    if (text && *text)
        html_put(page, "<p><b>Note:</b> %s\n", text);
}

/* "if it is a member of a DAG: " */
static void put_condition(struct page *page, const char *condition)
{
    if (condition)
        html_put(page, "<em>%s:</em> ", condition);
}

/* "PowerShell: on ex1.contoso.com" */
static void put_place(struct page *page, const struct step *step, const char *where)
{
    const char *shell = report_step_shell(step);

    html_put(page, "<b>%s</b>", shell);
    if (where && *where && strcmp(where, shell) != 0)
        html_put(page, ": %s", where);
}

/* On paper a step may stand on another page than the one before, which has the place of both. */
static void put_place_on_paper(struct page *page, const struct step *step)
{
    html_put(page, "<p class=\"at\">");
    put_place(page, step, step->where);
    html_put(page, "\n");
}

/* Its place, and what to do before */
static void put_where(struct page *page, const struct outline_step *step)
{
    html_put(page, "%s", step->step->is_alternative ? "or " : "");
    put_condition(page, step->condition);
    put_place(page, step->step, step->where);
    if (step->same_before)
        put_before(page, step->step);
    html_put(page, "\n");
}

static bool is_plain(const struct outline_step *step)
{
    return step->variant_count < 2 && !step->step->is_alternative &&
           step->step->kind == STEP_EXACT && step->step->shell != SHELL_MANUAL && step->where;
}

/* One line more in the same place as that of the step before: nothing to say but the line. */
static bool goes_on(const struct outline_steps *steps, size_t index)
{
    const struct outline_step *step = &steps->list[index];

    return index > 0 && is_plain(step) && is_plain(step - 1) &&
           strcmp(report_step_shell(step->step), report_step_shell(step[-1].step)) == 0 &&
           strcmp(step->where, step[-1].where) == 0;
}

/* Whom a variant is for, and where, unless the one says the other. */
static void put_owners(struct page *page, const struct outline_step *step,
                       const struct outline_variant *variant)
{
    const char *where = step->where || !variant->step->where ? "" : variant->step->where;
    const char *condition = step->condition ? NULL : variant->step->condition;

    html_put(page, "<p class=\"of\">");
    if (variant->member_count > 1 || !outline_names(where, variant->members[0]->subject)) {
        for (size_t i = 0; i < variant->member_count; i++)
            html_put(page, "%s<bdi>%s</bdi>", i ? ", " : "", variant->members[i]->subject->shown);
        if (*where || condition)
            html_put(page, ": ");
    }
    put_condition(page, condition);
    html_put(page, "%s", where);
    if (!step->same_before)
        put_before(page, variant->step);
    html_put(page, "\n");
}

/* What is the same for all of them stands around the variants. */
static void put_variant(struct page *page, const struct outline_step *step,
                        const struct outline_variant *variant)
{
    put_owners(page, step, variant);
    if (!step->risk)
        put_risk(page, variant->step->risk);
    if (!step->same_command)
        put_command(page, variant->step);
    if (!step->note)
        put_note(page, variant->step->note);
}

/*
 * Of an alternative whose lines differ in their names alone the first says how it goes: the step
 * before has a line for each.
 */
static void put_variants(struct page *page, const struct outline_step *step)
{
    size_t shown = step->step->is_alternative && step->by_name ? 1 : step->variant_count;

    html_put(page, "<div class=\"variants\">\n");
    for (size_t i = 0; i < shown; i++)
        put_variant(page, step, &step->variants[i]);
    if (shown < step->variant_count) {
        html_put(
            page,
            "<details class=\"more\" open>\n<summary>The same line for the other %u</summary>\n",
            (unsigned)(step->variant_count - shown));
        for (size_t i = shown; i < step->variant_count; i++)
            put_variant(page, step, &step->variants[i]);
        html_put(page, "</details>\n");
    }
    html_put(page, "</div>\n");
}

static void put_step(struct page *page, const struct outline_entry *entry,
                     const struct outline_steps *steps, size_t index, unsigned number)
{
    const struct outline_step *step = &steps->list[index];
    bool once = outline_is_told_once(step);

    if (step->step->is_alternative)
        html_put(page, "<li class=\"or\" value=\"%u\">", number);
    else
        html_put(page, "<li>");
    if (goes_on(steps, index))
        put_place_on_paper(page, step->step);
    else
        put_where(page, step);
    put_risk(page, step->risk);
    if (!once)
        put_variants(page, step);
    if (once || step->same_command)
        put_command(page, step->step);
    if (!outline_is_note_told(entry, steps, index))
        put_note(page, step->note);
}

/* ---- all steps of one member, then those of the next ---- */

static bool is_same_place(const struct step *a, const struct step *b)
{
    return !a->is_alternative && !b->is_alternative && a->kind == STEP_EXACT &&
           b->kind == STEP_EXACT && b->shell != SHELL_MANUAL && a->where && b->where &&
           strcmp(a->where, b->where) == 0 &&
           strcmp(report_step_shell(a), report_step_shell(b)) == 0;
}

static void put_own_step(struct page *page, const struct step *step, bool goes_on, unsigned number)
{
    if (step->is_alternative)
        html_put(page, "<li class=\"or\" value=\"%u\">or ", number);
    else
        html_put(page, "<li>");
    if (goes_on) {
        put_place_on_paper(page, step);
    } else {
        put_condition(page, step->condition);
        put_place(page, step, step->where);
        put_before(page, step);
        html_put(page, "\n");
    }
    put_risk(page, step->risk);
    put_command(page, step);
    put_note(page, step->note);
}

static void put_list_of(struct page *page, const struct steps *own)
{
    unsigned number = 0;

    html_put(page, "<ol class=\"steps\">\n");
    for (size_t i = 0; i < own->count; i++) {
        const struct step *step = &own->list[i];

        number += !step->is_alternative;
        put_own_step(page, step, i > 0 && is_same_place(&own->list[i - 1], step), number);
    }
    html_put(page, "</ol>\n");
}

static bool differ_by_name(const struct outline_steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        if (steps->list[i].variant_count > 1 && !steps->list[i].same_command &&
            !steps->list[i].by_name)
            return false;
    }
    return true;
}

/* Where only names differ the first member's are open, and the others' are folded but whole. */
static void put_by_member(struct page *page, const struct outline_entry *entry,
                          const struct outline_steps *steps)
{
    bool folds = differ_by_name(steps);

    for (size_t i = 0; i < entry->member_count; i++) {
        const struct steps *own = outline_own_steps(steps, entry->members[i]);
        const char *name = entry->members[i]->subject->shown;
        bool folded = folds && i > 0;

        html_put(page,
                 folded ? "<details class=\"more\" open>\n<summary><bdi>%s</bdi></summary>\n"
                        : "<p class=\"of\"><bdi>%s</bdi></p>\n",
                 name);
        put_list_of(page, own);
        if (folded)
            html_put(page, "</details>\n");
    }
}

/* ---- a row of steps ---- */

static void put_in_order(struct page *page, const struct outline_entry *entry,
                         const struct outline_steps *steps)
{
    unsigned number = 0;

    html_put(page, "<ol class=\"steps\">\n");
    for (size_t i = 0; i < steps->count; i++) {
        number += !steps->list[i].step->is_alternative;
        put_step(page, entry, steps, i, number);
    }
    html_put(page, "</ol>\n");
}

void html_steps(struct page *page, const char *name, const struct outline_entry *entry,
                const struct outline_steps *steps)
{
    if (steps->count == 0)
        return;
    if (steps == &entry->fix)
        html_put(page, "<h4 id=\"fix-%u\">%s</h4>\n<div>\n", (unsigned)entry->number, name);
    else
        html_start_row(page, name);
    if (steps->order != OUTLINE_STEP_BY_STEP)
        html_put(page,
                 "<p class=\"order\">One of these %s after the other: all steps for one, then the "
                 "next.</p>\n",
                 outline_subjects(entry));
    if (steps->order == OUTLINE_BY_MEMBER)
        put_by_member(page, entry, steps);
    else
        put_in_order(page, entry, steps);
    html_end_row(page);
}
