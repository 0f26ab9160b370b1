/* The organisation of the machine at hand: finding all that there is to examine. */
#include "probes/machine.h"
#include "probes/organisation/kinds.h"
#include "probes/organisation/organisation.h"
#include "probes/powershell/live.h"
#include "probes/site.h"

#include <string.h>

/* ---- adding ---- */

static void add_all(struct examination *x, const struct organisation *organisation)
{
    for (size_t i = 0; i < organisation->server_count; i++) {
        const struct organisation_server *entry = &organisation->servers[i];

        if (!entry->is_gone && !entry->is_elsewhere && !entry->has_no_name)
            add_subject(x, SUBJECT_SERVER, entry->server->host);
    }
    for (size_t i = 0; i < organisation->domain_count; i++) {
        for (size_t k = 0; k < organisation->domains[i]->count; k++)
            add_subject(x, SUBJECT_DC, organisation->domains[i]->controllers[k]);
    }
    for (size_t i = 0; i < organisation->accepted.count; i++) {
        if (!organisation->accepted.list[i].unexamined)
            add_subject(x, SUBJECT_DOMAIN, organisation->accepted.list[i].name);
    }
}

/* ---- telling ---- */

struct counts {
    size_t servers, edges, gone, unheard, nameless, domains, wildcards, controllers;
};

static struct counts count_all(const struct organisation *organisation)
{
    struct counts counts = {.servers = organisation->server_count};

    for (size_t i = 0; i < organisation->server_count; i++) {
        counts.unheard += organisation->servers[i].unheard != NULL;
        counts.edges += organisation->servers[i].is_edge;
        counts.gone += organisation->servers[i].is_gone;
        counts.nameless += organisation->servers[i].has_no_name;
    }
    for (size_t i = 0; i < organisation->accepted.count; i++)
        counts.wildcards += organisation->accepted.list[i].is_wildcard;
    counts.domains = organisation->accepted.count - counts.wildcards;
    for (size_t i = 0; i < organisation->domain_count; i++)
        counts.controllers += organisation->domains[i]->count;
    return counts;
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

static void saw_servers(struct finding *finding, const struct organisation *organisation)
{
    enum { SHOWN_MOST = 20 };
    size_t shown = 0;

    for (size_t i = 0; i < organisation->server_count && shown < SHOWN_MOST; i++, shown++) {
        const struct organisation_server *entry = &organisation->servers[i];
        const char *host = entry->server->host ? entry->server->host : entry->server->name;

        saw(finding, organisation->forest->servers_source, "%s%s%s%s", host,
            entry->is_edge ? ", an Edge Transport server" : "",
            entry->is_elsewhere ? ", which DNS does not know, as where a hosts file does: not "
                                  "examined"
                                : "",
            entry->has_no_name ? ", of which no full name is told: not examined" : "");
    }
    if (organisation->server_count > shown)
        saw(finding, organisation->forest->servers_source, "and %zu more",
            organisation->server_count - shown);
}

static void saw_accepted(struct finding *finding, const struct organisation *organisation)
{
    enum { SHOWN_MOST = 20 };
    static const char *const types[] = {
#define X(name, text) text,
        ACCEPTED_TYPE_LIST(X)
#undef X
    };
    const struct accepted_domains *accepted = &organisation->accepted;

    for (size_t i = 0; i < accepted->count && i < SHOWN_MOST; i++) {
        const struct accepted_domain *domain = &accepted->list[i];

        saw(finding, organisation->accepted_source, "%s, %s%s%s", domain->name, types[domain->type],
            domain->unexamined ? ", " : "", domain->unexamined ? domain->unexamined : "");
    }
    if (accepted->count > SHOWN_MOST)
        saw(finding, organisation->accepted_source, "and %zu more", accepted->count - SHOWN_MOST);
    if (accepted->odd > 0)
        saw(finding, organisation->accepted_source, "%zu whose name is none of DNS: not examined",
            accepted->odd);
}

/* What keeps a part of it unknown; NULL where there is nothing. */
static const struct evidence *obstacle_of(const struct organisation *organisation)
{
    if (organisation->accepted_obstacle)
        return organisation->accepted_obstacle;
    return organisation->forest->has_more_servers ? organisation->forest->servers_source : NULL;
}

static void set_domain(struct finding *finding, const struct organisation *organisation)
{
    const char *domain = organisation->machine ? organisation->machine->domain : NULL;

    if (domain)
        set_vouched(finding, VALUE_NAME, "domain", domain, strlen(domain));
}

static void tell_found(struct examination *x, const struct organisation *organisation)
{
    struct counts counts = count_all(organisation);
    const struct evidence *obstacle = obstacle_of(organisation);
    const char *domain = organisation->domain->name;
    const char *all = arena_print(
        pass_memory(x), "%zu Exchange server%s, %zu accepted domain%s and %zu domain controller%s",
        counts.servers, plural(counts.servers), counts.domains, plural(counts.domains),
        counts.controllers, plural(counts.controllers));
    struct finding *finding;

    if (obstacle) {
        finding = unknown(x, &organisation_unread, "the directory of %s tells a part of it: %s",
                          domain, all);
        set_domain(finding, organisation);
        if (obstacle->status != STATUS_OK)
            saw_failure(finding, obstacle);
        else
            saw(finding, obstacle, "there are more than one search tells");
    } else {
        finding = healthy(x, &organisation_unread, "the directory of %s lists %s", domain, all);
    }
    saw_servers(finding, organisation);
    saw_accepted(finding, organisation);
}

static void set_server(struct finding *finding, const struct organisation *organisation,
                       const char *host)
{
    if (organisation->forest->are_servers_sure)
        set_vouched(finding, VALUE_NAME, "server", host, strlen(host));
    else
        set_value(finding, VALUE_NAME, "server", host, strlen(host));
}

static void tell_unheard(struct examination *x, const struct organisation *organisation,
                         size_t count)
{
    enum { SHOWN_MOST = 20 };
    struct finding *finding =
        unknown(x, &organisation_server_gone,
                "DNS did not say whether it knows %zu Exchange server%s", count, plural(count));
    size_t shown = 0;

    for (size_t i = 0; i < organisation->server_count && shown < SHOWN_MOST; i++) {
        const struct organisation_server *entry = &organisation->servers[i];

        if (!entry->unheard)
            continue;
        shown++;
        set_server(finding, organisation, entry->server->host);
        saw_failure(finding, entry->unheard);
    }
}

/*
 * The last server of a hybrid organisation may be shut down, and must not be uninstalled, where
 * recipients are managed with the management tools alone.
 */
static bool is_hybrid(const struct organisation *organisation)
{
    for (size_t i = 0; i < organisation->accepted.count; i++) {
        if (site_is_coexistence(organisation->accepted.list[i].name))
            return true;
    }
    return false;
}

static void found_gone(struct examination *x, const struct organisation *organisation)
{
    struct finding *finding = found(x, &organisation_server_gone);

    if (is_hybrid(organisation))
        set_text(finding, "hybrid", "yes");
    for (size_t i = 0; i < organisation->server_count; i++) {
        const struct organisation_server *entry = &organisation->servers[i];

        if (!entry->is_gone)
            continue;
        saw(finding, organisation->forest->servers_source, "%s: neither an A nor an AAAA record",
            entry->server->host);
        set_server(finding, organisation, entry->server->host);
    }
}

static void tell_gone(struct examination *x, const struct organisation *organisation)
{
    struct counts counts = count_all(organisation);

    if (counts.gone > 0 && counts.gone + counts.edges == counts.servers && is_hybrid(organisation))
        not_applicable(x, &organisation_server_gone,
                       "DNS knows none of its servers, as where a hybrid organisation has shut the "
                       "last one down and manages recipients with the management tools: never "
                       "uninstall that one");
    else if (counts.gone > 0)
        found_gone(x, organisation);
    if (counts.unheard > 0)
        tell_unheard(x, organisation, counts.unheard);
    if (counts.gone + counts.unheard == 0 && counts.servers > counts.nameless)
        healthy(x, &organisation_server_gone, "DNS knows all Exchange servers of the directory");
}

static void tell_nothing_read(struct examination *x, const struct organisation *organisation,
                              const char *what)
{
    struct finding *finding = unknown(x, &organisation_unread, "%s", what);

    set_domain(finding, organisation);
    if (organisation->domain && organisation->domain->state == AD_DOMAIN_NONE)
        saw(finding, &organisation->domain->answer->evidence,
            "DNS names no domain controllers of %s", organisation->domain->looked_for);
    if (organisation->obstacle && organisation->obstacle->status != STATUS_OK)
        saw_failure(finding, organisation->obstacle);
}

static void tell(struct examination *x, const struct organisation *organisation)
{
    switch (organisation->state) {
    case ORGANISATION_PENDING:
    case ORGANISATION_NOT_WANTED:
        break;
    case ORGANISATION_NO_MACHINE:
        tell_nothing_read(x, organisation, "it is not known which machine this is");
        break;
    case ORGANISATION_WORKGROUP:
        not_applicable(x, &organisation_unread,
                       "this machine is in no domain, so no directory lists an organisation");
        break;
    case ORGANISATION_EDGE:
        not_applicable(x, &organisation_unread,
                       "an Edge Transport server has no directory of the organisation: run this on "
                       "one of its Mailbox servers");
        break;
    case ORGANISATION_NO_DOMAIN:
        tell_nothing_read(x, organisation, "no domain controller is known that would list it");
        break;
    case ORGANISATION_UNREADABLE:
        tell_nothing_read(x, organisation, "no domain controller tells what it lists");
        break;
    case ORGANISATION_FOUND:
        if (organisation->server_count == 0 && organisation->accepted.count == 0)
            not_applicable(x, &organisation_unread, "the directory of %s lists no Exchange",
                           organisation->domain->name);
        else
            tell_found(x, organisation);
        tell_gone(x, organisation);
        break;
    }
}

/* Controllers of its domain are known even where they do not tell more. */
static void find(struct examination *x, const struct organisation *organisation)
{
    if (organisation->state == ORGANISATION_FOUND)
        add_all(x, organisation);
    for (size_t i = 0; organisation->state == ORGANISATION_UNREADABLE && organisation->domain &&
                       i < organisation->domain->count;
         i++)
        add_subject(x, SUBJECT_DC, organisation->domain->controllers[i]);
}

/* ---- rights ---- */

/* Of a machine that is no server of Exchange, and from which others are looked at, nothing is
 * missed. */
static void tell_rights(struct examination *x, const struct subject *subject)
{
    const struct evidence *denied = machine_denied(x, subject);
    const struct event_log_digest *log = denied ? ask_event_log(x, "") : NULL;
    struct finding *finding;

    if (!denied)
        return;
    finding = unknown(x, &run_not_elevated, "this run is not elevated, and not all could be read");
    saw_failure(finding, denied);
    if (log && denied != &log->evidence && log->evidence.status == STATUS_DENIED)
        saw_failure(finding, &log->evidence);
}

/* ---- other machines ---- */

/* Read by a probe that is selected: nothing is asked for this alone. */
static bool is_read(struct examination *x, enum subject_kind kind)
{
    return ask_is_selected(x, kind == SUBJECT_DC ? "clock" : "powershell");
}

/* A server of mail need not be Windows. */
static bool is_windows(struct examination *x, const struct subject *subject)
{
    const struct powershell_view *view;

    if (subject->kind == SUBJECT_DC)
        return true;
    view = powershell_look_at(x, subject);
    return view && !view->is_pending && powershell_is_exchange(view);
}

/* Of an organisation that was found, of each that it lists but the machine at hand. */
static const struct evidence *obstacle_of_listed(struct examination *x,
                                                 const struct subject *subject)
{
    const struct machine_identity *here = ask_machine(x, "");
    bool is_pending = false;

    if (!here || !here->name || dns_name_equal(here->name, subject->name) ||
        !organisation_lists(x, subject->name, &is_pending) || is_pending)
        return NULL;
    return machine_obstacle_at(x, subject->name);
}

/* Told at each of them: what is in the way of one is in that of most, and reports join them. */
static void tell_obstacle(struct examination *x, const struct subject *subject)
{
    const struct evidence *obstacle = NULL;

    if (!is_read(x, subject->kind))
        return;
    if (ask_settings(x)->everything)
        obstacle = obstacle_of_listed(x, subject);
    else if (subject->given)
        obstacle = machine_obstacle(x, subject);
    if (obstacle && (ask_settings(x)->everything || is_windows(x, subject)))
        machine_saw_unread(unknown(x, &machine_unread,
                                   "its own registry, event logs and configurations could not be "
                                   "read"),
                           subject, obstacle);
}

/* At the machine at hand, or who was named for it: of all that is found nothing is told there. */
static bool is_told_at(struct examination *x, const struct subject *subject)
{
    const struct machine_identity *machine = ask_machine(x, "");

    if (!machine || !machine->name)
        return machine && subject->given;
    return dns_name_equal(machine->name, subject->name);
}

static void examine(struct examination *x, const struct subject *subject)
{
    const struct organisation *organisation;

    tell_rights(x, subject);
    tell_obstacle(x, subject);
    if (!ask_settings(x)->everything || !is_told_at(x, subject))
        return;
    organisation = organisation_of(x);
    find(x, organisation);
    tell(x, organisation);
}

static const struct finding_kind *const kinds[] = {&organisation_unread, &organisation_server_gone,
                                                   &run_not_elevated, &machine_unread, NULL};

const struct probe probe_organisation = {
    .name = "organisation",
    .summary =
        "with no subject named: this server, and all that its organisation's directory lists",
    .needs = NEEDS_NETWORK | NEEDS_CREDENTIALS | NEEDS_HOST,
    .is_always_wanted = true, /* it finds what the others examine */
    .subjects = PROBE_EXAMINES(SUBJECT_SERVER) | PROBE_EXAMINES(SUBJECT_DC),
    .touches =
        "with no subject named alone: a domain controller of this machine's domain, whose "
        "configuration partition is read for Exchange's servers and accepted domains, and DNS for "
        "the addresses of these servers and the controllers of their domains",
    .noticed = "searches of the configuration partition, in diagnostics of LDAP where those are on",
    .kinds = kinds,
    .examine = examine,
};
