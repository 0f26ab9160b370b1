/*
 * Service principal names of mail servers, and whether servers can log on to each other by them.
 * KB 914137, KB 979174.
 */
#include "probes/site.h"
#include "probes/spn/events.h"
#include "probes/spn/exps.h"
#include "probes/spn/kinds.h"
#include "probes/spn/loopback.h"
#include "probes/spn/losses.h"
#include "probes/spn/offers.h"
#include "probes/spn/tell.h"
#include "probes/spn/transport.h"

#include <string.h>

/* ---- servers ---- */

static void tell_no_directory(struct examination *x, const struct subject *server,
                              const struct spn_view *view)
{
    struct finding *finding;

    if (view->forest->state == SPN_FOREST_NOT_ASKED)
        return;
    if (view->forest->state == SPN_FOREST_UNREADABLE && ad_domain_above(x, server->name))
        return; /* it is told of the domain */
    if (view->forest->state == SPN_FOREST_UNREADABLE) {
        finding = unknown(x, &smtp_spn_missing, "its directory could not be read");
        saw_failure(finding, view->forest->obstacle);
        return;
    }
    if (server->given && view->conversation && spn_offers_kerberos(view->conversation))
        not_applicable(x, &smtp_spn_missing,
                       "it lets others log on by Kerberos; its directory is not known from here");
    else if (server->given && ask_settings(x)->only_count > 0 &&
             view->forest->state == SPN_FOREST_FOUND)
        not_applicable(x, &smtp_spn_missing,
                       "the directory does not know it, and it lets nobody log on by Kerberos");
    else if (server->given && ask_settings(x)->only_count > 0)
        unknown(x, &smtp_spn_missing, "its directory is not known from here");
}

/* Nothing is known of its names, and nothing of them is a fault of this organisation's. */
static void tell_stranger(struct examination *x, const struct spn_view *view)
{
    struct finding *finding =
        unknown(x, &smtp_spn_missing, "whether it is a server of this organisation is not known");

    set_vouched(finding, VALUE_TEXT, "stranger", "yes", 3);
    set_vouched(finding, VALUE_TEXT, "no-directory", "yes", 3);
    saw(finding, view->forest->servers_source,
        "it is none of Exchange's servers here, nor does its name lead to one of them, nor is it "
        "in a domain of the forest: a log alone names it");
}

/* Another name of a server that is examined under its own. */
static const char *other_name(const struct spn_view *view)
{
    const char *host = view->server ? view->server->host : NULL;

    return host && !dns_name_equal(host, view->host) ? host : NULL;
}

static void tell_names(struct examination *x, const struct subject *server,
                       const struct spn_view *view)
{
    if (view->case_count > 0 && spn_view_has_accounts(view))
        spn_tell_names(x, view);
    else
        tell_no_directory(x, server, view);
}

static void examine_server(struct examination *x, const struct subject *server)
{
    const struct spn_view *view;
    const char *own;

    if (site_online(server->name) != SITE_NOT_ONLINE) {
        if (server->given)
            not_applicable(x, &smtp_spn_missing,
                           "Exchange Online: it is in no directory of this organisation's");
        return;
    }
    view = spn_view_of(x, server);
    own = other_name(view);
    if (view->is_pending || (!server->given && !view->server && !view->is_logged))
        return;
    if (own) {
        add_subject(x, SUBJECT_SERVER, own);
        if (server->given)
            not_applicable(x, &smtp_spn_missing, "it is %s, and judged as that", own);
        return;
    }
    if (view->is_idle) {
        not_applicable(x, &smtp_spn_missing, "%s",
                       view->server->roles & SPN_ROLE_EDGE
                           ? "an Edge server: others do not log on to it by Kerberos"
                           : "without the Hub Transport role no other server logs on to it");
    } else if (view->is_stranger) {
        tell_stranger(x, view);
    } else {
        tell_names(x, server, view);
        spn_tell_offers(x, view);
    }
    spn_tell_exps(x, view);
    spn_tell_events(x, server, view);
    spn_tell_loopback(x, server, view);
    spn_tell_transport(x, server, view);
}

/* ---- domains and controllers ---- */

/* Exchange's servers are examined, too. */
static void add_servers(struct examination *x, const struct spn_forest *forest)
{
    for (size_t i = 0; i < forest->servers.count; i++) {
        if (forest->servers.list[i].host)
            add_subject(x, SUBJECT_SERVER, forest->servers.list[i].host);
    }
    if (forest->has_more_servers)
        saw(unknown(x, &smtp_spn_missing, "not all of Exchange's servers could be read"),
            forest->servers_source, "%zu came, and then the directory's limits ended the search",
            forest->servers.count);
}

static void examine_forest(struct examination *x, const struct ad_domain *domain)
{
    const struct spn_forest *forest = spn_forest_of(x, domain);

    if (forest->state == SPN_FOREST_FOUND)
        add_servers(x, forest);
    else if (forest->state == SPN_FOREST_UNREADABLE)
        saw_failure(unknown(x, &smtp_spn_missing, "its directory could not be read"),
                    forest->obstacle);
}

/*
 * Most domains of mail have no controllers where they are looked at from, which is news only to
 * whoever asked for this.
 */
static void examine_domain(struct examination *x, const struct subject *domain)
{
    const struct ad_domain *found = domain->given ? ad_domain_of(x, domain->name) : NULL;

    if (found && found->state == AD_DOMAIN_FOUND)
        examine_forest(x, found);
    else if (found && found->state == AD_DOMAIN_NONE && ask_settings(x)->only_count > 0)
        unknown(x, &smtp_spn_missing,
                "DNS names no domain controllers of it at _ldap._tcp.dc._msdcs.%s: --dns takes the "
                "domain's own name server, --dc a controller",
                found->looked_for);
    else if (found && found->state == AD_DOMAIN_UNREADABLE && ask_settings(x)->only_count > 0)
        saw_failure(unknown(x, &smtp_spn_missing, "its domain controllers are not known"),
                    found->obstacle);
}

/* ---- files ---- */

static void examine_file(struct examination *x, const struct subject *file)
{
    const struct file_digest *digest = ask_file(x, file->name);
    uint64_t type;

    if (!digest || digest->evidence.status != STATUS_OK)
        return;
    type = PROBE_READS(digest->type);
    spn_tell_losses(x, file, type);
    if (type & SPN_EXPORT_FILES)
        spn_tell_exports(x, file);
    else if (type & SPN_EVENT_FILES)
        spn_tell_events_of_file(x, file);
    else if (type & SPN_AUTH_FILES)
        spn_tell_exps_of_file(x, file);
    else if (type & SPN_REGISTRY_FILES)
        spn_tell_loopback_of_file(x, file);
}

static void examine(struct examination *x, const struct subject *subject)
{
    if (subject->kind == SUBJECT_DOMAIN)
        examine_domain(x, subject);
    else if (subject->kind == SUBJECT_DC && subject->given)
        examine_forest(x, NULL);
    else if (subject->kind == SUBJECT_SERVER)
        examine_server(x, subject);
    else if (subject->kind == SUBJECT_FILE)
        examine_file(x, subject);
}

static const struct finding_kind *const kinds[] = {&smtp_spn_missing,
                                                   &smtp_spn_duplicate,
                                                   &smtp_spn_misplaced,
                                                   &back_connection_host_names,
                                                   &exps_absent,
                                                   &exps_refused,
                                                   &exps_events,
                                                   &smtp_certificate,
                                                   NULL};

const struct probe probe_spn = {
    .name = "spn",
    .summary = "service principal names of mail servers, and logging on between servers by them",
    .needs = NEEDS_NETWORK | NEEDS_CREDENTIALS | NEEDS_FILE | NEEDS_HOST,
    .subjects = PROBE_EXAMINES(SUBJECT_DOMAIN) | PROBE_EXAMINES(SUBJECT_SERVER) |
                PROBE_EXAMINES(SUBJECT_DC) | PROBE_EXAMINES(SUBJECT_FILE),
    .reads = SPN_EXPORT_FILES | SPN_EVENT_FILES | SPN_AUTH_FILES | SPN_REGISTRY_FILES,
    .touches =
        "DNS questions for the domain controllers and global catalogs of the domains and servers "
        "named (SRV records below _msdcs) and their addresses. Of a domain controller (LDAP, TCP "
        "389; TLS at 636 where it asks for that) the rootDSE, the list of domains, sPNMappings, "
        "and of Exchange's configuration the servers, SMTP virtual servers and connectors; of a "
        "global catalog (TCP 3268, 3269) the accounts that hold the names in question. As the "
        "user who runs exdiag (Kerberos) or as the one of --user; nothing is written. A service "
        "ticket for each SMTPSVC name that the directory or the user vouches for (TCP 88), which "
        "is thrown away. Of each mail server of the organisation one SMTP connection (TCP 25: the "
        "banner, EHLO, STARTTLS, EHLO again), and a second one where X-ANONYMOUSTLS is offered. "
        "Exports of ldifde, output of setspn, event logs, SMTP "
        "protocol logs and registry exports given with --file; servers that they name are examined "
        "too. From Windows, of each --server below this machine's own domain or forest, as far as its machine lets this user, its registry and event logs, and of the directory which certificate its transport is to show",
    .noticed =
        "domain controllers may log the searches (event 1644, where that is turned on), the logon "
        "of whoever runs exdiag (4624), and the tickets that are asked for (4769; with result 0x7 "
        "where no account has the name). Many tickets for services at once are what defenders "
        "look for as Kerberoasting; here it is one for each name of a mail server",
    .logs_on =
        "to each mail server that the user names, or that a directory lists which showed who it "
        "is, as the user who runs exdiag, with a ticket for each SMTPSVC name that they vouch for: X-EXPS GSSAPI, or AUTH "
        "GSSAPI where that alone is offered (TCP 25; in the clear, or behind X-ANONYMOUSTLS or "
        "STARTTLS), and QUIT; no password is sent and no mail is offered. Each is in the server's "
        "SMTP protocol log and security log (4624, or 4625), one that is refused an event 1035",
    .kinds = kinds,
    .examine = examine,
};
