#include "tests/lab/world.h"

#include "tests/lab/name_server.h"
#include "tests/lab/smtp_behaviour.h"
#include "tests/lab/world_archive.h"
#include "tests/lab/world_clocks.h"
#include "tests/lab/world_directory.h"
#include "tests/lab/world_shell.h"
#include "tests/lab/world_web.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/*
 * contoso.com   three records, as in the document: text in other cases and strings
 * fabrikam.com  two that differ and can be merged; one more pair at its mail host
 * wingtip.com   two that cannot be merged
 * adatum.com    v=spf10, which is no SPF record
 * litware.com   its two name servers disagree
 * tailspin.com  an internal zone hides the public record
 * proseware.com its name servers fail
 * woodgrove.com includes that need 13 lookups
 * fourth.com    a record with a misspelt mechanism
 * lucerne.com   a record that lets everybody send
 * northwind.com all is well
 *
 * Exchangers, as far as they are not northwind.com's:
 *
 * wideworld.com    the best is a balancer without back end; the second is healthy
 * alpineski.com    its only one refuses with 554
 * cohowinery.com   its only one closes at once
 * margies.com      its only one's port is closed
 * treyresearch.com its only one is silent
 * humongous.com    its only one greets with a teaser line first
 * consolidated.com its only one has a certificate that expired
 *
 * Clocks, all of contoso.com: world_clocks.c; its directory and mail servers: world_directory.c;
 * its web servers with a DAG's: world_web.c, and what was written of these: world_archive.c;
 * what was copied from a server whose shell does not start: world_shell.c
 */
#define EXAMINED_ZONES                                                                                                   \
    {"woodgrove.com", "TXT",                                                                                             \
     "\"v=spf1 a a:h9.woodgrove.com include:_a.woodgrove.com include:_b.woodgrove.com include:spf.northwind.com -all\"", \
     0},                                                                                                                 \
        {"woodgrove.com", "A", "192.0.2.80", 0},                                                                         \
        {"woodgrove.com", "MX", "10 mail.woodgrove.com", 0},                                                             \
        {"_a.woodgrove.com", "TXT",                                                                                      \
         "\"v=spf1 a:h1.woodgrove.com a:h2.woodgrove.com a:h3.woodgrove.com a:h4.woodgrove.com ~all\"",                  \
         0},                                                                                                             \
        {"_b.woodgrove.com", "TXT",                                                                                      \
         "\"v=spf1 a:h5.woodgrove.com a:h6.woodgrove.com a:h7.woodgrove.com a:h8.woodgrove.com ~all\"",                  \
         0},                                                                                                             \
        {"h2.woodgrove.com", "A", "198.51.100.2", 0},                                                                    \
        {"h3.woodgrove.com", "A", "198.51.100.3", 0},                                                                    \
        {"h4.woodgrove.com", "A", "198.51.100.4", 0},                                                                    \
        {"h5.woodgrove.com", "A", "198.51.100.5", 0},                                                                    \
        {"h6.woodgrove.com", "A", "198.51.100.6", 0},                                                                    \
        {"h7.woodgrove.com", "A", "198.51.100.7", 0},                                                                    \
        {"h8.woodgrove.com", "A", "198.51.100.8", 0},                                                                    \
        {"h9.woodgrove.com", "A", "198.51.100.9", 0},                                                                    \
        {"h1.woodgrove.com", "A", "198.51.100.1", 0},                                                                    \
        {"mail.woodgrove.com", "A", "127.0.0.29", 0},                                                                    \
        {"fourth.com", "TXT", "\"v=spf1 ipv4:198.51.100.7 include:spf.northwind.com -all\"", 0},                         \
        {"fourth.com", "MX", "10 mail.northwind.com", 0},                                                                \
        {"lucerne.com", "TXT", "\"v=spf1 ip4:198.51.100.7 +all\"", 0},                                                   \
    {                                                                                                                    \
        "lucerne.com", "MX", "10 mail.northwind.com", 0                                                                  \
    }

/* Seen alike from everywhere. */
#define EXCHANGER(domain, address)                                                                 \
    {domain, "TXT", "\"v=spf1 -all\"", 0}, {domain, "MX", "10 mx." domain, 0},                     \
    {                                                                                              \
        "mx." domain, "A", address, 0                                                              \
    }

#define CALLED_ZONES                                                                               \
    EXCHANGER("wideworld.com", "127.0.0.31"), {"wideworld.com", "MX", "20 mx2.wideworld.com", 0},  \
        {"mx2.wideworld.com", "A", "127.0.0.32", 0}, EXCHANGER("alpineski.com", "127.0.0.33"),     \
        EXCHANGER("cohowinery.com", "127.0.0.34"), EXCHANGER("margies.com", "127.0.0.35"),         \
        EXCHANGER("treyresearch.com", "127.0.0.36"), EXCHANGER("humongous.com", "127.0.0.37"),     \
        EXCHANGER("consolidated.com", "127.0.0.38")

static const struct lab_record resolver_records[] = {
    {"com", "NS", "a.gtld.com", 0},
    {"a.gtld.com", "A", "127.0.0.2", 0},
    {"contoso.com", "TXT", "\"v=SPF1 mx ~all\"", 0},
    {"contoso.com", "TXT", "\"v=spf1 mx ~all\"", 0},
    {"contoso.com", "TXT", "\"v=spf1 \" \"mx ~all\"", 0},
    {"contoso.com", "MX", "10 mail.contoso.com", 0},
    {"mail.contoso.com", "A", "127.0.0.26", 0},
    {"fabrikam.com", "TXT", "\"v=spf1 mx include:spf.northwind.com -all\"", 0},
    {"fabrikam.com", "TXT", "\"v=spf1 ip4:203.0.113.7 ~all\"", 0},
    {"fabrikam.com", "MX", "10 mail.fabrikam.com", 0},
    {"mail.fabrikam.com", "A", "127.0.0.27", 0},
    {"spf.northwind.com", "TXT", "\"v=spf1 ip4:198.51.100.0/24 -all\"", 0},
    {"spf.northwind.com", "TXT", "\"v=spf1 ip4:198.51.100.0/24 -all\"", 0},
    {"wingtip.com", "TXT", "\"v=spf1 redirect=spf.northwind.com\"", 0},
    {"wingtip.com", "TXT", "\"v=spf1 a mx -all\"", 0},
    {"adatum.com", "TXT", "\"v=spf10 mx -all\"", 0},
    {"adatum.com", "MX", "10 mail.adatum.com", 0},
    {"mail.adatum.com", "A", "127.0.0.28", 0},
    {"litware.com", "TXT", "\"v=spf1 mx -all\"", 0},
    {"tailspin.com", "TXT", "\"v=spf1 ip4:10.0.0.25 -all\"", 0},
    EXAMINED_ZONES,
    CALLED_ZONES,
    WORLD_CLOCKS_RECORDS,
    WORLD_DIRECTORY_RECORDS,
    WORLD_WEB_RECORDS,
    {"northwind.com", "TXT", "\"v=spf1 -all\"", 0},
    {"northwind.com", "TXT", "\"site-verification=0123456789\"", 0},
    {"northwind.com", "MX", "10 mail.northwind.com", 0},
    {"mail.northwind.com", "A", "127.0.0.25", 0},
};

static const struct lab_behaviour resolver_behaviours[] = {
    {"proseware.com", NULL, LAB_SERVFAIL, 0, 0},
};

#define DELEGATED(domain)                                                                          \
    {domain, "NS", "ns1." domain, 0}, {domain, "NS", "ns2." domain, 0},                            \
        {"ns1." domain, "A", "127.0.0.3", 0},                                                      \
    {                                                                                              \
        "ns2." domain, "A", "127.0.0.4", 0                                                         \
    }

static const struct lab_record top_records[] = {
    {"com", "SOA", "a.gtld.com hostmaster.gtld.com 1 3600 600 86400 300", 0},
    {"com", "NS", "a.gtld.com", 0},
    DELEGATED("contoso.com"),
    DELEGATED("fabrikam.com"),
    DELEGATED("wingtip.com"),
    DELEGATED("adatum.com"),
    DELEGATED("litware.com"),
    DELEGATED("tailspin.com"),
    DELEGATED("proseware.com"),
    DELEGATED("woodgrove.com"),
    DELEGATED("fourth.com"),
    DELEGATED("lucerne.com"),
    DELEGATED("northwind.com"),
    DELEGATED("wideworld.com"),
    DELEGATED("alpineski.com"),
    DELEGATED("cohowinery.com"),
    DELEGATED("margies.com"),
    DELEGATED("treyresearch.com"),
    DELEGATED("humongous.com"),
    DELEGATED("consolidated.com"),
};

#define ZONE(domain)                                                                               \
    {                                                                                              \
        domain, "SOA", "ns1." domain " hostmaster." domain " 1 3600 600 86400 300", 0              \
    }

#define SHARED_ZONES                                                                               \
    ZONE("woodgrove.com"), ZONE("fourth.com"), ZONE("lucerne.com"), EXAMINED_ZONES,                \
        ZONE("wideworld.com"), ZONE("alpineski.com"), ZONE("cohowinery.com"), ZONE("margies.com"), \
        ZONE("treyresearch.com"), ZONE("humongous.com"), ZONE("consolidated.com"), CALLED_ZONES,   \
        ZONE("contoso.com"), {"contoso.com", "TXT", "\"v=SPF1 mx ~all\"", 0},                      \
        {"contoso.com", "TXT", "\"v=spf1 mx ~all\"", 0},                                           \
        {"contoso.com", "TXT", "\"v=spf1 \" \"mx ~all\"", 0},                                      \
        {"contoso.com", "MX", "10 mail.contoso.com", 0},                                           \
        {"mail.contoso.com", "A", "127.0.0.26", 0}, ZONE("fabrikam.com"),                          \
        {"fabrikam.com", "MX", "10 mail.fabrikam.com", 0},                                         \
        {"mail.fabrikam.com", "A", "127.0.0.27", 0},                                               \
        {"spf.northwind.com", "TXT", "\"v=spf1 ip4:198.51.100.0/24 -all\"", 0},                    \
        {"fabrikam.com", "TXT", "\"v=spf1 mx include:spf.northwind.com -all\"", 0},                \
        {"fabrikam.com", "TXT", "\"v=spf1 ip4:203.0.113.7 ~all\"", 0},                             \
        {"mail.fabrikam.com", "TXT", "\"v=spf1 a -all\"", 0},                                      \
        {"mail.fabrikam.com", "TXT", "\"v=spf1 ip4:127.0.0.27 -all\"", 0}, ZONE("wingtip.com"),    \
        {"wingtip.com", "TXT", "\"v=spf1 redirect=spf.northwind.com\"", 0},                        \
        {"wingtip.com", "TXT", "\"v=spf1 a mx -all\"", 0}, ZONE("adatum.com"),                     \
        {"adatum.com", "TXT", "\"v=spf10 mx -all\"", 0},                                           \
        {"mail.adatum.com", "A", "127.0.0.28", 0}, ZONE("tailspin.com"),                           \
        {"tailspin.com", "TXT", "\"v=spf1 ip4:192.0.2.25 -all\"", 0}, ZONE("northwind.com"),       \
        {"northwind.com", "TXT", "\"v=spf1 -all\"", 0},                                            \
        {"northwind.com", "TXT", "\"site-verification=0123456789\"", 0},                           \
        {"northwind.com", "MX", "10 mail.northwind.com", 0},                                       \
        {"mail.northwind.com", "A", "127.0.0.25", 0}, ZONE("litware.com")

static const struct lab_record first_records[] = {
    SHARED_ZONES,
    {"litware.com", "TXT", "\"v=spf1 mx -all\"", 0},
};

static const struct lab_record second_records[] = {
    SHARED_ZONES,
    {"litware.com", "TXT", "\"v=spf1 ip4:192.0.2.1 -all\"", 0},
};

static const struct lab_behaviour domain_behaviours[] = {
    {"proseware.com", NULL, LAB_SERVFAIL, 0, 0},
};

static const struct {
    const char *address;
    struct lab_name_server_options options;
} servers[] = {
    {"127.0.0.1",
     {resolver_records, COUNT(resolver_records), resolver_behaviours, COUNT(resolver_behaviours),
      false}},
    {"127.0.0.2", {top_records, COUNT(top_records), NULL, 0, true}},
    {"127.0.0.3",
     {first_records, COUNT(first_records), domain_behaviours, COUNT(domain_behaviours), true}},
    {"127.0.0.4",
     {second_records, COUNT(second_records), domain_behaviours, COUNT(domain_behaviours), true}},
};

enum { SERVERS = COUNT(servers) };

static const struct {
    const char *address;
    const char *behaviour;
} exchangers[] = {
    {"127.0.0.25", "healthy-tls@mail.northwind.com"},
    {"127.0.0.27", "healthy-tls@mail.fabrikam.com"},
    {"127.0.0.28", "healthy-tls@mail.adatum.com"},
    {"127.0.0.29", "healthy-tls@mail.woodgrove.com"},
    {"127.0.0.31", "late-close:5.1"},
    {"127.0.0.32", "healthy-tls@mx2.wideworld.com"},
    {"127.0.0.33", "refuses-554@mx.alpineski.com"},
    {"127.0.0.34", "closes"},
    {"127.0.0.35", "refused"},
    {"127.0.0.36", "stall"},
    {"127.0.0.37", "teaser:1@mx.humongous.com"},
    {"127.0.0.38", "expired@mx.consolidated.com"},
    WORLD_DIRECTORY_EXCHANGERS,
};

enum { EXCHANGERS = COUNT(exchangers) };

const char lab_organisation[] = "contoso.com";
const char *const lab_servers[] = {"ex01.contoso.com", "cas.contoso.com", "ex13.contoso.com",
                                   "mbx1.contoso.com", NULL};
const char *const lab_nodes[] = {"mbx1.contoso.com", "mbx2.contoso.com", NULL};

const struct lab_planted lab_planted[] = {
    {"spf-multiple", SUBJECT_DOMAIN, "contoso.com", OUTCOME_PROBLEM,
     "three SPF records that say the same"},
    {"spf-multiple", SUBJECT_DOMAIN, "fabrikam.com", OUTCOME_PROBLEM,
     "two SPF records that differ and can be merged"},
    {"spf-multiple", SUBJECT_SERVER, "mail.fabrikam.com", OUTCOME_PROBLEM,
     "two more at its mail host, which the MX record names"},
    {"spf-multiple", SUBJECT_DOMAIN, "wingtip.com", OUTCOME_PROBLEM,
     "two SPF records that no program should merge"},
    {"spf-none", SUBJECT_DOMAIN, "adatum.com", OUTCOME_PROBLEM, "v=spf10, which is not SPF"},
    {"dns-servers-disagree", SUBJECT_DOMAIN, "litware.com", OUTCOME_PROBLEM,
     "two name servers that disagree"},
    {"dns-split-view", SUBJECT_DOMAIN, "tailspin.com", OUTCOME_PROBLEM,
     "an internal zone that hides the public record"},
    {"spf-lookup-limit", SUBJECT_DOMAIN, "woodgrove.com", OUTCOME_PROBLEM,
     "includes that need 13 lookups of 10"},
    {"spf-syntax", SUBJECT_DOMAIN, "fourth.com", OUTCOME_PROBLEM, "ipv4: in place of ip4:"},
    {"spf-permissive", SUBJECT_DOMAIN, "lucerne.com", OUTCOME_PROBLEM,
     "+all, which lets everybody send"},
    {"spf-multiple", SUBJECT_DOMAIN, "proseware.com", OUTCOME_UNKNOWN, "name servers that fail"},
    {"mx-banner-stall", SUBJECT_DOMAIN, "wideworld.com", OUTCOME_PROBLEM,
     "its best exchanger accepts and never greets"},
    {"mx-greeting-refused", SUBJECT_DOMAIN, "alpineski.com", OUTCOME_PROBLEM,
     "an exchanger that refuses with 554"},
    {"mx-closes", SUBJECT_DOMAIN, "cohowinery.com", OUTCOME_PROBLEM,
     "an exchanger that accepts and closes"},
    {"mx-refuses", SUBJECT_DOMAIN, "margies.com", OUTCOME_PROBLEM,
     "an exchanger whose port is closed"},
    {"mx-banner-stall", SUBJECT_DOMAIN, "treyresearch.com", OUTCOME_UNKNOWN,
     "an exchanger that is silent for longer than is waited here"},
    {"mx-certificate", SUBJECT_DOMAIN, "consolidated.com", OUTCOME_PROBLEM,
     "an exchanger whose certificate has expired"},
    {"clock-skew", SUBJECT_SERVER, "ex01.contoso.com", OUTCOME_PROBLEM,
     "an Exchange server 7 minutes ahead of its domain controllers"},
    {"clock-skew", SUBJECT_DC, "dc3.contoso.com", OUTCOME_PROBLEM,
     "a domain controller 90 s behind the PDC emulator"},
    {"clock-sources-disagree", SUBJECT_SERVER, "cas.contoso.com", OUTCOME_PROBLEM,
     "a load balancer, behind which SMB and SMTP are on different machines"},
    {"time-pdc-source", SUBJECT_DC, "dc1.contoso.com", OUTCOME_PROBLEM,
     "a PDC emulator that follows the domain, which follows it"},
    {"time-vm-sync", SUBJECT_DC, "dc3.contoso.com", OUTCOME_PROBLEM,
     "a domain controller whose clock Hyper-V sets"},
    {"time-hierarchy", SUBJECT_SERVER, "ex01.contoso.com", OUTCOME_PROBLEM,
     "a policy that has an Exchange server follow a clock of its own"},
    {"smtp-spn-missing", SUBJECT_SERVER, "ex02.contoso.com", OUTCOME_PROBLEM,
     "an Exchange server that calls itself mail.contoso.com, which nobody registered"},
    {"smtp-spn-duplicate", SUBJECT_SERVER, "ex03.contoso.com", OUTCOME_PROBLEM,
     "a name that the account of its predecessor has, too"},
    {"smtp-spn-misplaced", SUBJECT_SERVER, "ex04.contoso.com", OUTCOME_PROBLEM,
     "relay.contoso.com registered on a service account"},
    {"exps-absent", SUBJECT_SERVER, "ex06.contoso.com", OUTCOME_PROBLEM,
     "an Exchange server that does not offer X-EXPS"},
    {"exps-refused", SUBJECT_SERVER, "ex04.contoso.com", OUTCOME_PROBLEM,
     "535 for the logon of another server, in that one's log"},
    {"exps-events", SUBJECT_SERVER, "ex02.contoso.com", OUTCOME_PROBLEM,
     "events 2017 of a server that could not log on to it"},
    {"back-connection-host-names", SUBJECT_SERVER, "ex06.contoso.com", OUTCOME_PROBLEM,
     "a list of names that is of the wrong type"},
    {"ews-mime-transient", SUBJECT_MAILBOX, "archive@contoso.com", OUTCOME_PROBLEM,
     "meeting requests that cannot be read through one of two nodes"},
    {"ews-mime-transient", SUBJECT_FILE, "archive-job.log", OUTCOME_PROBLEM,
     "messages that an archiver asked for 16 times in 31 s, in vain"},
    {"ews-mime-conversion", SUBJECT_FILE, "archive-job.log", OUTCOME_PROBLEM,
     "one that no server can convert, in the same log"},
    {"ews-throttled", SUBJECT_FILE, "archive-job.log", OUTCOME_PROBLEM,
     "one that the server had no time for, in the same log"},
    {"ews-cgi-handler", SUBJECT_FILE, "mbx1-applicationHost.config", OUTCOME_PROBLEM,
     "a CGI handler that EWS inherits, on the node that fails"},
    {"ews-directory-differs", SUBJECT_FILE, "mbx2-applicationHost.config", OUTCOME_PROBLEM,
     "two nodes that are not set up alike"},
    {"ews-requests-failed", SUBJECT_FILE, "mbx1-iis.log", OUTCOME_PROBLEM,
     "every fifth request to EWS, ended by 500 after 12 s"},
    {"powershell-vdir-500", SUBJECT_SERVER, "ex13.contoso.com", OUTCOME_PROBLEM,
     "Exchange 2013 SP1, whose shell gets HTTP 500"},
    {"kerbauth-managed", SUBJECT_SERVER, "ex13.contoso.com", OUTCOME_PROBLEM,
     "by its files a module that is managed and not native: why"},
    {"exchange-build-unsupported", SUBJECT_SERVER, "ex13.contoso.com", OUTCOME_PROBLEM,
     "Exchange 2013 SP1, left over"},
    {"exchange-build-behind", SUBJECT_SERVER, "ex13.contoso.com", OUTCOME_PROBLEM,
     "which lacks what there was for it until then, too"},
    {"exchange-build-behind", SUBJECT_SERVER, "ex01.contoso.com", OUTCOME_PROBLEM,
     "Exchange SE as it came out, without an update since"},
    {"exchange-build-mixed", SUBJECT_SERVER, "ex01.contoso.com", OUTCOME_PROBLEM,
     "an organisation whose other servers have these updates"},
    {"mx-banner-stall", SUBJECT_DOMAIN, "humongous.com", OUTCOME_OK,
     "nothing: a teaser line, and the greeting a second later"},
    {"spf-multiple", SUBJECT_DOMAIN, "northwind.com", OUTCOME_OK, "nothing: all is well"},
    {"mx-banner-stall", SUBJECT_DOMAIN, "northwind.com", OUTCOME_OK,
     "nothing: its exchanger greets"},
    {"clock-skew", SUBJECT_DC, "dc1.contoso.com", OUTCOME_OK,
     "nothing: the PDC emulator agrees with a clock outside"},
    {"clock-skew", SUBJECT_DC, "dc2.contoso.com", OUTCOME_OK, "nothing: it agrees with that"},
    {"smtp-spn-missing", SUBJECT_SERVER, "ex05.contoso.com", OUTCOME_OK,
     "nothing: its names are on its own account alone"},
    {"ews-cgi-handler", SUBJECT_FILE, "mbx2-applicationHost.config", OUTCOME_OK,
     "nothing: no CGI on the node that works"},
    {"winrm-iis-ext-missing", SUBJECT_SERVER, "ex13.contoso.com", OUTCOME_OK,
     "nothing: its WinRM IIS Extension is absent, as on healthy servers"},
    {"exchange-build-behind", SUBJECT_SERVER, "mbx1.contoso.com", OUTCOME_OK,
     "nothing: it has the newest build"},
    {NULL, SUBJECT_DOMAIN, NULL, OUTCOME_OK, NULL},
};

struct lab_world {
    struct lab_name_server *servers[SERVERS];
    struct smtp_peer peers[EXCHANGERS];
    struct smtp_peers *exchangers;
    struct world_clocks *clocks;
    struct world_directory *directory;
    struct world_web *web;
    struct world_builds builds;
    struct world_files files;
    struct arena memory; /* of the peers, and of the above */
};

static enum status start_name_servers(struct lab_world *world, struct net_address *resolver)
{
    struct lab_endpoint endpoints[SERVERS];
    enum status status = STATUS_OK;
    size_t started = 0;

    for (size_t i = 0; i < SERVERS && status == STATUS_OK; i++)
        status = lab_endpoint_init(&endpoints[i], servers[i].address, LAB_UDP | LAB_TCP);
    if (status == STATUS_OK)
        status = lab_listen(endpoints, SERVERS, 0);
    if (status != STATUS_OK)
        return status;
    *resolver = endpoints[0].address;
    for (; started < SERVERS && status == STATUS_OK; started++)
        status = lab_name_server_start(&servers[started].options, &endpoints[started],
                                       &world->servers[started]);
    for (size_t i = started; i < SERVERS; i++)
        lab_endpoint_close(&endpoints[i]);
    return status;
}

static enum status start_exchangers(struct lab_world *world, uint16_t *port)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < EXCHANGERS && status == STATUS_OK; i++) {
        world->peers[i].address = exchangers[i].address;
        status = smtp_behaviour_read(exchangers[i].behaviour, &world->memory, &world->peers[i]);
    }
    *port = 0;
    if (status == STATUS_OK)
        status = smtp_peers_start(world->peers, EXCHANGERS, port, &world->exchangers);
    return status;
}

static enum status stop_hosts(struct lab_world *world)
{
    enum status status = world_clocks_stop(world->clocks);
    enum status other = smtp_peers_stop(world->exchangers);

    if (status == STATUS_OK)
        status = world_directory_stop(world->directory);
    if (status == STATUS_OK)
        status = world_web_stop(world->web);
    world->clocks = NULL;
    world->directory = NULL;
    world->web = NULL;
    world->exchangers = NULL;
    return status == STATUS_OK ? other : status;
}

/* Those who speak SMTP are at one port, which may be taken at the addresses of the second half. */
static enum status start_hosts(struct lab_world *world, uint16_t ports[SERVICE_COUNT])
{
    enum { TRIES = 5 };
    enum status status = STATUS_EXISTS;

    for (int i = 0; i < TRIES && status == STATUS_EXISTS; i++) {
        status = start_exchangers(world, &ports[SERVICE_SMTP]);
        if (status == STATUS_OK)
            status = world_clocks_start(ports, &world->clocks);
        if (status == STATUS_OK)
            status = world_directory_start(&world->builds, ports, &world->directory);
        if (status == STATUS_OK)
            status = world_web_start(&world->builds, ports, &world->web);
        if (status == STATUS_EXISTS)
            (void)stop_hosts(world);
    }
    return status;
}

static enum status make_files(struct world_files *files, const struct world_file *list)
{
    enum status status = STATUS_OK;

    for (; list->ending && status == STATUS_OK; list++)
        status = world_files_add(files, list);
    return status;
}

enum status lab_world_start(struct lab_world **out, struct lab_world_ways *ways)
{
    struct lab_world *world = memory_new(1, sizeof *world);
    enum status status = start_name_servers(world, &ways->resolver);

    *ways = (struct lab_world_ways){.resolver = ways->resolver, .reference = "ntp.example.net"};
    if (status == STATUS_OK)
        status = world_builds_read(&world->builds, &world->memory);
    if (status == STATUS_OK)
        status = start_hosts(world, ways->ports);
    if (status == STATUS_OK)
        status = make_files(&world->files, world_clocks_files);
    if (status == STATUS_OK)
        status = make_files(&world->files, world_directory_files);
    if (status == STATUS_OK)
        status = world_archive_add(&world->files);
    if (status == STATUS_OK)
        status = world_shell_add(&world->files);
    if (status != STATUS_OK) {
        (void)lab_world_stop(world);
        return status;
    }
    ways->ports[SERVICE_DNS] = ways->resolver.port;
    ways->authority = arena_print(&world->memory, "%s%s", smtp_peers_authority(world->exchangers),
                                  world_web_authority(world->web));
    ways->builds = world->builds.table;
    *out = world;
    return STATUS_OK;
}

enum status lab_world_stop(struct lab_world *world)
{
    enum status status = stop_hosts(world);

    for (size_t i = 0; i < SERVERS; i++) {
        enum status one = lab_name_server_stop(world->servers[i]);

        status = status == STATUS_OK ? one : status;
    }
    world_files_remove(&world->files);
    arena_release(&world->memory);
    free(world);
    return status;
}

bool lab_world_file(const struct lab_world *world, size_t index, const char **path,
                    const char **probe)
{
    if (index >= world->files.count)
        return false;
    *path = world->files.list[index].path;
    *probe = world->files.list[index].probe;
    return true;
}

const char *lab_world_file_host(const struct lab_world *world, size_t index)
{
    return index < world->files.count ? world->files.list[index].host : NULL;
}
