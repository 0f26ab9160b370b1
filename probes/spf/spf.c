/*
 * SPF: which records a domain or a host that sends publishes, as the Internet sees
 * them (RFC 7208 4.5).
 */
#include "diag/read/spf.h"
#include "diag/probe.h"
#include "probes/public_dns.h"
#include "probes/site.h"
#include "probes/spf/check.h"
#include "probes/spf/judge.h"
#include "probes/spf/kinds.h"
#include "probes/spf/multiple.h"
#include "probes/spf/tell.h"
#include "probes/spf/tree.h"

#include <string.h>

/* ---- no record ---- */

/* A null MX says that the domain takes no mail (RFC 7505). */
static bool receives(const struct public_view *mx)
{
    const struct dns_record *record = NULL;

    if (mx->state != PUBLIC_KNOWN)
        return false;
    while ((record = dns_answer_next(mx->answers[0], record))) {
        if (strcmp(record->data.mx.exchange, ".") != 0)
            return true;
    }
    return false;
}

static void tell_none(struct examination *x, const struct subject *domain,
                      const struct spf_published *published, const struct public_view *mx)
{
    struct finding *finding;

    if (site_is_tenant(domain->name)) {
        not_applicable(x, &spf_none,
                       "a domain of a tenant of Microsoft 365, in which Microsoft publishes");
        return;
    }
    finding = spf_tell_none(x, domain, published);

    if (finding)
        set_text(finding, receives(mx) ? "receives" : "sends-only", "yes");
}

/* ---- views that differ, and those that could not be had ---- */

static void tell_disagreement(struct examination *x, const struct subject *subject,
                              const struct spf_published *const *views, size_t count)
{
    struct finding *finding = found(x, &dns_servers_disagree);

    spf_set_common(x, finding, subject, views[0]);
    for (size_t i = 0; i < count; i++) {
        spf_show_records(finding, views[i]);
        if (i > 0)
            spf_set_server(finding, views[i]);
    }
}

static void tell_unheard(struct examination *x, const struct subject *subject,
                         const struct public_view *view)
{
    struct finding *finding =
        unknown(x, &dns_servers_disagree, "%zu of %zu name servers of the zone gave no answer",
                view->unheard_count, view->unheard_count + view->count);

    spf_set_common(x, finding, subject, NULL);
    for (size_t i = 0; i < view->unheard_count; i++) {
        if (view->unheard[i]->at.port == DNS_PORT)
            set_address(finding, "unheard", &view->unheard[i]->at.ip);
    }
    for (size_t i = 0; i < view->unheard_count; i++) {
        const struct evidence *item = &view->unheard[i]->evidence;

        if (item->status == STATUS_OK)
            saw(finding, item, "it answers, but does not hold the zone (no authority)");
        else
            saw_failure(finding, item);
    }
}

static void tell_split(struct examination *x, const struct subject *subject,
                       const struct spf_published *inside, const struct spf_published *outside)
{
    struct finding *finding = found(x, &dns_split_view);

    spf_set_common(x, finding, subject, outside);
    saw(finding, NULL, "the resolver of this machine:");
    spf_show_records(finding, inside);
    saw(finding, NULL, "the domain's own name servers:");
    spf_show_records(finding, outside);
}

/* The hosts that an MX record names become subjects; here that record cannot be read. */
static void tell_unknown_hosts(struct examination *x, const struct subject *domain,
                               const struct public_view *mx)
{
    struct finding *finding =
        unknown(x, &spf_multiple, "its mail hosts are not known, so their records were not read");

    spf_set_common(x, finding, domain, NULL);
    saw(finding, NULL, "%s", mx->reason);
    if (mx->obstacle)
        saw_failure(finding, mx->obstacle);
}

/* ---- judging ---- */

struct judgement { /* of the views of the servers that were heard */
    const struct spf_published
        *most; /* the view with the most records: the unluckiest receiver's */
    const struct spf_published *fewest;
};

/* Compares the servers with each other and with the resolver, and tells what is wrong. */
static struct judgement judge_name(struct examination *x, const struct subject *subject,
                                   const struct public_view *view,
                                   const struct spf_published *inside)
{
    const struct spf_published *views[PUBLIC_SERVERS_MOST] = {spf_select(view->answers[0])};
    struct judgement judgement = {views[0], views[0]};
    bool agree = true;

    for (size_t i = 1; i < view->count; i++) {
        views[i] = spf_select(view->answers[i]);
        agree = agree && spf_publish_the_same(views[0], views[i]);
        if (views[i]->count > judgement.most->count)
            judgement.most = views[i];
        if (views[i]->count < judgement.fewest->count)
            judgement.fewest = views[i];
    }
    if (!agree)
        tell_disagreement(x, subject, views, view->count);
    else if (view->unheard_count)
        tell_unheard(x, subject, view);
    if (agree && inside && inside->answer->evidence.status == STATUS_OK &&
        !spf_publish_the_same(inside, judgement.most))
        tell_split(x, subject, inside, judgement.most);
    if (judgement.most->count > 1)
        spf_tell_multiple(x, subject, judgement.most);
    else
        healthy(x, &spf_multiple, "not more than one SPF record is published");
    return judgement;
}

static const char private_name[] = "a name for private use, which nobody outside can see";

/* ---- domains ---- */

/* Hosts of the domain that receive also send; their own names hold records too (HELO, RFC
 * 7208 2.3). */
static void add_exchangers(struct examination *x, const struct subject *domain,
                           const struct public_view *mx)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(mx->answers[0], record))) {
        const char *host = record->data.mx.exchange;

        if (dns_name_is_below(host, domain->name) && !dns_name_equal(host, domain->name))
            add_subject(x, SUBJECT_SERVER, host);
    }
}

/*
 * Which addresses are asked for: all of them for a report; in an audit those that an
 * evaluation for the sender at hand asks for.
 */
static unsigned families_of(const struct settings *settings)
{
    const struct ip_address *sender = settings->senders;

    if (settings->deep)
        return SPF_BOTH_FAMILIES;
    if (settings->sender_count > 0 && sender->family == IP_V6 && !ip_is_v4_mapped(sender))
        return 1u << SPF_V6;
    return 1u << SPF_V4;
}

/* What `exdiag audit` prints of a domain. `verdict` may be NULL. */
static void tell_facts(struct examination *x, const struct spf_published *published,
                       const struct spf_tree *tree, const struct spf_verdict *verdict)
{
    unsigned families = families_of(ask_settings(x));

    tell_number(x, "records", published->count);
    if (verdict)
        tell_text(x, "result", spf_result_word(verdict->result));
    tell_number(x, "lookups", tree->lookups);
    tell_number(x, "depth", tree->depth);
    tell_number(x, "void_lookups", tree->voids[families == 1u << SPF_V6 ? SPF_V6 : SPF_V4]);
}

static const struct gauge lookups = {
    .id = "spf_lookups",
    .help = "DNS lookups that the SPF record needs; more than 10 are a permanent error",
    .critical = SPF_LOOKUPS_MOST,
};
static const struct gauge voids = {
    .id = "spf_void_lookups",
    .help = "Lookups of the SPF record that find nothing; more than 2 are a permanent error",
    .critical = SPF_VOIDS_MOST,
};

static void measure_costs(struct examination *x, const struct spf_tree *tree)
{
    unsigned families = families_of(ask_settings(x));

    measure(x, &lookups, NULL, (int64_t)tree->lookups);
    measure(x, &voids, NULL, (int64_t)tree->voids[families == 1u << SPF_V6 ? SPF_V6 : SPF_V4]);
}

/* What a receiver makes of a message from the first sender. False while that is on its way. */
static bool evaluate(struct examination *x, const struct subject *domain,
                     struct spf_verdict *verdict)
{
    const struct settings *settings = ask_settings(x);
    const struct spf_message message = {.ip = settings->senders[0],
                                        .local = settings->sender_local,
                                        .domain = domain->name,
                                        .helo = settings->helo,
                                        .brief = !settings->deep};

    return spf_check_host(x, &message, NULL, verdict);
}

/* The records of the unluckiest receiver, with all that they lead to. */
static void judge_records(struct examination *x, const struct subject *domain,
                          const struct spf_published *published)
{
    const struct settings *settings = ask_settings(x);
    bool is_evaluated = settings->sender_count > 0, is_known = true;
    struct spf_verdict verdict;
    struct spf_tree tree = {0};

    if (published->count == 1)
        is_known = spf_tree_grow(x, domain->name, published, NULL, families_of(settings), &tree);
    if (is_evaluated)
        is_known = evaluate(x, domain, &verdict) && is_known;
    if (!is_known)
        return;
    tell_facts(x, published, &tree, is_evaluated ? &verdict : NULL);
    if (published->count == 1)
        measure_costs(x, &tree);
    if (published->count == 1)
        spf_judge(x,
                  &(struct spf_judged){domain, spf_place_of(domain, published), &tree, published});
}

static void judge_domain(struct examination *x, const struct subject *domain,
                         const struct public_view *txt, const struct public_view *mx,
                         const struct spf_published *inside)
{
    struct judgement judgement;
    struct spf_verdict verdict;

    if (txt->state == PUBLIC_NONE) {
        not_applicable(x, &spf_none, "%s", private_name);
        not_applicable(x, &spf_multiple, "%s", private_name);
        return;
    }
    if (txt->state == PUBLIC_UNREACHABLE) {
        spf_tell_unseen(x, &spf_multiple, domain, txt, inside);
        spf_tell_unseen(x, &spf_none, domain, txt, inside);
        if (ask_settings(x)->sender_count > 0 && evaluate(x, domain, &verdict))
            tell_text(x, "result", spf_result_word(verdict.result));
        return;
    }
    judgement = judge_name(x, domain, txt, inside);
    if (judgement.most->count == 0)
        tell_none(x, domain, judgement.most, mx);
    else if (judgement.fewest->count > 0)
        healthy(x, &spf_none, "an SPF record is published");
    if (mx->state == PUBLIC_UNREACHABLE)
        tell_unknown_hosts(x, domain, mx);
    judge_records(x, domain, judgement.most);
}

/* Its mail exchangers are no part of an evaluation, so an audit does not ask for them. */
static struct public_view ask_exchangers(struct examination *x, const struct subject *domain)
{
    if (!ask_settings(x)->deep)
        return (struct public_view){.state = PUBLIC_NONE};
    return public_dns(x, domain->name, DNS_MX);
}

static void examine_domain(struct examination *x, const struct subject *domain)
{
    struct public_view txt = public_dns(x, domain->name, DNS_TXT);
    struct public_view mx = ask_exchangers(x, domain);
    const struct dns_answer *inside = ask_dns(x, domain->name, DNS_TXT);
    bool asked_outside = ask_settings(x)->dns_count > 0;

    if (mx.state == PUBLIC_KNOWN)
        add_exchangers(x, domain, &mx);
    if (txt.state != PUBLIC_PENDING && mx.state != PUBLIC_PENDING && inside)
        judge_domain(x, domain, &txt, &mx, asked_outside ? NULL : spf_select(inside));
}

/* ---- servers ---- */

/* What stands at a domain's own name is told of the domain. */
static bool is_domain_too(struct examination *x, const struct subject *server)
{
    struct subject_list domains = ask_subjects(x, SUBJECT_DOMAIN);

    for (size_t i = 0; i < domains.count; i++) {
        if (dns_name_equal(domains.list[i]->name, server->name))
            return true;
    }
    return false;
}

static void examine_server(struct examination *x, const struct subject *server)
{
    struct public_view view;
    struct ip_address ip;

    if (is_domain_too(x, server))
        return;
    if (ip_parse(server->name, strlen(server->name), &ip) == STATUS_OK) {
        not_applicable(x, &spf_multiple, "an address: SPF records stand at names");
        return;
    }
    view = public_dns(x, server->name, DNS_TXT);
    if (view.state == PUBLIC_NONE)
        not_applicable(x, &spf_multiple, "%s", private_name);
    else if (view.state == PUBLIC_UNREACHABLE)
        spf_tell_unseen(x, &spf_multiple, server, &view, NULL);
    else if (view.state == PUBLIC_KNOWN)
        judge_name(x, server, &view, NULL);
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_DOMAIN)
        examine_domain(x, subject);
    else
        examine_server(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &spf_multiple, &spf_none, &dns_servers_disagree, &dns_split_view, SPF_RECORD_KINDS, NULL,
};

const struct probe probe_spf = {
    .name = "spf",
    .summary =
        "SPF records: how many there are, what is wrong with one and where it leads, views that differ",
    .needs = NEEDS_NETWORK,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER),
    .touches =
        "DNS questions (UDP and TCP port 53) about the domain, its mail exchangers and the names in "
        "its record: to the resolvers and, without --dns, to servers of their top-level domains "
        "and of the domains themselves",
    .noticed = "nothing but DNS questions, which every mail server asks all day",
    .kinds = kinds,
    .examine = examine,
};
