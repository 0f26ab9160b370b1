#include "probes/build/machines.h"

#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "probes/build/files.h"
#include "probes/build/folders.h"
#include "probes/build/own.h"
#include "probes/site.h"
#include "probes/spn/forest.h"

#include <string.h>

static const char logon_page[] = "/owa/auth/logon.aspx";
static const char manifest[] =
    "/ecp/Current/exporttool/microsoft.exchange.ediscovery.exporttool.application";

enum { MAILBOXES_MOST = 4 };

/* One server while it is asked. */
struct visit {
    struct examination *x;
    struct build_organisation *organisation;
    struct build_machine *machine;
    bool is_ours; /* the user named it, or a directory of the user's lists it */
    struct ip_address ip;
};

/* ---- machines ---- */

/* A short name is that of any server whose first label it is. */
static bool is_called(const struct build_machine *machine, const char *name)
{
    size_t size = strcspn(name, "."), own = machine->name ? strcspn(machine->name, ".") : 0;

    if (!machine->name)
        return false;
    if (dns_name_equal(machine->name, name))
        return true;
    return (!name[size] || !machine->name[own]) &&
           text_equal_fold_sized(machine->name, own, name, size);
}

static struct build_machine *add_machine(struct build_organisation *organisation, const char *name)
{
    struct build_machine *machine;

    if (organisation->count == BUILD_MACHINES_MOST)
        return NULL;
    machine = arena_new(organisation->memory, 1, sizeof *machine);
    organisation->machines[organisation->count++] = machine;
    machine->name = name;
    return machine;
}

struct build_machine *build_machine_of(struct build_organisation *organisation, const char *name)
{
    for (size_t i = 0; name && i < organisation->count; i++) {
        if (is_called(organisation->machines[i], name))
            return organisation->machines[i];
    }
    return add_machine(organisation, name);
}

/* By way, and of one way the greater first: of two logs the later one. */
static bool is_before(const struct build_sighting *a, const struct build_sighting *b)
{
    return a->way != b->way ? a->way < b->way : build_number_compare(&a->number, &b->number) > 0;
}

void build_machine_saw(struct build_machine *machine, enum build_way way,
                       const struct build_number *number, const struct evidence *source)
{
    struct build_sighting sighting = {.way = way,
                                      .number = *number,
                                      .precision = build_number_precision(way, number),
                                      .source = source};
    size_t at = machine->count;

    machine->is_exchange = true;
    if (sighting.precision == BUILD_OF_VERSION || machine->count == BUILD_SIGHTINGS_MOST)
        return;
    while (at > 0 && is_before(&sighting, &machine->sightings[at - 1])) {
        machine->sightings[at] = machine->sightings[at - 1];
        at--;
    }
    machine->sightings[at] = sighting;
    machine->count++;
}

static void saw_build(const struct visit *visit, enum build_way way,
                      const struct build_number *number, const struct evidence *source)
{
    build_machine_saw(visit->machine, way, number, source);
}

static void was_barred(const struct visit *visit, const struct evidence *evidence)
{
    if (!visit->machine->obstacle && evidence->status != STATUS_NOT_RECORDED)
        visit->machine->obstacle = evidence;
}

/* ---- the directory ---- */

static const struct ad_domain *domain_of(struct examination *x, const struct subject *server)
{
    const struct ad_domain *domain;

    if (!server->given) {
        domain = ad_domain_above(x, server->name);
        return domain ? domain : ad_domain_named(x, NULL);
    }
    domain = ad_domain_of_host(x, server->name, NULL);
    return domain->state == AD_DOMAIN_NONE ? ad_domain_named(x, NULL) : domain;
}

static const struct directory_entry *entry_of(const struct spn_forest *forest, const char *dn)
{
    const struct directory_answer *answer = (const struct directory_answer *)forest->servers_source;

    for (size_t i = 0; i < answer->entry_count; i++) {
        if (strcmp(answer->entries[i].dn, dn) == 0)
            return &answer->entries[i];
    }
    return NULL;
}

/* By its full name, or as the only one that calls itself by this name. */
static const struct spn_server *find_listed(const struct spn_servers *servers, const char *host)
{
    const struct spn_server *server = spn_server_of(servers, host), *found = NULL;

    for (size_t i = 0; i < servers->count && !server; i++) {
        if (!spn_server_calls_itself(&servers->list[i], host))
            continue;
        if (found)
            return NULL;
        found = &servers->list[i];
    }
    return server ? server : found;
}

/* False while it is on its way. */
static bool ask_forest(struct visit *visit, const struct subject *server)
{
    const struct ad_domain *domain = domain_of(visit->x, server);
    const struct spn_forest *forest = spn_forest_of(visit->x, domain);
    const struct spn_server *listed;
    const struct directory_entry *entry;
    struct build_number number;

    if (forest->state == SPN_FOREST_PENDING)
        return false;
    if (forest->state != SPN_FOREST_FOUND)
        return true;
    listed = find_listed(&forest->servers, server->name);
    if (!listed)
        return true;
    if (listed->host && !dns_name_equal(listed->host, server->name)) {
        visit->machine->own_name = listed->host;
        return true;
    }
    visit->is_ours = true;
    visit->machine->is_vouched = true;
    visit->machine->is_exchange = true;
    visit->machine->is_edge = listed->roles & SPN_ROLE_EDGE;
    entry = entry_of(forest, listed->dn);
    if (!visit->machine->is_edge && entry && build_of_entry(entry, &number))
        saw_build(visit, BUILD_BY_SERIAL_NUMBER, &number, forest->servers_source);
    return true;
}

/* ---- the server itself ---- */

/* False while it is on its way, or where there is none. */
static bool find_address(struct visit *visit)
{
    const char *host = visit->machine->name;
    const struct dns_answer *v4, *v6;
    const struct dns_record *record;

    if (ip_parse(host, strlen(host), &visit->ip) == STATUS_OK)
        return true;
    v4 = ask_dns(visit->x, host, DNS_A);
    v6 = ask_dns(visit->x, host, DNS_AAAA);
    if (!v4 || !v6) {
        visit->organisation->is_pending = true;
        return false;
    }
    record = dns_answer_next(v4, NULL);
    if (!record)
        record = dns_answer_next(v6, NULL);
    if (!record) {
        was_barred(visit, &v4->evidence);
        return false;
    }
    visit->ip = record->data.ip;
    return true;
}

/* Since 2007 a greeting has no number, and this wording, unless somebody has set another. */
static bool is_greeting_of_exchange(const struct smtp_conversation *conversation, const char *text)
{
    static const char wording[] = "Microsoft ESMTP MAIL Service ready";
    const struct smtp_exchange *ehlo = smtp_exchange_of(conversation, SMTP_EHLO);

    return strstr(text, wording) != NULL || (ehlo && (smtp_keyword(&ehlo->reply, "X-EXPS") ||
                                                      smtp_keyword(&ehlo->reply, "XEXCH50")));
}

static void call(struct visit *visit)
{
    const struct smtp_conversation *conversation =
        ask_smtp(visit->x, &visit->ip, SERVICE_SMTP, visit->machine->name);
    const struct smtp_exchange *greeting;
    struct build_number number;
    const char *text;

    if (!conversation) {
        visit->organisation->is_pending = true;
        return;
    }
    greeting = smtp_exchange_of(conversation, SMTP_GREETING);
    if (!greeting || greeting->reply.line_count == 0)
        return;
    visit->machine->has_spoken = true;
    text = smtp_line_text(&greeting->reply.lines[0]);
    if (is_greeting_of_exchange(conversation, text))
        visit->machine->is_exchange = true;
    if (build_number_parse_banner(text, strlen(text), &number) == STATUS_OK)
        saw_build(visit, BUILD_BY_BANNER, &number, &conversation->evidence);
}

static const struct web_exchange *ask_page(struct visit *visit, const char *path)
{
    struct ip_address literal;
    const char *name = visit->machine->name;
    struct web_question question = {
        .ip = visit->ip, .service = SERVICE_HTTPS, .path = path, .request = WEB_GET};
    const struct web_exchange *exchange;

    if (ip_parse(name, strlen(name), &literal) != STATUS_OK)
        question.host = name;
    exchange = ask_web(visit->x, &question);
    if (!exchange)
        visit->organisation->is_pending = true;
    return exchange;
}

static void read_header(struct visit *visit, const struct web_exchange *exchange)
{
    const char *version = web_field_of(exchange, "X-OWA-Version");
    struct build_number number;

    if (version || web_field_of(exchange, "X-FEServer"))
        visit->machine->is_exchange = true;
    if (version && build_number_parse(version, strlen(version), &number) == STATUS_OK)
        saw_build(visit, BUILD_BY_OWA_HEADER, &number, &exchange->evidence);
}

static void browse(struct visit *visit)
{
    const struct web_exchange *page = ask_page(visit, logon_page), *tool;
    struct build_number number;

    if (!page)
        return;
    if (page->evidence.status != STATUS_OK) {
        was_barred(visit, &page->evidence);
        return;
    }
    visit->machine->page = page;
    visit->machine->has_spoken = true;
    read_header(visit, page);
    if (page->body && build_number_parse_page(page->body, page->body_kept, &number) == STATUS_OK)
        saw_build(visit, BUILD_BY_OWA_PATH, &number, &page->evidence);
    if (!visit->machine->is_exchange)
        return;
    tool = ask_page(visit, manifest);
    if (tool && tool->evidence.status == STATUS_OK && tool->body &&
        build_number_parse_manifest(tool->body, tool->body_kept, &number) == STATUS_OK)
        saw_build(visit, BUILD_BY_EXPORT_TOOL, &number, &tool->evidence);
}

/* What a mailbox's survey through this server says beside; none is made for this alone. */
static void read_survey(struct visit *visit, const struct subject *mailbox)
{
    const struct ews_question question = {
        .ip = visit->ip, .host = visit->machine->name, .mailbox = mailbox->name};
    const struct ews_survey *survey = ask_ews(visit->x, &question);
    struct build_number number;
    uint64_t parts[BUILD_PARTS];

    if (!survey) {
        visit->organisation->is_pending = true;
        return;
    }
    parts[0] = survey->version.major;
    parts[1] = survey->version.minor;
    parts[2] = survey->version.build;
    parts[3] = survey->version.revision;
    if (build_number_make(parts, BUILD_PARTS, &number) == STATUS_OK)
        saw_build(visit, BUILD_BY_EWS, &number, &survey->evidence);
    if (survey->owa_version &&
        build_number_parse(survey->owa_version, strlen(survey->owa_version), &number) == STATUS_OK)
        saw_build(visit, BUILD_BY_OWA_HEADER, &number, &survey->evidence);
}

/* The ews probe surveys what the user named, one server after another where it makes items. */
static void read_surveys(struct visit *visit, const struct subject *server)
{
    struct subject_list mailboxes = ask_subjects(visit->x, SUBJECT_MAILBOX);

    if (!server->given || ask_settings(visit->x)->plants || !ask_is_selected(visit->x, "ews"))
        return;
    for (size_t i = 0; i < mailboxes.count && i < MAILBOXES_MOST; i++) {
        if (mailboxes.list[i]->given)
            read_survey(visit, mailboxes.list[i]);
    }
}

static void ask_server(struct examination *x, struct build_organisation *organisation,
                       const struct subject *server)
{
    struct visit visit = {.x = x,
                          .organisation = organisation,
                          .machine = add_machine(organisation, server->name),
                          .is_ours = server->given};

    if (!visit.machine)
        return;
    visit.machine->server = server;
    visit.machine->is_vouched = server->given;
    visit.machine->is_online = site_online(server->name) != SITE_NOT_ONLINE;
    if (visit.machine->is_online)
        return;
    if (!ask_forest(&visit, server)) {
        organisation->is_pending = true;
        if (!server->given)
            return;
    }
    if (visit.machine->own_name)
        return;
    if (!build_read_own(x, visit.machine))
        organisation->is_pending = true;
    if (!find_address(&visit))
        return;
    call(&visit);
    if (!visit.is_ours)
        return;
    browse(&visit);
    read_surveys(&visit, server);
}

/* ---- all of them ---- */

static struct build_organisation *organisation_new(struct examination *x)
{
    struct build_organisation *organisation = arena_new(pass_memory(x), 1, sizeof *organisation);

    organisation->memory = pass_memory(x);
    organisation->machines =
        arena_new(pass_memory(x), BUILD_MACHINES_MOST, sizeof *organisation->machines);
    return organisation;
}

static void read_files(struct examination *x, struct build_organisation *organisation)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    organisation->tellers = arena_new(pass_memory(x), files.count, sizeof *organisation->tellers);
    for (size_t i = 0; i < files.count; i++)
        build_read_file(x, files.list[i], organisation);
    build_join_folders(organisation);
}

/* Those that all are held against. */
static const void *ask_servers(struct examination *x)
{
    struct build_organisation *organisation = organisation_new(x);
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);

    for (size_t i = 0; i < servers.count && i < BUILD_SERVERS_MOST; i++)
        ask_server(x, organisation, servers.list[i]);
    return organisation;
}

/* With those, as far as they are known; files add to what is known of each. */
static struct build_organisation *organisation_of_servers(struct examination *x)
{
    const struct build_organisation *servers = ask_shared(x, ask_servers);
    bool has_files = ask_subjects(x, SUBJECT_FILE).count > 0;
    struct build_organisation *organisation = organisation_new(x);

    organisation->is_pending = !servers || servers->is_pending;
    organisation->count = servers ? servers->count : 0;
    for (size_t i = 0; i < organisation->count; i++) {
        organisation->machines[i] = servers->machines[i];
        if (!has_files)
            continue;
        organisation->machines[i] = arena_new(pass_memory(x), 1, sizeof **servers->machines);
        *organisation->machines[i] = *servers->machines[i];
    }
    return organisation;
}

static const void *ask_all(struct examination *x)
{
    struct build_organisation *organisation = organisation_of_servers(x);

    read_files(x, organisation);
    return organisation;
}

static bool is_beyond(struct examination *x, const struct subject *subject)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);
    size_t i = 0;

    while (i < servers.count && i < BUILD_SERVERS_MOST && servers.list[i] != subject)
        i++;
    return subject->kind == SUBJECT_SERVER && i == BUILD_SERVERS_MOST;
}

const struct build_organisation *build_organisation_of(struct examination *x,
                                                       const struct subject *subject)
{
    const struct build_organisation *all;
    struct build_organisation *own;

    if (!is_beyond(x, subject)) {
        all = ask_shared(x, ask_all);
        return all && !all->is_pending ? all : NULL;
    }
    own = organisation_of_servers(x);
    ask_server(x, own, subject);
    read_files(x, own);
    return own->is_pending ? NULL : own;
}
