#include "diag/history_lines.h"

#include "diag/memory.h"

#include <stdlib.h>
#include <string.h>

struct dated {
    const struct history_run *run;
    size_t index;
};

static int compare_dated(const void *a, const void *b)
{
    const struct dated *one = a, *other = b;

    if (one->run->started != other->run->started)
        return one->run->started < other->run->started ? -1 : 1;
    return one->index < other->index ? -1 : 1;
}

/* In the order of time; to be freed. */
static struct dated *dated_list(const struct history_run *runs, size_t count)
{
    struct dated *list = memory_new(count + 1, sizeof *list);

    for (size_t i = 0; i < count; i++)
        list[i] = (struct dated){&runs[i], i};
    qsort(list, count, sizeof *list, compare_dated);
    return list;
}

static int compare_subject_pointers(const void *a, const void *b)
{
    return subject_compare(*(const struct subject *const *)a, *(const struct subject *const *)b);
}

/* In report order; to be freed. */
static const struct subject **sorted_subjects(const struct history_run *run)
{
    const struct subject **list = memory_new(run->subject_count + 1, sizeof *list);

    for (size_t i = 0; i < run->subject_count; i++)
        list[i] = &run->subjects[i];
    qsort(list, run->subject_count, sizeof *list, compare_subject_pointers);
    return list;
}

/* Whoever names nothing asks about the machine at hand. */
static bool asks_the_same(const struct history_run *a, const struct history_run *b)
{
    const struct subject **ours, **theirs;
    bool same = a->subject_count == b->subject_count && a->subject_count > 0 &&
                !a->settings->everything && !b->settings->everything;

    if (!same)
        return false;
    ours = sorted_subjects(a);
    theirs = sorted_subjects(b);
    for (size_t i = 0; i < a->subject_count && same; i++)
        same = subject_compare(ours[i], theirs[i]) == 0;
    free(ours);
    free(theirs);
    return same;
}

/* How well a run goes on from another: 0 not at all. */
static int kinship(const struct history_run *older, const struct history_run *newer)
{
    if (older->machine && newer->machine && strcmp(older->machine, newer->machine) == 0)
        return 3;
    if (asks_the_same(older, newer))
        return 2;
    return !older->machine || !newer->machine;
}

static size_t line_of(const struct dated *list, size_t count, size_t line_count)
{
    const struct dated *newer = &list[count];
    size_t line = line_count;
    int best = 0;

    for (size_t i = count; i-- > 0;) {
        int kin;

        if (list[i].run->line == HISTORY_ALONE)
            continue;
        kin = kinship(list[i].run, newer->run);
        if (kin > best) {
            best = kin;
            line = list[i].run->line;
        }
    }
    return line;
}

static bool is_taken(const struct dated *list, size_t count, size_t line, int64_t started)
{
    for (size_t i = count; i-- > 0 && list[i].run->started == started;) {
        if (list[i].run->line == line)
            return true;
    }
    return false;
}

void history_lines(struct history_run *runs, size_t count)
{
    struct dated *list = dated_list(runs, count);
    size_t line_count = 0;

    for (size_t i = 0; i < count; i++) {
        struct history_run *run = &runs[list[i].index];

        run->line = HISTORY_ALONE;
        if (run->has_own_names || run->started == 0)
            continue;
        run->line = line_of(list, i, line_count);
        if (is_taken(list, i, run->line, run->started))
            run->line = HISTORY_ALONE;
        else if (run->line == line_count)
            line_count++;
    }
    free(list);
}

void history_places(const struct history_run *runs, size_t count, size_t *places)
{
    struct dated *list = dated_list(runs, count);

    for (size_t i = 0; i < count; i++)
        places[list[i].index] = i;
    free(list);
}
