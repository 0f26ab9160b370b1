/* Hosts that send for the domain, or may, and that its record forgets. */
#include "diag/text.h"
#include "probes/site.h"
#include "probes/spf/charge.h"
#include "probes/spf/check.h"
#include "probes/spf/kinds.h"

#include <string.h>

struct sender {
    struct ip_address ip;
    const char *host; /* that has the address; NULL: the user named it */
};

static struct finding *tell_forgotten(struct spf_case *at, struct finding *finding,
                                      const struct sender *sender,
                                      const struct spf_verdict *verdict)
{
    char ip[IP_TEXT_SIZE];

    ip_format(&sender->ip, ip);
    if (!finding) {
        finding = spf_charge(at, &spf_sender_forgotten);
        finding_severity(finding, SEVERITY_INFO);
        set_text(finding, sender->host ? "host" : "named", "yes");
        spf_show(finding, at->top, 0, 0);
    }
    set_address(finding, "sender", &sender->ip);
    if (!sender->host)
        finding_severity(finding,
                         verdict->result == SPF_RESULT_FAIL ? SEVERITY_CRITICAL : SEVERITY_WARNING);
    if (sender->host)
        saw(finding, NULL, "%s, which receives for the domain, has the address %s: %s",
            sender->host, ip, spf_result_word(verdict->result));
    else
        saw(finding, NULL, "%s: %s", ip, spf_result_word(verdict->result));
    return finding;
}

/* Errors have findings of their own. */
static bool is_forgotten(const struct spf_verdict *verdict)
{
    return verdict->result == SPF_RESULT_FAIL || verdict->result == SPF_RESULT_SOFTFAIL ||
           verdict->result == SPF_RESULT_NEUTRAL;
}

static struct finding *judge_sender(struct spf_case *at, struct finding *finding,
                                    const struct sender *sender)
{
    const struct settings *settings = ask_settings(at->x);
    const struct spf_message message = {.ip = sender->ip,
                                        .local = settings->sender_local,
                                        .domain = at->judged->subject->name,
                                        .helo = settings->helo,
                                        .brief = true};
    struct spf_verdict verdict;

    if (spf_check_host(at->x, &message, at->judged->published ? NULL : at->record, &verdict) &&
        is_forgotten(&verdict))
        return tell_forgotten(at, finding, sender, &verdict);
    return finding;
}

static void judge_named(struct spf_case *at)
{
    const struct settings *settings = ask_settings(at->x);
    struct finding *finding = NULL;

    for (size_t i = 0; i < settings->sender_count && !settings->one_message; i++)
        finding = judge_sender(at, finding, &(struct sender){settings->senders[i], NULL});
}

/* ---- the domain's own mail hosts ---- */

/* v=spf1 -all says that the domain sends nothing. */
static bool sends(const struct spf_case *at)
{
    return at->record->term_count > 0 && at->record->terms[0].kind != SPF_ALL;
}

/* In a hybrid organisation a server that receives may send by Exchange Online alone. */
static bool names_exchange_online(const struct spf_case *at)
{
    for (size_t i = 0; i < at->record->term_count; i++) {
        const struct spf_term *term = &at->record->terms[i];

        if ((term->kind == SPF_INCLUDE || term->kind == SPF_REDIRECT) && term->value &&
            text_equal_fold_sized(term->value, term->value_size, site_online_senders,
                                  strlen(site_online_senders)))
            return true;
    }
    return false;
}

static struct finding *judge_host(struct spf_case *at, struct finding *finding, const char *host)
{
    static const enum dns_type types[] = {DNS_A, DNS_AAAA};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const struct dns_answer *answer = spf_ask(at->x, host, types[i]);
        const struct dns_record *record = NULL;

        while (answer && (record = dns_answer_next(answer, record)))
            finding = judge_sender(at, finding, &(struct sender){record->data.ip, host});
    }
    return finding;
}

/* Hosts below the domain itself: those of providers send from other addresses. */
static void judge_mail_hosts(struct spf_case *at)
{
    const struct dns_answer *mx = spf_ask(at->x, at->judged->subject->name, DNS_MX);
    const struct dns_record *record = NULL;
    struct finding *finding = NULL;
    size_t hosts = 0;

    while (mx && (record = dns_answer_next(mx, record)) && hosts < SPF_HOSTS_MOST) {
        const char *host = record->data.mx.exchange;

        if (!dns_name_is_below(host, at->judged->subject->name))
            continue;
        if (names_exchange_online(at)) {
            not_applicable(at->x, &spf_sender_forgotten,
                           "the record names Exchange Online, by which its own hosts may send");
            return;
        }
        finding = judge_host(at, finding, host);
        hosts++;
    }
}

void spf_judge_senders(struct spf_case *at)
{
    if (at->record->error)
        return;
    judge_named(at);
    if (sends(at))
        judge_mail_hosts(at);
}
