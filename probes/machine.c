#include "probes/machine.h"

#include "diag/read/dns_name.h"
#include "diag/read/machine_path.h"
#include "diag/text.h"
#include "probes/organisation/organisation.h"

#include <string.h>

/* ---- the machine at hand ---- */

static bool is_first_label(const char *full, const char *name)
{
    return full && text_equal_fold_sized(full, strcspn(full, "."), name, strlen(name));
}

/* By its full name, its own alone, or as every machine calls itself. */
static bool is_called(const struct machine_identity *here, const char *name)
{
    return text_equal_fold(name, "localhost") ||
           (here->name && text_equal_fold(name, here->name)) || is_first_label(here->name, name) ||
           is_first_label(here->netbios, name);
}

static bool holds(const struct dns_answer *answer, const struct ip_address *ip)
{
    const struct dns_record *record = NULL;

    while ((record = dns_answer_next(answer, record))) {
        if (ip_equal(&record->data.ip, ip))
            return true;
    }
    return false;
}

static bool is_loopback(const struct ip_address *ip)
{
    static const struct ip_address v4 = {IP_V4, {127, 0, 0, 1}},
                                   v6 = {IP_V6, {[sizeof v6.bytes - 1] = 1}};

    return ip_equal(ip, &v4) || ip_equal(ip, &v6);
}

/* By an address: one of every machine's own, or one that DNS gives to its name. */
static bool is_reached_by(struct examination *x, const struct machine_identity *here,
                          const struct ip_address *ip, bool *is_pending)
{
    const struct dns_answer *answer;

    if (is_loopback(ip))
        return true;
    if (!here->name || !strchr(here->name, '.'))
        return false;
    answer = ask_dns(x, here->name, ip->family == IP_V4 ? DNS_A : DNS_AAAA);
    *is_pending = !answer;
    return answer && holds(answer, ip);
}

/* ---- others ---- */

/*
 * Windows logs on to whomever it asks, with a password's hash where it has no ticket: a name that
 * the user typed is followed no further than the domain that this machine is joined to, and its
 * forest. To one without a domain, as to an address, anybody in the same network may answer.
 */
static bool is_of_own_domain(const struct machine_identity *here, const char *name)
{
    const char *const own[] = {here->domain, here->forest};

    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i] && dns_name_labels(own[i]) > 0 && dns_name_is_below(name, own[i]) &&
            !dns_name_equal(name, own[i]))
            return true;
    }
    return false;
}

/* Who it is, is asked first: where nobody answers to that, nothing else is waited for. */
static bool tells(const struct evidence *identity)
{
    return identity->status == STATUS_OK || identity->status == STATUS_DENIED;
}

static bool may_be_asked(struct examination *x, const struct machine_identity *here,
                         const struct subject *server, bool *is_pending)
{
    return server->given ? is_of_own_domain(here, server->name)
                         : organisation_lists(x, server->name, is_pending);
}

static const char *path_to(struct examination *x, const char *name)
{
    const char *path = arena_print(pass_memory(x), "\\\\%s", name);

    return machine_in_path(path) ? path : NULL;
}

/* NULL: there is no such machine, or it is none of Windows. */
static const char *path_of_other(struct examination *x, const struct machine_identity *here,
                                 const struct subject *server, bool *is_pending)
{
    const char *path = path_to(x, server->name);
    const struct machine_identity *identity;

    if (!path || !may_be_asked(x, here, server, is_pending))
        return NULL;
    identity = ask_machine(x, path);
    *is_pending = !identity;
    return identity && tells(&identity->evidence) ? path : NULL;
}

bool machine_of(struct examination *x, const struct subject *server, const char **path)
{
    const struct machine_identity *here = ask_machine(x, "");
    bool is_pending = !here, is_here;
    struct ip_address ip;

    *path = NULL;
    if (!here || here->evidence.status != STATUS_OK)
        return !is_pending;
    is_here = ip_parse(server->name, strlen(server->name), &ip) == STATUS_OK
                  ? is_reached_by(x, here, &ip, &is_pending)
                  : is_called(here, server->name);
    if (is_here)
        *path = "";
    else if (!is_pending)
        *path = path_of_other(x, here, server, &is_pending);
    return !is_pending;
}

const struct evidence *machine_obstacle_at(struct examination *x, const char *name)
{
    const char *path = path_to(x, name);
    const struct machine_identity *identity = path ? ask_machine(x, path) : NULL;

    return identity && !tells(&identity->evidence) && machine_is_unread(&identity->evidence)
               ? &identity->evidence
               : NULL;
}

const struct evidence *machine_obstacle(struct examination *x, const struct subject *server)
{
    const struct machine_identity *here = ask_machine(x, "");

    if (!here || here->evidence.status != STATUS_OK || !server->given ||
        is_called(here, server->name) || !is_of_own_domain(here, server->name))
        return NULL;
    return machine_obstacle_at(x, server->name);
}

bool machine_named(struct examination *x, const char *name, const char **path)
{
    static const enum subject_kind kinds[] = {SUBJECT_DC, SUBJECT_SERVER};

    *path = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct subject_list hosts = ask_subjects(x, kinds[i]);

        for (size_t j = 0; j < hosts.count; j++) {
            if (text_equal_fold(hosts.list[j]->name, name))
                return machine_of(x, hosts.list[j], path);
        }
    }
    return true;
}

/* ---- what could not be read ---- */

enum { READERS_MOST = 4 };

/* Who tells comes first. */
static const char *const readers[][READERS_MOST] = {
    [MACHINE_SOURCE_REGISTRY] = {"clock", "spn", "build", "powershell"},
    [MACHINE_SOURCE_EVENTS] = {"spn", "powershell", "ews"},
    [MACHINE_SOURCE_IIS] = {"powershell", "ews"},
};

bool machine_is_told_by(struct examination *x, enum machine_source source, const char *probe)
{
    for (size_t i = 0; i < READERS_MOST && readers[source][i]; i++) {
        if (ask_is_selected(x, readers[source][i]))
            return strcmp(readers[source][i], probe) == 0;
    }
    return false;
}

/* Wanted by a probe that is selected: nothing is read for this alone. */
const struct evidence *machine_denied(struct examination *x, const struct subject *server)
{
    const struct machine_identity *here;
    const struct iis_config_file *config;
    const struct event_log_digest *log;
    bool is_pending = false;
    const char *path;

    if (server->kind != SUBJECT_SERVER || !ask_is_selected(x, "powershell") ||
        !machine_of(x, server, &path) || !path || *path ||
        organisation_is_seat(x, server, &is_pending) || is_pending)
        return NULL;
    here = ask_machine(x, "");
    if (!here || here->elevation != MACHINE_ELEVATION_NO)
        return NULL;
    config = ask_iis_config(x, "");
    log = ask_event_log(x, "");
    if (!config || !log)
        return NULL;
    if (config->evidence.status == STATUS_DENIED)
        return &config->evidence;
    return log->evidence.status == STATUS_DENIED ? &log->evidence : NULL;
}

bool machine_is_for_elevated(struct examination *x, const struct subject *server,
                             const struct evidence *evidence)
{
    return evidence->status == STATUS_DENIED && ask_is_selected(x, "organisation") &&
           machine_denied(x, server);
}

bool machine_is_unread(const struct evidence *evidence)
{
    switch (evidence->status) {
    case STATUS_OK:
    case STATUS_NOT_FOUND:
    case STATUS_NOT_SUPPORTED:
    case STATUS_NOT_RECORDED:
        return false;
    default:
        return true;
    }
}

bool machine_set_unread(struct finding *finding, const struct evidence *evidence)
{
    static const enum status away[] = {STATUS_TIMED_OUT, STATUS_REFUSED, STATUS_UNREACHABLE,
                                       STATUS_CLOSED, STATUS_NO_SERVER};
    bool is_turned_away = evidence->status == STATUS_DENIED || evidence->status == STATUS_REJECTED;
    const char *unread = is_turned_away ? "unread-denied" : NULL;

    for (size_t i = 0; i < sizeof away / sizeof *away; i++) {
        if (evidence->status == away[i])
            unread = "unread-away";
    }
    if (!unread)
        return false;
    set_text(finding, "unread", "yes");
    set_text(finding, unread, "yes");
    return true;
}

bool machine_saw_unread(struct finding *finding, const struct subject *server,
                        const struct evidence *evidence)
{
    saw_failure(finding, evidence);
    set_vouched(finding, VALUE_TEXT, "machine", server->name, strlen(server->name));
    return machine_set_unread(finding, evidence);
}
