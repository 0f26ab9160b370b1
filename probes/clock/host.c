#include "probes/clock/host.h"

#include "diag/text.h"

#include <string.h>

const char *clock_role_text(enum clock_role role)
{
    static const char *const texts[] = {
#define X(name, text) text,
        CLOCK_ROLE_LIST(X)
#undef X
    };

    return texts[role];
}

/* ---- whom to ask what ---- */

struct inquiry { /* one source, where it is asked */
    enum clock_source source;
    enum service service;
};

static const struct inquiry of_servers[] = {{CLOCK_SMB2, SERVICE_SMB},
                                            {CLOCK_SMTP_BANNER, SERVICE_SMTP},
                                            {CLOCK_SMTP_NTLM, SERVICE_SMTP},
                                            {CLOCK_HTTP, SERVICE_HTTPS},
                                            {CLOCK_HTTP_NTLM, SERVICE_HTTPS}};
static const struct inquiry without_tls[] = {{CLOCK_HTTP, SERVICE_HTTP},
                                             {CLOCK_HTTP_NTLM, SERVICE_HTTP}};
static const struct inquiry of_controllers[] = {{CLOCK_SNTP, SERVICE_NTP},
                                                {CLOCK_CLDAP, SERVICE_LDAP},
                                                {CLOCK_LDAP, SERVICE_LDAP},
                                                {CLOCK_KERBEROS, SERVICE_KERBEROS},
                                                {CLOCK_SMB2, SERVICE_SMB}};
static const struct inquiry of_references[] = {{CLOCK_SNTP, SERVICE_NTP}};

static const struct {
    const struct inquiry *list;
    size_t count;
} inquiries[CLOCK_ROLE_COUNT] = {
    [CLOCK_ROLE_SERVER] = {of_servers, sizeof of_servers / sizeof *of_servers},
    [CLOCK_ROLE_CONTROLLER] = {of_controllers, sizeof of_controllers / sizeof *of_controllers},
    [CLOCK_ROLE_PDC] = {of_controllers, sizeof of_controllers / sizeof *of_controllers},
    [CLOCK_ROLE_REFERENCE] = {of_references, sizeof of_references / sizeof *of_references},
};

/* ---- addresses ---- */

static void add_addresses(struct clock_host *host, const struct dns_answer *answer)
{
    const struct dns_record *record = NULL;

    while (host->address_count < CLOCK_ADDRESSES_TRIED &&
           (record = dns_answer_next(answer, record)))
        host->addresses[host->address_count++] = record->data.ip;
}

/* Those of IPv4 first; false while they are on their way. */
static bool find_addresses(struct examination *x, struct clock_host *host)
{
    const struct dns_answer *v4, *v6;

    if (ip_parse(host->name, strlen(host->name), &host->addresses[0]) == STATUS_OK) {
        host->address_count = 1;
        return true;
    }
    v4 = ask_dns(x, host->name, DNS_A);
    v6 = ask_dns(x, host->name, DNS_AAAA);
    if (!v4 || !v6)
        return false;
    add_addresses(host, v4);
    add_addresses(host, v6);
    if (host->address_count == 0) {
        host->obstacle = v4->evidence.status != STATUS_OK ? &v4->evidence : &v6->evidence;
        host->was_asked = host->obstacle->status != STATUS_NOT_RECORDED;
    }
    return true;
}

/* ---- asking ---- */

/* A KDC may give back the realm that it was asked for. */
static bool tells_domain(enum clock_source source)
{
    return source == CLOCK_SMTP_NTLM || source == CLOCK_HTTP_NTLM || source == CLOCK_LDAP ||
           source == CLOCK_CLDAP;
}

/* Of a machine in no domain the domain is the machine, in a challenge of NTLM ([MS-NLMP] 2.2.2.1).
 */
static bool tells_itself(const struct clock_reading *reading)
{
    const char *host = reading->told_host, *domain = reading->told_domain;

    if (!host || !domain || !tells_domain(reading->source))
        return false;
    return text_equal_fold(host, domain) ||
           text_equal_fold_sized(host, strcspn(host, "."), domain, strlen(domain));
}

/* What answers over TLS is what answers without. */
static unsigned voice_of(enum service service)
{
    return 1 + (unsigned)(service == SERVICE_HTTP ? SERVICE_HTTPS : service);
}

static void keep(struct clock_host *host, const struct clock_reading *reading, unsigned voice)
{
    if (!reading) {
        host->is_pending = true;
        return;
    }
    if (reading->evidence.status != STATUS_NOT_RECORDED)
        host->was_asked = true;
    if (reading->evidence.status != STATUS_OK) {
        if (host->failed_count < CLOCK_OPINIONS_MOST)
            host->failed[host->failed_count++] = reading;
        return;
    }
    if (host->count == CLOCK_OPINIONS_MOST)
        return;
    host->opinions[host->count].interval = clock_opinion_of(reading);
    host->opinions[host->count].voice = voice;
    host->readings[host->count++] = reading;
    if (tells_itself(reading))
        host->is_stand_alone = true;
    else if (!host->told_domain && tells_domain(reading->source))
        host->told_domain = reading->told_domain;
    if (reading->source == CLOCK_LDAP || reading->source == CLOCK_CLDAP)
        host->told_name = reading->told_host;
    if (!host->told_forest)
        host->told_forest = reading->told_forest;
}

struct call { /* at one address of a host */
    struct examination *x;
    struct clock_host *host;
    const struct ip_address *ip;
    const char *realm;
};

static const struct clock_reading *ask(const struct call *call, const struct inquiry *inquiry)
{
    const char *name = call->host->name;
    struct ip_address literal;
    const struct clock_reading *reading;

    if (ip_parse(name, strlen(name), &literal) == STATUS_OK)
        name = NULL;
    reading = ask_clock(call->x, inquiry->source, call->ip, inquiry->service, name, call->realm);
    keep(call->host, reading, voice_of(inquiry->service));
    return reading;
}

static bool has_failed(const struct clock_reading *reading)
{
    return reading && reading->evidence.status != STATUS_OK;
}

/* Finer than seconds, without a logon. */
static bool is_fine(enum clock_source source)
{
    return source == CLOCK_SMB2 || source == CLOCK_HTTP_NTLM || source == CLOCK_SMTP_NTLM;
}

/* Nobody is known to be there: what else is asked at that port comes to the same. */
static bool is_shut(const struct clock_reading *reading)
{
    switch (reading->evidence.status) {
    case STATUS_TIMED_OUT:
    case STATUS_REFUSED:
    case STATUS_UNREACHABLE:
    case STATUS_CANCELLED:
    case STATUS_NOT_RECORDED:
        return true;
    default:
        return false;
    }
}

struct spoken {                      /* what came of the questions to a server so far */
    const struct clock_reading *web; /* HTTP; NULL: not asked, or on its way */
    bool is_fine;                    /* something was answered to less than a second, or is to be */
};

static struct spoken ask_all(const struct call *call, const struct inquiry *list, size_t count)
{
    static const struct inquiry over_tcp = {CLOCK_KERBEROS_TCP, SERVICE_KERBEROS};
    struct spoken spoken = {.web = NULL};

    for (size_t i = 0; i < count; i++) {
        const struct clock_reading *reading = ask(call, &list[i]);

        if (list[i].source == CLOCK_KERBEROS && has_failed(reading))
            ask(call, &over_tcp);
        if (list[i].source == CLOCK_HTTP)
            spoken.web = reading;
        spoken.is_fine = spoken.is_fine || (is_fine(list[i].source) && !has_failed(reading));
    }
    return spoken;
}

/* Where nothing came over HTTPS, HTTP without TLS may be open: an answer is worth the question. */
static bool may_be_open(const struct clock_reading *https)
{
    return has_failed(https) && https->evidence.status != STATUS_TIMED_OUT &&
           https->evidence.status != STATUS_UNREACHABLE;
}

/*
 * What defenders notice comes last: a ticket over TCP only of a KDC that does not answer over UDP,
 * and over HTTP one that is none only to a server that told nothing finer than seconds.
 */
static void ask_address(const struct call *call)
{
    static const struct inquiry over_https = {CLOCK_HTTP_KERBEROS, SERVICE_HTTPS},
                                over_http = {CLOCK_HTTP_KERBEROS, SERVICE_HTTP};
    enum clock_role role = call->host->role;
    struct spoken spoken = ask_all(call, inquiries[role].list, inquiries[role].count);
    struct spoken plain = {.web = spoken.web};

    if (may_be_open(spoken.web))
        plain = ask_all(call, without_tls, sizeof without_tls / sizeof *without_tls);
    if (!plain.web || spoken.is_fine || plain.is_fine)
        return;
    if (plain.web != spoken.web && !has_failed(plain.web))
        ask(call, &over_http);
    else if (!is_shut(spoken.web))
        ask(call, &over_https);
}

const struct clock_host *clock_host_of(struct examination *x, const char *name,
                                       enum clock_role role, const char *realm)
{
    struct clock_host *host = arena_new(pass_memory(x), 1, sizeof *host);

    host->name = name;
    host->role = role;
    host->is_pending = !find_addresses(x, host);
    for (size_t i = 0; i < host->address_count && host->count == 0 && !host->is_pending; i++)
        ask_address(&(struct call){x, host, &host->addresses[i], realm});
    host->consensus = clock_consensus_of(host->opinions, host->count);
    return host;
}

bool clock_host_is_member(const struct clock_host *host)
{
    for (size_t i = 0; i < host->count; i++) {
        if (is_fine(host->readings[i]->source) || host->readings[i]->source == CLOCK_HTTP_KERBEROS)
            return true;
    }
    return host->role != CLOCK_ROLE_SERVER;
}

bool clock_host_spoke(const struct clock_host *host)
{
    return host->consensus.agreement != CLOCK_SILENT;
}

static bool has_address(const struct clock_host *host, const struct ip_address *ip)
{
    for (size_t i = 0; i < host->address_count; i++) {
        if (ip_equal(&host->addresses[i], ip))
            return true;
    }
    return false;
}

static bool is_literal(const struct clock_host *host)
{
    struct ip_address ip;

    return ip_parse(host->name, strlen(host->name), &ip) == STATUS_OK;
}

/* A machine of two families, named by an address of one. */
static bool is_other_family(const struct clock_host *literal, const struct clock_host *other)
{
    if (!literal->told_name || !is_literal(literal))
        return false;
    if (is_literal(other))
        return other->told_name && text_equal_fold(literal->told_name, other->told_name) &&
               literal->addresses[0].family != other->addresses[0].family;
    return text_equal_fold(literal->told_name, other->name) &&
           has_address(other, &literal->addresses[0]);
}

bool clock_host_is_same(const struct clock_host *one, const struct clock_host *other)
{
    if (strcmp(one->name, other->name) == 0)
        return true;
    if (is_other_family(one, other) || is_other_family(other, one))
        return true;
    return one->count > 0 && other->count > 0 &&
           ip_equal(&one->readings[0]->address.ip, &other->readings[0]->address.ip);
}
