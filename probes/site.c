#include "probes/site.h"

#include "diag/read/dns_name.h"
#include "probes/ad_domain.h"
#include "probes/machine.h"
#include "probes/spn/forest.h"

#include <string.h>

const char site_online_senders[] = "spf.protection.outlook.com";

/* ---- Exchange Online ---- */

/* Those of the national clouds too; what takes mail first. */
static const struct {
    const char *domain;
    enum site_online online;
} online_domains[] = {
    {"mail.protection.outlook.com", SITE_ONLINE_MX},
    {"mail.eo.outlook.com", SITE_ONLINE_MX},
    {"mx.microsoft", SITE_ONLINE_MX},
    {"mail.protection.office365.us", SITE_ONLINE_MX},
    {"mail.protection.partner.outlook.cn", SITE_ONLINE_MX},
    {"outlook.com", SITE_ONLINE},
    {"office.com", SITE_ONLINE},
    {"office365.com", SITE_ONLINE},
    {"office365.us", SITE_ONLINE},
    {"partner.outlook.cn", SITE_ONLINE},
};

static const char *const tenant_domains[] = {"onmicrosoft.com", "onmicrosoft.us",
                                             "partner.onmschina.cn"};

static bool is_within(const char *name, const char *domain)
{
    return !dns_name_equal(name, domain) && dns_name_is_below(name, domain);
}

enum site_online site_online(const char *host)
{
    for (size_t i = 0; i < sizeof online_domains / sizeof *online_domains; i++) {
        if (is_within(host, online_domains[i].domain))
            return online_domains[i].online;
    }
    return SITE_NOT_ONLINE;
}

bool site_is_tenant(const char *domain)
{
    for (size_t i = 0; i < sizeof tenant_domains / sizeof *tenant_domains; i++) {
        if (is_within(domain, tenant_domains[i]))
            return true;
    }
    return false;
}

bool site_is_coexistence(const char *domain)
{
    return is_within(domain, "mail.onmicrosoft.com") ||
           (site_is_tenant(domain) && strstr(domain, ".mail.") != NULL);
}

/* ---- Edge Transport servers ---- */

static bool says_so_itself(struct examination *x, const struct subject *server, bool *is_pending)
{
    const struct machine_identity *machine;
    const char *path;

    if (!machine_of(x, server, &path)) {
        *is_pending = true;
        return false;
    }
    machine = path ? ask_machine(x, path) : NULL;
    if (path && !machine)
        *is_pending = true;
    return machine && machine->evidence.status == STATUS_OK &&
           machine->facts.exchange == MACHINE_EXCHANGE_EDGE;
}

/* As the probes do that read the directory. */
static const struct ad_domain *domain_of(struct examination *x, const struct subject *server)
{
    const struct ad_domain *domain =
        server->given ? ad_domain_of_host(x, server->name, NULL) : ad_domain_above(x, server->name);

    return domain && (!server->given || domain->state != AD_DOMAIN_NONE) ? domain
                                                                         : ad_domain_named(x, NULL);
}

static bool is_listed_so(struct examination *x, const struct subject *server, bool *is_pending)
{
    const struct spn_forest *forest;
    const struct spn_server *listed;

    if (!ask_is_selected(x, "build") && !ask_is_selected(x, "spn"))
        return false;
    forest = spn_forest_of(x, domain_of(x, server));
    if (forest->state == SPN_FOREST_PENDING)
        *is_pending = true;
    if (forest->state != SPN_FOREST_FOUND)
        return false;
    listed = spn_server_of(&forest->servers, server->name);
    return listed && (listed->roles & SPN_ROLE_EDGE);
}

bool site_is_edge(struct examination *x, const struct subject *server, bool *is_pending)
{
    bool is_waiting = false;
    bool is_edge = is_listed_so(x, server, &is_waiting);

    is_edge = says_so_itself(x, server, &is_waiting) || is_edge;
    if (is_waiting && !is_edge)
        *is_pending = true;
    return is_edge;
}
