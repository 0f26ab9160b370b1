/*
 * Clocks: whether servers and domain controllers agree on the time, and who tells them. RFC 4120
 * 1.6; Windows Time Service Tools and Settings.
 */
#include "probes/clock/chart.h"
#include "probes/clock/kinds.h"
#include "probes/clock/settings.h"
#include "probes/clock/skew.h"
#include "probes/site.h"

#include <string.h>

/* ---- servers ---- */

/* They are examined, too: whom the servers follow has to be right first. */
static void add_subjects(struct examination *x, const struct ad_domain *domain)
{
    for (size_t i = 0; i < domain->count; i++)
        add_subject(x, SUBJECT_DC, domain->controllers[i]);
}

static void tell_no_controllers_of(struct examination *x, const struct ad_domain *domain)
{
    struct finding *finding;

    if (!domain->looked_for) {
        not_applicable(x, &clock_skew,
                       "it has no name to find a domain by; --dc names a domain controller");
        return;
    }
    finding = not_applicable(x, &clock_skew, "DNS names no domain controllers of it");
    saw(finding, domain->answer ? &domain->answer->evidence : NULL,
        "no domain controllers are published at _ldap._tcp.dc._msdcs.%s", domain->looked_for);
}

/* Of a server that told the time, and that there is no clock to hold against. */
static void tell_no_domain(struct examination *x, const struct clock_host *host,
                           const struct ad_domain *domain)
{
    struct finding *finding;

    if (domain->state == AD_DOMAIN_NOT_ASKED)
        return;
    if (domain->state == AD_DOMAIN_NONE && !host->told_domain) {
        tell_no_controllers_of(x, domain);
        return;
    }
    finding = unknown(x, &clock_skew, "its domain controllers are not known");
    set_vouched(finding, VALUE_NAME, "machine", host->name, strlen(host->name));
    if (host->told_domain)
        saw(finding, NULL, "it says that it is in the domain %s", host->told_domain);
    if (domain->obstacle)
        saw_failure(finding, domain->obstacle);
}

/* Edge servers, relays: Kerberos asks nothing of their clocks, and no domain sets them. */
static void tell_stand_alone(struct examination *x, const struct clock_host *host)
{
    struct finding *finding =
        not_applicable(x, &clock_skew, "it is in no domain, as it says itself");

    saw(finding, &host->readings[0]->evidence, "the domain that it tells by NTLM is its own name");
}

static void judge(struct examination *x, const struct clock_host *host,
                  const struct ad_domain *domain)
{
    const struct clock_field *field = clock_field_of(x, host, domain);
    bool is_server = host->role == CLOCK_ROLE_SERVER;

    if (!field)
        return;
    if (is_server && field->controller) {
        not_applicable(x, &clock_skew, "it is the domain controller %s, and judged as that",
                       field->controller);
        return;
    }
    clock_place(x, field);
    clock_tell_sources(x, host);
    if (field->is_reference) {
        not_applicable(x, &clock_skew, "it is named with --reference, and taken as right");
        return;
    }
    if (is_server && field->other_count == 0 && !host->was_asked)
        return;
    if (is_server && host->is_stand_alone && !host->told_domain) {
        tell_stand_alone(x, host);
        return;
    }
    if (is_server && field->other_count == 0 && clock_host_spoke(host))
        tell_no_domain(x, host, domain);
    else
        clock_tell_skew(x, field);
}

static void examine_given_server(struct examination *x, const struct subject *server)
{
    const struct clock_host *host;
    const struct ad_domain *domain;
    bool is_pending = false, is_edge;

    if (site_online(server->name) != SITE_NOT_ONLINE) {
        not_applicable(x, &clock_skew, "Exchange Online: Microsoft keeps its clocks");
        return;
    }
    host = clock_host_of(x, server->name, CLOCK_ROLE_SERVER, NULL);
    domain = clock_domain_of_server(x, host);
    is_edge = site_is_edge(x, server, &is_pending);
    add_subjects(x, domain);
    clock_settings_judge_host(x, server, NULL);
    if (is_edge)
        not_applicable(x, &clock_skew,
                       "an Edge Transport server: it is in no domain that counts, and no ticket "
                       "depends on its clock");
    else if (!is_pending)
        judge(x, host, domain);
}

/*
 * The exchangers of a domain that has controllers in this view of DNS are the user's own, those of
 * others no business of this probe's. One that tells no time may be of any make: no verdict on it
 * is missed.
 */
static void examine_found_server(struct examination *x, const struct subject *server)
{
    const struct ad_domain *domain = ad_domain_above(x, server->name);
    const struct clock_host *host;

    if (ask_settings(x)->everything)
        clock_settings_judge_host(x, server, NULL);
    if (!domain || domain->state != AD_DOMAIN_FOUND)
        return;
    host = clock_host_of(x, server->name, CLOCK_ROLE_SERVER, NULL);
    if (host->is_pending || (clock_host_spoke(host) && clock_host_is_member(host)))
        judge(x, host, domain);
    else if (clock_host_spoke(host))
        not_applicable(x, &clock_skew, "nothing that it told shows that it is in a domain");
    else if (host->was_asked && host->failed_count > 0)
        clock_saw_silence(not_applicable(x, &clock_skew, "none of the ports asked told the time"),
                          host);
}

static void examine_server(struct examination *x, const struct subject *server)
{
    if (server->given)
        examine_given_server(x, server);
    else
        examine_found_server(x, server);
}

/* ---- domain controllers ---- */

static bool is_pdc(struct examination *x, const struct ad_domain *domain,
                   const struct clock_host *host)
{
    if (!domain->pdc)
        return false;
    return strcmp(host->name, domain->pdc) == 0 ||
           clock_host_is_same(host, clock_host_of(x, domain->pdc, CLOCK_ROLE_PDC, domain->realm));
}

/* By its own name, or where that says nothing, as one that a domain of the user's names. */
static const struct ad_domain *domain_of_controller(struct examination *x, const char *name)
{
    const struct ad_domain *domain = ad_domain_of_host(x, name, NULL);
    const struct ad_domain *named =
        domain->state == AD_DOMAIN_NONE ? ad_domain_named(x, name) : NULL;

    return named ? named : domain;
}

/* Told once for the domain: where its controllers are held to nothing, nobody knows of their
 * clocks. */
static void tell_left_out(struct examination *x, const struct ad_domain *domain,
                          const char *controller)
{
    if (domain->total > domain->count && strcmp(controller, domain->controllers[0]) == 0)
        saw(unknown(x, &clock_skew, "%zu further domain controllers were not asked",
                    domain->total - domain->count),
            &domain->answer->evidence, "DNS names %zu of %s", domain->total, domain->name);
}

/* The realm belongs into the first question, so its domain is looked for before it is asked. */
static void examine_controller(struct examination *x, const struct subject *controller)
{
    const struct ad_domain *domain = domain_of_controller(x, controller->name);
    const struct clock_host *host;
    const char *given;

    if (domain->state == AD_DOMAIN_PENDING)
        return;
    host = clock_host_of(x, controller->name, CLOCK_ROLE_CONTROLLER, domain->realm);
    clock_settings_judge_host(x, controller, host->told_forest);
    if (domain->state != AD_DOMAIN_FOUND)
        domain = ad_domain_of_host(x, controller->name, host->told_domain);
    add_subjects(x, domain);
    if (is_pdc(x, domain, host))
        host = clock_host_of(x, controller->name, CLOCK_ROLE_PDC, domain->realm);
    given = controller->given ? NULL : clock_given_name(x, host);
    tell_left_out(x, domain, controller->name);
    if (given)
        not_applicable(x, &clock_skew, "it is %s, and judged as that", given);
    else
        judge(x, host, domain);
}

/* ---- domains ---- */

/*
 * Most domains of mail have no controllers where they are looked at from, which is news only to
 * whoever asked for clocks; of a resolver that fails other probes tell, unless they are left out.
 */
static void tell_no_controllers(struct examination *x, const struct ad_domain *domain)
{
    const struct settings *settings = ask_settings(x);

    if (domain->state == AD_DOMAIN_NONE && settings->only_count > 0)
        not_applicable(x, &clock_skew,
                       "DNS names no domain controllers of it at _ldap._tcp.dc._msdcs.%s",
                       domain->looked_for);
    if (domain->state == AD_DOMAIN_UNREADABLE &&
        (settings->only_count > 0 || settings->skip_count > 0))
        saw_failure(unknown(x, &clock_skew, "its domain controllers are not known"),
                    domain->obstacle);
}

/* Other probes find them too, unless they are left out. False while the answer is on its way. */
static bool add_exchangers(struct examination *x, const struct subject *subject)
{
    const struct dns_answer *answer = ask_dns(x, subject->name, DNS_MX);
    const struct dns_record *record = NULL;

    while (answer && (record = dns_answer_next(answer, record))) {
        const char *host = record->data.mx.exchange;

        if (dns_name_is_below(host, subject->name) && !dns_name_equal(host, subject->name))
            add_subject(x, SUBJECT_SERVER, host);
    }
    return answer != NULL;
}

static void examine_domain(struct examination *x, const struct subject *subject)
{
    const struct ad_domain *domain;

    if (!subject->given)
        return;
    domain = ad_domain_of(x, subject->name);
    if (domain->state == AD_DOMAIN_PENDING || domain->state == AD_DOMAIN_NOT_ASKED)
        return;
    if (domain->state == AD_DOMAIN_FOUND && !add_exchangers(x, subject))
        return;
    tell_number(x, "controllers", domain->total);
    if (domain->state == AD_DOMAIN_FOUND)
        add_subjects(x, domain);
    else
        tell_no_controllers(x, domain);
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_DOMAIN)
        examine_domain(x, subject);
    else if (subject->kind == SUBJECT_SERVER)
        examine_server(x, subject);
    else if (subject->kind == SUBJECT_DC)
        examine_controller(x, subject);
    else if (subject->kind == SUBJECT_FILE)
        clock_settings_judge(x, subject);
}

static const struct finding_kind *const kinds[] = {
    &clock_skew, &clock_sources_disagree, &time_hierarchy, &time_pdc_source, &time_vm_sync, NULL,
};

const struct probe probe_clock = {
    .name = "clock",
    .summary =
        "clocks: how far servers and domain controllers are apart, whom they follow; asks each "
        "domain controller for a ticket without credentials",
    .needs = NEEDS_NETWORK | NEEDS_FILE | NEEDS_HOST,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER) |
                PROBE_EXAMINES(SUBJECT_DC) | PROBE_EXAMINES(SUBJECT_FILE),
    .reads = CLOCK_SETTINGS_FILES,
    .touches =
        "DNS: for the domain controllers of the domains and servers named, and of the domain that a "
        "server says it is in (SRV records below _msdcs), and their addresses.\n"
        "Each server named, and each mail exchanger of a domain that has controllers in this view "
        "of DNS: one SMB2 negotiation (TCP 445), two SMTP connections (TCP 25: the banner, and AUTH "
        "NTLM up to the challenge) and two HTTPS requests (TCP 443; where that is not open, HTTP "
        "at TCP 80). One whose web server tells no time finer than seconds, and that tells it no "
        "other way, is sent a Kerberos ticket of random bytes over HTTP, whose refusal holds a "
        "finer time.\n"
        "Each domain controller, named with --dc or found, and the PDC emulator of the domain "
        "above theirs: up to four SNTP packets (UDP 123), the "
        "rootDSE (UDP and TCP 389), one SMB2 negotiation (TCP 445) and an AS-REQ without "
        "credentials for a client that does not exist (UDP 88, TCP only if that is not "
        "answered).\n"
        "Of a host that tells no time at its first address, up to three addresses are asked the "
        "same; a packet is sent again only while no answer comes.\n"
        "Servers of --reference: SNTP (UDP 123).\n"
        "No logon is tried with anybody's name or password.\n"
        "Files of --file: registry exports, output of reg query, w32tm and VMware, .vmx files, "
        "security templates; the domain that they name is looked up. From Windows, of each "
        "--server and --dc below this machine's own domain or forest, as far as its machine lets this user: its registry and services",
    .noticed =
        "the AS-REQ without credentials looks to a watchful defender like account enumeration, "
        "somebody who tries out account names: event 4768 with result 0x6 for the client "
        "exdiag-clock, one for each address of a domain controller that is tried. A ticket of "
        "random bytes is a refused logon without an account: event 4625 and a 401 in the web "
        "server's log, one for each address of a server that answers HTTP and tells no time finer "
        "than seconds. NTLM is left after "
        "the challenge, so that no logon is logged; mail and web servers log connections that end "
        "early",
    .kinds = kinds,
    .examine = examine,
};
