/* Addresses that a record lets through and no message on the Internet comes from. */
#include "probes/spf/charge.h"
#include "probes/spf/kinds.h"
#include "probes/spf/network.h"

struct addresses { /* of one a or mx term */
    unsigned count;
    unsigned reserved;
    const struct dns_answer *answer; /* the first with a reserved one */
    struct ip_address ip;
    const char *purpose;
};

static void count_addresses(struct addresses *addresses, const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    while (answer && (record = dns_answer_next(answer, record))) {
        const char *purpose = spf_reserved_for(&record->data.ip, 128);

        addresses->count++;
        if (!purpose || addresses->reserved++)
            continue;
        addresses->answer = answer;
        addresses->ip = record->data.ip;
        addresses->purpose = purpose;
    }
}

static void count_place(struct addresses *addresses, const struct spf_place *place)
{
    for (int family = 0; family < SPF_FAMILIES; family++) {
        count_addresses(addresses, place->addresses[family]);
        for (size_t i = 0; place->hosts && i < place->host_count; i++)
            count_addresses(addresses, place->hosts[i].addresses[family]);
    }
}

static struct finding *charge(struct spf_case *at, struct finding *finding,
                              const struct spf_place *place)
{
    if (!finding)
        finding = spf_charge(at, &spf_private_address);
    spf_show_term(finding, at->top, place->term);
    return finding;
}

static struct finding *judge_hosts(struct spf_case *at, struct finding *finding,
                                   const struct spf_place *place)
{
    struct addresses addresses = {0};
    char ip[IP_TEXT_SIZE];

    if (place->term->kind != SPF_A && place->term->kind != SPF_MX)
        return finding;
    count_place(&addresses, place);
    if (addresses.reserved == 0)
        return finding;
    finding = charge(at, finding, place);
    if (addresses.reserved == addresses.count)
        finding_severity(finding, SEVERITY_WARNING);
    ip_format(&addresses.ip, ip);
    saw(finding, &addresses.answer->evidence,
        "%s is an address %s; %u of the %u addresses that %s "
        "leads to are such",
        ip, addresses.purpose, addresses.reserved, addresses.count,
        spf_quote(at, at->top, place->term));
    return finding;
}

void spf_judge_addresses(struct spf_case *at)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < at->record->term_count; i++) {
        const struct spf_place *place = &at->top->places[i];
        const char *purpose = spf_term_reserved_for(place->term);

        if (!place->is_reached || (finding && finding->seen_count >= SPF_SEEN_MOST))
            continue;
        if (purpose) {
            finding = charge(at, finding, place);
            saw(finding, NULL, "addresses of this network are %s", purpose);
        } else {
            finding = judge_hosts(at, finding, place);
        }
    }
    spf_offer_fix(at, finding);
}
