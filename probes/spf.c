/*
 * SPF: which records a domain or a host that sends publishes, as the Internet sees
 * them (RFC 7208 4.5).
 */
#include "diag/read/spf.h"
#include "diag/probe.h"
#include "probes/public_dns.h"
#include "probes/spf_cost.h"
#include "probes/spf_kinds.h"
#include "probes/spf_merge.h"
#include "probes/spf_published.h"

#include <string.h>

enum {
    MARK_SIZE = 8,    /* bytes of a look-alike that are marked: its version */
    VERSION_SIZE = 6, /* v=spf1 */

    RECORD_MOST = 2000 /* bytes beyond which no record is proposed */
};

/* ---- showing ---- */

/* The strings of a record as a zone file has them: "v=spf1 " "mx -all". */
static void show_record(struct finding *finding, const struct spf_published *published,
                        size_t index)
{
    const struct dns_record *record = published->sources[index];
    struct buffer text;

    buffer_init(&text, 65535);
    for (size_t i = 0; i < record->data.txt.count; i++) {
        buffer_add_string(&text, i ? " \"" : "\"");
        buffer_add(&text, record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
        buffer_add_char(&text, '"');
    }
    /* What makes it one of several is its version, behind the quotation mark. */
    saw_marked(finding, &published->answer->evidence, text.text, text.size, 1,
               published->count > 1 ? VERSION_SIZE : 0);
    buffer_release(&text);
}

static void show_records(struct finding *finding, const struct spf_published *published)
{
    for (size_t i = 0; i < published->count; i++)
        show_record(finding, published, i);
    if (published->count == 0)
        saw(finding, &published->answer->evidence, "no SPF record");
}

static void show_look_alikes(struct examination *x, struct finding *finding,
                             const struct spf_published *published)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(published->answer, record))) {
        size_t size;
        const char *text = dns_record_text(record, pass_memory(x), &size);
        const char *hint = spf_look_alike(text, size);

        if (!hint)
            continue;
        saw_marked(finding, &published->answer->evidence, text, size, 0,
                   size < MARK_SIZE ? size : MARK_SIZE);
        saw(finding, NULL, "this is not an SPF record: %s", hint);
    }
}

/* ---- values of texts and steps ---- */

/* Tools like dig take the port apart, so a server at another one is left to be filled in. */
static void set_server(struct finding *finding, const struct spf_published *published)
{
    const struct net_address *server = &published->answer->server;

    if (server->port == DNS_PORT)
        set_address(finding, "server", &server->ip);
}

static void set_resolver(struct examination *x, struct finding *finding)
{
    const struct settings *settings = ask_settings(x);
    char text[NET_ADDRESS_TEXT_SIZE];

    if (settings->dns_count == 0)
        return;
    net_address_format(&settings->dns[0], DNS_PORT, text);
    set_vouched(finding, VALUE_TEXT, "resolver", text, strlen(text));
}

/*
 * Where the records stand: the name itself, or the end of its aliases, at which
 * everything has to be done then.
 */
static const char *place_of(const struct subject *subject, const struct spf_published *published)
{
    const struct dns_section *section = &published->answer->answer;

    for (size_t i = section->count; i > 0; i--) {
        const struct dns_record *record = &section->records[i - 1];

        if (record->type == DNS_CNAME)
            return record->data.name;
    }
    return subject->name;
}

static void set_common(struct examination *x, struct finding *finding,
                       const struct subject *subject, const struct spf_published *published)
{
    const char *name = published ? place_of(subject, published) : subject->name;

    if (name != subject->name)
        saw(finding, &published->answer->evidence,
            "%s is an alias (CNAME) of %s: records stand there", subject->name, name);
    if (subject->given && name == subject->name)
        set_vouched(finding, VALUE_NAME, "name", name, strlen(name));
    else
        set_value(finding, VALUE_NAME, "name", name, strlen(name));
    if (!published)
        return;
    set_resolver(x, finding);
    set_number(finding, "count", published->count);
    set_server(finding, published);
}

/* The strings of a record as they were found. */
static void set_former_record(struct finding *finding, const struct dns_record *record)
{
    struct buffer data;

    buffer_init(&data, 65535);
    for (size_t i = 0; i < record->data.txt.count; i++) {
        buffer_add_char(&data, (char)record->data.txt.strings[i].size);
        buffer_add(&data, record->data.txt.strings[i].bytes, record->data.txt.strings[i].size);
    }
    set_value(finding, VALUE_TXT_DATA, "former-record", data.text, data.size);
    buffer_release(&data);
}

/* ---- several records ---- */

static void set_remark(struct examination *x, struct finding *finding,
                       const struct spf_merge *merge, unsigned lookups)
{
    size_t size = strlen(merge->text);
    struct buffer remark;

    buffer_init(&remark, 1024);
    if (merge->remark)
        buffer_print(&remark, "%s; ", merge->remark);
    if (size > SPF_LONG_RECORD)
        buffer_print(
            &remark,
            "it has %zu bytes, and answers beyond %d are dropped on some ways: shorten it; ", size,
            (int)SPF_LONG_RECORD);
    buffer_print(&remark, "it needs %u of %d DNS lookups; check that it names every sender you use",
                 lookups, (int)SPF_LOOKUPS_MOST);
    set_text(finding, "remark", buffer_keep(&remark, pass_memory(x)));
}

/* The merged record, or what stands against it. */
static void set_merge(struct examination *x, struct finding *finding,
                      const struct spf_published *published, const struct spf_merge *merge)
{
    struct spf_cost cost = {0};
    struct spf_record record;

    if (merge->text && strlen(merge->text) > RECORD_MOST) {
        set_text(finding, "obstacle",
                 arena_print(pass_memory(x),
                             "together they have %zu bytes, and a record beyond %d is not received "
                             "everywhere",
                             strlen(merge->text), (int)SPF_LONG_RECORD));
        return;
    }
    if (merge->text) {
        spf_read(merge->text, strlen(merge->text), pass_memory(x), &record);
        if (!spf_count_cost(x, &record, published->answer->name, &cost))
            return;
    }
    if (!merge->text || cost.obstacle) {
        set_text(finding, "obstacle", merge->text ? cost.obstacle : merge->obstacle);
        return;
    }
    set_value(finding, VALUE_TXT, "merged-record", merge->text, strlen(merge->text));
    set_remark(x, finding, merge, cost.lookups);
}

static void tell_multiple(struct examination *x, const struct subject *subject,
                          const struct spf_published *published)
{
    struct finding *finding = found(x, &spf_multiple);
    struct spf_merge merge;

    set_common(x, finding, subject, published);
    show_records(finding, published);
    spf_merge(published->records, published->count, pass_memory(x), &merge);
    if (merge.identical)
        saw(finding, NULL,
            "the records say the same: they differ only in case, in spaces or in how their text "
            "is split into strings, and still count as %zu",
            published->count);
    for (size_t i = 0; i < published->count; i++)
        set_former_record(finding, published->sources[i]);
    set_merge(x, finding, published, &merge);
}

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
    struct finding *finding = found(x, &spf_none);

    set_common(x, finding, domain, published);
    if (dns_answer_no_such_name(published->answer)) {
        finding->title = "the domain does not exist";
        saw(finding, &published->answer->evidence, "the name does not exist (NXDOMAIN)");
        set_text(finding, "unregistered", "yes");
        return;
    }
    show_records(finding, published);
    show_look_alikes(x, finding, published);
    set_text(finding, receives(mx) ? "receives" : "sends-only", "yes");
}

/* ---- views that differ, and those that could not be had ---- */

static void tell_disagreement(struct examination *x, const struct subject *subject,
                              const struct spf_published *const *views, size_t count)
{
    struct finding *finding = found(x, &dns_servers_disagree);

    set_common(x, finding, subject, views[0]);
    for (size_t i = 0; i < count; i++) {
        show_records(finding, views[i]);
        if (i > 0)
            set_server(finding, views[i]);
    }
}

static void tell_unheard(struct examination *x, const struct subject *subject,
                         const struct public_view *view)
{
    struct finding *finding =
        unknown(x, &dns_servers_disagree, "%zu of %zu name servers of the zone gave no answer",
                view->unheard_count, view->unheard_count + view->count);

    set_common(x, finding, subject, NULL);
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

    set_common(x, finding, subject, outside);
    saw(finding, NULL, "the resolver of this machine:");
    show_records(finding, inside);
    saw(finding, NULL, "the domain's own name servers:");
    show_records(finding, outside);
}

static void tell_unknown(struct examination *x, const struct finding_kind *kind,
                         const struct subject *subject, const struct public_view *view,
                         const struct spf_published *inside)
{
    struct finding *finding = unknown(x, kind, "the public SPF records could not be read");

    set_common(x, finding, subject, NULL);
    saw(finding, NULL, "%s", view->reason);
    if (view->obstacle && view->obstacle->status != STATUS_OK)
        saw_failure(finding, view->obstacle);
    else if (view->obstacle)
        saw(finding, view->obstacle, "it answered without what was needed");
    if (inside && inside->answer->evidence.status == STATUS_OK) {
        saw(finding, NULL, "the resolver of this machine, which may see an internal zone:");
        show_records(finding, inside);
    }
}

/* The hosts that an MX record names become subjects; here that record cannot be read. */
static void tell_unknown_hosts(struct examination *x, const struct subject *domain,
                               const struct public_view *mx)
{
    struct finding *finding =
        unknown(x, &spf_multiple, "its mail hosts are not known, so their records were not read");

    set_common(x, finding, domain, NULL);
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
        tell_multiple(x, subject, judgement.most);
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

static void judge_domain(struct examination *x, const struct subject *domain,
                         const struct public_view *txt, const struct public_view *mx,
                         const struct spf_published *inside)
{
    struct judgement judgement;

    if (txt->state == PUBLIC_NONE) {
        not_applicable(x, &spf_none, "%s", private_name);
        not_applicable(x, &spf_multiple, "%s", private_name);
        return;
    }
    if (txt->state == PUBLIC_UNREACHABLE) {
        tell_unknown(x, &spf_multiple, domain, txt, inside);
        tell_unknown(x, &spf_none, domain, txt, inside);
        return;
    }
    judgement = judge_name(x, domain, txt, inside);
    if (judgement.most->count == 0)
        tell_none(x, domain, judgement.most, mx);
    else if (judgement.fewest->count > 0)
        healthy(x, &spf_none, "an SPF record is published");
    if (mx->state == PUBLIC_UNREACHABLE)
        tell_unknown_hosts(x, domain, mx);
}

static void examine_domain(struct examination *x, const struct subject *domain)
{
    struct public_view txt = public_dns(x, domain->name, DNS_TXT);
    struct public_view mx = public_dns(x, domain->name, DNS_MX);
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
        tell_unknown(x, &spf_multiple, server, &view, NULL);
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
    &spf_multiple, &spf_none, &dns_servers_disagree, &dns_split_view, NULL,
};

const struct probe probe_spf = {
    .name = "spf",
    .summary = "SPF records: several at one name, none, and views of DNS that differ",
    .needs = NEEDS_NETWORK,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER),
    .touches =
        "DNS questions (UDP and TCP port 53) about the domain, its mail exchangers and, where "
        "records are merged, the names in them: to the resolvers and, without --dns, to "
        "servers of the top-level domain and of the domain itself",
    .noticed = "nothing but DNS questions, which every mail server asks all day",
    .kinds = kinds,
    .examine = examine,
};
