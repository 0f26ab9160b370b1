#include "diag/report/outline_steps.h"

#include "diag/order.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK = 32 /* steps before one, whose notes it need not repeat */ };

static bool is_same(const char *a, const char *b)
{
    return order_strings(a, b) == 0;
}

static int compare_before(const struct step *a, const struct step *b)
{
    int order = order_sizes(a->kind, b->kind);

    if (!order)
        order = order_sizes(a->placeholder_count, b->placeholder_count);
    for (size_t i = 0; i < a->placeholder_count && !order; i++)
        order = strcmp(a->placeholders[i], b->placeholders[i]);
    return order;
}

static bool is_same_before(const struct step *a, const struct step *b)
{
    return compare_before(a, b) == 0;
}

/* All that is printed of a step but its shell. */
static int compare_texts(const struct step *a, const struct step *b)
{
    int order = order_strings(a->command, b->command);

    if (!order)
        order = order_strings(a->condition, b->condition);
    if (!order)
        order = order_strings(a->where, b->where);
    if (!order)
        order = compare_before(a, b);
    if (!order)
        order = order_strings(a->risk, b->risk);
    return order ? order : order_strings(a->note, b->note);
}

static const struct steps *steps_of(const struct finding *finding, enum outline_list which)
{
    const struct steps *const lists[] = {&finding->fix, &finding->verify, &finding->undo};

    return lists[which];
}

/* A step of a list, whoever's. */
struct step_place {
    enum outline_list which;
    size_t at;
};

static const struct step *step_at(const struct finding *member, const void *context)
{
    const struct step_place *place = context;

    return &steps_of(member, place->which)->list[place->at];
}

static const char *command_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->command;
}

static const char *where_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->where;
}

static const char *condition_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->condition;
}

static const char *risk_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->risk;
}

static const char *note_of(const struct finding *member, const void *context)
{
    return step_at(member, context)->note;
}

/* A member's step, on the way to variants. */
struct telling {
    const struct step *step;
    const struct finding *member;
    size_t index; /* of the member in its entry */
    size_t first; /* of the members that have the same */
};

static int by_text(const void *first, const void *second)
{
    const struct telling *a = first, *b = second;
    int order = compare_texts(a->step, b->step);

    return order ? order : order_sizes(a->index, b->index);
}

static int by_first_member(const void *first, const void *second)
{
    const struct telling *a = first, *b = second;
    int order = order_sizes(a->first, b->first);

    return order ? order : order_sizes(a->index, b->index);
}

static void note_sameness(struct outline_step *step, const struct step *other)
{
    step->same_where = step->same_where && is_same(step->step->where, other->where);
    step->same_condition = step->same_condition && is_same(step->step->condition, other->condition);
    step->same_command = step->same_command && is_same(step->step->command, other->command);
    step->same_before = step->same_before && is_same_before(step->step, other);
    step->same_risk = step->same_risk && is_same(step->step->risk, other->risk);
    step->same_note = step->same_note && is_same(step->step->note, other->note);
}

/* `tellings` stand by their first member: each run of them is a variant. */
static void make_variants(struct telling *tellings, size_t count, struct arena *arena,
                          struct outline_step *out)
{
    const struct finding **members = arena_new(arena, count, sizeof *members);
    struct outline_variant *variants;
    size_t made = 0;

    for (size_t i = 0; i < count; i++)
        made += i == 0 || tellings[i].first != tellings[i - 1].first;
    variants = arena_new(arena, made, sizeof *variants);
    made = 0;
    for (size_t i = 0; i < count; i++) {
        members[i] = tellings[i].member;
        if (i == 0 || tellings[i].first != tellings[i - 1].first)
            variants[made++] = (struct outline_variant){tellings[i].step, &members[i], 0};
        variants[made - 1].member_count++;
    }
    out->variants = variants;
    out->variant_count = made;
}

static void merge_step(const struct outline_entry *entry, enum outline_list which, size_t at,
                       struct arena *arena, struct outline_step *out)
{
    const struct step_place place = {which, at};
    struct telling *tellings = memory_new(entry->member_count, sizeof *tellings);

    *out = (struct outline_step){.step = &steps_of(entry->first, which)->list[at],
                                 .same_where = true,
                                 .same_condition = true,
                                 .same_command = true,
                                 .same_before = true,
                                 .same_risk = true,
                                 .same_note = true,
                                 .where = outline_tell_once(entry, where_of, &place, arena),
                                 .condition = outline_tell_once(entry, condition_of, &place, arena),
                                 .risk = outline_tell_once(entry, risk_of, &place, arena),
                                 .note = outline_tell_once(entry, note_of, &place, arena)};
    for (size_t i = 0; i < entry->member_count; i++) {
        const struct finding *member = entry->members[i];

        tellings[i] = (struct telling){&steps_of(member, which)->list[at], member, i, i};
        note_sameness(out, tellings[i].step);
    }
    out->by_name = !out->same_command && outline_differ_in_names(entry, command_of, &place, arena);
    qsort(tellings, entry->member_count, sizeof *tellings, by_text);
    for (size_t i = 1; i < entry->member_count; i++) {
        if (compare_texts(tellings[i - 1].step, tellings[i].step) == 0)
            tellings[i].first = tellings[i - 1].first;
    }
    qsort(tellings, entry->member_count, sizeof *tellings, by_first_member);
    make_variants(tellings, entry->member_count, arena, out);
    free(tellings);
}

const struct steps *outline_own_steps(const struct outline_steps *steps,
                                      const struct finding *member)
{
    return steps_of(member, steps->which);
}

static bool has_note(const struct outline_steps *steps, size_t from, size_t to, const char *note)
{
    for (size_t i = from; i < to; i++) {
        if (steps->list[i].note && strcmp(steps->list[i].note, note) == 0)
            return true;
    }
    return false;
}

bool outline_is_note_told(const struct outline_entry *entry, const struct outline_steps *steps,
                          size_t index)
{
    const char *note = steps->list[index].note;
    const struct outline_steps *fix = &entry->fix;

    if (!note)
        return false;
    if (has_note(steps, index > LOOK_BACK ? index - LOOK_BACK : 0, index, note))
        return true;
    return steps->which == OUTLINE_VERIFY && fix->order != OUTLINE_BY_MEMBER &&
           has_note(fix, 0, fix->count < LOOK_BACK ? fix->count : LOOK_BACK, note);
}

/* All but the command and where. */
static bool are_remarks_told_once(const struct outline_step *step)
{
    return step->same_before && (step->same_condition || step->condition) &&
           (step->same_risk || step->risk) && (step->same_note || step->note);
}

/* All but the command. */
static bool is_else_told_once(const struct outline_step *step)
{
    return (step->same_where || step->where) && are_remarks_told_once(step);
}

bool outline_differs_in_place(const struct outline_step *step)
{
    return !step->same_where && !step->where && step->same_command && are_remarks_told_once(step);
}

bool outline_is_told_once(const struct outline_step *step)
{
    return step->same_command && is_else_told_once(step);
}

/* The same line is run at each of them, though it reads the same. */
static bool is_done_at_each(const struct outline_entry *entry, const struct step *step)
{
    static const char *const shared[] = {"any ", "Any ", "a ",       "A ",
                                         "an ",  "An ",  "another ", "the machine that exdiag ran"};
    enum subject_kind kind = entry->first->subject->kind;

    if (entry->member_count < 2 ||
        (!outline_are_machines(entry) && (kind != SUBJECT_FILE || !outline_is_of_one_kind(entry))))
        return false;
    for (size_t i = 0; step->where && i < sizeof shared / sizeof *shared; i++) {
        if (strncmp(step->where, shared[i], strlen(shared[i])) == 0)
            return false;
    }
    return true;
}

/* Looks need no order, and text for zones has none. */
static enum outline_order order_of(const struct outline_entry *entry, enum outline_list which,
                                   const struct outline_step *list, size_t count)
{
    size_t several = 0, own = 0;

    if (entry->part != PART_PROBLEMS || which == OUTLINE_VERIFY)
        return OUTLINE_STEP_BY_STEP;
    for (size_t i = 0; i < count; i++) {
        const struct step *step = list[i].step;

        if (step->is_alternative || step->shell == SHELL_DNS ||
            (list[i].variant_count == 1 && !is_done_at_each(entry, step)))
            continue;
        several++;
        own += !outline_is_told_once(&list[i]) && !outline_differs_in_place(&list[i]);
    }
    if (several < 2)
        return OUTLINE_STEP_BY_STEP;
    return own < 2 ? OUTLINE_IN_TURN : OUTLINE_BY_MEMBER;
}

static bool differ_by_name(const struct outline_step *list, size_t count)
{
    size_t i = 0;

    while (i < count && (list[i].same_command || list[i].by_name) && is_else_told_once(&list[i]))
        i++;
    return i == count;
}

struct outline_steps outline_merge_steps(const struct outline_entry *entry, enum outline_list which,
                                         struct arena *arena)
{
    size_t count = steps_of(entry->first, which)->count;
    struct outline_step *list = arena_new(arena, count + 1, sizeof *list);

    for (size_t i = 0; i < count; i++)
        merge_step(entry, which, i, arena, &list[i]);
    return (struct outline_steps){
        .which = which,
        .list = list,
        .count = count,
        .order = order_of(entry, which, list, count),
        .by_name = differ_by_name(list, count),
    };
}

/* ---- steps that read the same ---- */

static int compare_members(const struct outline_variant *a, const struct outline_variant *b)
{
    int order = order_sizes(a->member_count, b->member_count);

    for (size_t i = 0; i < a->member_count && !order; i++)
        order = subject_compare(a->members[i]->subject, b->members[i]->subject);
    return order;
}

/* With one variant whom it is for stands at its entry. */
int outline_compare_steps(const struct outline_step *a, const struct outline_step *b)
{
    int order = order_sizes(a->variant_count, b->variant_count);

    for (size_t i = 0; i < a->variant_count && !order; i++) {
        const struct step *one = a->variants[i].step, *other = b->variants[i].step;

        order = compare_texts(one, other);
        if (!order)
            order = order_sizes(one->shell, other->shell);
        if (!order)
            order = order_sizes(one->is_alternative, other->is_alternative);
        if (!order && a->variant_count > 1)
            order = compare_members(&a->variants[i], &b->variants[i]);
    }
    return order;
}
