#include "diag/scale.h"

#include <stdlib.h>
#include <string.h>

/* So that neither a difference of two values nor the sum of two widths overflows. */
static const int64_t VALUE_MOST = INT64_MAX / 8;

const char *span_standing_word(enum span_standing standing)
{
    static const char *const words[SPAN_STANDING_COUNT] = {"critical", "warning", "unsure",
                                                           "accepted", "right"};

    return words[standing];
}

static int64_t bounded(int64_t value)
{
    if (value > VALUE_MOST)
        return VALUE_MOST;
    return value < -VALUE_MOST ? -VALUE_MOST : value;
}

static int64_t middle_of(const struct span *span)
{
    return span->least + (span->most - span->least) / 2;
}

static int64_t width_of(const struct span *span)
{
    return span->most - span->least;
}

/* ---- one span a name ---- */

struct numbered { /* for a sort that keeps the order of what is alike */
    struct span span;
    size_t number;
};

static int compare_names(const void *a, const void *b)
{
    const struct numbered *one = a, *other = b;
    int order = strcmp(one->span.name, other->span.name);

    if (order == 0 && one->span.rank != other->span.rank)
        order = one->span.rank < other->span.rank ? 1 : -1;
    if (order == 0)
        order = one->number < other->number ? -1 : 1;
    return order;
}

static void join(struct span *kept, const struct span *span)
{
    kept->is_doubted = kept->is_doubted || span->is_doubted;
    kept->is_disputed = kept->is_disputed || span->is_disputed;
}

/* Sorted by name; how many are left. */
static size_t keep_one_each(const struct span *spans, size_t count, struct arena *arena,
                            struct span *kept)
{
    struct numbered *sorted = arena_new(arena, count, sizeof *sorted);
    size_t left = 0;

    for (size_t i = 0; i < count; i++) {
        sorted[i] = (struct numbered){spans[i], i};
        sorted[i].span.least = bounded(spans[i].least);
        sorted[i].span.most = bounded(spans[i].most);
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (size_t i = 0; i < count; i++) {
        const struct span *span = &sorted[i].span;

        if (left > 0 && strcmp(kept[left - 1].name, span->name) == 0)
            join(&kept[left - 1], span);
        else
            kept[left++] = *span;
    }
    return left;
}

/* ---- how they stand ---- */

/* Certainly so far from 0, or farther. */
static bool is_beyond(int64_t least, int64_t most, int64_t limit)
{
    return least >= limit || most <= -limit;
}

static enum span_standing standing_of(const struct scale *scale, const struct span *span,
                                      const struct span *origin)
{
    int64_t least = span->least - origin->most, most = span->most - origin->least;
    int64_t warning = scale->warning;

    if (span->critical != SPAN_NEVER_CRITICAL && span->critical < warning)
        warning = span->critical;
    if (span->is_disputed && is_beyond(least, most, warning))
        return SPAN_UNSURE;
    if (span->critical != SPAN_NEVER_CRITICAL && is_beyond(least, most, span->critical))
        return SPAN_CRITICAL;
    if (is_beyond(least, most, warning))
        return SPAN_WARNING;
    return least > -warning && most < warning ? SPAN_RIGHT : SPAN_UNSURE;
}

/* ---- the origin ---- */

struct candidate {
    const struct span *span;
    bool is_fit;
    size_t agreeing;
};

static bool is_better(const struct candidate *one, const struct candidate *other)
{
    if (one->is_fit != other->is_fit)
        return one->is_fit;
    if (one->span->rank != other->span->rank)
        return one->span->rank > other->span->rank;
    if (one->agreeing != other->agreeing)
        return one->agreeing > other->agreeing;
    return width_of(one->span) < width_of(other->span);
}

static size_t count_agreeing(const struct scale *scale, const struct span *spans, size_t count,
                             const struct span *origin)
{
    size_t agreeing = 0;

    for (size_t i = 0; i < count; i++)
        agreeing += standing_of(scale, &spans[i], origin) == SPAN_RIGHT;
    return agreeing;
}

/* `spans` are sorted by name: of those that are alike the first wins. */
static size_t find_origin(const struct scale *scale, const struct span *spans, size_t count)
{
    struct candidate best = {NULL, false, 0};

    for (size_t i = 0; i < count; i++) {
        struct candidate next = {&spans[i], false, 0};

        next.is_fit = !spans[i].is_doubted && width_of(&spans[i]) < scale->warning;
        if (best.span && (next.is_fit < best.is_fit ||
                          (next.is_fit == best.is_fit && spans[i].rank < best.span->rank)))
            continue;
        next.agreeing = count_agreeing(scale, spans, count, &spans[i]);
        if (!best.span || is_better(&next, &best))
            best = next;
    }
    return (size_t)(best.span - spans);
}

/* ---- the chart ---- */

static int compare_rows(const void *a, const void *b)
{
    const struct span *one = &((const struct chart_row *)a)->span;
    const struct span *other = &((const struct chart_row *)b)->span;

    if (one->rank != other->rank)
        return one->rank < other->rank ? 1 : -1;
    return strcmp(one->name, other->name);
}

static struct chart_row row_of(const struct scale *scale, const struct span *span,
                               const struct span *origin)
{
    struct chart_row row = {*span, standing_of(scale, span, origin)};

    if (span == origin)
        row.standing = SPAN_RIGHT;
    row.span.least -= middle_of(origin);
    row.span.most -= middle_of(origin);
    return row;
}

static struct chart_row *arrange_rows(const struct scale *scale, const struct span *spans,
                                      size_t count, struct arena *arena)
{
    struct chart_row *rows = arena_new(arena, count, sizeof *rows);
    size_t origin = find_origin(scale, spans, count), filled = 1;

    rows[0] = row_of(scale, &spans[origin], &spans[origin]);
    for (size_t i = 0; i < count; i++) {
        if (i != origin)
            rows[filled++] = row_of(scale, &spans[i], &spans[origin]);
    }
    qsort(rows + 1, count - 1, sizeof *rows, compare_rows);
    return rows;
}

static int64_t least_critical(const struct chart_row *rows, size_t count)
{
    int64_t least = SPAN_NEVER_CRITICAL;

    for (size_t i = 0; i < count; i++) {
        int64_t critical = rows[i].span.critical;

        if (critical != SPAN_NEVER_CRITICAL && (least == SPAN_NEVER_CRITICAL || critical < least))
            least = critical;
    }
    return least;
}

/* How many stops it takes to get to `reach` and beyond `limit`. */
static size_t stops_for(const struct scale *scale, int64_t reach, int64_t limit)
{
    size_t count = 1;

    while (scale->stops[count].at &&
           (scale->stops[count - 1].at < reach || scale->stops[count - 1].at <= limit))
        count++;
    return count;
}

void chart_arrange(const struct scale *scale, const struct span *spans, size_t count,
                   struct arena *arena, struct chart *out)
{
    struct span *kept = arena_new(arena, count, sizeof *kept);
    size_t kept_count = keep_one_each(spans, count, arena, kept);
    int64_t low = 0, high = 0, limit;

    *out = (struct chart){.scale = scale,
                          .rows = arrange_rows(scale, kept, kept_count, arena),
                          .row_count = kept_count};
    for (size_t i = 0; i < kept_count; i++) {
        low = out->rows[i].span.least < low ? out->rows[i].span.least : low;
        high = out->rows[i].span.most > high ? out->rows[i].span.most : high;
    }
    out->critical = least_critical(out->rows, kept_count);
    limit = out->critical == SPAN_NEVER_CRITICAL ? scale->warning : out->critical;
    out->below = stops_for(scale, -low, limit);
    out->above = stops_for(scale, high, limit);
}

/* ---- the axis ---- */

/*
 * In parts of a segment, so coarse that nothing overflows: full segments, and some of the next.
 * Rounded away from 0 on either side, so that what is as far stands as far.
 */
uint32_t chart_position(const struct chart *chart, int64_t value, uint32_t length)
{
    const struct scale_stop *stops = chart->scale->stops;
    int64_t size = bounded(value) < 0 ? -bounded(value) : bounded(value);
    int64_t segments = (int64_t)(chart->below + chart->above), from = 0, part = 0, segment = 1;
    int64_t all, zero, away, at;
    size_t full = 0, side = value < 0 ? chart->below : chart->above;

    while (full < side && size >= stops[full].at)
        from = stops[full++].at;
    if (full < side) {
        segment = stops[full].at - from;
        part = size - from;
    }
    while (segment > 1 && segment > INT32_MAX / segments) {
        segment /= 2;
        part /= 2;
    }
    all = segments * segment;
    zero = ((int64_t)chart->below * segment * length + all / 2) / all;
    away = (((int64_t)full * segment + part) * length + all / 2) / all;
    at = value < 0 ? zero - away : zero + away;
    return at < length ? (uint32_t)at : length;
}
