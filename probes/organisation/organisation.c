#include "probes/organisation/organisation.h"

#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "probes/public_dns.h"

#include <string.h>

/* ---- servers ---- */

/* NXDOMAIN or no address, of both families. False while it is on its way. */
static bool look_up(struct examination *x, struct organisation_server *entry)
{
    const struct dns_answer *v4 = ask_dns(x, entry->server->host, DNS_A),
                            *v6 = ask_dns(x, entry->server->host, DNS_AAAA);

    if (!v4 || !v6)
        return false;
    if (dns_answer_next(v4, NULL) || dns_answer_next(v6, NULL))
        return true;
    if (v4->evidence.status != STATUS_OK)
        entry->unheard = &v4->evidence;
    else if (v6->evidence.status != STATUS_OK)
        entry->unheard = &v6->evidence;
    entry->is_gone = !entry->unheard && !entry->is_edge;
    entry->is_elsewhere = !entry->unheard && entry->is_edge;
    return true;
}

/* False while what DNS says of them is on its way. */
static bool read_servers(struct examination *x, struct organisation *out)
{
    const struct spn_servers *servers = &out->forest->servers;
    bool is_known = true;

    out->servers = arena_new(pass_memory(x), servers->count, sizeof *out->servers);
    out->server_count = servers->count;
    for (size_t i = 0; i < servers->count; i++) {
        const struct spn_server *server = &servers->list[i];
        struct organisation_server *entry = &out->servers[i];

        entry->server = server;
        entry->is_edge = (server->roles & SPN_ROLE_EDGE) != 0;
        entry->has_no_name = !server->host || !strchr(server->host, '.');
        if (!entry->has_no_name && !look_up(x, entry))
            is_known = false;
    }
    return is_known;
}

/* ---- accepted domains ---- */

static bool read_accepted(struct examination *x, struct organisation *out)
{
    struct spn_search search =
        spn_forest_configured(x, out->forest, accepted_domains_filter, accepted_domains_attributes);

    if (search.is_pending)
        return false;
    if (!search.is_everywhere)
        out->accepted_obstacle = search.obstacle;
    if (!search.answer)
        return true;
    out->accepted_source = &search.answer->evidence;
    accepted_domains_read(search.answer->entries, search.answer->entry_count, pass_memory(x),
                          &out->accepted);
    return true;
}

static bool is_of_directory(const struct organisation *out, const char *name)
{
    for (size_t i = 0; i < out->forest->domain_count; i++) {
        if (dns_name_equal(out->forest->domains[i].name, name))
            return true;
    }
    return dns_name_equal(out->domain->name, name);
}

static bool has_records(const struct public_view *view)
{
    for (size_t i = 0; i < view->count; i++) {
        if (dns_answer_next(view->answers[i], NULL))
            return true;
    }
    return false;
}

/*
 * Setup makes the name of Active Directory an accepted domain, which nobody takes away again. That
 * it is one of mail, an MX record says. False while that is on its way.
 */
static bool mark_directory_names(struct examination *x, struct organisation *out)
{
    bool is_known = true;

    for (size_t i = 0; i < out->accepted.count; i++) {
        struct accepted_domain *domain = &out->accepted.list[i];
        struct public_view view;

        if (domain->unexamined || !is_of_directory(out, domain->name))
            continue;
        view = public_dns(x, domain->name, DNS_MX);
        is_known = is_known && view.state != PUBLIC_PENDING;
        if (view.state == PUBLIC_KNOWN && !has_records(&view))
            domain->unexamined = "a name of Active Directory without an MX record";
    }
    return is_known;
}

/* ---- domains with controllers ---- */

static bool has_exchange(const struct organisation *out, const char *domain)
{
    for (size_t i = 0; i < out->server_count; i++) {
        const struct organisation_server *entry = &out->servers[i];
        const char *dot = entry->has_no_name ? NULL : strchr(entry->server->host, '.');

        if (dot && !entry->is_edge && dns_name_equal(dot + 1, domain))
            return true;
    }
    return false;
}

/* The machine's own, and those in which servers are. */
static bool find_domains(struct examination *x, struct organisation *out)
{
    bool is_known = true;

    out->domains[out->domain_count++] = out->domain;
    for (size_t i = 0; i < out->forest->domain_count; i++) {
        const char *name = out->forest->domains[i].name;
        const struct ad_domain *domain;

        if (out->domain_count == SPN_DOMAINS_MOST)
            break;
        if (dns_name_equal(name, out->domain->name) || !has_exchange(out, name))
            continue;
        domain = ad_domain_of(x, name);
        is_known = is_known && domain->state != AD_DOMAIN_PENDING;
        if (domain->state == AD_DOMAIN_FOUND)
            out->domains[out->domain_count++] = domain;
    }
    return is_known;
}

/* ---- all of it ---- */

static enum organisation_state read_directory(struct examination *x, struct organisation *out)
{
    bool is_known;

    out->forest = spn_forest_of(x, out->domain);
    out->obstacle = out->forest->obstacle;
    if (out->forest->state == SPN_FOREST_PENDING)
        return ORGANISATION_PENDING;
    if (out->forest->state != SPN_FOREST_FOUND)
        return ORGANISATION_UNREADABLE;
    is_known = read_accepted(x, out);
    is_known = mark_directory_names(x, out) && is_known;
    is_known = read_servers(x, out) && is_known;
    is_known = find_domains(x, out) && is_known;
    return is_known ? ORGANISATION_FOUND : ORGANISATION_PENDING;
}

static enum organisation_state read_all(struct examination *x, struct organisation *out)
{
    out->machine = ask_machine(x, "");
    if (!out->machine)
        return ORGANISATION_PENDING;
    if (out->machine->evidence.status != STATUS_OK) {
        out->obstacle = &out->machine->evidence;
        return ORGANISATION_NO_MACHINE;
    }
    if (out->machine->facts.exchange == MACHINE_EXCHANGE_EDGE)
        return ORGANISATION_EDGE;
    if (out->machine->membership == MACHINE_MEMBERSHIP_WORKGROUP)
        return ORGANISATION_WORKGROUP;
    out->domain = ad_domain_own(x);
    if (!out->domain)
        return ORGANISATION_NO_DOMAIN;
    if (out->domain->state == AD_DOMAIN_PENDING)
        return ORGANISATION_PENDING;
    out->obstacle = out->domain->obstacle;
    return out->domain->state == AD_DOMAIN_FOUND ? read_directory(x, out) : ORGANISATION_NO_DOMAIN;
}

const struct organisation *organisation_of(struct examination *x)
{
    struct organisation *out = arena_new(pass_memory(x), 1, sizeof *out);

    out->state = ask_settings(x)->everything ? read_all(x, out) : ORGANISATION_NOT_WANTED;
    return out;
}

static bool is_controller(const struct ad_domain *domain, const char *host)
{
    for (size_t i = 0; i < domain->count; i++) {
        if (dns_name_equal(domain->controllers[i], host))
            return dns_name_is_below(host, domain->name);
    }
    return false;
}

static bool is_listed(const struct ad_domain *domain, const struct spn_forest *forest,
                      const char *host)
{
    const struct spn_server *server;

    if (forest->state != SPN_FOREST_FOUND || !strchr(host, '.') ||
        (!forest->are_servers_sure && !dns_name_is_below(host, domain->name)))
        return false;
    server = spn_server_of(&forest->servers, host);
    return server && !(server->roles & SPN_ROLE_EDGE);
}

bool organisation_lists(struct examination *x, const char *host, bool *is_pending)
{
    const struct ad_domain *domain = ad_domain_own(x);
    const struct spn_forest *forest;

    if (!domain || is_controller(domain, host))
        return domain != NULL;
    forest = spn_forest_of(x, domain);
    if (forest->state == SPN_FOREST_PENDING)
        *is_pending = true;
    return is_listed(domain, forest, host);
}

bool organisation_has(const struct organisation *organisation, const char *host)
{
    return is_controller(organisation->domain, host) ||
           is_listed(organisation->domain, organisation->forest, host);
}

bool organisation_is_seat(struct examination *x, const struct subject *server, bool *is_pending)
{
    const struct machine_identity *machine;

    if (!ask_settings(x)->everything || server->given)
        return false;
    machine = ask_machine(x, "");
    if (!machine) {
        *is_pending = true;
        return false;
    }
    return machine->name && dns_name_equal(machine->name, server->name);
}

bool organisation_is_without_mail(struct examination *x, const struct subject *server,
                                  bool *is_pending)
{
    const struct spn_forest *forest;
    const struct spn_server *listed;

    if (!ask_settings(x)->everything || server->given)
        return false;
    if (organisation_is_seat(x, server, is_pending))
        return true;
    forest = spn_forest_of(x, ad_domain_own(x));
    if (forest->state == SPN_FOREST_PENDING)
        *is_pending = true;
    if (forest->state != SPN_FOREST_FOUND)
        return false;
    listed = spn_server_of(&forest->servers, server->name);
    return listed && spn_server_has_no_transport(listed);
}
