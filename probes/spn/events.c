#include "probes/spn/events.h"

#include "diag/clock.h"
#include "diag/read/dns_name.h"
#include "diag/read/spn.h"
#include "diag/text.h"
#include "probes/machine.h"
#include "probes/spn/causes.h"
#include "probes/spn/event_logs.h"
#include "probes/spn/hours.h"
#include "probes/spn/kinds.h"
#include "probes/spn/sources.h"
#include "probes/spn/tell.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_MOST = 12, HOSTS_MOST = 64 /* of one log */ };

/* ---- one event ---- */

static const unsigned ids[MAIL_EVENT_KIND_COUNT] = {
#define X(name, word, id) [MAIL_EVENT_##name] = id,
    MAIL_EVENT_LIST(X)
#undef X
};

unsigned spn_event_id(const struct mail_event *event)
{
    return ids[event->kind];
}

/* The mechanisms by which servers log on; people and programs have others. */
static bool is_of_servers(const char *mechanism)
{
    return text_equal_fold(mechanism, "ExchangeAuth") || text_equal_fold(mechanism, "Gssapi") ||
           text_equal_fold(mechanism, "X-EXPS");
}

/*
 * What a server hears that has not logged on. The second is mostly a warning, 7002: the mail goes
 * on without what XEXCH50 says of it.
 */
static const struct {
    const char *command, *reply;
} consequences[] = {{"rcpt", "550 5.7.1"}, {"xexch50", "504"}};

static enum spn_event_use use_of_reply(const struct mail_event *event)
{
    size_t size = strlen(event->reply);
    bool is_refusal = event->reply[0] == '4' || event->reply[0] == '5';

    if (text_equal_fold(event->command, "x-exps"))
        return is_refusal ? SPN_EVENT_OF_SERVERS : SPN_EVENT_OTHER;
    if (event->kind == MAIL_EVENT_CLIENT_REFUSED)
        return SPN_EVENT_OTHER;
    for (size_t i = 0; i < sizeof consequences / sizeof *consequences; i++) {
        if (text_equal_fold(event->command, consequences[i].command) &&
            text_starts_fold(event->reply, size, consequences[i].reply))
            return SPN_EVENT_FOLLOWS;
    }
    return SPN_EVENT_OTHER;
}

enum spn_event_use spn_event_use(const struct mail_event *event)
{
    static const char service[] = "SMTPSVC/";

    switch (event->kind) {
    case MAIL_EVENT_EXPS_FAILED:
    case MAIL_EVENT_EXPS_UNAVAILABLE:
        return SPN_EVENT_OF_SERVERS;
    case MAIL_EVENT_INBOUND_FAILED:
        return is_of_servers(event->mechanism) ? SPN_EVENT_OF_SERVERS : SPN_EVENT_GUESSING;
    case MAIL_EVENT_OUTBOUND_FAILED:
        return is_of_servers(event->mechanism) ||
                       text_starts_fold(event->target, strlen(event->target), service)
                   ? SPN_EVENT_OF_SERVERS
                   : SPN_EVENT_OTHER;
    default:
        return use_of_reply(event);
    }
}

const char *spn_event_host(const struct mail_event *event, struct arena *arena)
{
    const char *host = event->host;
    struct spn target;
    struct buffer folded;

    if (event->kind == MAIL_EVENT_INBOUND_FAILED || event->kind == MAIL_EVENT_CLIENT_REFUSED)
        return NULL;
    if (event->kind == MAIL_EVENT_OUTBOUND_FAILED) {
        if (spn_parse(event->target, arena, &target) != STATUS_OK)
            return NULL;
        host = target.host;
    }
    if (!host || !spn_is_host(host))
        return NULL;
    buffer_init(&folded, DNS_NAME_TEXT_SIZE);
    dns_name_fold(host, &folded);
    return buffer_keep(&folded, arena);
}

static const struct {
    const char *code; /* of Exchange 2003 */
    const char *token;
    const char *text;
} errors[] = {
    {"0x8009030c", "LogonDenied",
     "the ticket or the password was refused: the name is on another account"},
    {"0x80090303", "TargetUnknown", "no account has the name that was asked for, or several do"},
    {"0x80090322", "WrongPrincipal", "the ticket was made for another account than the server's"},
    {"0x80090324", "TimeSkew", "the clocks are too far apart"},
    {"0x80090311", "NoAuthenticatingAuthority", "no domain controller could be asked"},
    {"0x80090342", "KdcUnknownEncryptionType",
     "the domain controller and the account have no encryption type in common"},
};

const char *spn_event_error_text(const char *error, bool is_itself)
{
    if (is_itself &&
        (text_equal_fold(error, errors[0].code) || text_equal_fold(error, errors[0].token)))
        return "the ticket or the password was refused: the name is on another account, or the "
               "server may not be reached from itself by it";
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (text_equal_fold(error, errors[i].code) || text_equal_fold(error, errors[i].token))
            return errors[i].text;
    }
    return NULL;
}

/* ---- the logs ---- */

/*
 * ExchangeAuth is known to Exchange's servers alone, but an address outside may be anybody's;
 * Gssapi has AUTH as well as X-EXPS, and so every user's program.
 */
static enum spn_event_use use_of(struct spn_sources *sources, const struct mail_event *event)
{
    enum spn_event_use use = spn_event_use(event);
    struct ip_address ip;

    if (use != SPN_EVENT_OF_SERVERS || event->kind != MAIL_EVENT_INBOUND_FAILED)
        return use;
    if (ip_parse(event->address, strlen(event->address), &ip) != STATUS_OK)
        return SPN_EVENT_UNDECIDED;
    if (spn_is_inside(&ip) && !text_equal_fold(event->mechanism, "Gssapi"))
        return use;
    return spn_is_servers_address(sources, &ip) ? use : SPN_EVENT_UNDECIDED;
}

struct host_line {
    const char *host; /* folded */
    size_t group;
};

struct hosts {               /* that the events of one log are about */
    const char **of_groups;  /* beside each group, as the log names it; NULL: of none */
    struct host_line *lines; /* in order of their hosts, then of their groups */
    size_t count;
};

static const char *host_of(const struct event_group *group, struct arena *arena)
{
    const char *host = spn_event_host(&group->event, arena);

    if (host || !group->computer || !spn_is_host(group->computer))
        return host;
    return group->computer;
}

static const char *folded(const char *host, struct arena *arena)
{
    struct buffer out;

    buffer_init(&out, DNS_NAME_TEXT_SIZE);
    dns_name_fold(host, &out);
    return buffer_keep(&out, arena);
}

static int by_host(const void *one, const void *other)
{
    const struct host_line *a = one, *b = other;
    int order = strcmp(a->host, b->host);

    return order ? order : (a->group > b->group) - (a->group < b->group);
}

static const void *read_hosts(const struct evidence *item, struct arena *arena)
{
    const struct event_log_digest *log = (const struct event_log_digest *)item;
    struct hosts *hosts = arena_new(arena, 1, sizeof *hosts);

    hosts->of_groups = arena_new(arena, log->group_count, sizeof *hosts->of_groups);
    hosts->lines = arena_new(arena, log->group_count, sizeof *hosts->lines);
    for (size_t i = 0; i < log->group_count; i++) {
        const char *host = host_of(&log->groups[i], arena);

        hosts->of_groups[i] = host;
        if (host)
            hosts->lines[hosts->count++] = (struct host_line){folded(host, arena), i};
    }
    if (hosts->count > 0)
        qsort(hosts->lines, hosts->count, sizeof *hosts->lines, by_host);
    return hosts;
}

/* Read once, however many servers are looked for. */
static const struct hosts *hosts_of(const struct event_log_digest *log)
{
    return evidence_read(&log->evidence, read_hosts);
}

/* The lines of one host; `host` folded. */
static const struct host_line *lines_of(const struct hosts *hosts, const char *host, size_t *count)
{
    size_t low = 0, high = hosts->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(hosts->lines[middle].host, host) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < hosts->count && strcmp(hosts->lines[high].host, host) == 0;)
        high++;
    *count = high - low;
    return hosts->lines + low;
}

static bool is_about(struct spn_sources *sources, const struct event_log_digest *log,
                     const char *host)
{
    size_t count;
    const struct host_line *lines = lines_of(hosts_of(log), host, &count);

    for (size_t i = 0; i < count; i++) {
        if (use_of(sources, &log->groups[lines[i].group].event) == SPN_EVENT_OF_SERVERS)
            return true;
    }
    return false;
}

bool spn_is_logged(struct examination *x, const char *host)
{
    const struct spn_event_logs logs = spn_event_logs_of(x);
    struct spn_sources sources = {x, NULL};
    const char *name = folded(host, pass_memory(x));

    for (size_t i = 0; i < logs.count; i++) {
        if (is_about(&sources, logs.list[i], name))
            return true;
    }
    return false;
}

/* ---- what they come to ---- */

struct incident { /* a group that is told */
    const struct event_group *group;
    const struct event_log_digest *log;
};

struct incidents {
    struct incident *list;
    size_t count, room;
    uint64_t events;
    uint64_t guesses, undecided;
    bool has_id[MAIL_EVENT_KIND_COUNT];
    const struct evidence *guesses_source, *undecided_source;
    const char *address; /* of the first that is not decided */
    int64_t last;        /* when the newest was */
};

static void add_undecided(const struct event_log_digest *log, const struct event_group *group,
                          struct incidents *out)
{
    out->undecided += group->count;
    out->undecided_source = &log->evidence;
    out->address = out->address ? out->address : group->event.address;
}

static void add_incident(struct examination *x, const struct event_log_digest *log,
                         const struct event_group *group, struct incidents *out)
{
    out->list = arena_grow(pass_memory(x), out->list, &out->room, out->count, sizeof *out->list);
    out->list[out->count++] = (struct incident){group, log};
}

/* `is_wanted`: beside each group. */
static void collect(struct spn_sources *sources, const struct event_log_digest *log,
                    const bool *is_wanted, struct incidents *out)
{
    for (size_t i = 0; i < log->group_count; i++) {
        const struct event_group *group = &log->groups[i];
        enum spn_event_use use = is_wanted[i] ? use_of(sources, &group->event) : SPN_EVENT_OTHER;

        if (use == SPN_EVENT_OTHER)
            continue;
        if (use == SPN_EVENT_UNDECIDED) {
            add_undecided(log, group, out);
        } else if (use == SPN_EVENT_GUESSING) {
            out->guesses += group->count;
            out->guesses_source = &log->evidence;
        } else {
            add_incident(sources->x, log, group, out);
        }
    }
}

/* What follows from a refusal to log on is told only beside one. */
static void count_events(struct incidents *incidents)
{
    bool has_cause = false;
    size_t kept = 0;

    for (size_t i = 0; i < incidents->count; i++)
        has_cause =
            has_cause || spn_event_use(&incidents->list[i].group->event) == SPN_EVENT_OF_SERVERS;
    for (size_t i = 0; i < incidents->count && has_cause; i++) {
        incidents->events += incidents->list[i].group->count;
        incidents->has_id[incidents->list[i].group->event.kind] = true;
        if (incidents->list[i].group->last > incidents->last)
            incidents->last = incidents->list[i].group->last;
        incidents->list[kept++] = incidents->list[i];
    }
    incidents->count = kept;
}

/* ---- telling ---- */

static const char *what_text(struct examination *x, const struct mail_event *event)
{
    struct arena *arena = pass_memory(x);

    switch (event->kind) {
    case MAIL_EVENT_EXPS_FAILED:
    case MAIL_EVENT_EXPS_UNAVAILABLE:
        return arena_print(arena,
                           "X-EXPS failed between it and \"%s\", whichever of the two logged on, "
                           "error %s",
                           event->host, event->error);
    case MAIL_EVENT_INBOUND_FAILED:
        return arena_print(arena, "a logon from %s by %s failed at \"%s\": %s", event->address,
                           event->mechanism, event->connector, event->error);
    case MAIL_EVENT_OUTBOUND_FAILED:
        return arena_print(arena, "logging on to %s by %s failed: %s", event->target,
                           event->mechanism, event->error);
    case MAIL_EVENT_CLIENT_REFUSED:
        return arena_print(arena, "%s of %s was answered \"%s\"", event->command, event->host,
                           event->reply);
    default:
        return arena_print(arena, "%s was answered \"%s\" by %s", event->command, event->reply,
                           event->host);
    }
}

/* "ex01.contoso.com" and "EX01", or both whole. */
static bool is_first_label(const char *host, const char *computer)
{
    size_t size = strcspn(host, ".");

    return dns_name_equal(host, computer) ||
           (!strchr(computer, '.') &&
            text_equal_fold_sized(host, size, computer, strlen(computer)));
}

static void saw_incident(struct examination *x, struct finding *finding,
                         const struct incident *incident)
{
    const struct event_group *group = incident->group;
    const char *other = spn_event_host(&group->event, pass_memory(x));
    const char *meaning =
        spn_event_error_text(group->event.error, other && is_first_label(other, group->computer));
    const char *hours = spn_hours_text(group->by_hour, pass_memory(x));
    char first[CLOCK_TEXT_SIZE] = "", last[CLOCK_TEXT_SIZE] = "";

    if (group->first)
        clock_format(group->first, first);
    if (group->last && group->last != group->first)
        clock_format(group->last, last);
    saw(finding, &incident->log->evidence, "%s%s%s%sevent %u of %s, %llu time%s: %s%s%s%s", first,
        *last ? " to " : "", last, *first ? ": " : "", spn_event_id(&group->event),
        *group->computer ? group->computer : "a server that is not told",
        (unsigned long long)group->count, group->count == 1 ? "" : "s", what_text(x, &group->event),
        meaning ? " (" : "", meaning ? meaning : "", meaning ? ")" : "");
    if (hours)
        saw(finding, &incident->log->evidence, "  %s", hours);
}

/* "1706 and 7004" */
static const char *ids_text(struct examination *x, const struct incidents *incidents)
{
    size_t left = 0;
    const char *parting = "";
    struct buffer out;

    for (size_t i = 0; i < MAIL_EVENT_KIND_COUNT; i++)
        left += incidents->has_id[i];
    buffer_init(&out, 128);
    for (size_t i = 0; i < MAIL_EVENT_KIND_COUNT; i++) {
        if (!incidents->has_id[i])
            continue;
        buffer_print(&out, "%s%u", parting, ids[i]);
        parting = --left > 1 ? ", " : " and ";
    }
    return buffer_keep(&out, pass_memory(x));
}

static void saw_guesses(struct finding *finding, const struct incidents *incidents)
{
    if (incidents->guesses > 0)
        saw(finding, incidents->guesses_source,
            "beside these, %llu event%s 1035 of other mechanisms, as Login and NTLM: passwords "
            "that somebody tried, which is another matter",
            (unsigned long long)incidents->guesses, incidents->guesses == 1 ? "" : "s");
}

static void saw_undecided(struct finding *finding, const struct incidents *incidents)
{
    if (incidents->undecided > 0)
        saw(finding, incidents->undecided_source,
            "%llu event%s 1035 of tickets that were refused to %s%s: of no server that is known "
            "here, and users' programs log on so, too",
            (unsigned long long)incidents->undecided, incidents->undecided == 1 ? "" : "s",
            *incidents->address ? incidents->address : "addresses that are not told",
            incidents->undecided == 1 ? "" : " and others");
}

/* Machines of 2003 alone log these. */
static bool is_of_2003(const struct incidents *incidents)
{
    return !incidents->has_id[MAIL_EVENT_INBOUND_FAILED] &&
           !incidents->has_id[MAIL_EVENT_OUTBOUND_FAILED];
}

static void saw_age(struct examination *x, struct finding *finding,
                    const struct incidents *incidents)
{
    enum { DAY = 24 * 60 * 60 * 1000, OLD = 30 /* days */ };
    int64_t days = (ask_now(x) - incidents->last) / DAY;

    if (incidents->last > 0 && days > OLD)
        saw(finding, NULL, "the newest is %llu days old: whether it is still so, newer events show",
            (unsigned long long)days);
}

static struct finding *tell(struct examination *x, const struct incidents *incidents)
{
    struct finding *finding = found(x, &exps_events);

    set_text(finding, "events",
             incidents->events == 1 ? "1 event"
                                    : arena_print(pass_memory(x), "%llu events",
                                                  (unsigned long long)incidents->events));
    set_text(finding, "ids", ids_text(x, incidents));
    spn_set_causes(finding, is_of_2003(incidents) ? SPN_CAUSES_OF_2003 : SPN_CAUSES_TODAY);
    saw_age(x, finding, incidents);
    for (size_t i = 0; i < incidents->count && i < LINES_MOST; i++)
        saw_incident(x, finding, &incidents->list[i]);
    if (incidents->count > LINES_MOST)
        saw(finding, NULL, "and %zu more like these", incidents->count - LINES_MOST);
    saw_undecided(finding, incidents);
    saw_guesses(finding, incidents);
    return finding;
}

static void tell_guesses(struct examination *x, const struct incidents *incidents)
{
    struct finding *finding = not_applicable(
        x, &exps_events, "%llu logon%s failed with passwords that somebody tried, none of a server",
        (unsigned long long)incidents->guesses, incidents->guesses == 1 ? "" : "s");

    saw(finding, incidents->guesses_source,
        "events 1035 of mechanisms by which no server logs on: password guessing, as every server "
        "sees that the Internet reaches");
}

static void tell_undecided(struct examination *x, const struct incidents *incidents)
{
    struct finding *finding = unknown(
        x, &exps_events, "%llu logon%s by Kerberos failed, and whether a server's is not known",
        (unsigned long long)incidents->undecided, incidents->undecided == 1 ? "" : "s");

    saw_undecided(finding, incidents);
    saw_guesses(finding, incidents);
    set_vouched(finding, VALUE_TEXT, "undecided", "yes", strlen("yes"));
    set_vouched(finding, VALUE_TEXT, "decided-elsewhere", "yes", strlen("yes"));
}

/* ---- of a server ---- */

/* Which groups are about this name: all are marked in `marks`, which is made for the first. */
static void mark(struct examination *x, const struct event_log_digest *log, const char *host,
                 bool **marks)
{
    size_t count;
    const struct host_line *lines = lines_of(hosts_of(log), host, &count);

    if (count > 0 && !*marks)
        *marks = arena_new(pass_memory(x), log->group_count, sizeof **marks);
    for (size_t i = 0; i < count; i++)
        (*marks)[lines[i].group] = true;
}

static void mark_view(struct examination *x, const struct event_log_digest *log,
                      const struct spn_view *view, bool **marks)
{
    for (size_t i = 0; i < view->names.count; i++)
        mark(x, log, view->names.list[i].host, marks);
    mark(x, log, folded(view->host, pass_memory(x)), marks);
}

static void collect_of_view(struct spn_sources *sources, const struct event_log_digest *log,
                            const struct spn_view *view, struct incidents *out)
{
    bool *marks = NULL;

    mark_view(sources->x, log, view, &marks);
    if (marks)
        collect(sources, log, marks, out);
}

/*
 * Which of the two ends refused, 1704 and 1706 do not say: by the functions that they name, the
 * one that logged it may be who was logged on to, so that its name is to be looked for, too.
 */
static void set_other_ends(struct examination *x, struct finding *finding,
                           const struct incidents *incidents)
{
    const char *before = "";

    for (size_t i = 0; i < incidents->count; i++) {
        const struct event_group *group = incidents->list[i].group;
        bool is_either = group->event.kind == MAIL_EVENT_EXPS_FAILED ||
                         group->event.kind == MAIL_EVENT_EXPS_UNAVAILABLE;

        if (!is_either || !spn_is_host(group->computer) || text_equal_fold(group->computer, before))
            continue;
        before = group->computer;
        set_text(finding, "spn", spn_text(x, "SMTPSVC", before));
    }
}

/* A name without a dot is that of no subject, unless an export knows it. */
static const char *subject_of(const struct spn_exports *exports, const char *host)
{
    const struct spn_server *server;

    if (!host || strchr(host, '.'))
        return host;
    server = spn_server_of(&exports->servers, host);
    return server ? server->host : NULL;
}

/*
 * All that is about itself or about nobody, whatever it is called here. Others that did not let it
 * log on are examined as they are where a file is such a log.
 */
static void collect_own(struct spn_sources *sources, const struct event_log_digest *log,
                        const struct spn_view *view, struct incidents *out)
{
    const struct hosts *hosts = hosts_of(log);
    bool *is_wanted = arena_new(pass_memory(sources->x), log->group_count, sizeof *is_wanted);
    size_t others = 0;

    for (size_t i = 0; i < log->group_count; i++) {
        const struct event_group *group = &log->groups[i];
        const char *host = hosts->of_groups[i], *other = subject_of(sources->exports, host);

        is_wanted[i] = !other || others == HOSTS_MOST || is_first_label(host, group->computer);
        if (is_wanted[i] || use_of(sources, &group->event) != SPN_EVENT_OF_SERVERS)
            continue;
        add_subject(sources->x, SUBJECT_SERVER, other);
        others++;
    }
    mark_view(sources->x, log, view, &is_wanted);
    collect(sources, log, is_wanted, out);
}

static void collect_all(struct spn_sources *sources, const struct subject *server,
                        const struct spn_view *view, struct incidents *out)
{
    const struct spn_event_logs logs = spn_event_logs_of(sources->x);

    for (size_t i = 0; i < logs.count; i++) {
        if (logs.of[i] == server)
            collect_own(sources, logs.list[i], view, out);
        else
            collect_of_view(sources, logs.list[i], view, out);
    }
}

/* Of its own machine, where that may be asked; other probes may read it as well. */
static void tell_unread(struct examination *x, const struct subject *server)
{
    const struct event_log_digest *own = spn_event_log_of_machine(x, server);
    struct finding *finding;

    if (!own || !machine_is_unread(&own->evidence) ||
        !machine_is_told_by(x, MACHINE_SOURCE_EVENTS, "spn") ||
        machine_is_for_elevated(x, server, &own->evidence))
        return;
    finding = unknown(x, &exps_events, "its own event logs could not be read");
    if (machine_saw_unread(finding, server, &own->evidence)) /* else a file may still be had */
        set_vouched(finding, VALUE_TEXT, "decided-elsewhere", "yes", strlen("yes"));
}

void spn_tell_events(struct examination *x, const struct subject *server,
                     const struct spn_view *view)
{
    struct incidents *incidents = arena_new(pass_memory(x), 1, sizeof *incidents);
    struct spn_sources sources = {x, view->exports};
    struct finding *finding;

    collect_all(&sources, server, view, incidents);
    count_events(incidents);
    if (incidents->count == 0) {
        if (incidents->guesses > 0)
            tell_guesses(x, incidents);
        tell_unread(x, server);
        return;
    }
    finding = tell(x, incidents);
    set_vouched(finding, VALUE_NAME, "machine", view->host, strlen(view->host));
    spn_set_names(x, finding, view);
    set_other_ends(x, finding, incidents);
    spn_set_judged(finding, view);
    spn_saw_verdicts(x, finding, view);
}

/* ---- of a file ---- */

struct subjects { /* that a log leads to */
    const char *list[HOSTS_MOST];
    size_t count;
};

/* False: there is no room for another. */
static bool add_host(struct subjects *subjects, const char *host)
{
    for (size_t i = 0; i < subjects->count; i++) {
        if (dns_name_equal(subjects->list[i], host))
            return true;
    }
    if (subjects->count == HOSTS_MOST)
        return false;
    subjects->list[subjects->count++] = host;
    return true;
}

static void add_subjects(struct spn_sources *sources, const struct event_log_digest *log,
                         bool *is_nobodys, struct subjects *out)
{
    const struct hosts *hosts = hosts_of(log);

    for (size_t i = 0; i < log->group_count; i++) {
        const char *host = subject_of(sources->exports, hosts->of_groups[i]);
        enum spn_event_use use = use_of(sources, &log->groups[i].event);

        is_nobodys[i] = use == SPN_EVENT_GUESSING || use == SPN_EVENT_UNDECIDED || !host;
        if (!host || use != SPN_EVENT_OF_SERVERS)
            continue;
        if (add_host(out, host))
            add_subject(sources->x, SUBJECT_SERVER, host);
        else
            is_nobodys[i] = true; /* told of the file, that none is lost */
    }
}

void spn_tell_events_of_file(struct examination *x, const struct subject *file)
{
    const struct event_log_digest *log = spn_event_log_at(x, file->name);
    struct incidents *incidents = arena_new(pass_memory(x), 1, sizeof *incidents);
    struct subjects *subjects = arena_new(pass_memory(x), 1, sizeof *subjects);
    struct spn_sources sources = {x, spn_exports_of(x)};
    bool *is_nobodys;

    if (!log)
        return;
    is_nobodys = arena_new(pass_memory(x), log->group_count, sizeof *is_nobodys);
    add_subjects(&sources, log, is_nobodys, subjects);
    collect(&sources, log, is_nobodys, incidents);
    count_events(incidents);
    if (incidents->count > 0)
        tell(x, incidents);
    else if (incidents->undecided > 0)
        tell_undecided(x, incidents);
    else if (incidents->guesses > 0)
        tell_guesses(x, incidents);
    else if (subjects->count == 0)
        not_applicable(x, &exps_events, "it tells of no server that could not log on to another");
}
