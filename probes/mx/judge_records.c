#include "probes/mx/judge.h"
#include "probes/mx/kinds.h"
#include "probes/public_dns.h"
#include "probes/spf/network.h"

#include <string.h>

static bool is_dangling(const struct mx_exchanger *exchanger)
{
    return exchanger->addresses == 0 && !mx_is_unresolved(exchanger);
}

static size_t count_dangling(const struct mx_exchangers *mx)
{
    size_t count = 0;

    for (size_t i = 0; i < mx->count; i++)
        count += is_dangling(&mx->list[i]);
    return count;
}

static void show_dangling(struct finding *finding, const struct subject *domain,
                          const struct mx_exchanger *exchanger)
{
    saw(finding, &exchanger->v4->evidence, "preference %u, %s: %s", exchanger->preference,
        exchanger->name,
        dns_answer_no_such_name(exchanger->v4) ? "the name does not exist (NXDOMAIN)"
                                               : "neither an IPv4 nor an IPv6 address");
    mx_set_record(finding, domain, exchanger);
}

static void tell_dangling(struct examination *x, const struct subject *domain,
                          const struct mx_exchangers *mx)
{
    struct finding *finding = found(x, &mx_no_address);

    mx_set_subject(x, finding, domain);
    if (count_dangling(mx) == mx->count) {
        finding_severity(finding, SEVERITY_CRITICAL);
        saw(finding, NULL, "no exchanger of the domain has one: no mail gets in");
    }
    for (size_t i = 0; i < mx->count; i++) {
        if (is_dangling(&mx->list[i]))
            show_dangling(finding, domain, &mx->list[i]);
    }
}

/* It stands in a log or an export of a network that may not be the one at hand. */
static void tell_not_called(struct examination *x, const struct subject *server,
                            const struct mx_exchangers *mx)
{
    struct finding *finding =
        unknown(x, &mx_no_address, "it has no address here: it was not called");

    mx_set_subject(x, finding, server);
    show_dangling(finding, server, &mx->list[0]);
}

static void show_unresolved(struct finding *finding, const struct mx_exchanger *exchanger)
{
    const struct dns_answer *answers[] = {exchanger->v4, exchanger->v6};

    for (size_t i = 0; i < 2; i++) {
        if (answers[i]->evidence.status != STATUS_OK)
            saw_failure(finding, &answers[i]->evidence);
    }
}

static void tell_unresolved(struct examination *x, const struct subject *subject,
                            const struct mx_exchangers *mx)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < mx->count; i++) {
        if (!mx_is_unresolved(&mx->list[i]))
            continue;
        if (!finding) {
            finding = unknown(x, &mx_no_address,
                              "not all addresses of the exchangers could be asked for");
            mx_set_subject(x, finding, subject);
        }
        show_unresolved(finding, &mx->list[i]);
    }
}

static void tell_left_out(struct examination *x, const struct subject *domain,
                          const struct mx_exchangers *mx)
{
    if (mx->total > mx->count)
        mx_set_subject(x,
                       unknown(x, &mx_no_address, "of %zu exchangers the first %zu were examined",
                               mx->total, mx->count),
                       domain);
    if (mx->address_total > mx->address_count)
        mx_set_subject(x,
                       unknown(x, &mx_unreachable, "of %zu addresses the first %zu were called",
                               mx->address_total, mx->address_count),
                       domain);
}

/* ---- names that are none ---- */

static void tell_aliases(struct examination *x, const struct subject *domain,
                         const struct mx_exchangers *mx)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < mx->count; i++) {
        const struct mx_exchanger *exchanger = &mx->list[i];

        if (!exchanger->alias || exchanger->addresses == 0)
            continue;
        if (!finding) {
            finding = found(x, &mx_cname);
            mx_set_subject(x, finding, domain);
        }
        saw(finding, &exchanger->v4->evidence, "preference %u, %s is an alias of %s",
            exchanger->preference, exchanger->name, exchanger->alias);
        mx_set_record(finding, domain, exchanger);
    }
}

static void tell_literals(struct examination *x, const struct subject *domain,
                          const struct mx_exchangers *mx)
{
    struct finding *finding = NULL;
    size_t count = 0;

    for (size_t i = 0; i < mx->count; i++) {
        if (mx->list[i].literal.family == IP_NONE)
            continue;
        if (!finding) {
            finding = found(x, &mx_ip_literal);
            mx_set_subject(x, finding, domain);
        }
        saw(finding, &mx->answer->evidence, "preference %u, %s", mx->list[i].preference,
            mx->list[i].name);
        mx_set_record(finding, domain, &mx->list[i]);
        count++;
    }
    if (finding && count == mx->count)
        finding_severity(finding, SEVERITY_CRITICAL);
}

static void tell_null(struct examination *x, const struct subject *domain,
                      const struct mx_exchangers *mx)
{
    struct finding *finding;

    if (!mx->has_null)
        return;
    finding = found(x, &mx_null);
    mx_set_subject(x, finding, domain);
    saw(finding, &mx->answer->evidence, "\"0 .\" beside %zu other MX record%s", mx->total,
        mx->total == 1 ? "" : "s");
}

/* ---- addresses that lead nowhere ---- */

/* Where a lab stands: nobody publishes these, but for 127.0.0.1 to say "no mail". */
static bool is_other_loopback(const struct ip_address *ip)
{
    static const struct ip_address loopback = {IP_V4, {127}}, first = {IP_V4, {127, 0, 0, 1}};

    return ip_is_in_network(ip, &loopback, 8) && !ip_equal(ip, &first);
}

/* What all addresses of an answer are set apart for; NULL if one of them can be reached. */
static const char *reserved_for(const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;
    const char *purpose = NULL;

    while ((record = dns_answer_next(answer, record))) {
        const struct ip_address *ip = &record->data.ip;

        purpose = spf_reserved_for(ip, ip->family == IP_V4 ? 32 : 128);
        if (!purpose || is_other_loopback(ip))
            return NULL;
    }
    return purpose;
}

static bool is_private_here(const struct mx_exchanger *exchanger)
{
    return exchanger->v4 && reserved_for(exchanger->v4) && !dns_answer_has_records(exchanger->v6);
}

static void show_private(struct finding *finding, const struct mx_exchanger *exchanger,
                         const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;
    char text[IP_TEXT_SIZE];

    while ((record = dns_answer_next(answer, record))) {
        ip_format(&record->data.ip, text);
        saw(finding, &answer->evidence, "preference %u, %s, %s: an address %s",
            exchanger->preference, exchanger->name, text, reserved_for(answer));
        set_address(finding, "address", &record->data.ip);
    }
}

/* The resolver here may see an inner zone: what counts is what the Internet sees. */
static void tell_private(struct examination *x, const struct subject *domain,
                         const struct mx_exchangers *mx)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < mx->count; i++) {
        struct public_view view;

        if (!is_private_here(&mx->list[i]))
            continue;
        view = public_dns(x, mx->list[i].name, DNS_A);
        if (view.state != PUBLIC_KNOWN)
            continue;
        if (!reserved_for(view.answers[0])) {
            healthy(x, &mx_private_address,
                    "%s has an address of its own inside, which was called; the public one is "
                    "another",
                    mx->list[i].name);
            continue;
        }
        if (!finding) {
            finding = found(x, &mx_private_address);
            mx_set_subject(x, finding, domain);
        }
        show_private(finding, &mx->list[i], view.answers[0]);
    }
}

void mx_judge_no_domain(struct examination *x, const struct subject *domain,
                        const struct mx_exchangers *mx)
{
    struct finding *finding = found(x, &mx_no_address);

    finding->title = "the domain does not exist";
    mx_set_subject(x, finding, domain);
    set_value(finding, VALUE_NAME, "missing", domain->name, strlen(domain->name));
    saw(finding, &mx->answer->evidence,
        "the domain does not exist (NXDOMAIN): every message to it comes back");
}

void mx_judge_records(struct examination *x, const struct subject *subject,
                      const struct mx_exchangers *mx)
{
    if (count_dangling(mx) && subject->kind == SUBJECT_SERVER && !subject->given)
        tell_not_called(x, subject, mx);
    else if (count_dangling(mx))
        tell_dangling(x, subject, mx);
    else if (mx->address_count > 0)
        healthy(x, &mx_no_address,
                mx->count == 1 ? "the exchanger has an address"
                               : "all %zu exchangers have an address",
                mx->count);
    tell_unresolved(x, subject, mx);
    tell_left_out(x, subject, mx);
    if (subject->kind != SUBJECT_DOMAIN || mx->is_implicit)
        return;
    tell_aliases(x, subject, mx);
    tell_literals(x, subject, mx);
    tell_null(x, subject, mx);
    tell_private(x, subject, mx);
}
