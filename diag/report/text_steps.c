/* Steps in the report for terminals. Commands are never wrapped: lines to be copied. */
#include "diag/report/text_page.h"

#include <stdio.h>
#include <string.h>

enum {
    LOOKS_MOST = 6,   /* variants of a look that are told without --verbose */
    MEMBERS_MOST = 3, /* whose own lines are written where these differ by name alone */
    BEHIND_STEP = 4   /* columns from a step's text to its command */
};

/* A step as it is printed. */
struct telling {
    struct text_page *page;
    const struct outline_entry *entry;
    const struct outline_steps *steps;
    const struct outline_step *step;
    size_t indent;   /* of its text */
    size_t command;  /* of its command */
    bool are_listed; /* where each does it, by the step before */
};

static void command_lines(const struct telling *telling, const char *command)
{
    struct wrap *wrap = &telling->page->wrap;

    while (command) {
        const char *end = strchr(command, '\n');
        size_t size = end ? (size_t)(end - command) : strlen(command);

        text_page_at(telling->page, telling->command);
        text_page_begin_style(telling->page, STYLE_COMMAND);
        wrap_verbatim(wrap, command, size);
        text_page_end_style(telling->page, STYLE_COMMAND);
        wrap_line(wrap);
        command = end ? end + 1 : NULL;
    }
}

/* A command, or in words what to do. */
static void what_to_do(const struct telling *telling, const struct step *step)
{
    if (step->shell != SHELL_MANUAL) {
        command_lines(telling, step->command);
        return;
    }
    text_page_at(telling->page, telling->indent);
    wrap_words(&telling->page->wrap, step->command);
    wrap_end(&telling->page->wrap);
}

static void remark(const struct telling *telling, enum style style, const char *word,
                   const char *text)
{
    if (!text || !*text)
        return;
    text_page_at(telling->page, telling->indent);
    text_page_styled(telling->page, style, word);
    wrap_words(&telling->page->wrap, text);
    wrap_end(&telling->page->wrap);
}

/* "if it is a member of a DAG: " */
static void condition(struct text_page *page, const char *text)
{
    if (!text)
        return;
    text_page_styled(page, STYLE_YELLOW, text);
    wrap_words(&page->wrap, ": ");
}

/* " [decide first; check: record]" */
static void before_step(struct text_page *page, const struct step *step)
{
    struct buffer text;

    buffer_init(&text, TEXT_LINE_MOST);
    report_before_step(step, &text);
    if (text.size) {
        wrap_words(&page->wrap, " ");
        text_page_begin_style(page, STYLE_YELLOW);
        wrap_words(&page->wrap, "[");
        wrap_words(&page->wrap, text.text);
        wrap_words(&page->wrap, "]");
        text_page_end_style(page, STYLE_YELLOW);
    }
    buffer_release(&text);
}

/* ---- what differs by member ---- */

/* The line itself says whose it is: text for its zone, or a line that is run in one place. */
static bool tells_its_owner(const struct outline_step *step, const struct outline_variant *variant)
{
    if (variant->member_count > 1 || (!step->same_where && step->step->shell != SHELL_DNS))
        return false;
    return step->step->shell != SHELL_MANUAL &&
           outline_names(variant->step->command, variant->members[0]->subject);
}

/* "contoso.com: the zone of contoso.com [decide first]" */
static void variant_heading(const struct telling *telling, const struct outline_variant *variant)
{
    struct text_page *page = telling->page;
    const struct outline_step *step = telling->step;
    const char *where = step->where || !variant->step->where ? "" : variant->step->where;
    const char *own = step->condition ? NULL : variant->step->condition;
    bool is_named =
        variant->member_count == 1 && outline_names(where, variant->members[0]->subject);

    if (!*where && !own && step->same_before && tells_its_owner(step, variant))
        return;
    text_page_at(page, telling->indent);
    wrap_indent(&page->wrap, telling->indent + 2);
    wrap_words(&page->wrap, "- ");
    if (!is_named) {
        text_page_begin_style(page, STYLE_LOUD);
        text_page_names(page, variant->members, variant->member_count, variant->member_count);
        text_page_end_style(page, STYLE_LOUD);
        if (*where || own)
            wrap_words(&page->wrap, ": ");
    }
    condition(page, own);
    wrap_words(&page->wrap, where);
    if (!step->same_before)
        before_step(page, variant->step);
    wrap_end(&page->wrap);
}

static void likewise(const struct telling *telling, size_t left)
{
    char text[128];

    snprintf(text, sizeof text,
             "- the same for the other %zu, with their names (all lines: --verbose)", left);
    remark(telling, STYLE_FAINT, "", text);
}

/* What only looks, and is no repair, need not be written out for each of many. */
static bool is_look(const struct telling *telling)
{
    return telling->steps == &telling->entry->verify && !telling->page->options->verbose;
}

static void all_variants(const struct telling *telling)
{
    const struct outline_step *step = telling->step;
    size_t shown = step->variant_count;

    if (outline_is_told_once(step) || telling->are_listed) {
        what_to_do(telling, step->step);
        return;
    }
    if (is_look(telling) && step->by_name && shown > LOOKS_MOST)
        shown = 1;
    for (size_t i = 0; i < shown; i++) {
        const struct outline_variant *variant = &step->variants[i];
        struct telling own = *telling;
        bool is_last = i + 1 == shown;

        variant_heading(&own, variant);
        own.indent = telling->indent + 2;
        if (!step->risk)
            remark(&own, STYLE_YELLOW, "risk: ", variant->step->risk);
        if (!step->same_command || is_last)
            what_to_do(&own, variant->step);
        if (!step->note)
            remark(&own, STYLE_FAINT, "note: ", variant->step->note);
    }
    if (shown < step->variant_count)
        likewise(telling, step->variant_count - shown);
}

/* ---- a step ---- */

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A place that a reader has gone to: not one of a step that he may have passed over. */
static bool is_known_place(const char *condition, const char *before)
{
    return !before || is_same_text(condition, before);
}

/* Where the step before it is done, in the same shell. */
static bool is_in_the_same_place(const struct telling *telling)
{
    const struct outline_step *step = telling->step, *before = step - 1;

    return step > telling->steps->list && !step->step->is_alternative &&
           !before->step->is_alternative &&
           (step->variant_count == 1 || outline_is_told_once(step)) &&
           (before->variant_count == 1 || outline_is_told_once(before)) &&
           is_same_text(step->where, before->where) &&
           is_known_place(step->condition, before->condition) &&
           strcmp(report_step_shell(step->step), report_step_shell(before->step)) == 0;
}

static bool is_same_list(const struct outline_variant *a, const struct outline_variant *b)
{
    size_t same = 0;

    if (a->member_count != b->member_count || !is_same_text(a->step->where, b->step->where))
        return false;
    while (same < a->member_count && a->members[same] == b->members[same])
        same++;
    return same == a->member_count;
}

/* Each does it where the step before has said that each does that. */
static bool is_in_the_same_places(const struct telling *telling)
{
    const struct outline_step *step = telling->step, *before = step - 1;
    size_t same = 0;

    if (step == telling->steps->list || !outline_differs_in_place(step) ||
        !outline_differs_in_place(before) || step->variant_count != before->variant_count)
        return false;
    while (same < step->variant_count &&
           is_same_list(&step->variants[same], &before->variants[same]))
        same++;
    return same == step->variant_count;
}

static bool asks_the_same(const struct step *a, const struct step *b)
{
    struct buffer one, other;
    bool is_same;

    buffer_init(&one, TEXT_LINE_MOST);
    buffer_init(&other, TEXT_LINE_MOST);
    report_before_step(a, &one);
    report_before_step(b, &other);
    is_same = strcmp(one.text, other.text) == 0;
    buffer_release(&one);
    buffer_release(&other);
    return is_same;
}

/* A decision is of one line alone. */
static bool is_plain_command(const struct outline_step *step)
{
    return step->step->shell != SHELL_MANUAL && step->same_before &&
           (step->step->kind != STEP_DECIDE || step->step->condition);
}

/* What may fail or be decided by what it shows is looked at before the next line is typed. */
static bool is_looked_at(const struct outline_step *step)
{
    const struct step_template *from = step->step->from;

    return step->risk || (from && from->is_gate);
}

/* How many steps from this one on are nothing but a line more each, typed behind each other. */
static size_t count_joined(const struct telling *telling)
{
    const struct outline_step *end = telling->steps->list + telling->steps->count;
    struct telling next = *telling;
    size_t count = 1;

    if (telling->step->step->is_alternative || !is_plain_command(telling->step))
        return 1;
    for (next.step++; next.step < end; next.step++, count++) {
        if (is_looked_at(&next.step[-1]) || next.step->risk || !is_plain_command(next.step) ||
            !is_same_text(next.step->condition, next.step[-1].condition) ||
            !asks_the_same(next.step->step, next.step[-1].step) || !is_in_the_same_place(&next))
            break;
    }
    return count;
}

/* "3. ", "3-5. ", "or " */
static void begin_step(struct telling *telling, size_t number, size_t joined)
{
    struct text_page *page = telling->page;
    char figure[64];

    if (telling->step->step->is_alternative)
        snprintf(figure, sizeof figure, "or ");
    else if (joined > 1)
        snprintf(figure, sizeof figure, "%zu-%zu. ", number, number + joined - 1);
    else
        snprintf(figure, sizeof figure, "%zu. ", number);
    telling->indent = page->body + strlen(figure);
    telling->command = page->narrow ? page->body : telling->indent + BEHIND_STEP;
    text_page_at(page, page->body);
    wrap_indent(&page->wrap, telling->indent);
    wrap_words(&page->wrap, figure);
}

/* What stands in front of a step. */
struct head {
    const struct step *step;
    const char *condition;
    const char *where;
    const char *risk;
    bool is_tagged; /* with what it asks for */
    bool is_same;   /* the place of the step before */
    bool are_same;  /* the places, which that one lists */
};

/* "PowerShell [decide first]: ex01.contoso.com, as administrator" */
static void put_place(struct text_page *page, const struct head *head)
{
    const char *shell = report_step_shell(head->step);

    wrap_words(&page->wrap, head->is_same ? "in the same place" : shell);
    if (head->are_same)
        wrap_words(&page->wrap, ", in the same places");
    if (head->is_tagged)
        before_step(page, head->step);
    if (!head->is_same && head->where && *head->where && strcmp(head->where, shell) != 0) {
        wrap_words(&page->wrap, ": ");
        wrap_words(&page->wrap, head->where);
    }
    wrap_end(&page->wrap);
}

/*
 * A step in the same place begins with what it asks for, its risk, or what is done by hand; where
 * a command would be the first, which has its line for itself, words stand in front of it.
 */
static void put_head(const struct telling *telling, const struct head *head)
{
    struct text_page *page = telling->page;
    const bool is_in_words = head->step->shell == SHELL_MANUAL;
    const bool is_asking = head->is_tagged && report_asked_by(head->step);
    const bool has_words = is_in_words || (head->risk && *head->risk);

    condition(page, head->condition);
    if (!head->is_same || head->condition || (!is_asking && !has_words)) {
        put_place(page, head);
    } else {
        if (is_asking)
            before_step(page, head->step);
        page->after_label = has_words;
    }
    if (!is_in_words)
        remark(telling, STYLE_YELLOW, "risk: ", head->risk);
}

static void note_of_step(const struct telling *telling)
{
    if (!outline_is_note_told(telling->entry, telling->steps,
                              (size_t)(telling->step - telling->steps->list)))
        remark(telling, STYLE_FAINT, "note: ", telling->step->note);
}

/*
 * What a command risks is to be read before it; of what is done by hand it follows from that.
 * Gives how many steps it told: those that are a line more each go with the first.
 */
static size_t one_step(struct telling *telling, size_t number)
{
    const struct outline_step *step = telling->step;
    const struct head head = {.step = step->step,
                              .condition = step->condition,
                              .where = step->where,
                              .risk = step->risk,
                              .is_tagged = step->same_before,
                              .is_same = is_in_the_same_place(telling),
                              .are_same = is_in_the_same_places(telling)};
    const size_t joined = count_joined(telling);
    const bool is_in_words = step->step->shell == SHELL_MANUAL;
    const bool set_off = telling->page->narrow && !is_in_words;

    telling->are_listed = head.are_same;
    begin_step(telling, number, joined);
    put_head(telling, &head);
    if (set_off)
        wrap_free_line(&telling->page->wrap);
    all_variants(telling);
    for (size_t i = 1; i < joined; i++) {
        note_of_step(telling);
        telling->step++;
        all_variants(telling);
    }
    if (set_off)
        wrap_free_line(&telling->page->wrap);
    if (is_in_words)
        remark(telling, STYLE_YELLOW, "risk: ", step->risk);
    note_of_step(telling);
    return joined;
}

/* ---- steps that have an order, on several machines ---- */

/* One step on one machine, whole: who reads it on page six has not the first machine's in sight. */
static void step_of_member(struct telling *telling, const struct step *step,
                           const struct step *before)
{
    const struct head head = {.step = step,
                              .condition = step->condition,
                              .where = step->where,
                              .risk = step->risk,
                              .is_tagged = true,
                              .is_same =
                                  before && !before->is_alternative && !step->is_alternative &&
                                  is_same_text(step->where, before->where) &&
                                  is_known_place(step->condition, before->condition) &&
                                  strcmp(report_step_shell(step), report_step_shell(before)) == 0};

    put_head(telling, &head);
    what_to_do(telling, step);
    if (step->shell == SHELL_MANUAL)
        remark(telling, STYLE_YELLOW, "risk: ", step->risk);
    if (!before || !is_same_text(before->note, step->note))
        remark(telling, STYLE_FAINT, "note: ", step->note);
}

static void steps_of_member(struct text_page *page, const struct outline_entry *entry,
                            const struct outline_steps *steps, size_t member)
{
    const struct steps *own = outline_own_steps(steps, entry->members[member]);
    size_t number = 0;

    for (size_t i = 0; i < own->count; i++) {
        struct telling telling = {
            .page = page, .entry = entry, .steps = steps, .step = &steps->list[i]};

        number += !own->list[i].is_alternative;
        begin_step(&telling, number, 1);
        step_of_member(&telling, &own->list[i], i ? &own->list[i - 1] : NULL);
    }
}

/* "ex01 first, by these steps; then each of the others in turn: ex02, ex03 and ex04" */
static void for_the_others(struct text_page *page, const struct outline_entry *entry)
{
    text_page_at(page, page->body);
    text_page_begin_style(page, STYLE_LOUD);
    text_page_names(page, entry->members, 1, 1);
    wrap_words(&page->wrap, " first, by these steps; then each of the others in turn, by the same "
                            "steps with its own name, long or short, in every line: ");
    text_page_names(page, entry->members + 1, entry->member_count - 1, entry->member_count);
    text_page_end_style(page, STYLE_LOUD);
    wrap_words(&page->wrap, " (all lines: --verbose, or --runbook FILE)");
    wrap_end(&page->wrap);
}

/* All steps of the first, then those of the next: nobody is to do one step everywhere at once. */
static void steps_by_member(struct text_page *page, const struct outline_entry *entry,
                            const struct outline_steps *steps)
{
    if (steps->by_name && !page->options->verbose && entry->member_count > MEMBERS_MOST) {
        for_the_others(page, entry);
        steps_of_member(page, entry, steps, 0);
        return;
    }
    for (size_t i = 0; i < entry->member_count; i++) {
        if (i > 0)
            wrap_free_line(&page->wrap);
        text_page_owner(page, &entry->members[i], 1, page->body);
        steps_of_member(page, entry, steps, i);
    }
}

static void in_turn(struct text_page *page, const struct outline_entry *entry)
{
    char text[128];

    text_page_at(page, page->body);
    snprintf(text, sizeof text,
             "One of these %s after the other: all steps for one, then the next.",
             outline_turns(entry));
    wrap_words(&page->wrap, text);
    wrap_end(&page->wrap);
}

/* Looks that do as well as the one before: what they are made with. Gives how many there are. */
static size_t other_looks(struct text_page *page, const struct outline_steps *steps, size_t from)
{
    size_t end = from;

    while (end < steps->count && steps->list[end].step->is_alternative)
        end++;
    for (size_t i = from; i < end; i++) {
        const char *shell = report_step_shell(steps->list[i].step);

        if (i == from)
            text_page_at(page, page->body);
        else if (strcmp(shell, report_step_shell(steps->list[i - 1].step)) == 0)
            continue;
        wrap_words(&page->wrap, i == from ? "or " : ", or ");
        wrap_words(&page->wrap, shell);
    }
    if (end > from)
        wrap_words(&page->wrap, " (lines: --verbose, or --runbook FILE)");
    return end - from;
}

static void steps_in_order(struct text_page *page, const struct outline_entry *entry,
                           const struct outline_steps *steps)
{
    const bool is_short = steps == &entry->verify && !page->options->verbose;
    size_t number = 0;

    for (size_t i = 0; i < steps->count;) {
        struct telling telling = {
            .page = page, .entry = entry, .steps = steps, .step = &steps->list[i]};
        size_t told;

        number += !steps->list[i].step->is_alternative;
        told = one_step(&telling, number);
        number += told - 1;
        i += told;
        if (is_short)
            i += other_looks(page, steps, i);
    }
}

void text_steps(struct text_page *page, const struct outline_entry *entry, const char *label,
                const struct outline_steps *steps)
{
    if (steps->count == 0)
        return;
    if (!page->narrow && steps == &entry->fix)
        wrap_free_line(&page->wrap);
    text_page_label(page, label, page->body);
    if (steps->order != OUTLINE_STEP_BY_STEP)
        in_turn(page, entry);
    if (steps->order == OUTLINE_BY_MEMBER)
        steps_by_member(page, entry, steps);
    else
        steps_in_order(page, entry, steps);
}
