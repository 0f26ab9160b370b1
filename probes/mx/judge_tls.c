/* What exchangers say once they are connected: SMTP at all, EHLO, STARTTLS, certificates. */
#include "diag/clock.h"
#include "probes/mx/judge.h"
#include "probes/mx/kinds.h"
#include "probes/mx/tlsa.h"

#include <string.h>

enum { CERT_HAS_EXPIRED = 10 }; /* X509_V_ERR_CERT_HAS_EXPIRED */

/* ---- what a conversation shows ---- */

static const struct smtp_exchange *done(const struct mx_call *call, enum smtp_step step)
{
    const struct smtp_exchange *exchange = smtp_exchange_of(call->conversation, step);

    return exchange && exchange->status == STATUS_OK ? exchange : NULL;
}

static bool is_accepted(const struct smtp_exchange *exchange)
{
    return exchange && exchange->status == STATUS_OK && exchange->reply.code >= 200 &&
           exchange->reply.code <= 299;
}

static const struct smtp_reply *ehlo_of(const struct mx_call *call)
{
    const struct smtp_exchange *ehlo = done(call, SMTP_EHLO);

    return is_accepted(ehlo) ? &ehlo->reply : NULL;
}

static bool offers_starttls(const struct mx_call *call)
{
    const struct smtp_reply *ehlo = ehlo_of(call);

    return ehlo && smtp_keyword(ehlo, "STARTTLS");
}

static bool has_tls(const struct mx_call *call)
{
    return call->conversation->tls.chain_count > 0;
}

/* ---- each address by itself, told together ---- */

typedef const char *call_fault(struct examination *x, const struct mx_call *call);

static void show_address(struct finding *finding, const struct mx_calls *calls,
                         const struct mx_call *call, const char *fault)
{
    char address[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&call->conversation->address, service_usual_port(SERVICE_SMTP), address);
    if (calls->subject->kind == SUBJECT_DOMAIN)
        saw(finding, &call->conversation->evidence, "preference %u, %s, %s: %s",
            call->exchanger->preference, call->exchanger->name, address, fault);
    else
        saw(finding, &call->conversation->evidence, "%s: %s", address, fault);
    mx_set_call(finding, call);
}

/* One problem for all addresses at which `fault` finds something; NULL if there are none. */
static struct finding *tell_faults(struct examination *x, const struct finding_kind *kind,
                                   const struct mx_calls *calls, call_fault *fault)
{
    struct finding *finding = NULL;

    for (size_t i = 0; i < calls->count; i++) {
        const char *text = fault(x, &calls->list[i]);

        if (!text)
            continue;
        if (!finding) {
            finding = found(x, kind);
            mx_set_subject(x, finding, calls->subject);
        }
        show_address(finding, calls, &calls->list[i], text);
    }
    return finding;
}

/* ---- SMTP ---- */

static bool is_strange(const struct mx_call *call)
{
    return call->verdict == MX_STRANGE &&
           smtp_exchange_of(call->conversation, SMTP_GREETING) != NULL;
}

static const char *strange_fault(struct examination *x, const struct mx_call *call)
{
    return is_strange(call) ? mx_call_text(x, call) : NULL;
}

static const char *inspected_fault(struct examination *x, const struct mx_call *call)
{
    const struct smtp_exchange *greeting = done(call, SMTP_GREETING);
    const struct smtp_exchange *ehlo = done(call, SMTP_EHLO);

    if (greeting && smtp_is_masked(&greeting->reply))
        return arena_print(pass_memory(x), "the greeting is written over: \"%s\"",
                           greeting->reply.line_count ? greeting->reply.lines[0].text : "");
    if (ehlo && smtp_is_masked(&ehlo->reply))
        return "the answer to EHLO is written over";
    return NULL;
}

/* The peer's own doing: what this machine could not do is no fault of its. */
static bool is_peers_end(enum status status)
{
    return status == STATUS_TIMED_OUT || status == STATUS_CLOSED || status == STATUS_MALFORMED ||
           status == STATUS_TOO_LARGE;
}

/* It greets, and EHLO breaks it. */
static const char *broken_fault(struct examination *x, const struct mx_call *call)
{
    const struct smtp_exchange *helo = smtp_exchange_of(call->conversation, SMTP_HELO);
    const struct smtp_exchange *step =
        helo ? helo : smtp_exchange_of(call->conversation, SMTP_EHLO);

    if (!mx_call_greeted(call) || !step || is_accepted(step))
        return NULL;
    if (step->status == STATUS_OK)
        return arena_print(
            pass_memory(x),
            helo ? "EHLO and HELO are both refused, with %u: what was said for a name, "
                   "EHLO an address in brackets, may be what is refused"
                 : "it greets, and answers EHLO with %u",
            step->reply.code);
    if (!is_peers_end(step->status))
        return NULL;
    return arena_print(pass_memory(x), "it greets, and then to %s: %s", helo ? "HELO" : "EHLO",
                       status_text(step->status));
}

/* Both greetings are refused for good: by some servers for the name that they hold. */
static size_t count_names_refused(const struct mx_calls *calls)
{
    size_t count = 0;

    for (size_t i = 0; i < calls->count; i++) {
        const struct smtp_exchange *helo = done(&calls->list[i], SMTP_HELO);

        count += helo && helo->reply.code >= 500;
    }
    return count;
}

/* ---- STARTTLS ---- */

/* It takes the handshake, and nothing can be said behind it. */
static const char *mute_behind_tls(struct examination *x, const struct mx_call *call)
{
    const struct smtp_exchange *ehlo = smtp_exchange_of(call->conversation, SMTP_EHLO_AGAIN);

    if (!ehlo || is_accepted(ehlo))
        return NULL;
    if (ehlo->status == STATUS_OK)
        return arena_print(pass_memory(x), "STARTTLS works, and EHLO behind it is refused with %u",
                           ehlo->reply.code);
    if (!is_peers_end(ehlo->status))
        return NULL;
    return arena_print(pass_memory(x), "STARTTLS works, and EHLO behind it is not answered: %s",
                       status_text(ehlo->status));
}

static const char *failed_starttls(struct examination *x, const struct mx_call *call)
{
    const struct smtp_exchange *starttls = smtp_exchange_of(call->conversation, SMTP_STARTTLS);
    const struct smtp_exchange *handshake = smtp_exchange_of(call->conversation, SMTP_HANDSHAKE);

    if (call->conversation->tls_at_once)
        return call->verdict == MX_STRANGE && handshake ? mx_call_text(x, call) : NULL;
    if (!offers_starttls(call) || !starttls)
        return NULL;
    if (starttls->status == STATUS_CANCELLED || starttls->status == STATUS_LIMIT)
        return NULL;
    if (starttls->status != STATUS_OK)
        return arena_print(pass_memory(x), "STARTTLS is offered and not answered: %s",
                           status_text(starttls->status));
    if (starttls->reply.code != 220)
        return arena_print(pass_memory(x), "STARTTLS is offered and refused with %u",
                           starttls->reply.code);
    if (!handshake || handshake->status == STATUS_INVALID)
        return NULL;
    if (handshake->status == STATUS_OK)
        return mute_behind_tls(x, call);
    return arena_print(pass_memory(x), "STARTTLS is offered, and the handshake fails: %s",
                       handshake->reason ? handshake->reason : status_text(handshake->status));
}

static const char *missing_starttls(struct examination *x, const struct mx_call *call)
{
    (void)x;
    if (call->conversation->tls_at_once || !ehlo_of(call) || offers_starttls(call))
        return NULL;
    return "STARTTLS is not offered";
}

static bool is_encrypted(const struct mx_call *call)
{
    return offers_starttls(call) && has_tls(call);
}

static void judge_starttls(struct examination *x, const struct mx_calls *calls)
{
    struct finding *failed = tell_faults(x, &mx_starttls, calls, failed_starttls);
    struct finding *missing = tell_faults(x, &mx_starttls, calls, missing_starttls);
    size_t encrypted = 0;

    if (missing)
        finding_severity(missing, SEVERITY_INFO);
    for (size_t i = 0; i < calls->count; i++)
        encrypted += is_encrypted(&calls->list[i]);
    if (!failed && !missing && encrypted)
        healthy(x, &mx_starttls, "STARTTLS works at every exchanger that greets");
}

/* ---- certificates ---- */

/* "2026-11-22" */
static const char *date_text(struct examination *x, int64_t time)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(time, text);
    return arena_copy(pass_memory(x), text, strlen("2026-11-22"));
}

static const char *expired_fault(struct examination *x, const struct mx_call *call)
{
    const struct certificate *own = call->conversation->tls.chain;

    if (!has_tls(call))
        return NULL;
    if (own->not_after < ask_now(x))
        return arena_print(pass_memory(x), "its certificate expired on %s: %s",
                           date_text(x, own->not_after), own->subject);
    if (own->not_before > ask_now(x))
        return arena_print(pass_memory(x), "its certificate is not valid before %s: %s",
                           date_text(x, own->not_before), own->subject);
    return NULL;
}

static const char *doubtful_fault(struct examination *x, const struct mx_call *call)
{
    const struct smtp_tls *tls = &call->conversation->tls;

    if (!has_tls(call) || expired_fault(x, call))
        return NULL;
    if (call->exchanger->literal.family == IP_NONE &&
        !certificate_may_be_for(&tls->chain[0], call->exchanger->name))
        return arena_print(pass_memory(x), "its certificate is for another name: %s",
                           tls->chain[0].subject);
    if (tls->verify_code != 0 && tls->verify_code != CERT_HAS_EXPIRED)
        return arena_print(pass_memory(x), "its certificate is not trusted here: %s",
                           tls->verify_text ? tls->verify_text : "no reason is known");
    return NULL;
}

/* What to verify by: the name that the certificate is to hold, of each host once. */
static void set_certified(struct examination *x, struct finding *finding,
                          const struct mx_calls *calls, call_fault *fault)
{
    const struct mx_exchanger *last = NULL;

    if (!finding)
        return;
    set_number(finding, "port", calls->list[0].conversation->address.port);
    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *call = &calls->list[i];
        const char *name = call->exchanger->name;

        if (call->exchanger == last || !fault(x, call))
            continue;
        last = call->exchanger;
        if (last->literal.family == IP_NONE)
            set_value(finding, VALUE_NAME,
                      call->conversation->tls_at_once ? "exchanger-tls" : "exchanger", name,
                      strlen(name));
        else if (!call->conversation->tls_at_once)
            set_text(finding, "no-name", "yes");
    }
}

/* Not all of its names are known, and none of those is the host's. */
static bool is_undecided(const struct mx_call *call)
{
    const struct certificate *own = call->conversation->tls.chain;
    const char *host = call->exchanger->name;

    return has_tls(call) && call->exchanger->literal.family == IP_NONE &&
           certificate_may_be_for(own, host) && !certificate_is_for(own, host);
}

static void judge_certificates(struct examination *x, const struct mx_calls *calls)
{
    bool is_relay = calls->count > 0 && calls->list[0].service == SERVICE_SMTP;
    struct finding *expired = tell_faults(x, &mx_certificate, calls, expired_fault);
    struct finding *doubtful = tell_faults(x, &mx_certificate, calls, doubtful_fault);
    size_t count = 0, undecided = 0;

    set_certified(x, expired, calls, expired_fault);
    set_certified(x, doubtful, calls, doubtful_fault);
    if (expired)
        finding_severity(expired, SEVERITY_WARNING);
    if (doubtful && !is_relay)
        finding_severity(doubtful, SEVERITY_WARNING);
    for (size_t i = 0; i < calls->count; i++) {
        count += has_tls(&calls->list[i]);
        undecided += is_undecided(&calls->list[i]);
    }
    if (undecided)
        mx_set_subject(x,
                       unknown(x, &mx_certificate,
                               "a certificate has more names than are kept, and the host's is none "
                               "of those"),
                       calls->subject);
    else if (!expired && !doubtful && count)
        healthy(x, &mx_certificate, "every certificate that was shown is valid for its host");
}

/* ---- DANE ---- */

static void set_tlsa(struct examination *x, struct finding *finding, const struct mx_calls *calls,
                     const struct mx_call *call, const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    mx_set_subject(x, finding, calls->subject);
    mx_set_call(finding, call);
    set_value(finding, VALUE_NAME, "tlsa-name", answer->name, strlen(answer->name));
    while ((record = dns_answer_next(answer, record)))
        saw(finding, &answer->evidence, "%s TLSA %s", answer->name,
            mx_tlsa_text(record, pass_memory(x)));
    if (!has_tls(call)) {
        saw(finding, &call->conversation->evidence, "no certificate was shown: %s",
            offers_starttls(call) ? "STARTTLS fails" : "STARTTLS is not offered");
        return;
    }
    set_text(finding, "key-sha256", call->conversation->tls.chain[0].key_sha256);
    saw(finding, &call->conversation->evidence, "the certificate would be 3 1 1 %s: %s",
        call->conversation->tls.chain[0].key_sha256, call->conversation->tls.chain[0].subject);
}

static void judge_tlsa_of(struct examination *x, const struct mx_calls *calls,
                          const struct mx_call *call, const struct dns_answer *answer)
{
    bool is_secure = mx_is_authenticated(answer);

    switch (mx_tlsa_match(answer, &call->conversation->tls, call->exchanger->name)) {
    case MX_TLSA_NONE:
        break;
    case MX_TLSA_MATCHES:
        healthy(x, &mx_tlsa,
                is_secure ? "%s: a TLSA record fits the certificate, and is signed"
                          : "%s: a TLSA record fits the certificate; whether it is "
                            "signed (DNSSEC) is not known here",
                call->exchanger->name);
        break;
    case MX_TLSA_DIFFERS:
        set_tlsa(x,
                 is_secure ? found(x, &mx_tlsa)
                           : unknown(x, &mx_tlsa,
                                     "no TLSA record fits the certificate; whether they are "
                                     "signed (DNSSEC), and bind anybody, is not known here"),
                 calls, call, answer);
        break;
    case MX_TLSA_INCOMPARABLE:
        set_tlsa(x, unknown(x, &mx_tlsa, "a TLSA record could not be compared here"), calls, call,
                 answer);
        break;
    }
}

/* Whether TLS was tried to its end, one way or the other. */
static bool is_comparable(const struct mx_call *call)
{
    return has_tls(call) || (ehlo_of(call) && !offers_starttls(call));
}

/* Of a host in a signed zone that matters: its senders do not deliver (RFC 7672 2.1.2). */
static void tell_unanswered(struct examination *x, const struct mx_calls *calls,
                            const struct mx_call *call, const struct dns_answer *answer)
{
    const struct dns_answer *address = call->exchanger->v4;
    struct finding *finding;

    if (!address || !mx_is_authenticated(address) || answer->evidence.status == STATUS_NOT_RECORDED)
        return;
    finding = unknown(x, &mx_tlsa, "its zone is signed, and nobody answers for TLSA records");
    mx_set_subject(x, finding, calls->subject);
    set_value(finding, VALUE_NAME, "tlsa-name", answer->name, strlen(answer->name));
    saw_failure(finding, &answer->evidence);
}

void mx_judge_tlsa(struct examination *x, const struct mx_calls *calls,
                   const struct dns_answer *const *answers)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct mx_call *call = &calls->list[i];
        const struct dns_answer *answer = answers[call->address->exchanger];

        if (!answer || !mx_call_greeted(call))
            continue;
        if (answer->evidence.status != STATUS_OK)
            tell_unanswered(x, calls, call, answer);
        else if (dns_answer_has_records(answer) && is_comparable(call))
            judge_tlsa_of(x, calls, call, answer);
    }
}

const struct dns_answer **mx_ask_tlsa(struct examination *x, const struct mx_exchangers *mx)
{
    const struct dns_answer **answers =
        arena_new(pass_memory(x), mx->count, sizeof(const struct dns_answer *));
    bool known = true;

    if (!ask_settings(x)->deep)
        return answers;
    for (size_t i = 0; i < mx->count; i++) {
        if (mx->list[i].literal.family != IP_NONE)
            continue;
        answers[i] =
            ask_dns(x, arena_print(pass_memory(x), "_25._tcp.%s", mx->list[i].name), DNS_TLSA);
        known = known && answers[i];
    }
    return known ? answers : NULL;
}

void mx_judge_speech(struct examination *x, const struct mx_calls *calls)
{
    struct finding *strange = tell_faults(x, &mx_not_smtp, calls, strange_fault);
    struct finding *broken;

    if (strange)
        mx_set_way_out(strange, calls, is_strange);
    if (strange && calls->list[0].service == SERVICE_SMTP && mx_lets_nobody_in(calls))
        finding_severity(strange, SEVERITY_CRITICAL);
    tell_faults(x, &mx_inspected, calls, inspected_fault);
    broken = tell_faults(x, &mx_breaks_off, calls, broken_fault);
    if (broken && count_names_refused(calls))
        set_text(broken, "name-refused", "yes");
    judge_starttls(x, calls);
    judge_certificates(x, calls);
}
