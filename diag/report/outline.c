#include "diag/report/outline.h"

#include "diag/order.h"
#include "diag/report/outline_steps.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Where a finding stands. */
struct place {
    const struct finding *finding;
    size_t position; /* in the report */
    size_t ordinal;  /* among those of its sort at its subject */
    size_t entry;    /* its index */
};

/* The entries as they are found, before they are put in order. */
struct draft {
    const struct report *report;
    struct arena *arena;
    struct place *places; /* by entries; from link_entries() on by address */
    size_t place_count;
    struct outline_entry *entries;
    size_t *positions; /* of the first member */
    size_t count;
};

/* ---- who belongs together ---- */

/* Steps of one template are the same step, whatever values fill it. */
static int compare_origins(const struct step *a, const struct step *b)
{
    int order = order_sizes((uintptr_t)a->from, (uintptr_t)b->from);

    if (!order)
        order = order_sizes(a->is_alternative, b->is_alternative);
    if (order || a->from)
        return order;
    order = order_sizes(a->shell, b->shell);
    if (!order)
        order = order_strings(a->risk, b->risk);
    return order ? order : order_strings(a->note, b->note);
}

static int compare_steps(const struct steps *a, const struct steps *b)
{
    int order = order_sizes(a->count, b->count);

    for (size_t i = 0; i < a->count && !order; i++)
        order = compare_origins(&a->list[i], &b->list[i]);
    return order;
}

static int compare_causes(const struct finding *a, const struct finding *b)
{
    int order = order_sizes(a->explained_by_count, b->explained_by_count);

    for (size_t i = 0; i < a->explained_by_count && !order; i++)
        order = strcmp(a->explained_by[i]->kind->id, b->explained_by[i]->kind->id);
    return order;
}

static int compare_acceptances(const struct acceptance *a, const struct acceptance *b)
{
    int order = order_sizes(a != NULL, b != NULL);

    if (order || !a)
        return order;
    order = order_strings(a->expires, b->expires);
    return order ? order : order_strings(a->reason, b->reason);
}

/* What has no steps is told by its title alone. */
static int compare_titles(const struct finding *a, const struct finding *b)
{
    return a->fix.count ? 0 : order_strings(a->title, b->title);
}

static int compare_sorts(const struct finding *a, const struct finding *b)
{
    int order = order_sizes(report_part_of(a), report_part_of(b));

    if (!order)
        order = strcmp(a->kind->id, b->kind->id);
    if (!order)
        order = order_strings(a->probe, b->probe);
    if (!order && a->outcome == OUTCOME_PROBLEM)
        order = order_sizes(a->severity, b->severity);
    if (!order)
        order = order_sizes(a->is_contested, b->is_contested);
    if (!order && a->is_contested)
        order = subject_compare(a->subject, b->subject);
    if (!order)
        order = compare_acceptances(a->accepted, b->accepted);
    if (!order)
        order = compare_causes(a, b);
    if (!order)
        order = compare_titles(a, b);
    if (!order)
        order = compare_steps(&a->fix, &b->fix);
    if (!order)
        order = compare_steps(&a->verify, &b->verify);
    return order ? order : compare_steps(&a->undo, &b->undo);
}

static int by_subject(const void *first, const void *second)
{
    const struct place *a = first, *b = second;
    int order = compare_sorts(a->finding, b->finding);

    if (!order)
        order = subject_compare(a->finding->subject, b->finding->subject);
    return order ? order : order_sizes(a->position, b->position);
}

static int by_ordinal(const void *first, const void *second)
{
    const struct place *a = first, *b = second;
    int order = compare_sorts(a->finding, b->finding);

    if (!order)
        order = order_sizes(a->ordinal, b->ordinal);
    return order ? order : order_sizes(a->position, b->position);
}

static int by_address(const void *first, const void *second)
{
    const struct place *a = first, *b = second;

    return order_sizes((uintptr_t)a->finding, (uintptr_t)b->finding);
}

/* Two findings of a sort at one subject are two things to tell. */
static void number_within_subjects(struct draft *draft)
{
    qsort(draft->places, draft->place_count, sizeof *draft->places, by_subject);
    for (size_t i = 1; i < draft->place_count; i++) {
        struct place *place = &draft->places[i];
        const struct finding *a = place[-1].finding, *b = place->finding;

        if (subject_compare(a->subject, b->subject) == 0 && compare_sorts(a, b) == 0)
            place->ordinal = place[-1].ordinal + 1;
    }
}

static void gather_places(struct draft *draft)
{
    const struct report *report = draft->report;

    draft->place_count = report->finding_count;
    draft->places = arena_new(draft->arena, report->finding_count + 1, sizeof *draft->places);
    for (size_t i = 0; i < report->finding_count; i++) {
        draft->places[i].finding = report->findings[i];
        draft->places[i].position = i;
    }
    if (draft->place_count == 0)
        return;
    number_within_subjects(draft);
    qsort(draft->places, draft->place_count, sizeof *draft->places, by_ordinal);
}

/* ---- entries ---- */

static const char *title_of(const struct finding *member, const void *context)
{
    (void)context;
    return member->title;
}

static const char *why_of(const struct finding *member, const void *context)
{
    (void)context;
    return member->why;
}

static void complete_entry(struct outline_entry *entry, struct arena *arena)
{
    entry->first = entry->members[0];
    entry->part = report_part_of(entry->first);
    entry->title = outline_tell_once(entry, title_of, NULL, arena);
    entry->why = outline_tell_once(entry, why_of, NULL, arena);
    entry->fix = outline_merge_steps(entry, OUTLINE_FIX, arena);
    entry->verify = outline_merge_steps(entry, OUTLINE_VERIFY, arena);
    entry->undo = outline_merge_steps(entry, OUTLINE_UNDO, arena);
}

static bool begins_entry(const struct place *place)
{
    return place->ordinal != place[-1].ordinal ||
           compare_sorts(place->finding, place[-1].finding) != 0;
}

static void make_entries(struct draft *draft)
{
    const struct finding **members =
        arena_new(draft->arena, draft->place_count + 1, sizeof *members);

    draft->entries = arena_new(draft->arena, draft->place_count + 1, sizeof *draft->entries);
    draft->positions = arena_new(draft->arena, draft->place_count + 1, sizeof *draft->positions);
    for (size_t i = 0; i < draft->place_count; i++) {
        struct place *place = &draft->places[i];

        if (i == 0 || begins_entry(place)) {
            draft->positions[draft->count] = place->position;
            draft->entries[draft->count++].members = &members[i];
        }
        members[i] = place->finding;
        place->entry = draft->count - 1;
        draft->entries[place->entry].member_count++;
    }
    for (size_t i = 0; i < draft->count; i++)
        complete_entry(&draft->entries[i], draft->arena);
}

/* ---- causes ---- */

static const struct place *place_of(const struct draft *draft, const struct finding *finding)
{
    const struct place key = {.finding = finding};

    return draft->place_count
               ? bsearch(&key, draft->places, draft->place_count, sizeof *draft->places, by_address)
               : NULL;
}

static int by_number(const void *first, const void *second)
{
    return order_sizes(*(const size_t *)first, *(const size_t *)second);
}

static size_t sort_and_unite(size_t *list, size_t count)
{
    size_t kept = 0;

    if (count)
        qsort(list, count, sizeof *list, by_number);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || list[i] != list[kept - 1])
            list[kept++] = list[i];
    }
    return kept;
}

/* The indices of the entries that explain this one; not itself. */
static void find_causes(const struct draft *draft, size_t index)
{
    struct outline_entry *entry = &draft->entries[index];
    size_t most = 0, count = 0;
    size_t *list;

    for (size_t i = 0; i < entry->member_count; i++)
        most += entry->members[i]->explained_by_count;
    list = arena_new(draft->arena, most + 1, sizeof *list);
    for (size_t i = 0; i < entry->member_count; i++) {
        for (size_t j = 0; j < entry->members[i]->explained_by_count; j++) {
            const struct place *place = place_of(draft, entry->members[i]->explained_by[j]);

            if (place && place->entry != index)
                list[count++] = place->entry;
        }
    }
    entry->causes = list;
    entry->cause_count = sort_and_unite(list, count);
}

static void link_entries(struct draft *draft)
{
    if (draft->place_count)
        qsort(draft->places, draft->place_count, sizeof *draft->places, by_address);
    for (size_t i = 0; i < draft->count; i++)
        find_causes(draft, i);
}

/* ---- order ---- */

struct rank {
    enum report_part part;
    size_t position;
    size_t entry;
};

static int by_rank(const void *first, const void *second)
{
    const struct rank *a = first, *b = second;
    int order = order_sizes(a->part, b->part);

    return order ? order : order_sizes(a->position, b->position);
}

/* An entry on the way to its place, and the causes that went before it. */
struct visit {
    size_t entry;
    size_t causes_done;
};

struct ordering {
    const struct draft *draft;
    struct visit *stack;
    bool *is_seen;
    size_t *order; /* indices of entries as they are told */
    size_t count;
};

/* The causes of an entry in its part, then the entry. Where causes go round, one is cut. */
static void tell(struct ordering *ordering, size_t start)
{
    size_t depth = 0;

    if (ordering->is_seen[start])
        return;
    ordering->is_seen[start] = true;
    ordering->stack[depth++] = (struct visit){start, 0};
    while (depth > 0) {
        struct visit *top = &ordering->stack[depth - 1];
        const struct outline_entry *entry = &ordering->draft->entries[top->entry];
        size_t cause;

        if (top->causes_done == entry->cause_count) {
            ordering->order[ordering->count++] = top->entry;
            depth--;
            continue;
        }
        cause = entry->causes[top->causes_done++];
        if (ordering->is_seen[cause] || ordering->draft->entries[cause].part != entry->part)
            continue;
        ordering->is_seen[cause] = true;
        ordering->stack[depth++] = (struct visit){cause, 0};
    }
}

static void put_in_order(const struct draft *draft, struct ordering *ordering)
{
    struct rank *ranks = memory_new(draft->count + 1, sizeof *ranks);

    for (size_t i = 0; i < draft->count; i++)
        ranks[i] = (struct rank){draft->entries[i].part, draft->positions[i], i};
    qsort(ranks, draft->count, sizeof *ranks, by_rank);
    for (size_t i = 0; i < draft->count; i++)
        tell(ordering, ranks[i].entry);
    free(ranks);
}

/* Indices of the draft become numbers. */
static void renumber(const struct draft *draft, const size_t *numbers)
{
    for (size_t i = 0; i < draft->count; i++) {
        struct outline_entry *entry = &draft->entries[i];
        size_t *causes = arena_new(draft->arena, entry->cause_count + 1, sizeof *causes);

        for (size_t j = 0; j < entry->cause_count; j++)
            causes[j] = numbers[entry->causes[j]];
        entry->cause_count = sort_and_unite(causes, entry->cause_count);
        entry->causes = causes;
        entry->number = numbers[i];
    }
}

/* In the order of the entries, so that each list is in order, too. */
static void find_effects(struct outline_entry *entries, size_t count, struct arena *arena)
{
    size_t **lists = memory_new(count + 1, sizeof *lists);

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entries[i].cause_count; j++)
            entries[entries[i].causes[j] - 1].effect_count++;
    }
    for (size_t i = 0; i < count; i++) {
        lists[i] = arena_new(arena, entries[i].effect_count + 1, sizeof **lists);
        entries[i].effects = lists[i];
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < entries[i].cause_count; j++)
            *lists[entries[i].causes[j] - 1]++ = i + 1;
    }
    free(lists);
}

/* ---- fixes that read the same ---- */

static int by_fix(const void *first, const void *second)
{
    const struct outline_entry *a = *(const struct outline_entry *const *)first;
    const struct outline_entry *b = *(const struct outline_entry *const *)second;
    int order = order_sizes(a->part, b->part);

    if (!order)
        order = order_sizes(a->fix.count, b->fix.count);
    for (size_t i = 0; i < a->fix.count && !order; i++)
        order = outline_compare_steps(&a->fix.list[i], &b->fix.list[i]);
    return order;
}

static int by_fix_and_number(const void *first, const void *second)
{
    const struct outline_entry *a = *(const struct outline_entry *const *)first;
    const struct outline_entry *b = *(const struct outline_entry *const *)second;
    int order = by_fix(first, second);

    return order ? order : order_sizes(a->number, b->number);
}

static void find_same_fixes(struct outline_entry *entries, size_t count)
{
    struct outline_entry **list = memory_new(count + 1, sizeof *list);
    size_t first = 0;

    for (size_t i = 0; i < count; i++)
        list[i] = &entries[i];
    if (count)
        qsort(list, count, sizeof *list, by_fix_and_number);
    for (size_t i = 1; i < count; i++) {
        if (list[i]->fix.count == 0 || by_fix(&list[first], &list[i]) != 0)
            first = i;
        else
            list[i]->fix_as = list[first]->number;
    }
    free(list);
}

static void write_outline(const struct draft *draft, const size_t *order, struct outline *outline)
{
    struct outline_entry *entries = arena_new(draft->arena, draft->count + 1, sizeof *entries);
    size_t part = 0;

    for (size_t i = 0; i < draft->count; i++) {
        entries[i] = draft->entries[order[i]];
        while (part <= entries[i].part)
            outline->starts[part++] = i;
    }
    while (part <= PART_COUNT)
        outline->starts[part++] = draft->count;
    find_effects(entries, draft->count, draft->arena);
    find_same_fixes(entries, draft->count);
    outline->entries = entries;
    outline->count = draft->count;
}

static void arrange(struct draft *draft, struct outline *outline)
{
    size_t room = draft->count + 1;
    struct ordering ordering = {.draft = draft,
                                .stack = memory_new(room, sizeof(struct visit)),
                                .is_seen = memory_new(room, sizeof(bool)),
                                .order = memory_new(room, sizeof(size_t))};
    size_t *numbers = memory_new(room, sizeof *numbers);

    put_in_order(draft, &ordering);
    for (size_t i = 0; i < draft->count; i++)
        numbers[ordering.order[i]] = i + 1;
    renumber(draft, numbers);
    write_outline(draft, ordering.order, outline);
    free(ordering.stack);
    free(ordering.is_seen);
    free(ordering.order);
    free(numbers);
}

void outline_make(const struct report *report, struct arena *arena, struct outline *outline)
{
    struct draft draft = {.report = report, .arena = arena};

    memset(outline, 0, sizeof *outline);
    gather_places(&draft);
    make_entries(&draft);
    link_entries(&draft);
    arrange(&draft, outline);
}

bool outline_is_worse(const struct outline *outline, const struct outline_entry *cause,
                      size_t number)
{
    const struct outline_entry *entry = &outline->entries[number - 1];

    return cause->part == PART_PROBLEMS && entry->part == PART_PROBLEMS &&
           entry->first->severity < cause->first->severity;
}
