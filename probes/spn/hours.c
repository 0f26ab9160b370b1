#include "probes/spn/hours.h"

enum { TIMES_LEAST = 3, STRETCH_MOST = 8 /* hours; beyond it is no time of the day */ };

struct stretch {
    unsigned start, width; /* hours */
    uint64_t count;
};

static uint64_t count_in(const uint32_t *hours, unsigned start, unsigned width)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < width; i++)
        count += hours[(start + i) % SPN_HOURS];
    return count;
}

/* Of this width, the one with most. */
static struct stretch busiest(const uint32_t *hours, unsigned width)
{
    struct stretch best = {.width = width};

    for (unsigned start = 0; start < SPN_HOURS; start++) {
        uint64_t count = count_in(hours, start, width);

        if (count > best.count)
            best = (struct stretch){start, width, count};
    }
    return best;
}

const char *spn_hours_text(const uint32_t hours[SPN_HOURS], struct arena *arena)
{
    uint64_t total = count_in(hours, 0, SPN_HOURS);

    if (total < TIMES_LEAST)
        return NULL;
    for (unsigned width = 1; width <= STRETCH_MOST; width++) {
        struct stretch best = busiest(hours, width);

        if (best.count * 5 < total * 4)
            continue;
        return arena_print(arena, "%llu of %llu times between %02u:00 and %02u:00 UTC",
                           (unsigned long long)best.count, (unsigned long long)total, best.start,
                           (best.start + width) % SPN_HOURS);
    }
    return "spread over the day";
}
