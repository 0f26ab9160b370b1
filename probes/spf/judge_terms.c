/* What the terms of a record amount to: whom they let through, and what they do in vain. */
#include "probes/spf/charge.h"
#include "probes/spf/kinds.h"
#include "probes/spf/network.h"

#include <string.h>

enum { COMPARED_MOST = 512 }; /* terms that are compared with each other */

/* The node whose record speaks last: redirect followed, where it is (RFC 7208 6.1). */
static const struct spf_node *last_node(const struct spf_node *node)
{
    for (size_t i = 0; node->record && i < node->record->term_count; i++) {
        const struct spf_place *place = &node->places[i];

        if (place->term->kind == SPF_REDIRECT && place->is_reached && place->node)
            return last_node(place->node);
    }
    return node;
}

/* ---- the end of a record ---- */

static void judge_end(struct spf_case *at)
{
    const struct spf_node *last = last_node(at->top);
    struct finding *finding;

    if (at->record->error || last->state != SPF_NODE_VALID || !last->record)
        return;
    if (last->record->all) {
        healthy(at->x, &spf_no_all, "the record says what becomes of all other senders");
        return;
    }
    finding = spf_charge(at, &spf_no_all);
    spf_show(finding, last, last->record->size, 0);
    if (last != at->top)
        saw(finding, NULL, "redirect= leads to this record, that of %s", last->domain);
    saw(finding, NULL, "it ends without all and without redirect=, which means ?all: neutral");
    if (last == at->top)
        spf_offer_fix(at, finding);
}

/* ---- behind all ---- */

static struct finding *tell_unreached(struct spf_case *at, struct finding *finding,
                                      const struct spf_place *place)
{
    bool excludes = place->term->qualifier == '+' && place->term->kind != SPF_ALL;

    if (!finding) {
        finding = spf_charge(at, &spf_after_all);
        finding_severity(finding, SEVERITY_INFO);
    }
    if (excludes)
        finding_severity(finding, SEVERITY_WARNING);
    spf_show_term(finding, place->in, place->term);
    if (place->term->kind == SPF_REDIRECT)
        saw(finding, NULL,
            "beside all, redirect= is ignored, wherever it stands (RFC 7208 section "
            "6.1)");
    else
        saw(finding, NULL, "%s stands behind all, which every sender matches: it never counts",
            spf_quote(at, place->in, place->term));
    return finding;
}

static void judge_unreached(struct spf_case *at)
{
    const struct spf_term *all = at->record->all;
    struct finding *finding = NULL;

    if (!all)
        return;
    for (size_t i = 0, shown = 0; i < at->record->term_count && shown < SPF_SHOWN_MOST; i++) {
        const struct spf_place *place = &at->top->places[i];

        if (place->is_reached ||
            (!spf_is_mechanism(place->term->kind) && place->term->kind != SPF_REDIRECT))
            continue;
        finding = tell_unreached(at, finding, place);
        shown++;
    }
    spf_offer_fix(at, finding);
}

/* ---- twice ---- */

/* The first term that leaves nothing for this one to decide, as it says the same; or NULL. */
static const struct spf_term *find_earlier(const struct spf_record *record,
                                           const struct spf_term *term)
{
    for (const struct spf_term *earlier = record->terms; earlier < term; earlier++) {
        if (earlier->kind == term->kind &&
            (spf_same_term(record, earlier, record, term) || spf_covers(earlier, term)))
            return earlier;
    }
    return NULL;
}

static void show_duplicate(struct spf_case *at, struct finding *finding,
                           const struct spf_place *place, const struct spf_term *earlier)
{
    const char *text = spf_quote(at, at->top, place->term);

    spf_show_term(finding, at->top, place->term);
    if (spf_covers(earlier, place->term))
        saw(finding, NULL, "%s is covered by %s, which stands before it", text,
            spf_quote(at, at->top, earlier));
    else
        saw(finding, NULL, "%s stands there before%s", text,
            place->lookups ? ", and costs its lookups each time" : "");
}

static void judge_duplicates(struct spf_case *at)
{
    const struct spf_record *record = at->record;
    struct finding *finding = NULL;

    for (size_t i = 1; i < record->term_count && i < COMPARED_MOST; i++) {
        const struct spf_place *place = &at->top->places[i];
        const struct spf_term *earlier;

        if (!spf_is_mechanism(place->term->kind) || place->term->error || !place->is_reached ||
            !(earlier = find_earlier(record, place->term)))
            continue;
        if (!finding)
            finding = spf_charge(at, &spf_duplicate_term);
        if (finding->seen_count < SPF_SEEN_MOST)
            show_duplicate(at, finding, place, earlier);
    }
    spf_offer_fix(at, finding);
}

/* ---- networks ---- */

static void judge_host_bits(struct spf_case *at)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < at->record->term_count; i++) {
        const struct spf_term *term = &at->record->terms[i];
        char network[IP_NETWORK_TEXT_SIZE];

        if (!spf_has_host_bits(term) || (finding && finding->seen_count >= SPF_SEEN_MOST))
            continue;
        if (!finding)
            finding = spf_charge(at, &spf_host_bits);
        spf_format_network(term, network);
        spf_show_term(finding, at->top, term);
        saw(finding, NULL, "%s lets the whole network %s send, not one address",
            spf_quote(at, at->top, term), network);
    }
    spf_offer_fix(at, finding);
}

void spf_judge_terms(struct spf_case *at)
{
    judge_end(at);
    judge_unreached(at);
    judge_duplicates(at);
    judge_host_bits(at);
}
