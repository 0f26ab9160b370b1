#include "diag/verdict_alike.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

struct teller {
    struct finding *finding;
    int64_t started;
    struct finding *stays; /* itself, or the one that tells for it */
};

static int compare_numbers(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare_what(const struct finding *a, const struct finding *b)
{
    int order = subject_compare(a->subject, b->subject);

    if (order == 0)
        order = strcmp(a->kind->id, b->kind->id);
    if (order == 0)
        order = compare_numbers(a->outcome, b->outcome);
    if (order == 0)
        order = compare_numbers(a->severity, b->severity);
    if (order == 0)
        order = compare_numbers(a->accepted != NULL, b->accepted != NULL);
    return order ? order : strcmp(a->title, b->title);
}

/* What is alike together, the newest run first. */
static int compare_tellers(const void *a, const void *b)
{
    const struct teller *one = a, *other = b;
    int order = compare_what(one->finding, other->finding);

    if (order == 0)
        order = (one->started < other->started) - (one->started > other->started);
    if (order == 0)
        order = compare_numbers(one->finding->run, other->finding->run);
    return order ? order : compare_numbers(one->finding->index, other->finding->index);
}

/* Of a group of alike ones. */
static void leave_newest(struct teller *group, size_t count, struct arena *arena)
{
    struct finding *first = group[0].finding;
    size_t *also = arena_new(arena, count, sizeof *also);
    size_t also_count = 0;

    for (size_t i = 0; i < count; i++) {
        size_t run = group[i].finding->run;

        if (run == first->run)
            continue;
        group[i].stays = first;
        if (also_count == 0 || also[also_count - 1] != run)
            also[also_count++] = run;
    }
    first->also = also;
    first->also_count = also_count;
}

static int compare_addresses(const void *a, const void *b)
{
    uintptr_t one = (uintptr_t)((const struct teller *)a)->finding,
              other = (uintptr_t)((const struct teller *)b)->finding;

    return (one > other) - (one < other);
}

static const struct finding *stays_for(const struct finding *finding, const struct teller *list,
                                       size_t count)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if ((uintptr_t)list[middle].finding < (uintptr_t)finding)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && list[low].finding == finding ? list[low].stays : finding;
}

/* `list` by address. */
static void explain_by_those_left(struct finding *effect, const struct teller *list, size_t count,
                                  struct arena *arena)
{
    const struct finding **causes = arena_new(arena, effect->explained_by_count, sizeof *causes);

    for (size_t i = 0; i < effect->explained_by_count; i++)
        causes[i] = stays_for(effect->explained_by[i], list, count);
    effect->explained_by = causes;
}

void verdict_alike(const struct report *report, struct finding **findings, size_t *count,
                   struct arena *arena)
{
    struct teller *list = arena_new(arena, *count + 1, sizeof *list);
    size_t total = *count, kept = 0;

    for (size_t i = 0; i < total; i++) {
        findings[i]->index = i;
        list[i] = (struct teller){findings[i], report->runs[findings[i]->run].started, findings[i]};
    }
    qsort(list, total, sizeof *list, compare_tellers);
    for (size_t from = 0, to; from < total; from = to) {
        for (to = from + 1; to < total && compare_what(list[from].finding, list[to].finding) == 0;)
            to++;
        if (to - from > 1)
            leave_newest(&list[from], to - from, arena);
    }
    qsort(list, total, sizeof *list, compare_addresses);
    for (size_t i = 0; i < total; i++) {
        if (stays_for(findings[i], list, total) == findings[i])
            findings[kept++] = findings[i];
    }
    for (size_t i = 0; i < kept; i++) {
        if (findings[i]->explained_by_count)
            explain_by_those_left(findings[i], list, total, arena);
    }
    *count = kept;
}
