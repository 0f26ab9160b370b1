/* The limits of an evaluation (RFC 7208 4.6.4): ten lookups, two of them in vain. */
#include "probes/spf/charge.h"
#include "probes/spf/kinds.h"

enum { ROWS_MOST = 30 }; /* lines of a table of costs */

/* ---- ten lookups ---- */

struct table {
    struct spf_case *at;
    struct finding *finding;
    const struct spf_place *over;
    unsigned rows;
    struct spf_owners owners;
};

/* The place or one above it. */
static bool is_on_the_way(const struct spf_place *place, const struct spf_place *below)
{
    for (; below; below = below->in->from) {
        if (below == place)
            return true;
    }
    return false;
}

/* Terms of the domain's own record, and of those that the crossing one stands in. */
static void add_row(void *context, const struct spf_place *place)
{
    struct table *table = context;
    bool is_shown = spf_is_own(place->in) || is_on_the_way(place->in->from, table->over);

    if (!place->lookups || !place->is_reached || !is_shown || table->rows++ >= ROWS_MOST)
        return;
    saw(table->finding, NULL, "%*s%s costs %u, %u so far%s", (int)(2 * place->in->level), "",
        spf_quote(table->at, place->in, place->term), place->lookups, place->running,
        !is_on_the_way(place, table->over)     ? ""
        : place == table->over && !place->node ? ": here the limit breaks"
        : place == table->over                 ? ": its own lookup breaks the limit"
                                               : ": the limit breaks within");
}

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
    struct table table = {.at = at, .finding = finding, .over = tree->over_limit};
    const struct spf_place *own = own_place(tree->over_limit);

    finding->title =
        arena_print(pass_memory(at->x), "the record needs %u DNS lookups, and %d are allowed",
                    tree->reached, (int)SPF_LOOKUPS_MOST);
    spf_show_term(finding, at->top, own->term);
    if (own != tree->over_limit)
        spf_show_place(at, finding, tree->over_limit);
    saw(finding, NULL, "lookups of each term with all below it, in the order of evaluation:");
    spf_tree_walk(tree, add_row, &table);
    if (table.rows > ROWS_MOST)
        saw(finding, NULL, "and %u more", table.rows - ROWS_MOST);
    saw(finding, NULL, "%u of %u have to go", tree->reached - SPF_LOOKUPS_MOST, tree->reached);
    if (tree->is_cut)
        saw(finding, NULL, "the tree is larger still: it was not followed to its end");
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

static void show_void(void *context, const struct spf_place *place)
{
    struct table *table = context;
    unsigned v4 = place->voids[SPF_V4], v6 = place->voids[SPF_V6];

    if (!place->is_reached || !(v4 + v6) || table->rows++ >= SPF_SHOWN_MOST)
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
