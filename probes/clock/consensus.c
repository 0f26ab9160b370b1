#include "probes/clock/consensus.h"

#include <stdlib.h>

/* microseconds */
static const int64_t SECOND = 1000000, MINUTE = 60000000, HOUR = INT64_C(3600000000),
                     DAY = INT64_C(86400000000);

/* ---- Marzullo's algorithm ---- */

/* Those of a port, and each opinion that has one of its own. */
enum { VOICES = CLOCK_VOICES_MOST + CLOCK_OPINIONS_MOST };

struct edge { /* where an interval begins or ends */
    int64_t at;
    int step; /* +1, -1 */
    size_t voice;
};

/* At one place what begins comes before what ends: intervals that touch have that in common. */
static int compare_edges(const void *a, const void *b)
{
    const struct edge *one = a, *other = b;

    if (one->at != other->at)
        return one->at < other->at ? -1 : 1;
    return other->step - one->step;
}

static bool is_sound(struct clock_interval interval)
{
    return interval.least <= interval.most;
}

static size_t voice_of(const struct clock_opinion *opinions, size_t i)
{
    unsigned voice = opinions[i].voice;

    return voice > 0 && voice < CLOCK_VOICES_MOST ? voice : CLOCK_VOICES_MOST + i;
}

static size_t list_edges(const struct clock_opinion *opinions, size_t count, struct edge *edges)
{
    size_t edge_count = 0;

    for (size_t i = 0; i < count; i++) {
        if (!is_sound(opinions[i].interval))
            continue;
        edges[edge_count++] = (struct edge){opinions[i].interval.least, 1, voice_of(opinions, i)};
        edges[edge_count++] = (struct edge){opinions[i].interval.most, -1, voice_of(opinions, i)};
    }
    if (edge_count > 1)
        qsort(edges, edge_count, sizeof *edges, compare_edges);
    return edge_count;
}

struct best { /* what most have in common */
    struct clock_interval area;
    size_t depth, voices;
    size_t areas; /* that as many have in common */
};

/* The number of voices decides; of as many, that of their opinions. */
static void take_area(struct best *best, const struct edge *edges, size_t depth, size_t voices)
{
    bool is_more = voices != best->voices ? voices > best->voices : depth > best->depth;

    if (voices < best->voices || (voices == best->voices && depth < best->depth))
        return;
    best->areas = is_more ? 1 : best->areas + 1;
    if (is_more)
        best->area = (struct clock_interval){edges[0].at, edges[1].at};
    best->depth = depth;
    best->voices = voices;
}

static struct best find_best(const struct edge *edges, size_t edge_count)
{
    struct best best = {.depth = 0};
    size_t open[VOICES] = {0}; /* intervals of each voice */
    size_t depth = 0, voices = 0;

    for (size_t i = 0; i + 1 < edge_count; i++) {
        if (edges[i].step < 0) {
            depth--;
            voices -= --open[edges[i].voice] == 0;
            continue;
        }
        depth++;
        voices += open[edges[i].voice]++ == 0;
        if (edges[i + 1].step < 0)
            take_area(&best, &edges[i], depth, voices);
    }
    return best;
}

static size_t count_voices(const struct edge *edges, size_t edge_count)
{
    bool is_heard[VOICES] = {false};
    size_t count = 0;

    for (size_t i = 0; i < edge_count; i++) {
        count += !is_heard[edges[i].voice];
        is_heard[edges[i].voice] = true;
    }
    return count;
}

/* Of one voice alone its opinions are counted. */
static bool are_most(const struct best *best, size_t voices, size_t sound)
{
    return best->areas == 1 && (voices == 1 ? 2 * best->depth > sound : 2 * best->voices > voices);
}

/* All that anybody says. */
static struct clock_interval hull_of(const struct edge *edges, size_t edge_count)
{
    return (struct clock_interval){edges[0].at, edges[edge_count - 1].at};
}

bool clock_intervals_meet(struct clock_interval one, struct clock_interval other)
{
    return one.least <= other.most && other.least <= one.most;
}

static void mark(struct clock_opinion *opinions, size_t count,
                 const struct clock_consensus *consensus)
{
    for (size_t i = 0; i < count; i++)
        opinions[i].is_contradicted =
            consensus->agreement == CLOCK_DIVIDED || !is_sound(opinions[i].interval) ||
            !clock_intervals_meet(opinions[i].interval, consensus->interval);
}

struct clock_consensus clock_consensus_of(struct clock_opinion *opinions, size_t count)
{
    struct edge edges[2 * CLOCK_OPINIONS_MOST];
    struct clock_consensus consensus = {.agreement = CLOCK_SILENT};
    size_t edge_count, sound;
    struct best best;

    if (count > CLOCK_OPINIONS_MOST)
        count = CLOCK_OPINIONS_MOST;
    edge_count = list_edges(opinions, count, edges);
    sound = edge_count / 2;
    if (sound > 0) {
        best = find_best(edges, edge_count);
        consensus.agreeing = best.depth;
        consensus.agreeing_voices = best.voices;
        consensus.voices = count_voices(edges, edge_count);
        consensus.interval = best.area;
        if (best.depth == sound) {
            consensus.agreement = CLOCK_AGREED;
        } else if (are_most(&best, consensus.voices, sound)) {
            consensus.agreement = CLOCK_MAJORITY;
        } else {
            consensus.agreement = CLOCK_DIVIDED;
            consensus.interval = hull_of(edges, edge_count);
        }
    }
    mark(opinions, count, &consensus);
    return consensus;
}

/* ---- readings ---- */

struct clock_interval clock_opinion_of(const struct clock_reading *reading)
{
    struct clock_interval interval = clock_interval_of(reading);

    if (reading->source == CLOCK_HTTP)
        interval.most += SECOND;
    else if (reading->source != CLOCK_SNTP && !reading->told_build)
        interval.most += CLOCK_WINDOWS_TICK;
    return interval;
}

struct clock_interval clock_difference(struct clock_interval one, struct clock_interval other)
{
    return (struct clock_interval){one.least - other.most, one.most - other.least};
}

/* ---- what a difference means ---- */

/* The least that it can be off, and the most. */
static struct clock_interval magnitude_of(struct clock_interval difference)
{
    struct clock_interval magnitude = {.least = 0};

    if (difference.least > 0)
        magnitude.least = difference.least;
    else if (difference.most < 0)
        magnitude.least = -difference.most;
    magnitude.most = difference.most > -difference.least ? difference.most : -difference.least;
    return magnitude;
}

enum clock_skew clock_skew_of(struct clock_interval difference, int64_t limit)
{
    struct clock_interval magnitude = magnitude_of(difference);
    int64_t drift = limit < CLOCK_DRIFT_FROM ? limit : CLOCK_DRIFT_FROM;

    if (magnitude.least >= limit)
        return CLOCK_BEYOND;
    if (magnitude.least >= drift)
        return CLOCK_DRIFTED;
    return magnitude.most < drift ? CLOCK_IN_STEP : CLOCK_TOO_WIDE;
}

/* ---- in words ---- */

enum rounding { DOWN, NEAREST, UP };

/* A step of about the width of the interval: seconds, or tenths, hundredths, thousandths. */
static int digits_for(int64_t width)
{
    enum { DIGITS_MOST = 3 };
    int digits = 0;

    for (int64_t step = SECOND; digits < DIGITS_MOST && step > width; step /= 10)
        digits++;
    return digits;
}

/* The last digit that is shown: of seconds, of minutes and seconds, of hours, of days. */
static int64_t step_of(int64_t size, int digits)
{
    int64_t step = SECOND;

    if (size >= 2 * DAY)
        return DAY / 10;
    if (size >= 2 * HOUR)
        return HOUR / 10;
    for (int i = 0; i < digits; i++)
        step /= 10;
    return step;
}

static int64_t rounded(int64_t microseconds, int64_t step, enum rounding rounding)
{
    int64_t below = microseconds / step * step;

    if (below > microseconds)
        below -= step;
    if (rounding == DOWN || below == microseconds)
        return below;
    return rounding == UP || microseconds - below >= step / 2 ? below + step : below;
}

static int64_t size_of(int64_t microseconds)
{
    return microseconds < 0 ? -microseconds : microseconds;
}

/* Rounded before it is taken apart: no "1 min 60 s". */
static void add_seconds(struct buffer *out, int64_t microseconds, int digits,
                        enum rounding rounding)
{
    int64_t value = rounded(microseconds, step_of(size_of(microseconds), digits), rounding);
    int64_t size = size_of(value);

    buffer_add_char(out, value < 0 ? '-' : '+');
    if (size < 2 * MINUTE)
        buffer_print(out, "%.*f s", digits, (double)size / (double)SECOND);
    else if (size < 2 * HOUR)
        buffer_print(out, "%lld min %.*f s", (long long)(size / MINUTE), digits,
                     (double)(size % MINUTE) / (double)SECOND);
    else if (size < 2 * DAY)
        buffer_print(out, "%.1f h", (double)size / (double)HOUR);
    else
        buffer_print(out, "%.1f days", (double)size / (double)DAY);
}

void clock_interval_text(struct clock_interval interval, struct buffer *out)
{
    int digits = digits_for(interval.most - interval.least);

    add_seconds(out, interval.least + (interval.most - interval.least) / 2, digits, NEAREST);
    buffer_add_string(out, " (from ");
    add_seconds(out, interval.least, digits, DOWN);
    buffer_add_string(out, " to ");
    add_seconds(out, interval.most, digits, UP);
    buffer_add_char(out, ')');
}
