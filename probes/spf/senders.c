#include "probes/spf/senders.h"

#include <stdlib.h>
#include <string.h>

/*
 * Records are read as sets of addresses. What a term matches is painted on the line of all
 * addresses, where the first to paint a stretch keeps it, as the first match decides
 * (RFC 7208 4.6.2); an include matches what its own record lets pass and nothing else (5.2).
 */

enum {
    WORK_MOST = 1000000, /* stretches looked at in all, however deep the tree */
    ADDRESS_BITS = 128
};

struct point { /* an address as a number, high half first; IPv4 in the lowest 32 bits */
    uint64_t high, low;
};

struct stretch { /* of addresses of one family, both ends included */
    struct point first, last;
    const struct spf_place *by;
    const struct spf_place *branch;
    bool passes;
};

struct line { /* all addresses of a family, with stretches in the order they were painted */
    struct stretch *list;
    size_t count;
    size_t room;
};

struct map {
    struct line lines[SPF_FAMILIES];
};

struct flattening {
    struct arena *arena;
    struct spf_senders *senders;
    struct spf_network *networks;
    size_t network_room;
    size_t work;
};

static const unsigned family_bits[SPF_FAMILIES] = {32, 128};

/* ---- addresses as numbers ---- */

static int compare(struct point a, struct point b)
{
    if (a.high != b.high)
        return a.high < b.high ? -1 : 1;
    return (a.low > b.low) - (a.low < b.low);
}

/* The lowest `bits` bits set. */
static struct point ones(unsigned bits)
{
    struct point all = {0, 0};

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

static struct point following(struct point point)
{
    point.low++;
    point.high += point.low == 0;
    return point;
}

static struct point preceding(struct point point)
{
    point.high -= point.low == 0;
    point.low--;
    return point;
}

static struct point point_of(const struct ip_address *ip)
{
    size_t size = ip->family == IP_V4 ? 4 : 16;
    struct point point = {0, 0};

    for (size_t i = 0; i < size; i++) {
        point.high = point.high << 8 | point.low >> 56;
        point.low = point.low << 8 | ip->bytes[i];
    }
    return point;
}

static struct ip_address address_of(struct point point, int family)
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

/* ---- painting ---- */

static void paint(struct flattening *all, struct map *map, int family, struct stretch stretch)
{
    struct line *line = &map->lines[family];

    if (all->work++ >= WORK_MOST) {
        all->senders->is_cut = true;
        return;
    }
    line->list = memory_grow(line->list, &line->room, line->count, sizeof *line->list);
    line->list[line->count++] = stretch;
}

static int compare_points(const void *a, const void *b)
{
    return compare(*(const struct point *)a, *(const struct point *)b);
}

/* Where stretches begin, and where what is behind one begins; sorted, each once. */
static struct point *cut_line(const struct line *line, struct point end, size_t *count)
{
    struct point *cuts = memory_new(2 * line->count + 1, sizeof *cuts);
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

static size_t index_of(const struct point *cuts, size_t count, struct point point)
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
static void find_owners(const struct line *line, const struct point *cuts, size_t count,
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

/* The line with nothing painted twice: stretches that pass alone, in the order of addresses. */
static void settle(struct line *line, int family)
{
    struct point end = ones(family_bits[family]);
    struct line settled = {0};
    size_t count;
    struct point *cuts = cut_line(line, end, &count);
    size_t *owner = memory_new(count + 1, sizeof *owner);

    find_owners(line, cuts, count, owner);
    for (size_t i = 0; i < count; i++) {
        struct stretch stretch;

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

/* ---- what a term matches ---- */

struct hand { /* who paints, where and how */
    struct flattening *all;
    struct map *map;
    const struct spf_place *place;
    const struct spf_place *branch;
};

static bool passes(const struct spf_place *place)
{
    return place->term->qualifier == '+';
}

static void remember(const struct hand *hand, const struct spf_network *network)
{
    struct flattening *all = hand->all;

    if (all->senders->count >= SPF_SENDERS_MOST) {
        all->senders->is_cut = true;
        return;
    }
    all->networks = arena_grow(all->arena, all->networks, &all->network_room, all->senders->count,
                               sizeof *network);
    all->networks[all->senders->count++] = *network;
}

static void match_network(const struct hand *hand, const struct ip_address *ip, unsigned length)
{
    bool is_named = hand->place->term->kind != SPF_ALL && hand->place->term->kind != SPF_EXISTS;
    int family = ip->family == IP_V4 ? SPF_V4 : SPF_V6;
    struct point host = ones(family_bits[family] - length), first = point_of(ip);
    struct stretch stretch = {
        .by = hand->place, .branch = hand->branch, .passes = passes(hand->place)};

    first.high &= ~host.high;
    first.low &= ~host.low;
    stretch.first = first;
    stretch.last.high = first.high | host.high;
    stretch.last.low = first.low | host.low;
    if (stretch.passes) {
        const struct spf_network network = {address_of(first, family), length, hand->place,
                                            hand->branch};

        if (is_named)
            remember(hand, &network);
        hand->all->senders->is_everybody |= length == 0;
    }
    paint(hand->all, hand->map, family, stretch);
}

static void match_everybody(const struct hand *hand)
{
    static const uint8_t families[SPF_FAMILIES] = {IP_V4, IP_V6};

    for (int family = SPF_V4; family < SPF_FAMILIES; family++)
        match_network(hand, &(struct ip_address){.family = families[family]}, 0);
}

/* Answers that are missing: not asked for, or not to be had. */
static bool is_unread(const struct dns_answer *answer)
{
    return !answer || answer->evidence.status != STATUS_OK;
}

static void match_addresses(const struct hand *hand, const struct dns_answer *const *addresses)
{
    const struct spf_term *term = hand->place->term;
    const unsigned lengths[SPF_FAMILIES] = {term->v4_length, term->v6_length};

    for (int family = SPF_V4; family < SPF_FAMILIES; family++) {
        const struct dns_record *record = NULL;

        if (is_unread(addresses[family])) {
            hand->all->senders->is_cut = true;
            continue;
        }
        while ((record = dns_answer_next(addresses[family], record)))
            match_network(hand, &record->data.ip, lengths[family]);
    }
}

static void match_hosts(const struct hand *hand)
{
    const struct spf_place *place = hand->place;

    if (is_unread(place->mx) || (place->host_count > 0 && !place->hosts)) {
        hand->all->senders->is_cut = true;
        return;
    }
    for (size_t i = 0; place->hosts && i < place->host_count; i++) {
        if (strcmp(place->hosts[i].name, ".") != 0)
            match_addresses(hand, place->hosts[i].addresses);
    }
}

/* The same for every sender where its name holds no macro. */
static void match_exists(const struct hand *hand)
{
    const struct spf_place *place = hand->place;

    if (!place->name)
        hand->all->senders->is_conditional |= passes(place);
    else if (is_unread(place->addresses[SPF_V4]))
        hand->all->senders->is_cut = true;
    else if (dns_answer_has_records(place->addresses[SPF_V4]))
        match_everybody(hand);
}

/* ---- records below each other ---- */

static void flatten(struct flattening *all, const struct spf_node *node,
                    const struct spf_place *branch, struct map *map);

/* What the record below lets pass, painted by the term that leads there. */
static void match_below(const struct hand *hand)
{
    const struct spf_place *place = hand->place;
    size_t networks = hand->all->senders->count;
    bool everybody = hand->all->senders->is_everybody;
    struct map below = {0};

    flatten(hand->all, place->node, hand->branch, &below);
    for (int family = SPF_V4; family < SPF_FAMILIES; family++) {
        struct line *line = &below.lines[family];

        for (size_t i = 0; i < line->count; i++) {
            struct stretch stretch = line->list[i];

            stretch.passes = passes(place);
            paint(hand->all, hand->map, family, stretch);
        }
        free(line->list);
    }
    if (passes(place))
        return;
    hand->all->senders->count = networks;
    hand->all->senders->is_everybody = everybody;
}

static void match_node(const struct hand *hand)
{
    const struct spf_node *node = hand->place->node;

    if (!node)
        return;
    if (node->places)
        match_below(hand);
    else if (node->state == SPF_NODE_MACRO)
        hand->all->senders->is_conditional |= passes(hand->place);
    else if (node->state == SPF_NODE_UNKNOWN || node->state == SPF_NODE_CUT)
        hand->all->senders->is_cut = true;
}

static void match_sender(const struct hand *hand)
{
    hand->all->senders->is_conditional |= passes(hand->place);
}

static void match_ip(const struct hand *hand)
{
    const struct spf_term *term = hand->place->term;

    match_network(hand, &term->network, term->kind == SPF_IP4 ? term->v4_length : term->v6_length);
}

static void match_a(const struct hand *hand)
{
    match_addresses(hand, hand->place->addresses);
}

static void (*const matchers[SPF_TERM_KIND_COUNT])(const struct hand *hand) = {
    [SPF_ALL] = match_everybody, [SPF_INCLUDE] = match_node, [SPF_REDIRECT] = match_node,
    [SPF_A] = match_a,           [SPF_MX] = match_hosts,     [SPF_PTR] = match_sender,
    [SPF_IP4] = match_ip,        [SPF_IP6] = match_ip,       [SPF_EXISTS] = match_exists,
};

static void match(struct flattening *all, const struct spf_place *place,
                  const struct spf_place *branch, struct map *map)
{
    const struct hand hand = {all, map, place, branch};
    bool has_macro = place->term->value && !place->name &&
                     (place->term->kind == SPF_A || place->term->kind == SPF_MX);

    if (!place->is_reached || place->term->error || !matchers[place->term->kind])
        return;
    if (has_macro)
        match_sender(&hand);
    else
        matchers[place->term->kind](&hand);
}

static void flatten(struct flattening *all, const struct spf_node *node,
                    const struct spf_place *branch, struct map *map)
{
    for (size_t i = 0; i < node->record->term_count; i++)
        match(all, node->order[i], branch ? branch : node->order[i], map);
    for (int family = SPF_V4; family < SPF_FAMILIES; family++)
        settle(&map->lines[family], family);
}

/* ---- blocks ---- */

/* How many of the lowest bits of the first address can vary without leaving the stretch. */
static unsigned widest(struct point first, struct point last, unsigned most)
{
    unsigned bits = 0;

    while (bits < most) {
        struct point host = ones(bits + 1), end = {first.high | host.high, first.low | host.low};

        if ((first.high & host.high) || (first.low & host.low) || compare(end, last) > 0)
            break;
        bits++;
    }
    return bits;
}

struct blocks {
    struct spf_network *list;
    size_t count;
    size_t room;
};

/* The fewest blocks of a stretch: the widest that begins at its start, and so on. */
static void add_blocks(struct flattening *all, struct blocks *blocks, struct stretch stretch,
                       int family)
{
    for (;;) {
        unsigned bits = widest(stretch.first, stretch.last, family_bits[family]);
        struct point host = ones(bits);
        struct point end = {stretch.first.high | host.high, stretch.first.low | host.low};
        const struct spf_network block = {address_of(stretch.first, family),
                                          family_bits[family] - bits, stretch.by, stretch.branch};

        if (blocks->count >= SPF_SENDERS_MOST) {
            all->senders->is_cut = true;
            return;
        }
        blocks->list =
            arena_grow(all->arena, blocks->list, &blocks->room, blocks->count, sizeof block);
        blocks->list[blocks->count++] = block;
        if (compare(end, stretch.last) == 0)
            return;
        stretch.first = following(end);
    }
}

/* Stretches that touch each other become one first, whoever painted them. */
static void add_line(struct flattening *all, struct blocks *blocks, const struct line *line,
                     int family)
{
    for (size_t i = 0; i < line->count;) {
        struct stretch stretch = line->list[i++];

        while (i < line->count && compare(following(stretch.last), line->list[i].first) == 0)
            stretch.last = line->list[i++].last;
        add_blocks(all, blocks, stretch, family);
    }
}

/* ---- what is left of the networks that were named ---- */

static bool is_met(const struct line *line, const struct spf_network *network)
{
    int family = network->ip.family == IP_V4 ? SPF_V4 : SPF_V6;
    struct point first = point_of(&network->ip), host = ones(family_bits[family] - network->length);
    struct point last = {first.high | host.high, first.low | host.low};
    size_t low = 0, high = line->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(line->list[middle].last, first) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < line->count && compare(line->list[low].first, last) <= 0;
}

static void leave_out_excluded(struct flattening *all, const struct map *map)
{
    size_t kept = 0;

    if (!all->networks)
        return;
    for (size_t i = 0; i < all->senders->count; i++) {
        const struct spf_network *network = &all->networks[i];

        if (is_met(&map->lines[network->ip.family == IP_V4 ? SPF_V4 : SPF_V6], network))
            all->networks[kept++] = *network;
    }
    all->senders->count = kept;
}

void spf_senders(struct examination *x, const struct spf_tree *tree, struct spf_senders *senders)
{
    struct flattening all = {.arena = pass_memory(x), .senders = senders};
    struct blocks blocks = {0};
    struct map map = {0};

    memset(senders, 0, sizeof *senders);
    flatten(&all, tree->top, NULL, &map);
    leave_out_excluded(&all, &map);
    for (int family = SPF_V4; family < SPF_FAMILIES; family++) {
        add_line(&all, &blocks, &map.lines[family], family);
        free(map.lines[family].list);
    }
    senders->networks = all.networks;
    senders->blocks = blocks.list;
    senders->block_count = blocks.count;
}
