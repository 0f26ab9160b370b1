#include "diag/verdict_charts.h"

#include <stdlib.h>
#include <string.h>

struct placing {
    const struct scale *scale;
    const struct subject *subject;
    const struct span *span;
    size_t number; /* keeps the order of one subject's */
};

struct placings { /* of one run */
    struct arena *arena;
    struct placing *list;
    size_t count, room;
};

static void take(void *context, const struct subject *subject, const struct scale *scale,
                 const struct span *span)
{
    struct placings *all = context;

    all->list = arena_grow(all->arena, all->list, &all->room, all->count, sizeof *all->list);
    all->list[all->count] = (struct placing){scale, subject, span, all->count};
    all->count++;
}

/* No group comes first. */
static int compare_charts(const struct placing *one, const struct placing *other)
{
    const char *group = one->span->group, *other_group = other->span->group;
    int order = strcmp(one->scale->id, other->scale->id);

    return order ? order : strcmp(group ? group : "", other_group ? other_group : "");
}

/* Those of a chart together, in report order of the subjects. */
static int compare_placings(const void *a, const void *b)
{
    const struct placing *one = a, *other = b;
    int order = compare_charts(one, other);

    if (order == 0)
        order = subject_compare(one->subject, other->subject);
    if (order == 0)
        order = one->number < other->number ? -1 : 1;
    return order;
}

struct charts {
    struct arena *arena;
    struct chart *list;
    size_t count, room;
};

static void add_chart(struct charts *charts, const struct placing *placings, size_t count,
                      size_t run)
{
    struct span *spans = arena_new(charts->arena, count, sizeof *spans);
    struct chart *chart;

    charts->list =
        arena_grow(charts->arena, charts->list, &charts->room, charts->count, sizeof *chart);
    chart = &charts->list[charts->count];
    for (size_t i = 0; i < count; i++)
        spans[i] = *placings[i].span;
    chart_arrange(placings->scale, spans, count, charts->arena, chart);
    chart->run = run;
    if (chart->row_count > 1)
        charts->count++;
}

static void add_charts(struct charts *charts, const struct run *run, size_t index)
{
    struct placings all = {.arena = charts->arena};

    exam_spans(run->exam, take, &all);
    if (all.count)
        qsort(all.list, all.count, sizeof *all.list, compare_placings);
    for (size_t from = 0, to; from < all.count; from = to) {
        for (to = from + 1; to < all.count && compare_charts(&all.list[to], &all.list[from]) == 0;)
            to++;
        add_chart(charts, all.list + from, to - from, index);
    }
}

/* ---- what the site has accepted ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Whose wrong standing on this chart has been accepted, sorted; how many. */
static size_t find_accepted(const struct report *report, const struct chart *chart,
                            const char **names)
{
    size_t count = 0;

    for (size_t i = 0; i < report->finding_count; i++) {
        const struct finding *finding = report->findings[i];

        if (finding->accepted && finding->run == chart->run &&
            strcmp(finding->kind->id, chart->scale->told_by) == 0)
            names[count++] = finding->subject->name;
    }
    if (count)
        qsort(names, count, sizeof *names, compare_names);
    return count;
}

static void accept_rows(const struct report *report, struct arena *arena, struct chart *chart)
{
    const char **names = arena_new(arena, report->accepted_count, sizeof *names);
    size_t count = find_accepted(report, chart, names);
    struct chart_row *rows;

    if (count == 0)
        return;
    rows = arena_new(arena, chart->row_count, sizeof *rows);
    memcpy(rows, chart->rows, chart->row_count * sizeof *rows);
    for (size_t i = 1; i < chart->row_count; i++) {
        bool is_wrong = rows[i].standing == SPAN_CRITICAL || rows[i].standing == SPAN_WARNING;

        if (is_wrong && bsearch(&rows[i].span.name, names, count, sizeof *names, compare_names))
            rows[i].standing = SPAN_ACCEPTED;
    }
    chart->rows = rows;
}

void verdict_charts(const struct run *runs, size_t run_count, struct arena *arena,
                    struct report *report)
{
    struct charts charts = {.arena = arena};

    for (size_t i = 0; i < run_count; i++) {
        if (i >= report->run_count || !report->runs[i].is_superseded)
            add_charts(&charts, &runs[i], i);
    }
    for (size_t i = 0; i < charts.count && report->accepted_count > 0; i++) {
        if (charts.list[i].scale->told_by)
            accept_rows(report, arena, &charts.list[i]);
    }
    report->charts = charts.list;
    report->chart_count = charts.count;
}
