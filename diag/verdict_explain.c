#include "diag/verdict_explain.h"

#include "diag/memory.h"
#include "diag/order.h"
#include "diag/probe.h"

#include <stdlib.h>
#include <string.h>

/* ---- which explains which ---- */

struct search {
    struct arena *arena;
    struct finding **problems; /* by id, subject and place in the list */
    size_t problem_count;
};

static int compare_problems(const void *a, const void *b)
{
    const struct finding *one = *(struct finding *const *)a, *other = *(struct finding *const *)b;
    int order = strcmp(one->kind->id, other->kind->id);

    if (order == 0)
        order = subject_compare(one->subject, other->subject);
    return order ? order : order_sizes(one->index, other->index);
}

static void find_problems(struct search *search, struct finding **findings, size_t count)
{
    search->problems = arena_new(search->arena, count + 1, sizeof(struct finding *));
    for (size_t i = 0; i < count; i++) {
        if (findings[i]->outcome == OUTCOME_PROBLEM)
            search->problems[search->problem_count++] = findings[i];
    }
    qsort(search->problems, search->problem_count, sizeof *search->problems, compare_problems);
}

struct slice { /* of problems of one kind at one subject */
    struct finding *const *list;
    size_t count;
};

static int compare_with(const struct finding *problem, const char *id,
                        const struct subject *subject)
{
    int order = strcmp(problem->kind->id, id);

    return order ? order : subject_compare(problem->subject, subject);
}

static struct slice problems_at(const struct search *search, const char *id,
                                const struct subject *subject)
{
    size_t low = 0, high = search->problem_count, end;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_with(search->problems[middle], id, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    end = low;
    while (end < search->problem_count && compare_with(search->problems[end], id, subject) == 0)
        end++;
    return (struct slice){search->problems + low, end - low};
}

/* By what the probe that told the effect says of it. */
static bool may_be_cause(const struct finding *effect, const char *id)
{
    size_t i = 0;

    if (!effect->causes)
        return true;
    while (effect->causes[i] && strcmp(effect->causes[i], id) != 0)
        i++;
    return effect->causes[i];
}

/* What is not known has a cause only where the probe names one. */
static bool is_to_be_explained(const struct finding *finding)
{
    return finding->outcome == OUTCOME_PROBLEM ||
           (finding->outcome == OUTCOME_UNKNOWN && finding->due_to.name);
}

struct causes {
    const struct finding **list;
    size_t count, room;
};

static void add_cause(struct search *search, struct causes *causes, const struct finding *cause,
                      const struct finding *effect)
{
    if (cause == effect)
        return;
    causes->list =
        arena_grow(search->arena, causes->list, &causes->room, causes->count, sizeof *causes->list);
    causes->list[causes->count++] = cause;
}

/* Both in one, in the order of the list. */
static void add_slices(struct search *search, struct causes *causes, struct slice own,
                       struct slice due, const struct finding *effect)
{
    size_t i = 0, j = 0;

    while (i < own.count || j < due.count) {
        if (j == due.count || (i < own.count && own.list[i]->index < due.list[j]->index))
            add_cause(search, causes, own.list[i++], effect);
        else
            add_cause(search, causes, due.list[j++], effect);
    }
}

/* At its own subject, or where it is due to what is wrong there. */
static void find_causes(struct search *search, struct causes *causes, const struct explanation *row,
                        const struct finding *effect)
{
    bool is_elsewhere = effect->due_to.name &&
                        (row->if_due || subject_compare(effect->subject, &effect->due_to) != 0);
    struct slice own = {NULL, 0}, due = {NULL, 0};

    if (!row->if_due)
        own = problems_at(search, row->cause, effect->subject);
    if (is_elsewhere)
        due = problems_at(search, row->cause, &effect->due_to);
    add_slices(search, causes, own, due, effect);
}

static bool is_alike(const struct finding *a, const struct finding *b)
{
    return a->kind == b->kind && a->subject == b->subject && a->causes == b->causes &&
           !a->due_to.name == !b->due_to.name &&
           (!a->due_to.name || subject_compare(&a->due_to, &b->due_to) == 0);
}

/* One like it, told just before, has the same causes, unless its kind can explain itself. */
static bool has_causes_of(const struct finding *effect, const struct finding *previous)
{
    if (!previous || !is_alike(effect, previous))
        return false;
    for (const struct explanation *row = explanations; row->cause; row++) {
        if (strcmp(row->effect, row->cause) == 0 && strcmp(row->effect, effect->kind->id) == 0)
            return false;
    }
    return true;
}

static void explain(struct search *search, struct finding *effect, const struct finding *previous)
{
    struct causes causes = {NULL, 0, 0};

    if (has_causes_of(effect, previous)) {
        effect->explained_by = previous->explained_by;
        effect->explained_by_count = previous->explained_by_count;
        return;
    }
    for (const struct explanation *row = explanations; row->cause; row++) {
        if (strcmp(row->effect, effect->kind->id) == 0 && may_be_cause(effect, row->cause))
            find_causes(search, &causes, row, effect);
    }
    effect->explained_by = causes.list;
    effect->explained_by_count = causes.count;
}

/* Those that may share their causes behind each other. */
static int compare_effects(const void *a, const void *b)
{
    const struct finding *one = *(struct finding *const *)a, *other = *(struct finding *const *)b;
    int order = strcmp(one->kind->id, other->kind->id);

    if (order == 0)
        order = subject_compare(one->subject, other->subject);
    if (order == 0)
        order = order_sizes(one->due_to.name != NULL, other->due_to.name != NULL);
    if (order == 0 && one->due_to.name)
        order = subject_compare(&one->due_to, &other->due_to);
    return order ? order : order_sizes(one->index, other->index);
}

void verdict_explain(struct finding **findings, size_t count, struct arena *arena)
{
    struct search search = {.arena = arena};
    struct finding **effects = arena_new(arena, count + 1, sizeof *effects);
    size_t effect_count = 0;

    for (size_t i = 0; i < count; i++) {
        findings[i]->index = i;
        findings[i]->explained_by = NULL;
        findings[i]->explained_by_count = 0;
        if (is_to_be_explained(findings[i]))
            effects[effect_count++] = findings[i];
    }
    find_problems(&search, findings, count);
    qsort(effects, effect_count, sizeof *effects, compare_effects);
    for (size_t i = 0; i < effect_count; i++)
        explain(&search, effects[i], i ? effects[i - 1] : NULL);
}

/* ---- the order ---- */

/* True where a cause of it moved up. */
static bool raise_causes(struct finding **findings, const struct finding *effect)
{
    bool is_raised = false;

    if (effect->outcome != OUTCOME_PROBLEM || effect->accepted)
        return false;
    for (size_t i = 0; i < effect->explained_by_count; i++) {
        struct finding *cause = findings[effect->explained_by[i]->index];

        if (cause->rank <= effect->rank)
            continue;
        cause->rank = effect->rank;
        is_raised = true;
    }
    return is_raised;
}

/* Along chains of causes. */
static void rank(struct finding **findings, size_t count)
{
    bool is_raised = true;

    for (size_t i = 0; i < count; i++) {
        findings[i]->index = i;
        findings[i]->rank = findings[i]->severity;
    }
    while (is_raised) {
        is_raised = false;
        for (size_t i = 0; i < count; i++)
            is_raised = raise_causes(findings, findings[i]) || is_raised;
    }
}

/* Where a finding stands, if its causes stand where `behind` has them. */
static struct finding_place place_of(const struct finding *finding,
                                     const struct finding_place *behind)
{
    struct finding_place place = {NULL, 0};

    for (size_t i = 0; i < finding->explained_by_count; i++) {
        const struct finding_place *cause = &behind[finding->explained_by[i]->index];

        if (!place.subject || subject_compare(cause->subject, place.subject) > 0)
            place.subject = cause->subject;
        if (cause->cause_count + 1 > place.cause_count)
            place.cause_count = cause->cause_count + 1;
    }
    if (!place.subject)
        place.subject = finding->subject;
    return place;
}

static const struct finding_place *find_places(struct finding **findings, size_t count,
                                               struct arena *arena)
{
    struct finding_place *now = arena_new(arena, count + 1, sizeof *now);
    struct finding_place *next = arena_new(arena, count + 1, sizeof *next);

    for (size_t i = 0; i < count; i++)
        now[i].subject = findings[i]->subject;
    for (unsigned round = 0; round < FINDING_CAUSES_MOST; round++) {
        struct finding_place *last = now;

        for (size_t i = 0; i < count; i++) {
            bool is_same = i && findings[i]->explained_by_count &&
                           findings[i]->explained_by == findings[i - 1]->explained_by;

            next[i] = is_same ? next[i - 1] : place_of(findings[i], now);
        }
        now = next;
        next = last;
    }
    return now;
}

struct placed_finding {
    struct finding *finding;
    struct finding_place place;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed_finding *one = a, *other = b;

    return finding_compare_placed(one->finding, &one->place, other->finding, &other->place);
}

void verdict_arrange(struct finding **findings, size_t count, struct arena *arena)
{
    struct placed_finding *list = arena_new(arena, count + 1, sizeof *list);
    const struct finding_place *places;

    rank(findings, count);
    places = find_places(findings, count, arena);
    for (size_t i = 0; i < count; i++)
        list[i] = (struct placed_finding){findings[i], places[i]};
    qsort(list, count, sizeof *list, compare_placed);
    for (size_t i = 0; i < count; i++)
        findings[i] = list[i].finding;
}
