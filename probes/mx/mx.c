/*
 * MX: whether those who take a domain's mail let senders in. RFC 5321 5.1; KB Q182821.
 */
#include "probes/mx/judge.h"
#include "probes/mx/kinds.h"
#include "probes/mx/log.h"
#include "probes/mx/trace.h"
#include "probes/organisation/organisation.h"
#include "probes/site.h"

#include <string.h>

/* What `exdiag audit` prints of a domain. */
static void tell_facts(struct examination *x, const struct mx_calls *calls)
{
    const struct mx_call *worst = mx_worst_call(calls);
    size_t stalled = 0;

    for (size_t i = 0; i < calls->count; i++)
        stalled += calls->list[i].verdict == MX_STALL || calls->list[i].verdict == MX_SILENT;
    tell_number(x, "exchangers", calls->mx->is_implicit ? 0 : calls->mx->total);
    tell_number(x, "addresses", calls->mx->address_total);
    tell_number(x, "stalled", stalled);
    if (worst)
        tell_text(x, "verdict", mx_verdict_word(worst->verdict));
    else if (calls->mx->state == MX_NO_MAIL || calls->mx->state == MX_NO_DOMAIN)
        tell_text(x, "verdict", calls->mx->state == MX_NO_MAIL ? "null-mx" : "no-domain");
}

static const struct gauge greeting = {
    .id = "mx_greeting_seconds",
    .help = "How long a greeting was waited for, whether it came or not",
    .decimals = 3,
    .is_in_seconds = true,
    .warning = MX_SLOW_FROM,
    .critical = MX_STALL_FROM,
};

static void measure_greetings(struct examination *x, const struct mx_calls *calls)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *call = &calls->list[i];
        char address[IP_TEXT_SIZE];

        if (!mx_call_connected(call))
            continue;
        ip_format(&call->address->ip, address);
        measure(x, &greeting, arena_print(pass_memory(x), "%s %s", call->exchanger->name, address),
                mx_waited(call->conversation));
    }
}

/* ---- domains ---- */

static void tell_unreadable(struct examination *x, const struct subject *domain,
                            const struct mx_exchangers *mx)
{
    struct finding *finding = unknown(x, &mx_no_address, "its mail exchangers are not known");

    mx_set_subject(x, finding, domain);
    saw(finding, NULL, "%s", mx->reason);
    if (mx->obstacle && mx->obstacle->status != STATUS_OK)
        saw_failure(finding, mx->obstacle);
}

/* Addresses that are known are called while others are still looked up. */
static void judge_exchangers(struct examination *x, const struct subject *domain,
                             const struct mx_exchangers *mx)
{
    const struct dns_answer **tlsa = mx_ask_tlsa(x, mx);
    struct mx_calls calls;

    if (!mx_call_all(x, domain, mx, SERVICE_SMTP, &calls) || !tlsa || mx->state == MX_PENDING)
        return;
    tell_facts(x, &calls);
    measure_greetings(x, &calls);
    mx_judge_records(x, domain, mx);
    mx_judge_calls(x, &calls);
    mx_judge_speech(x, &calls);
    mx_judge_tlsa(x, &calls, tlsa);
}

static void examine_domain(struct examination *x, const struct subject *domain)
{
    const struct mx_exchangers *mx = mx_exchangers_of(x, domain->name);

    if (mx->state == MX_NO_MAIL || mx->state == MX_NOWHERE || mx->state == MX_NO_DOMAIN)
        tell_facts(x, &(struct mx_calls){.mx = mx});
    switch (mx->state) {
    case MX_PENDING:
    case MX_FOUND:
        judge_exchangers(x, domain, mx);
        break;
    case MX_PRIVATE:
        not_applicable(x, &mx_no_address, "a name for private use, which nobody outside can see");
        break;
    case MX_NO_MAIL:
        not_applicable(x, &mx_no_address, "it takes no mail, and says so (null MX, RFC 7505)");
        break;
    case MX_NO_DOMAIN:
        mx_judge_no_domain(x, domain, mx);
        break;
    case MX_NOWHERE:
        not_applicable(x, &mx_no_address, "neither an MX record nor an address: it takes no mail");
        break;
    case MX_UNREADABLE:
        tell_unreadable(x, domain, mx);
        break;
    }
}

/* ---- servers ---- */

enum { DOMAINS_LOOKED_AT = 50 }; /* for one server: each of them takes questions */

static bool takes_mail_for(struct examination *x, const struct subject *server,
                           const struct subject *domain)
{
    const struct mx_exchangers *mx = mx_exchangers_of(x, domain->name);
    struct ip_address ip;

    for (size_t i = 0; i < mx->count; i++) {
        if (dns_name_equal(mx->list[i].name, server->name))
            return true;
    }
    if (ip_parse(server->name, strlen(server->name), &ip) != STATUS_OK)
        return false;
    for (size_t i = 0; i < mx->address_count; i++) {
        if (ip_equal(&mx->addresses[i].ip, &ip))
            return true;
    }
    return false;
}

/* Whether it is told of a domain that it takes mail for: the likely ones are looked at first. */
static bool is_exchanger(struct examination *x, const struct subject *server)
{
    struct subject_list domains = ask_subjects(x, SUBJECT_DOMAIN);
    size_t looked_at = 0;

    for (size_t i = 0; i < domains.count; i++) {
        if (dns_name_is_below(server->name, domains.list[i]->name) &&
            takes_mail_for(x, server, domains.list[i]))
            return true;
    }
    for (size_t i = 0; i < domains.count && looked_at < DOMAINS_LOOKED_AT; i++) {
        if (dns_name_is_below(server->name, domains.list[i]->name))
            continue;
        if (takes_mail_for(x, server, domains.list[i]))
            return true;
        looked_at++;
    }
    return false;
}

static bool is_connected_to(const struct mx_calls *calls)
{
    bool is_connected = false;

    for (size_t i = 0; i < calls->count; i++)
        is_connected = is_connected || mx_call_connected(&calls->list[i]);
    return is_connected;
}

/* One port by --port: what it does is told once. */
static bool is_told(const struct mx_calls *calls, const struct mx_calls *told)
{
    return calls->count > 0 && told->count > 0 &&
           calls->list[0].conversation == told->list[0].conversation;
}

static void judge_submission(struct examination *x, const struct mx_calls *calls)
{
    mx_judge_submission(x, calls);
    mx_judge_speech(x, calls);
}

static void examine_server(struct examination *x, const struct subject *server)
{
    const enum site_online online = site_online(server->name);
    const bool takes_submissions = server->given && online == SITE_NOT_ONLINE;
    const struct mx_exchangers *mx;
    struct mx_calls smtp, submission, submissions;
    bool is_pending = false, known;

    if (server->given && online == SITE_ONLINE) {
        not_applicable(x, &mx_banner_stall,
                       "Exchange Online: it takes mail at the hosts of a domain's MX records");
        return;
    }
    if (organisation_is_without_mail(x, server, &is_pending) || is_pending ||
        (!server->given && is_exchanger(x, server)))
        return;
    mx = mx_addresses_of_host(x, server->name);
    if (mx->state == MX_PENDING)
        return;
    known = mx_call_all(x, server, mx, SERVICE_SMTP, &smtp);
    if (takes_submissions) {
        known = mx_call_all(x, server, mx, SERVICE_SUBMISSION, &submission) && known;
        known = mx_call_all(x, server, mx, SERVICE_SUBMISSIONS, &submissions) && known;
    }
    if (!known)
        return;
    smtp.serves_submission =
        takes_submissions && (is_connected_to(&submission) || is_connected_to(&submissions));
    measure_greetings(x, &smtp);
    mx_judge_records(x, server, mx);
    mx_judge_calls(x, &smtp);
    mx_judge_speech(x, &smtp);
    if (!takes_submissions)
        return;
    if (!is_told(&submission, &smtp))
        judge_submission(x, &submission);
    if (!is_told(&submissions, &smtp) && !is_told(&submissions, &submission))
        judge_submission(x, &submissions);
}

/* ---- files ---- */

#define TRACES                                                                                     \
    (PROBE_READS(FILE_TYPE_PCAP) | PROBE_READS(FILE_TYPE_PCAPNG) | PROBE_READS(FILE_TYPE_NETMON) | \
     PROBE_READS(FILE_TYPE_NETMON_TEXT))
#define RECORDS                                                                                    \
    (PROBE_READS(FILE_TYPE_SMTP_SEND_LOG) | PROBE_READS(FILE_TYPE_TRACKING_LOG) |                  \
     PROBE_READS(FILE_TYPE_QUEUE_LIST) | PROBE_READS(FILE_TYPE_NDR))

static void examine_file(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);

    if (!digest || digest->evidence.status != STATUS_OK)
        return;
    if (TRACES & PROBE_READS(digest->type))
        mx_judge_trace(x, file);
    else if (RECORDS & PROBE_READS(digest->type))
        mx_judge_log(x, file);
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_DOMAIN)
        examine_domain(x, subject);
    else if (subject->kind == SUBJECT_SERVER)
        examine_server(x, subject);
    else if (subject->kind == SUBJECT_FILE)
        examine_file(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &mx_banner_stall,
    &mx_banner_slow,
    &mx_closes,
    &mx_refuses,
    &mx_unreachable,
    &mx_greeting_refused,
    &mx_no_address,
    &mx_cname,
    &mx_ip_literal,
    &mx_null,
    &mx_private_address,
    &mx_not_smtp,
    &mx_inspected,
    &mx_breaks_off,
    &mx_starttls,
    &mx_certificate,
    &mx_tlsa,
    &mx_trace_without_mail,
    NULL,
};

const struct probe probe_mx = {
    .name = "mx",
    .summary = "mail exchangers: whether each greets, and what it does instead",
    .needs = NEEDS_NETWORK | NEEDS_PATIENCE | NEEDS_FILE,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER) |
                PROBE_EXAMINES(SUBJECT_FILE),
    .reads = TRACES | RECORDS,
    .touches = "DNS questions about the domain's MX records and the addresses they lead to; one "
               "connection to port 25 of each address, and for a server named with --server also "
               "to ports 587 and 465. It says EHLO, STARTTLS and QUIT, after the greeting, and "
               "offers no mail. Network traces and senders' records given with --file; hosts and "
               "domains that those records name as failing are called too",
    .noticed = "a connection in the mail server's log that ends with QUIT and no message; where "
               "the server is silent, one that is open for as long as --patience says",
    .kinds = kinds,
    .examine = examine,
};
