#include "probes/spf/line.h"

#include <stdlib.h>

enum { ADDRESS_BITS = 128 };

static const unsigned family_bits[SPF_FAMILIES] = {32, 128};

enum spf_family spf_family_of(const struct ip_address *ip)
{
    return ip->family == IP_V4 ? SPF_V4 : SPF_V6;
}

/* ---- addresses as numbers ---- */

static int compare(struct spf_point a, struct spf_point b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

/* The lowest `bits` bits set. */
static struct spf_point ones(unsigned bits)
{
    struct spf_point all = {0, 0};

    if (bits >= 64)
        all.low = UINT64_MAX;
    else
        all.low = ((uint64_t)1 << bits) - 1;
    if (bits >= ADDRESS_BITS)
        all.high = UINT64_MAX;
    else if (bits > 64)
        all.high = ((uint64_t)1 << (bits - 64)) - 1;
    return all;
}

static struct spf_point following(struct spf_point point)
{
    point.low++;
    point.high += point.low == 0;
    return point;
}

static struct spf_point preceding(struct spf_point point)
{
    point.high -= point.low == 0;
    point.low--;
    return point;
}

static struct spf_point point_of(const struct ip_address *ip)
{
    size_t size = ip->family == IP_V4 ? 4 : 16;
    struct spf_point point = {0, 0};

    for (size_t i = 0; i < size; i++) {
        point.high = point.high << 8 | point.low >> 56;
        point.low = point.low << 8 | ip->bytes[i];
    }
    return point;
}

static struct ip_address address_of(struct spf_point point, enum spf_family family)
{
    struct ip_address ip = {.family = family == SPF_V4 ? IP_V4 : IP_V6};
    size_t size = family == SPF_V4 ? 4 : 16;

    for (size_t i = size; i > 0; i--) {
        ip.bytes[i - 1] = (uint8_t)point.low;
        point.low = point.low >> 8 | point.high << 56;
        point.high >>= 8;
    }
    return ip;
}

struct spf_stretch spf_stretch_of(const struct ip_address *ip, unsigned length)
{
    struct spf_point host = ones(family_bits[spf_family_of(ip)] - length), first = point_of(ip);
    struct spf_stretch stretch = {0};

    stretch.first.high = first.high & ~host.high;
    stretch.first.low = first.low & ~host.low;
    stretch.last.high = first.high | host.high;
    stretch.last.low = first.low | host.low;
    return stretch;
}

/* ---- painting ---- */

void spf_line_paint(struct spf_line *line, const struct spf_stretch *stretch)
{
    line->list = memory_grow(line->list, &line->room, line->count, sizeof *line->list);
    line->list[line->count++] = *stretch;
}

void spf_line_release(struct spf_line *line)
{
    free(line->list);
}

static int compare_points(const void *a, const void *b)
{
    return compare(*(const struct spf_point *)a, *(const struct spf_point *)b);
}

/* Where stretches begin, and where what is behind one begins; sorted, each once. */
static struct spf_point *cut_line(const struct spf_line *line, struct spf_point end, size_t *count)
{
    struct spf_point *cuts = memory_new(2 * line->count + 1, sizeof *cuts);
    size_t all = 0, kept = 0;

    for (size_t i = 0; i < line->count; i++) {
        cuts[all++] = line->list[i].first;
        if (compare(line->list[i].last, end) < 0)
            cuts[all++] = following(line->list[i].last);
    }
    qsort(cuts, all, sizeof *cuts, compare_points);
    for (size_t i = 0; i < all; i++) {
        if (kept == 0 || compare(cuts[kept - 1], cuts[i]) != 0)
            cuts[kept++] = cuts[i];
    }
    *count = kept;
    return cuts;
}

static size_t index_of(const struct spf_point *cuts, size_t count, struct spf_point point)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(cuts[middle], point) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The first part from `part` on that nobody has painted; paths are halved on the way. */
static size_t unpainted(size_t *next, size_t part)
{
    while (next[part] != part) {
        next[part] = next[next[part]];
        part = next[part];
    }
    return part;
}

/* owner[part]: who painted it first, as an index plus one; 0: nobody. */
static void find_owners(const struct spf_line *line, const struct spf_point *cuts, size_t count,
                        size_t *owner)
{
    size_t *next = memory_new(count + 1, sizeof *next);

    for (size_t i = 0; i <= count; i++)
        next[i] = i;
    for (size_t i = 0; i < line->count; i++) {
        size_t part = unpainted(next, index_of(cuts, count, line->list[i].first));

        while (part < count && compare(cuts[part], line->list[i].last) <= 0) {
            owner[part] = i + 1;
            next[part] = part + 1;
            part = unpainted(next, part);
        }
    }
    free(next);
}

void spf_line_settle(struct spf_line *line, enum spf_family family)
{
    struct spf_point end = ones(family_bits[family]);
    struct spf_line settled = {0};
    size_t count;
    struct spf_point *cuts = cut_line(line, end, &count);
    size_t *owner = memory_new(count + 1, sizeof *owner);

    find_owners(line, cuts, count, owner);
    for (size_t i = 0; i < count; i++) {
        struct spf_stretch stretch;

        if (owner[i] == 0 || !line->list[owner[i] - 1].passes)
            continue;
        stretch = line->list[owner[i] - 1];
        stretch.first = cuts[i];
        stretch.last = i + 1 < count ? preceding(cuts[i + 1]) : end;
        if (i > 0 && owner[i - 1] == owner[i] && settled.count > 0) {
            settled.list[settled.count - 1].last = stretch.last;
            continue;
        }
        settled.list = memory_grow(settled.list, &settled.room, settled.count, sizeof stretch);
        settled.list[settled.count++] = stretch;
    }
    free(owner);
    free(cuts);
    free(line->list);
    *line = settled;
}

/* ---- reading a settled line ---- */

bool spf_line_meets(const struct spf_line *line, const struct spf_stretch *stretch)
{
    size_t low = 0, high = line->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(line->list[middle].last, stretch->first) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < line->count && compare(line->list[low].first, stretch->last) <= 0;
}

bool spf_stretch_is_before(const struct spf_stretch *stretch, const struct spf_stretch *other)
{
    return compare(stretch->last, other->first) < 0;
}

bool spf_stretch_touches(const struct spf_stretch *stretch, const struct spf_stretch *next)
{
    return compare(following(stretch->last), next->first) == 0;
}

/* How many of the lowest bits of the first address can vary without leaving the stretch. */
static unsigned widest(struct spf_point first, struct spf_point last, unsigned most)
{
    unsigned bits = 0;

    while (bits < most) {
        struct spf_point host = ones(bits + 1),
                         end = {first.high | host.high, first.low | host.low};

        if ((first.high & host.high) || (first.low & host.low) || compare(end, last) > 0)
            break;
        bits++;
    }
    return bits;
}

bool spf_stretch_take_block(struct spf_stretch *stretch, enum spf_family family,
                            struct ip_address *ip, unsigned *length)
{
    unsigned bits = widest(stretch->first, stretch->last, family_bits[family]);
    struct spf_point host = ones(bits);
    struct spf_point end = {stretch->first.high | host.high, stretch->first.low | host.low};

    *ip = address_of(stretch->first, family);
    *length = family_bits[family] - bits;
    if (compare(end, stretch->last) == 0)
        return false;
    stretch->first = following(end);
    return true;
}
