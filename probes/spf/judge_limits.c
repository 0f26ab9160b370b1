/* The limits of an evaluation (RFC 7208 4.6.4): ten lookups, two of them in vain. */
#include "probes/spf/charge.h"
#include "probes/spf/kinds.h"
#include "probes/spf/picture.h"

/* ---- ten lookups ---- */

/* The term of the domain's own record within which the limit breaks. */
static const struct spf_place *own_place(const struct spf_place *place)
{
    while (place->in->from)
        place = place->in->from;
    return place;
}

static void tell_limit(struct spf_case *at)
{
    const struct spf_tree *tree = at->judged->tree;
    struct finding *finding = spf_charge(at, &spf_lookup_limit);
    const struct spf_place *own = own_place(tree->over_limit);

    finding->title =
        arena_print(pass_memory(at->x), "the record needs %u DNS lookups, and %d are allowed",
                    tree->reached, (int)SPF_LOOKUPS_MOST);
    spf_show_term(finding, at->top, own->term);
    if (own != tree->over_limit)
        spf_show_place(at, finding, tree->over_limit);
    saw(finding, NULL, "%u of %u have to go", tree->reached - SPF_LOOKUPS_MOST, tree->reached);
    if (tree->is_cut)
        saw(finding, NULL, "the tree is larger still: it was not followed to its end");
    spf_draw(at, finding, &spf_lookup_tree, NULL);
}

static void judge_lookups(struct spf_case *at)
{
    const struct spf_tree *tree = at->judged->tree;

    if (tree->over_limit)
        tell_limit(at);
    else if (!at->lacks_records)
        healthy(at->x, &spf_lookup_limit, "%u of %d DNS lookups%s", tree->reached,
                (int)SPF_LOOKUPS_MOST,
                at->has_macros ? ", not counting what names with macros lead to" : "");
}

/* ---- two lookups in vain ---- */

struct table {
    struct spf_case *at;
    struct finding *finding;
    unsigned rows;
    struct spf_owners owners;
    bool is_below;
};

static bool asks_in_vain(const struct spf_place *place)
{
    return place->is_reached && place->voids[SPF_V4] + place->voids[SPF_V6] > 0;
}

static void show_void(void *context, const struct spf_place *place)
{
    struct table *table = context;
    unsigned v4 = place->voids[SPF_V4], v6 = place->voids[SPF_V6];

    if (!asks_in_vain(place))
        return;
    table->is_below = table->is_below || spf_is_below(place);
    if (table->rows++ >= SPF_SHOWN_MOST)
        return;
    spf_set_owner(table->finding, place, &table->owners);
    spf_show_place(table->at, table->finding, place);
    saw(table->finding, NULL, "%s asks in vain: %u for senders with IPv4, %u with IPv6",
        spf_quote(table->at, place->in, place->term), v4, v6);
}

/* An audit counts for one family. */
static void tell_few_voids(struct spf_case *at, unsigned v4, unsigned v6)
{
    if (at->lacks_records || at->lacks_addresses)
        return;
    if (ask_settings(at->x)->deep && v4 != v6)
        healthy(at->x, &spf_void_lookups,
                "%u of %d lookups in vain for senders with IPv4, %u with IPv6", v4,
                (int)SPF_VOIDS_MOST, v6);
    else
        healthy(at->x, &spf_void_lookups, "%u of %d lookups in vain", v4 > v6 ? v4 : v6,
                (int)SPF_VOIDS_MOST);
}

/* Hosts without IPv6 count for a sender with IPv6, say some receivers; no reason for alarm. */
static void judge_voids(struct spf_case *at)
{
    const struct spf_tree *tree = at->judged->tree;
    unsigned v4 = tree->voids[SPF_V4], v6 = tree->voids[SPF_V6];
    struct table table = {.at = at};

    if (v4 <= SPF_VOIDS_MOST && v6 <= SPF_VOIDS_MOST) {
        tell_few_voids(at, v4, v6);
        return;
    }
    table.finding = spf_charge(at, &spf_void_lookups);
    if (v4 <= SPF_VOIDS_MOST) {
        finding_severity(table.finding, SEVERITY_INFO);
        table.finding->title =
            "receivers that count strictly find too many lookups in vain for IPv6 senders";
    }
    spf_tree_walk(tree, show_void, &table);
    saw(table.finding, NULL,
        "in all %u for a sender with IPv4 and %u for one with IPv6; %d are "
        "allowed",
        v4, v6, (int)SPF_VOIDS_MOST);
    if (table.is_below && v4 > SPF_VOIDS_MOST)
        spf_draw(at, table.finding, &spf_include_tree, asks_in_vain);
    if (v4 <= SPF_VOIDS_MOST)
        saw(table.finding, NULL,
            "receivers that count strictly end in a permanent error for senders with IPv6; others "
            "do not count a host that has IPv4 alone");
}

void spf_judge_limits(struct spf_case *at)
{
    judge_lookups(at);
    judge_voids(at);
}
