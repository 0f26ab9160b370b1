#include "probes/mx/judge.h"
#include "probes/mx/kinds.h"

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
            finding = unknown(x, &mx_no_address, "the addresses of an exchanger are not known");
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

void mx_judge_records(struct examination *x, const struct subject *domain,
                      const struct mx_exchangers *mx)
{
    if (count_dangling(mx))
        tell_dangling(x, domain, mx);
    else if (mx->address_count > 0)
        healthy(x, &mx_no_address,
                mx->count == 1 ? "the exchanger has an address"
                               : "all %zu exchangers have an address",
                mx->count);
    tell_unresolved(x, domain, mx);
    tell_left_out(x, domain, mx);
}
