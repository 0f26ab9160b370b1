#include "probes/spf/senders.h"

#include "probes/spf/line.h"

#include <string.h>

/*
 * Records are read as sets of addresses: an include matches what its own record lets pass and
 * nothing else (RFC 7208 5.2).
 */

enum { WORK_MOST = 1000000 }; /* stretches looked at in all, however deep the tree */

struct map {
    struct spf_line lines[SPF_FAMILIES];
};

struct flattening {
    struct arena *arena;
    struct spf_senders *senders;
    struct spf_network *networks;
    size_t network_room;
    size_t work;
};

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

/* A network that a term names, without its host bits. */
static void remember(const struct hand *hand, struct spf_stretch stretch, enum spf_family family)
{
    struct spf_network network = {.by = stretch.by, .branch = stretch.branch};
    struct flattening *all = hand->all;

    if (all->senders->count >= SPF_SENDERS_MOST) {
        all->senders->is_cut = true;
        return;
    }
    all->networks = arena_grow(all->arena, all->networks, &all->network_room, all->senders->count,
                               sizeof network);
    spf_stretch_take_block(&stretch, family, &network.ip, &network.length);
    all->networks[all->senders->count++] = network;
}

static void paint(struct flattening *all, struct map *map, enum spf_family family,
                  const struct spf_stretch *stretch)
{
    if (all->work++ < WORK_MOST)
        spf_line_paint(&map->lines[family], stretch);
    else
        all->senders->is_cut = true;
}

static void match_network(const struct hand *hand, const struct ip_address *ip, unsigned length)
{
    bool is_named = hand->place->term->kind != SPF_ALL && hand->place->term->kind != SPF_EXISTS;
    struct spf_stretch stretch = spf_stretch_of(ip, length);

    stretch.by = hand->place;
    stretch.branch = hand->branch;
    stretch.passes = passes(hand->place);
    if (stretch.passes) {
        if (is_named)
            remember(hand, stretch, spf_family_of(ip));
        hand->all->senders->is_everybody |= length == 0;
    }
    paint(hand->all, hand->map, spf_family_of(ip), &stretch);
}

static void match_everybody(const struct hand *hand)
{
    static const uint8_t families[SPF_FAMILIES] = {IP_V4, IP_V6};

    for (enum spf_family family = SPF_V4; family < SPF_FAMILIES; family++)
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

    for (enum spf_family family = SPF_V4; family < SPF_FAMILIES; family++) {
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
    for (enum spf_family family = SPF_V4; family < SPF_FAMILIES; family++) {
        struct spf_line *line = &below.lines[family];

        for (size_t i = 0; i < line->count; i++) {
            struct spf_stretch stretch = line->list[i];

            stretch.passes = passes(place);
            paint(hand->all, hand->map, family, &stretch);
        }
        spf_line_release(line);
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
    for (enum spf_family family = SPF_V4; family < SPF_FAMILIES; family++)
        spf_line_settle(&map->lines[family], family);
}

/* ---- blocks ---- */

struct blocks {
    struct spf_network *list;
    size_t count;
    size_t room;
};

static void add_branch(struct spf_network *block, const struct spf_place **branches,
                       const struct spf_place *branch)
{
    for (size_t i = 0; i < block->branch_count; i++) {
        if (branches[i] == branch)
            return;
    }
    if (block->branch_count < SPF_BRANCHES_MOST)
        branches[block->branch_count++] = branch;
    else
        block->has_more_branches = true;
}

/* Whose a block is: of all stretches that lie in it, of which `at` is not behind the first. */
static void name_branches(struct flattening *all, struct spf_network *block,
                          const struct spf_line *line, size_t *at)
{
    struct spf_stretch whole = spf_stretch_of(&block->ip, block->length);
    const struct spf_place *branches[SPF_BRANCHES_MOST], **kept;

    while (spf_stretch_is_before(&line->list[*at], &whole))
        ++*at;
    block->by = line->list[*at].by;
    block->branch = line->list[*at].branch;
    block->branch_count = 0;
    block->has_more_branches = false;
    for (size_t i = *at; i < line->count && !spf_stretch_is_before(&whole, &line->list[i]); i++)
        add_branch(block, branches, line->list[i].branch);
    kept = arena_new(all->arena, block->branch_count, sizeof *kept);
    memcpy(kept, branches, block->branch_count * sizeof *kept);
    block->branches = kept;
}

/* Of the stretches from `at` on, which touch each other up to the end of `stretch`. */
static void add_blocks(struct flattening *all, struct blocks *blocks, struct spf_stretch stretch,
                       const struct spf_line *line, size_t at, enum spf_family family)
{
    struct spf_network block = {0};
    bool goes_on = true;

    while (goes_on) {
        if (blocks->count >= SPF_SENDERS_MOST) {
            all->senders->is_cut = true;
            return;
        }
        goes_on = spf_stretch_take_block(&stretch, family, &block.ip, &block.length);
        name_branches(all, &block, line, &at);
        blocks->list =
            arena_grow(all->arena, blocks->list, &blocks->room, blocks->count, sizeof block);
        blocks->list[blocks->count++] = block;
    }
}

/* Stretches that touch each other become one first, whoever painted them. */
static void add_line(struct flattening *all, struct blocks *blocks, const struct spf_line *line,
                     enum spf_family family)
{
    for (size_t i = 0; i < line->count;) {
        size_t at = i;
        struct spf_stretch stretch = line->list[i++];

        while (i < line->count && spf_stretch_touches(&stretch, &line->list[i]))
            stretch.last = line->list[i++].last;
        add_blocks(all, blocks, stretch, line, at, family);
    }
}

/* ---- what is left of the networks that were named ---- */

static void leave_out_excluded(struct flattening *all, const struct map *map)
{
    size_t kept = 0;

    if (!all->networks)
        return;
    for (size_t i = 0; i < all->senders->count; i++) {
        const struct spf_network *network = &all->networks[i];
        struct spf_stretch stretch = spf_stretch_of(&network->ip, network->length);

        if (spf_line_meets(&map->lines[spf_family_of(&network->ip)], &stretch))
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
    for (enum spf_family family = SPF_V4; family < SPF_FAMILIES; family++) {
        add_line(&all, &blocks, &map.lines[family], family);
        spf_line_release(&map.lines[family]);
    }
    senders->networks = all.networks;
    senders->blocks = blocks.list;
    senders->block_count = blocks.count;
}
