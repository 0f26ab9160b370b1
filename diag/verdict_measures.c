#include "diag/verdict_measures.h"

#include <stdlib.h>
#include <string.h>

struct taken {
    struct measure measure;
    int64_t started; /* of its run */
    size_t number;   /* in the order taken */
};

struct taking {
    struct arena *arena;
    int64_t started;
    struct taken *list;
    size_t count, room;
};

static void take(void *context, const struct measure *measure)
{
    struct taking *all = context;

    all->list = arena_grow(all->arena, all->list, &all->room, all->count, sizeof *all->list);
    all->list[all->count] = (struct taken){*measure, all->started, all->count};
    all->count++;
}

static void take_chart(struct taking *all, const struct chart *chart)
{
    const struct gauge *gauge = chart->scale->gauge;

    for (size_t i = 0; i < chart->row_count && gauge; i++) {
        const struct span *span = &chart->rows[i].span;
        const struct measure measure = {.gauge = gauge,
                                        .subject = span->name,
                                        .value = span->least + (span->most - span->least) / 2,
                                        .warning = chart->scale->warning,
                                        .critical = span->critical};

        take(all, &measure);
    }
}

static int compare_what(const struct measure *one, const struct measure *other)
{
    int order = strcmp(one->gauge->id, other->gauge->id);

    if (order == 0)
        order = strcmp(one->subject, other->subject);
    return order ? order : strcmp(one->part ? one->part : "", other->part ? other->part : "");
}

/* Of the same the latest first. */
static int compare(const void *a, const void *b)
{
    const struct taken *one = a, *other = b;
    int order = compare_what(&one->measure, &other->measure);

    if (order == 0)
        order = (one->started < other->started) - (one->started > other->started);
    return order ? order : (one->number > other->number) - (one->number < other->number);
}

void verdict_measures(const struct run *runs, size_t run_count, struct arena *arena,
                      struct report *report)
{
    struct taking all = {.arena = arena};
    struct measure *kept;
    size_t count = 0;

    for (size_t i = 0; i < run_count; i++) {
        all.started = runs[i].about.started;
        exam_measures(runs[i].exam, take, &all);
    }
    for (size_t i = 0; i < report->chart_count; i++) {
        all.started = runs[report->charts[i].run].about.started;
        take_chart(&all, &report->charts[i]);
    }
    if (all.count == 0)
        return;
    qsort(all.list, all.count, sizeof *all.list, compare);
    kept = arena_new(arena, all.count, sizeof *kept);
    for (size_t i = 0; i < all.count; i++) {
        if (i == 0 || compare_what(&all.list[i - 1].measure, &all.list[i].measure) != 0)
            kept[count++] = all.list[i].measure;
    }
    report->measures = kept;
    report->measure_count = count;
}
