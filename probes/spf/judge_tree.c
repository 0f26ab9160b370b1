/* What is wrong where a record leads: includes, redirects and hosts, and whom they let through. */
#include "probes/spf/charge.h"
#include "probes/spf/kinds.h"
#include "probes/spf/network.h"
#include "probes/spf/picture.h"

#include <string.h>

static const struct evidence *source_of(const struct spf_place *place)
{
    return place->node && place->node->answer ? &place->node->answer->evidence : NULL;
}

static bool leads_to(const struct spf_place *place, enum spf_node_state state)
{
    return place->node && place->node->state == state && place->is_reached && !place->term->error;
}

/* ---- include and redirect ---- */

static bool leads_to_none(const struct spf_place *place)
{
    return leads_to(place, SPF_NODE_NONE);
}

static void show_none(const struct spf_case *at, struct finding *finding,
                      const struct spf_place *place)
{
    bool is_missing = place->node->answer && dns_answer_no_such_name(place->node->answer);

    spf_show_place(at, finding, place);
    saw(finding, source_of(place),
        is_missing ? "%s does not exist (NXDOMAIN)" : "%s publishes no SPF record",
        place->node->domain);
}

static bool leads_to_several(const struct spf_place *place)
{
    return leads_to(place, SPF_NODE_SEVERAL);
}

static void show_several(const struct spf_case *at, struct finding *finding,
                         const struct spf_place *place)
{
    const struct spf_published *published = spf_select(place->node->answer);

    set_text(finding, "culprit", place->node->domain);
    spf_show_place(at, finding, place);
    saw(finding, NULL, "%s publishes %zu SPF records:", place->node->domain, published->count);
    for (size_t i = 0; i < published->count && i < SPF_SHOWN_MOST; i++)
        saw_marked(finding, source_of(place), published->records[i].text,
                   published->records[i].size, 0, 0);
}

static bool leads_to_invalid(const struct spf_place *place)
{
    return leads_to(place, SPF_NODE_INVALID);
}

static void show_invalid(const struct spf_case *at, struct finding *finding,
                         const struct spf_place *place)
{
    const struct spf_term *error = place->node->record->error;

    set_text(finding, "culprit", place->node->domain);
    spf_show_place(at, finding, place);
    spf_show(finding, place->node, error->error_start, error->error_size);
    saw(finding, NULL, "in the record of %s, %s: %s", place->node->domain,
        spf_quote(at, place->node, error), error->error);
}

static bool leads_back(const struct spf_place *place)
{
    return leads_to(place, SPF_NODE_LOOP);
}

static void show_loop(const struct spf_case *at, struct finding *finding,
                      const struct spf_place *place)
{
    spf_show_place(at, finding, place);
    saw(finding, NULL, "the way leads in a circle: %s", spf_path_of(at, place->node));
}

/* ---- hosts ---- */

static bool has_too_many_hosts(const struct spf_place *place)
{
    return place->term->kind == SPF_MX && place->is_reached && place->host_count > SPF_HOSTS_MOST;
}

static void show_hosts(const struct spf_case *at, struct finding *finding,
                       const struct spf_place *place)
{
    spf_show_place(at, finding, place);
    saw(finding, &place->mx->evidence, "%s names %zu mail hosts, and %d is the limit", place->name,
        place->host_count, (int)SPF_HOSTS_MOST);
    finding->title = arena_print(pass_memory(at->x),
                                 "an mx of the record leads to %zu hosts, and %d are allowed",
                                 place->host_count, (int)SPF_HOSTS_MOST);
}

static bool asks_backwards(const struct spf_place *place)
{
    return place->term->kind == SPF_PTR && place->is_reached;
}

static void show_ptr(const struct spf_case *at, struct finding *finding,
                     const struct spf_place *place)
{
    spf_show_place(at, finding, place);
    if (spf_is_own(place->in))
        finding_severity(finding, SEVERITY_WARNING);
}

/* ---- who is let through ---- */

/* A pass of this place is a pass of the domain: no record on the way is an error, and every include
 * says + itself. */
static bool passes(const struct spf_place *place)
{
    const struct spf_node *node = place->in;

    if (!place->is_reached || place->term->qualifier != '+')
        return false;
    for (; node->from && node->state == SPF_NODE_VALID; node = node->from->in) {
        if (node->from->term->kind == SPF_INCLUDE && node->from->term->qualifier != '+')
            return false;
    }
    return node->state == SPF_NODE_VALID;
}

static bool says_nothing(const struct spf_place *place)
{
    return place->term->kind == SPF_ALL && place->term->qualifier == '?' && place->is_reached &&
           place->in->state == SPF_NODE_VALID && spf_is_own(place->in);
}

static bool is_permissive(const struct spf_place *place)
{
    return (place->term->kind == SPF_ALL || spf_width_of(place->term) != SPF_WIDTH_USUAL) &&
           passes(place);
}

static void show_neutral(const struct spf_case *at, struct finding *finding,
                         const struct spf_place *place)
{
    spf_show_place(at, finding, place);
    saw(finding, NULL, "?all: the result for all others is neutral, as if nothing were published");
}

static void rate(struct finding *finding, enum severity severity, const char *title)
{
    if (finding->title && finding->severity <= severity)
        return;
    finding_severity(finding, severity);
    finding->title = title;
}

static void show_permissive(const struct spf_case *at, struct finding *finding,
                            const struct spf_place *place)
{
    spf_show_place(at, finding, place);
    if (place->term->kind == SPF_ALL || spf_width_of(place->term) == SPF_WIDTH_EVERYBODY) {
        rate(finding, SEVERITY_CRITICAL, "the record lets everybody send in the domain's name");
        saw(finding, NULL, "%s lets through %s", spf_quote(at, place->in, place->term),
            place->term->kind == SPF_ALL ? "every sender there is"
                                         : "a part of the Internet that is no organisation's");
    } else {
        rate(finding, SEVERITY_WARNING, "the record lets very large networks send");
        saw(finding, NULL, "%s lets through more than a million addresses",
            spf_quote(at, place->in, place->term));
    }
}

/* ---- one walk for all of them ---- */

static const struct charge {
    const struct finding_kind *kind;
    bool (*stands)(const struct spf_place *place);
    void (*show)(const struct spf_case *at, struct finding *finding, const struct spf_place *place);
    bool is_repaired; /* in the corrected record, where it is a term of the domain's own */
} charges[] = {
    {&spf_include_none, leads_to_none, show_none, true},
    {&spf_include_multiple, leads_to_several, show_several, false},
    {&spf_include_syntax, leads_to_invalid, show_invalid, false},
    {&spf_include_loop, leads_back, show_loop, true},
    {&spf_mx_limit, has_too_many_hosts, show_hosts, false},
    {&spf_ptr, asks_backwards, show_ptr, false},
    {&spf_permissive, is_permissive, show_permissive, true},
    {&spf_neutral_all, says_nothing, show_neutral, false},
};

enum { CHARGES = sizeof charges / sizeof *charges };

struct walk {
    struct spf_case *at;
    struct finding *findings[CHARGES];
    size_t shown[CHARGES];
    struct spf_owners owners[CHARGES];
    bool own[CHARGES];   /* all of them stand in the domain's own record and can be repaired */
    bool below[CHARGES]; /* one leads to another record, or stands in one */
    struct finding *unread_records; /* what could not be had */
    struct finding *unread_addresses;
    unsigned followed;
};

/* Where else to send is not for us to know, nor which network was meant: those stay. */
static bool is_repaired(const struct charge *charge, const struct spf_place *place)
{
    if (place->in->from || place->term->kind == SPF_REDIRECT)
        return false;
    return charge->is_repaired && (charge->kind != &spf_permissive || place->term->kind == SPF_ALL);
}

static void charge(struct walk *walk, unsigned index, const struct spf_place *place)
{
    struct finding **finding = &walk->findings[index];

    if (!*finding) {
        *finding = spf_charge(walk->at, charges[index].kind);
        walk->own[index] = true;
    }
    spf_set_owner(*finding, place, &walk->owners[index]);
    walk->own[index] = walk->own[index] && is_repaired(&charges[index], place);
    walk->below[index] = walk->below[index] || spf_is_below(place);
    if (walk->shown[index]++ < SPF_SHOWN_MOST)
        charges[index].show(walk->at, *finding, place);
}

/* A name that no question can hold leads nowhere, and that is known. */
static bool is_unread(const struct evidence *item)
{
    return item->status != STATUS_OK && item->status != STATUS_INVALID;
}

static void tell_unread_record(struct walk *walk, const struct evidence *item)
{
    if (!is_unread(item))
        return;
    if (!walk->unread_records)
        walk->unread_records = unknown(walk->at->x, &spf_include_none,
                                       "not all records that this one leads to could be read");
    if (walk->unread_records->seen_count < SPF_SHOWN_MOST)
        saw_failure(walk->unread_records, item);
}

static void tell_unread_host(struct walk *walk, const struct dns_answer *answer)
{
    if (!answer || !is_unread(&answer->evidence))
        return;
    if (!walk->unread_addresses)
        walk->unread_addresses = unknown(walk->at->x, &spf_void_lookups,
                                         "not all hosts that the record names could be asked for");
    if (walk->unread_addresses->seen_count < SPF_SHOWN_MOST)
        saw_failure(walk->unread_addresses, &answer->evidence);
}

static void read_place(struct walk *walk, const struct spf_place *place)
{
    if (source_of(place))
        tell_unread_record(walk, source_of(place));
    tell_unread_host(walk, place->mx);
    for (int family = 0; family < SPF_FAMILIES; family++) {
        tell_unread_host(walk, place->addresses[family]);
        for (size_t i = 0; place->hosts && i < place->host_count; i++)
            tell_unread_host(walk, place->hosts[i].addresses[family]);
    }
}

static void visit(void *context, const struct spf_place *place)
{
    struct walk *walk = context;

    walk->followed += place->node && place->is_reached;
    walk->at->has_macros |= place->node && place->node->state == SPF_NODE_MACRO;
    for (unsigned i = 0; i < CHARGES; i++) {
        if (charges[i].stands(place))
            charge(walk, i, place);
    }
    if (place->is_reached)
        read_place(walk, place);
}

static bool is_charged(const struct walk *walk, const struct finding_kind *kind)
{
    for (unsigned i = 0; i < CHARGES; i++) {
        if (charges[i].kind == kind)
            return walk->findings[i] != NULL;
    }
    return false;
}

void spf_judge_tree(struct spf_case *at)
{
    struct walk walk = {.at = at};

    spf_tree_walk(at->judged->tree, visit, &walk);
    for (unsigned i = 0; i < CHARGES; i++) {
        if (walk.own[i])
            spf_offer_fix(at, walk.findings[i]);
        if (walk.below[i])
            spf_draw(at, walk.findings[i], &spf_include_tree, charges[i].stands);
    }
    at->lacks_records = walk.unread_records != NULL;
    at->lacks_addresses = walk.unread_addresses != NULL;
    if (walk.followed > 0 && !walk.unread_records && !is_charged(&walk, &spf_include_none))
        healthy(at->x, &spf_include_none, "what include and redirect lead to has a record");
    if (!is_charged(&walk, &spf_permissive))
        healthy(at->x, &spf_permissive,
                "no more senders are let through than a network of usual "
                "size");
}
