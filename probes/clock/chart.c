#include "probes/clock/chart.h"

static const int64_t second = 1000000;
static const int64_t minute = 60000000;
static const int64_t hour = 3600000000;
static const int64_t day = 86400000000;
static const int64_t year = 31557600000000; /* of 365.25 days */

/* ---- in words ---- */

/* The step to which a value is told: that of half its width, but of large ones nobody reads all. */
static int64_t step_of(int64_t size, int64_t half)
{
    int64_t step = second, finest = size < 2 * minute ? second / 1000 : second / 10;

    if (size >= 730 * day)
        return year / 10;
    if (size >= 48 * hour)
        return hour;
    if (size >= hour)
        return minute;
    while (step > finest && step > half && (half > 0 || size % step != 0))
        step /= 10;
    return step;
}

static int64_t round_up(int64_t value, int64_t step)
{
    return (value + step - 1) / step * step;
}

static int digits_of(int64_t step)
{
    int digits = 0;

    for (; step < second; step *= 10)
        digits++;
    return digits;
}

/* `size` is in whole steps. */
static void add_size(struct buffer *out, int64_t size, int64_t step)
{
    int digits = digits_of(step);

    if (size >= 730 * day) {
        buffer_print(out, "%.1f years", (double)size / (double)year);
    } else if (size >= 48 * hour) {
        buffer_print(out, "%lld days", (long long)(size / day));
        if (size % day / hour)
            buffer_print(out, " %lld h", (long long)(size % day / hour));
    } else if (size >= hour) {
        buffer_print(out, "%lld h", (long long)(size / hour));
        if (size % hour / minute)
            buffer_print(out, " %lld min", (long long)(size % hour / minute));
    } else if (size % minute == 0 && (size >= 2 * minute || (digits == 0 && size > 0))) {
        buffer_print(out, "%lld min", (long long)(size / minute));
    } else if (size >= 2 * minute) {
        buffer_print(out, "%lld min %.*f s", (long long)(size / minute), digits,
                     (double)(size % minute) / (double)second);
    } else {
        buffer_print(out, "%.*f s", digits, (double)size / (double)second);
    }
}

/* What the rounding took away is given to the half width, where that is told at all. */
static void write_span(int64_t least, int64_t most, struct buffer *out)
{
    int64_t middle = least + (most - least) / 2, size = middle < 0 ? -middle : middle;
    int64_t step = step_of(size, (most - least + 1) / 2);
    int64_t half_step;

    size = (size + step / 2) / step * step;
    middle = middle < 0 ? -size : size;
    if (size)
        buffer_add_char(out, middle < 0 ? '-' : '+');
    add_size(out, size, step);
    size = most - middle > middle - least ? most - middle : middle - least;
    if (least == most || (step >= minute && size <= step))
        return;
    half_step = step >= minute ? step_of(size, (most - least + 1) / 2) : step;
    buffer_add_string(out, " ± ");
    add_size(out, round_up(size, half_step), half_step);
}

static const struct scale_stop stops[] = {
    {1000000, "1 s"},
    {60000000, "1 min"},
    {300000000, "5 min"},
    {3600000000, "1 h"},
    {86400000000, "1 day"},
    {31557600000000, "1 year"},
    {3155760000000000, "100 years"}, /* eras of NTP, clocks that start in 1970 */
    {0, NULL},
};

static const struct gauge offset = {
    .id = "clock_offset_seconds",
    .help = "How far a clock is ahead of the one that its domain follows, in the middle of what "
            "was measured",
    .decimals = 6,
    .is_in_seconds = true,
    .is_signed = true,
};

const struct scale clock_scale = {
    .id = "clocks",
    .title = "clocks",
    .unit = "us",
    .limit = "the limit of Kerberos",
    .told_by = "clock-skew",
    .stops = stops,
    .gauge = &offset,
    .warning = CLOCK_DRIFT_FROM,
    .write = write_span,
};

/* ---- placing ---- */

enum { PDC_RANK = 20 }; /* of the topmost domain; of those below it less */

/* Short, for they stand in a column. */
static const struct {
    const char *role;
    unsigned rank;
} places[CLOCK_ROLE_COUNT] = {
    [CLOCK_ROLE_SERVER] = {"server", 1},
    [CLOCK_ROLE_CONTROLLER] = {"DC", 2},
    [CLOCK_ROLE_PDC] = {"PDC emulator", PDC_RANK},
    [CLOCK_ROLE_REFERENCE] = {"reference", PDC_RANK + 1},
};

static bool is_controller(const struct clock_host *host)
{
    return host->role == CLOCK_ROLE_CONTROLLER || host->role == CLOCK_ROLE_PDC;
}

/* A controller that the user named by its address is not shown by its name again. */
static const char *name_of(struct examination *x, const struct clock_host *host)
{
    const char *given = is_controller(host) ? clock_given_name(x, host) : NULL;

    return given ? given : host->name;
}

/* How far below the topmost domain a PDC emulator is; that of another domain is the one above. */
static unsigned depth_of(const struct clock_field *field, const struct clock_host *host)
{
    bool is_above = field->host->role == CLOCK_ROLE_PDC && host != field->host;

    if (host->role != CLOCK_ROLE_PDC || field->depth == 0)
        return 0;
    return is_above ? field->depth - 1 : field->depth;
}

static void place_host(struct examination *x, const struct clock_field *field,
                       const struct clock_host *host, struct span marks)
{
    struct span span = {.name = name_of(x, host),
                        .role = places[host->role].role,
                        .least = host->consensus.interval.least,
                        .most = host->consensus.interval.most,
                        .rank = places[host->role].rank - depth_of(field, host),
                        .is_doubted = marks.is_doubted,
                        .critical = SPAN_NEVER_CRITICAL,
                        .group = field->top,
                        .is_disputed = marks.is_disputed};

    if (clock_host_is_member(host))
        span.critical = field->limit;
    if (clock_host_spoke(host))
        place(x, &clock_scale, &span);
}

/*
 * It is what all were measured with. Wherever it is, it breaks nobody's tickets; and beside one
 * other clock alone, nobody knows which of the two is wrong.
 */
static void place_examiner(struct examination *x, const struct clock_field *field)
{
    const char *machine = ask_examiner_name(x);

    /* It may be among the others, too, as they see it. */
    machine =
        machine ? arena_print(pass_memory(x), "%s (ran exdiag)", machine) : "where exdiag ran";
    place(x, &clock_scale,
          &(const struct span){.name = machine,
                               .critical = SPAN_NEVER_CRITICAL,
                               .group = field->top,
                               .is_disputed = field->comparison->count == 0});
}

/* Nobody's time is its own. */
static bool is_stand_alone(const struct clock_host *host)
{
    return host->is_stand_alone && !host->told_domain;
}

void clock_place(struct examination *x, const struct clock_field *field)
{
    const struct clock_comparison *comparison = field->comparison;
    const struct clock_outside *outside = &comparison->outside;

    if (!clock_host_spoke(field->host) || is_stand_alone(field->host))
        return;
    place_host(x, field, field->host,
               (struct span){.is_doubted = clock_is_wrong(comparison),
                             .is_disputed = clock_disputed(comparison) != NULL ||
                                            field->is_with_disputed_pdc});
    for (size_t i = 0; i < comparison->count; i++) {
        const struct clock_pair *pair = &comparison->pairs[i];

        place_host(x, field, pair->other,
                   (struct span){.is_doubted = pair->blame == CLOCK_THE_OTHER});
    }
    for (size_t i = 0; i < outside->right_count; i++)
        place_host(x, field, outside->right[i], (struct span){.is_doubted = false});
    for (size_t i = 0; i < outside->outvoted_count; i++)
        place_host(x, field, outside->outvoted[i], (struct span){.is_doubted = true});
    place_examiner(x, field);
}
