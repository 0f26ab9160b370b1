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
    const struct outdated *outdated;
    size_t run;
    int64_t started;
    struct taken *list;
    size_t count, room;
};

static void take(struct taking *all, const struct measure *measure)
{
    all->list = arena_grow(all->arena, all->list, &all->room, all->count, sizeof *all->list);
    all->list[all->count] = (struct taken){*measure, all->started, all->count};
    all->count++;
}

static void take_measured(void *context, const struct subject *subject, const struct probe *probe,
                          const struct measure *measure)
{
    struct taking *all = context;

    if (!is_outdated(all->outdated, all->run, subject, probe))
        take(all, measure);
}

static bool can_tell(const struct probe *probe, const char *id)
{
    for (const struct finding_kind *const *kind = probe->kinds; *kind; kind++) {
        if (strcmp((*kind)->id, id) == 0)
            return true;
    }
    return false;
}

/* A newer run has looked at whose span it is, by the probe that tells of it. */
static bool is_span_outdated(const struct taking *all, const struct scale *scale,
                             const struct span *span)
{
    for (size_t i = 0; i < all->outdated->count; i++) {
        const struct outdated_look *look = &all->outdated->list[i];

        if (look->run == all->run && strcmp(look->subject->name, span->name) == 0 &&
            scale->told_by && can_tell(look->probe, scale->told_by))
            return true;
    }
    return false;
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

        if (!is_span_outdated(all, chart->scale, span))
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

void verdict_measures(const struct run *runs, size_t run_count, const struct outdated *outdated,
                      struct arena *arena, struct report *report)
{
    struct taking all = {.arena = arena, .outdated = outdated};
    struct measure *kept;
    size_t count = 0;

    for (size_t i = 0; i < run_count; i++) {
        all.run = i;
        all.started = runs[i].about.started;
        exam_measures(runs[i].exam, take_measured, &all);
    }
    for (size_t i = 0; i < report->chart_count; i++) {
        all.run = report->charts[i].run;
        all.started = runs[all.run].about.started;
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
