#include "diag/verdict_accept.h"

#include "diag/clock.h"
#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

struct entry { /* of a run's own list, by id and subject, and then as it was written */
    const struct acceptance *acceptance;
    bool *is_matched;
    size_t position;
};

static int compare_keys(const struct acceptance *one, const struct acceptance *other)
{
    int order = strcmp(one->id, other->id);

    return order ? order : strcmp(one->subject, other->subject);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *one = a, *other = b;
    int order = compare_keys(one->acceptance, other->acceptance);

    return order ? order : (one->position > other->position) - (one->position < other->position);
}

static bool holds(const struct acceptance *acceptance, int64_t started)
{
    int64_t last_day;

    return clock_parse_day(acceptance->expires, &last_day) == STATUS_OK &&
           started < last_day + CLOCK_DAY;
}

struct entries {
    const struct entry *list;
    size_t count;
    int64_t started;
};

static size_t first_of(const struct entries *entries, const struct acceptance *wanted)
{
    size_t low = 0, high = entries->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_keys(entries->list[middle].acceptance, wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first for this subject that holds, or NULL; those that held once are noted. */
static const struct entry *find(const struct entries *entries, struct finding *finding,
                                const char *subject)
{
    const struct acceptance wanted = {.id = finding->kind->id, .subject = subject};

    for (size_t i = first_of(entries, &wanted); i < entries->count; i++) {
        const struct entry *entry = &entries->list[i];
        const struct acceptance *acceptance = entry->acceptance;

        if (compare_keys(acceptance, &wanted) != 0)
            return NULL;
        *entry->is_matched = true;
        if (holds(acceptance, entries->started))
            return entry;
        if (!finding->expired || strcmp(acceptance->expires, finding->expired->expires) > 0)
            finding->expired = acceptance;
    }
    return NULL;
}

/* The first that holds; else the one that held longest. */
static void accept(const struct entries *entries, struct finding *finding)
{
    const struct entry *of_all, *own;

    finding->accepted = finding->expired = NULL;
    if (finding->outcome != OUTCOME_PROBLEM)
        return;
    of_all = find(entries, finding, "*");
    own = find(entries, finding, finding->subject->name);
    if (own && (!of_all || own->position < of_all->position))
        of_all = own;
    if (!of_all)
        return;
    finding->accepted = of_all->acceptance;
    finding->expired = NULL;
}

static bool is_same(const struct acceptance *a, const struct acceptance *b)
{
    return strcmp(a->id, b->id) == 0 && strcmp(a->subject, b->subject) == 0 &&
           strcmp(a->expires, b->expires) == 0 && strcmp(a->reason, b->reason) == 0;
}

static void add(struct verdict_acceptances *known, const struct acceptance *acceptance,
                bool is_matched)
{
    known->list =
        arena_grow(known->arena, known->list, &known->room, known->count, sizeof *known->list);
    known->list[known->count++] = (struct known_acceptance){acceptance, is_matched};
}

/* Those of --accept are the same in all runs, at the same place; those of files may be. */
static void know(struct verdict_acceptances *known, const struct acceptance *acceptance,
                 size_t place, bool is_matched)
{
    if (place < known->count && is_same(known->list[place].acceptance, acceptance))
        known->list[place].is_matched = known->list[place].is_matched || is_matched;
    else
        add(known, acceptance, is_matched);
}

void verdict_accept(struct verdict_acceptances *known, const struct run *run,
                    struct finding **findings, size_t count)
{
    const struct settings *settings = &run->about.settings;
    size_t accepted_count = settings->accepted_count;
    struct entry *list = arena_new(known->arena, accepted_count + 1, sizeof *list);
    bool *is_matched = arena_new(known->arena, accepted_count + 1, sizeof *is_matched);
    const struct entries entries = {list, accepted_count, run_moment(run)};

    for (size_t i = 0; i < accepted_count; i++)
        list[i] = (struct entry){&settings->accepted[i], &is_matched[i], i};
    qsort(list, accepted_count, sizeof *list, compare_entries);
    for (size_t i = 0; i < count; i++)
        accept(&entries, findings[i]);
    for (size_t i = 0; i < accepted_count; i++)
        know(known, &settings->accepted[i], i, is_matched[i]);
}

void verdict_idle_acceptances(const struct verdict_acceptances *known, struct report *report)
{
    const struct acceptance **idle = arena_new(known->arena, known->count + 1, sizeof *idle);

    for (size_t i = 0; i < known->count; i++) {
        if (!known->list[i].is_matched)
            idle[report->idle_acceptance_count++] = known->list[i].acceptance;
    }
    report->idle_acceptances = idle;
}
