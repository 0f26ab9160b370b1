/* The mechanisms of SPF (RFC 7208 5), but for include, which evaluates a record of its own. */
#include "probes/spf/evaluation.h"

#include <string.h>

static const char *client_text(const struct spf_trial *trial, char *text)
{
    ip_format(&trial->evaluation->values.ip, text);
    return text;
}

static enum spf_match try_all(const struct spf_trial *trial)
{
    spf_tell_step(trial->evaluation, trial->step, NULL, "matches whoever sends");
    return SPF_MATCH;
}

static unsigned length_of(const struct spf_trial *trial)
{
    bool is_v6 = trial->evaluation->values.ip.family == IP_V6;

    return is_v6 ? trial->term->v6_length : trial->term->v4_length;
}

static enum spf_match try_network(const struct spf_trial *trial)
{
    const struct ip_address *ip = &trial->evaluation->values.ip;
    bool matches = ip_is_in_network(ip, &trial->term->network, length_of(trial));

    if (trial->step != SPF_NO_STEP) {
        char client[IP_TEXT_SIZE], network[IP_TEXT_SIZE];

        ip_format(&trial->term->network, network);
        spf_tell_step(trial->evaluation, trial->step, NULL, "%s is %s %s/%u",
                      client_text(trial, client), matches ? "in" : "not in", network,
                      trial->term->kind == SPF_IP4 ? trial->term->v4_length
                                                   : trial->term->v6_length);
    }
    return matches ? SPF_MATCH : SPF_NO_MATCH;
}

/* The record among the addresses that the client is one of, or in the network of; or NULL. */
static const struct dns_record *find_address(const struct spf_trial *trial,
                                             const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(answer, record))) {
        if (ip_is_in_network(&trial->evaluation->values.ip, &record->data.ip, length_of(trial)))
            break;
    }
    return record;
}

static void tell_absence(const struct spf_trial *trial, const char *host,
                         const struct dns_answer *answer)
{
    if (dns_answer_no_such_name(answer))
        spf_tell_step(trial->evaluation, trial->step, answer, "%s does not exist", host);
    else
        spf_tell_step(trial->evaluation, trial->step, answer, "%s has no %s records", host,
                      dns_type_name((uint16_t)answer->type));
}

/* What the addresses of a host, which is the target itself or one of its mail exchangers, say. */
static void tell_addresses(const struct spf_trial *trial, const char *host,
                           const struct dns_answer *answer, const struct dns_record *found)
{
    char client[IP_TEXT_SIZE], address[IP_TEXT_SIZE];

    if (trial->step == SPF_NO_STEP)
        return;
    client_text(trial, client);
    if (found) {
        ip_format(&found->data.ip, address);
        spf_tell_step(trial->evaluation, trial->step, answer,
                      "%s is in %s/%u: %s has the address %s", client, address, length_of(trial),
                      host, address);
    } else if (dns_answer_has_records(answer)) {
        spf_tell_step(trial->evaluation, trial->step, answer,
                      "%s is not among the %s records of %s", client,
                      dns_type_name((uint16_t)answer->type), host);
    } else {
        tell_absence(trial, host, answer);
    }
}

static enum spf_match try_a(const struct spf_trial *trial)
{
    const struct dns_answer *answer = spf_look_up_addresses(trial->evaluation, trial->name);
    const struct dns_record *found;

    if (!answer || !spf_is_answer(trial->evaluation, answer, "5.3"))
        return SPF_UNDECIDED;
    found = find_address(trial, answer);
    tell_addresses(trial, trial->name, answer, found);
    return found ? SPF_MATCH : SPF_NO_MATCH;
}

static bool is_null_exchanger(const struct dns_record *mx)
{
    return mx->data.mx.exchange[0] == '\0' || strcmp(mx->data.mx.exchange, ".") == 0;
}

/*
 * All hosts are looked up before any is compared, as RFC 7208 5.4 has it: so an error of any
 * of them counts.
 */
static enum spf_match try_hosts(const struct spf_trial *trial, const struct dns_answer *exchangers)
{
    struct spf_evaluation *evaluation = trial->evaluation;
    const struct dns_record *mx = NULL;
    enum spf_match match = SPF_NO_MATCH;
    unsigned missing = evaluation->missing;

    spf_tell_step(evaluation, trial->step, exchangers, "no MX host of %s has %s records",
                  trial->name, evaluation->values.ip.family == IP_V6 ? "AAAA" : "A");
    while ((mx = dns_answer_next(exchangers, mx))) {
        const struct dns_answer *answer;
        const struct dns_record *found;

        if (is_null_exchanger(mx))
            continue;
        answer = spf_look_up_addresses(evaluation, mx->data.mx.exchange);
        if (evaluation->is_over || (answer && !spf_is_answer(evaluation, answer, "5.4")))
            return SPF_UNDECIDED;
        found = answer ? find_address(trial, answer) : NULL;
        if (match == SPF_NO_MATCH && answer && dns_answer_has_records(answer))
            tell_addresses(trial, mx->data.mx.exchange, answer, found);
        match = found ? SPF_MATCH : match;
    }
    return evaluation->missing == missing ? match : SPF_UNDECIDED;
}

static enum spf_match try_mx(const struct spf_trial *trial)
{
    struct spf_evaluation *evaluation = trial->evaluation;
    const struct dns_answer *answer = spf_look_up(evaluation, trial->name, DNS_MX);
    const struct dns_record *mx = NULL;
    unsigned count = 0;

    if (!answer || !spf_is_answer(evaluation, answer, "5.4"))
        return SPF_UNDECIDED;
    while ((mx = dns_answer_next(answer, mx)))
        count++;
    if (count > SPF_HOSTS_MOST) {
        spf_end(evaluation, SPF_RESULT_PERMERROR, &answer->evidence,
                "%s has %u MX records, and more than %d are a permanent error for mx "
                "(RFC 7208 section 4.6.4)",
                trial->name, count, SPF_HOSTS_MOST);
        return SPF_UNDECIDED;
    }
    if (count > 0)
        return try_hosts(trial, answer);
    tell_absence(trial, trial->name, answer);
    return SPF_NO_MATCH;
}

static enum spf_match try_ptr(const struct spf_trial *trial)
{
    struct spf_names names;

    if (!spf_validated_names(trial->evaluation, &names))
        return SPF_UNDECIDED;
    for (size_t i = 0; i < names.count; i++) {
        if (dns_name_is_below(names.list[i], trial->name)) {
            spf_tell_step(trial->evaluation, trial->step, names.source,
                          "the client's validated name %s ends in %s", names.list[i], trial->name);
            return SPF_MATCH;
        }
    }
    spf_tell_step(trial->evaluation, trial->step, names.source,
                  "none of the client's %zu validated names ends in %s", names.count, trial->name);
    return SPF_NO_MATCH;
}

static enum spf_match try_exists(const struct spf_trial *trial)
{
    const struct dns_answer *answer = spf_look_up(trial->evaluation, trial->name, DNS_A);
    bool exists;

    if (!answer || !spf_is_answer(trial->evaluation, answer, "5.7"))
        return SPF_UNDECIDED;
    exists = dns_answer_has_records(answer);
    if (exists)
        spf_tell_step(trial->evaluation, trial->step, answer, "%s has an A record", trial->name);
    else
        tell_absence(trial, trial->name, answer);
    return exists ? SPF_MATCH : SPF_NO_MATCH;
}

enum spf_match spf_try(const struct spf_trial *trial)
{
    static enum spf_match (*const tries[SPF_TERM_KIND_COUNT])(const struct spf_trial *trial) = {
        [SPF_ALL] = try_all,      [SPF_A] = try_a,         [SPF_MX] = try_mx,
        [SPF_PTR] = try_ptr,      [SPF_IP4] = try_network, [SPF_IP6] = try_network,
        [SPF_EXISTS] = try_exists};

    return tries[trial->term->kind](trial);
}
