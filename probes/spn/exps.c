#include "probes/spn/exps.h"

#include "diag/clock.h"
#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "probes/spn/causes.h"
#include "probes/spn/events.h"
#include "probes/spn/hours.h"
#include "probes/spn/kinds.h"
#include "probes/spn/offers_in_logs.h"
#include "probes/spn/sources.h"
#include "probes/spn/tell.h"
#include "probes/spn/tell_logon.h"

#include <string.h>

enum { PEERS_MOST = 64, LINES_MOST = 8, COUNTS_MOST = 512 };

/* So many in a row are no chance: servers are let in now and then where one of two ways is good. */
enum { STREAK_MOST = 2 };

/* ---- what logs say ---- */

/* By X-EXPS alone: AUTH is for people and programs, who may be refused for what they are. */
struct refusals {         /* of one peer of a protocol log */
    uint64_t denied;      /* 535, and what other 5xx answers X-EXPS */
    uint64_t temporary;   /* 454 4.7.0 */
    uint64_t unsupported; /* 500, 502, 504, in the log of who asked */
    uint64_t forbidden;   /* the account is known, and has not the right */
    uint64_t remarked;    /* no reply, but the log's own server notes the error */
    uint64_t accepted;
};

static bool is_of_servers(unsigned mechanism)
{
    return mechanism >= SMTP_AUTH_EXPS_GSSAPI && mechanism <= SMTP_AUTH_EXPS_OTHER;
}

static struct refusals refusals_of(const struct smtp_auth_peer *peer, enum file_type type)
{
    struct refusals out = {.remarked = peer->outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED]};

    for (unsigned i = 0; i < SMTP_AUTH_MECHANISM_COUNT; i++) {
        const uint64_t *outcomes = peer->outcomes[i];

        if (!is_of_servers(i))
            continue;
        out.denied += outcomes[SMTP_AUTH_DENIED];
        out.temporary += outcomes[SMTP_AUTH_TEMPORARY];
        out.forbidden += outcomes[SMTP_AUTH_FORBIDDEN];
        out.remarked += outcomes[SMTP_AUTH_REMARKED];
        out.accepted += outcomes[SMTP_AUTH_ACCEPTED];
        if (type != FILE_TYPE_SMTP_RECEIVE_LOG) /* there anybody may say what is no mechanism */
            out.unsupported += outcomes[SMTP_AUTH_UNSUPPORTED];
    }
    if (type == FILE_TYPE_SMTP_RECEIVE_LOG)
        out.remarked -= peer->outcomes[SMTP_AUTH_NONE][SMTP_AUTH_REMARKED];
    return out;
}

static uint64_t failures_of(const struct refusals *refusals)
{
    return refusals->denied + refusals->temporary + refusals->unsupported + refusals->forbidden +
           refusals->remarked;
}

static bool is_refused(const struct refusals *refusals)
{
    return failures_of(refusals) > refusals->remarked ||
           (refusals->remarked > 0 && refusals->accepted == 0);
}

/* X-EXPS of an address that is no server's is somebody who tries what he finds. */
static bool is_servers(struct spn_sources *sources, const struct auth_log_digest *log,
                       const struct smtp_auth_peer *peer)
{
    return log->log.type != FILE_TYPE_SMTP_RECEIVE_LOG || spn_is_inside(&peer->address.ip) ||
           spn_is_servers_address(sources, &peer->address.ip);
}

static const struct auth_log_digest *log_at(struct examination *x, const char *path)
{
    const struct file_digest *digest = ask_file(x, path);
    const struct auth_log_digest *log;

    if (!digest || digest->evidence.status != STATUS_OK ||
        !(SPN_AUTH_FILES & PROBE_READS(digest->type)))
        return NULL;
    log = ask_auth_log(x, path);
    return log && log->evidence.status == STATUS_OK ? log : NULL;
}

/* Who did not let the other log on: of a send log the other end, of a receive log its writer. */
static const char *refuser_of(const struct smtp_auth_peer *peer)
{
    return peer->server && spn_is_host(peer->server) ? peer->server : NULL;
}

struct refused { /* a peer that is told */
    const struct smtp_auth_peer *peer;
    const struct auth_log_digest *log;
    struct refusals refusals;
};

/* "denied 3 times (5xx), put off once (454), never taken" */
static void add_counts(struct buffer *out, const struct refusals *refusals)
{
    const struct {
        uint64_t count;
        const char *what, *how;
    } parts[] = {{refusals->denied, "denied", " (5xx)"},
                 {refusals->temporary, "put off", " (454)"},
                 {refusals->unsupported, "not known", " (500, 502 or 504)"},
                 {refusals->forbidden, "forbidden", " (535, for want of a right)"},
                 {refusals->remarked, "failed", " without a reply"},
                 {refusals->accepted, "taken", ""}};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *parting = out->size > 0 ? ", " : "";

        if (parts[i].count == 1)
            buffer_print(out, "%s%s once%s", parting, parts[i].what, parts[i].how);
        else if (parts[i].count > 1)
            buffer_print(out, "%s%s %llu times%s", parting, parts[i].what,
                         (unsigned long long)parts[i].count, parts[i].how);
    }
    if (refusals->accepted == 0)
        buffer_add_string(out, ", never taken");
}

static void saw_errors(struct finding *finding, const struct refused *refused)
{
    const struct smtp_auth_peer *peer = refused->peer;
    bool is_itself = peer->client && peer->server && dns_name_equal(peer->client, peer->server);

    for (size_t i = 0; i < peer->error_count; i++) {
        const char *meaning = spn_event_error_text(peer->errors[i].token, is_itself);

        saw(finding, &refused->log->evidence, "  %s, %llu time%s%s%s", peer->errors[i].token,
            (unsigned long long)peer->errors[i].count, peer->errors[i].count == 1 ? "" : "s",
            meaning ? ": " : "", meaning ? meaning : "");
    }
}

/* A line begins with its time. */
static void saw_lines(struct finding *finding, const struct refused *refused)
{
    const struct smtp_auth_peer *peer = refused->peer;
    char taken[CLOCK_TEXT_SIZE] = "";

    if (peer->first.line)
        saw(finding, &refused->log->evidence, "  line %llu: %s",
            (unsigned long long)peer->first.line, peer->first.text);
    if (refused->refusals.accepted == 0 || peer->taken == 0)
        return;
    clock_format(peer->taken, taken);
    saw(finding, &refused->log->evidence, "  last taken at %s; since then %llu failed", taken,
        (unsigned long long)peer->streak);
}

static void saw_peer(struct examination *x, struct finding *finding, const struct refused *refused)
{
    const struct smtp_auth_peer *peer = refused->peer;
    const char *hours = spn_hours_text(peer->by_hour, pass_memory(x));
    char address[NET_ADDRESS_TEXT_SIZE];
    struct buffer counts;

    if (peer->address.port)
        net_address_format(&peer->address, 25, address);
    else
        ip_format(&peer->address.ip, address);
    buffer_init(&counts, COUNTS_MOST);
    add_counts(&counts, &refused->refusals);
    saw(finding, &refused->log->evidence, "%s, %s%s%s: X-EXPS %s", peer->connector, address,
        peer->client ? ", from " : "", peer->client ? peer->client : "", counts.text);
    buffer_release(&counts);
    if (hours)
        saw(finding, &refused->log->evidence, "  %s", hours);
    saw_errors(finding, refused);
    saw_lines(finding, refused);
}

struct all_refused {
    struct refused list[PEERS_MOST];
    size_t count;
    struct refusals sum;        /* of these, and what else was taken of them */
    const struct refused *shut; /* one that is not let in any more, or NULL */
    size_t strangers;           /* that were refused, too */
    const struct evidence *strangers_source;
    char stranger[IP_TEXT_SIZE];
};

static void add_sum(struct refusals *sum, const struct refusals *one)
{
    sum->denied += one->denied;
    sum->temporary += one->temporary;
    sum->unsupported += one->unsupported;
    sum->forbidden += one->forbidden;
    sum->remarked += one->remarked;
    sum->accepted += one->accepted;
}

static void add_stranger(const struct auth_log_digest *log, const struct smtp_auth_peer *peer,
                         struct all_refused *out)
{
    if (out->strangers++ > 0)
        return;
    out->strangers_source = &log->evidence;
    ip_format(&peer->address.ip, out->stranger);
}

/* A name without a dot is a subject's if that begins with it. */
static bool is_nobodys(struct examination *x, const char *host)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);

    if (!host || strchr(host, '.'))
        return !host;
    for (size_t i = 0; i < servers.count; i++) {
        const char *name = servers.list[i]->name;

        if (text_equal_fold_sized(name, strcspn(name, "."), host, strlen(host)))
            return false;
    }
    return true;
}

/* Of one host, or (NULL) of those that no server's finding tells of. */
static void collect(struct spn_sources *sources, const struct auth_log_digest *log,
                    const char *host, struct all_refused *out)
{
    for (size_t i = 0; i < log->log.peer_count; i++) {
        const struct smtp_auth_peer *peer = &log->log.peers[i];
        const char *refuser = refuser_of(peer);
        struct refusals refusals;

        if (host && (!refuser || !dns_name_equal(refuser, host)))
            continue;
        refusals = refusals_of(peer, log->log.type);
        if (!is_refused(&refusals) || (!host && !is_nobodys(sources->x, refuser)))
            continue;
        if (!is_servers(sources, log, peer)) {
            add_stranger(log, peer, out);
            continue;
        }
        add_sum(&out->sum, &refusals);
        if (out->count < PEERS_MOST)
            out->list[out->count++] = (struct refused){peer, log, refusals};
    }
}

/* The same way, as another log or the same has it, was taken after that. */
static bool is_taken_since(const struct all_refused *all, const struct refused *refused)
{
    const struct smtp_auth_peer *peer = refused->peer;

    for (size_t i = 0; i < all->count; i++) {
        const struct auth_log_digest *log = all->list[i].log;

        for (size_t k = 0; k < log->log.peer_count; k++) {
            const struct smtp_auth_peer *other = &log->log.peers[k];

            if (log->log.type == refused->log->log.type && peer->address.ip.family != IP_NONE &&
                ip_equal(&other->address.ip, &peer->address.ip) && other->taken > peer->last.time)
                return true;
        }
    }
    return false;
}

static void find_shut(struct all_refused *all)
{
    for (size_t i = 0; i < all->count && !all->shut; i++) {
        const struct refused *one = &all->list[i];

        if ((one->refusals.accepted == 0 || one->peer->streak > STREAK_MOST) &&
            !is_taken_since(all, one))
            all->shut = one;
    }
}

static bool is_only_forbidden(const struct all_refused *all)
{
    return all->sum.forbidden > 0 && failures_of(&all->sum) == all->sum.forbidden;
}

/* "X-EXPS is answered 535", "X-EXPS is answered 535, 1 of 500 times" */
static const char *what_text(struct examination *x, const struct all_refused *all)
{
    const char *what = "X-EXPS fails before an answer";
    uint64_t failures = failures_of(&all->sum), logons = failures + all->sum.accepted;

    if (is_only_forbidden(all))
        what = "it knows who they are, and does not permit them (535)";
    else if (all->sum.denied + all->sum.forbidden > 0)
        what = "X-EXPS is answered 535";
    else if (all->sum.temporary > 0)
        what = "X-EXPS is answered 454 4.7.0";
    else if (all->sum.unsupported > 0)
        what = "X-EXPS is answered as no command or mechanism that it knows";
    if (all->shut)
        return what;
    return arena_print(pass_memory(x), "%s, %llu of %llu times", what, (unsigned long long)failures,
                       (unsigned long long)logons);
}

static void saw_strangers(struct finding *finding, const struct all_refused *all)
{
    if (all->strangers > 0)
        saw(finding, all->strangers_source,
            "%zu address%s, %s the first, of which it is not known that %s a server's, %s refused "
            "X-EXPS, too: that proves nothing",
            all->strangers, all->strangers == 1 ? "" : "es", all->stranger,
            all->strangers == 1 ? "it is" : "they are", all->strangers == 1 ? "was" : "were");
}

static struct finding *tell_refused(struct examination *x, const struct all_refused *all,
                                    const char *what)
{
    struct finding *finding = found(x, &exps_refused);

    set_text(finding, "what", what);
    if (all->count > 0 && !all->shut)
        finding_severity(finding, SEVERITY_WARNING);
    spn_set_causes(finding, is_only_forbidden(all) ? SPN_CAUSES_RIGHTS : SPN_CAUSES_TODAY);
    for (size_t i = 0; i < all->count && i < LINES_MOST; i++)
        saw_peer(x, finding, &all->list[i]);
    saw_strangers(finding, all);
    return finding;
}

static void tell_strangers(struct examination *x, const struct all_refused *all)
{
    struct finding *finding =
        unknown(x, &exps_refused,
                "X-EXPS was refused to %zu address%s, and whether %s a server's is not known",
                all->strangers, all->strangers == 1 ? "" : "es",
                all->strangers == 1 ? "it is" : "they are");

    saw(finding, all->strangers_source,
        "%s is the first: no address of a private network, and DNS gives it to no server that is "
        "known here",
        all->stranger);
    set_vouched(finding, VALUE_TEXT, "strangers", "yes", strlen("yes"));
}

/* The names of a server, whichever of them a log has. */
static void collect_of_view(struct examination *x, const struct spn_view *view,
                            struct all_refused *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct spn_sources sources = {x, view->exports};

    for (size_t i = 0; i < files.count; i++) {
        const struct auth_log_digest *log = log_at(x, files.list[i]->name);
        bool is_named = false;

        if (!log)
            continue;
        for (size_t k = 0; k < view->names.count; k++) {
            collect(&sources, log, view->names.list[k].host, out);
            is_named = is_named || dns_name_equal(view->names.list[k].host, view->host);
        }
        if (!is_named)
            collect(&sources, log, view->host, out);
    }
    find_shut(out);
}

/* A ticket that is refused though the directory is right: nobody gets as far as X-EXPS. */
static void tell_tickets(struct examination *x, const struct spn_view *view)
{
    for (size_t i = 0; i < view->case_count; i++) {
        const struct ticket_answer *ticket = view->tickets[i];
        enum spn_verdict verdict = view->cases[i].verdict;
        struct finding *finding;

        if (!spn_ticket_is_answered(ticket) || ticket->error_code == 0 ||
            (verdict != SPN_RIGHT && verdict != SPN_MAPPED))
            continue;
        finding = unknown(x, &exps_refused,
                          "the name is where it belongs, and yet the KDC gives no ticket for it");
        spn_saw_ticket(finding, ticket);
        saw(finding, NULL,
            "another domain controller may not have the name yet: see that they replicate");
        return;
    }
}

void spn_tell_exps(struct examination *x, const struct spn_view *view)
{
    struct all_refused *all = arena_new(pass_memory(x), 1, sizeof *all);
    struct spn_logons *logons = arena_new(pass_memory(x), 1, sizeof *logons);
    struct finding *finding;

    collect_of_view(x, view, all);
    spn_logons_of(view, logons);
    if (all->count == 0 && !logons->bad) {
        if (!spn_tell_logons(x, view, logons))
            tell_tickets(x, view);
        return;
    }
    finding = tell_refused(x, all, logons->bad ? spn_logons_what(x, logons) : what_text(x, all));
    if (logons->bad)
        finding_severity(finding, SEVERITY_CRITICAL);
    spn_saw_logons(x, finding, view, logons);
    set_vouched(finding, VALUE_NAME, "machine", view->host, strlen(view->host));
    spn_set_names(x, finding, view);
    if (logons->bad || (all->shut && !is_only_forbidden(all))) /* else the name is good enough */
        spn_set_judged(finding, view);
    spn_saw_verdicts(x, finding, view);
}

bool spn_is_refused_in_logs(struct examination *x, const char *host)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct all_refused *all = arena_new(pass_memory(x), 1, sizeof *all);
    struct spn_sources sources = {x, NULL};

    for (size_t i = 0; i < files.count; i++) {
        const struct auth_log_digest *log = log_at(x, files.list[i]->name);

        if (log)
            collect(&sources, log, host, all);
    }
    return all->count > 0;
}

/* ---- of a file ---- */

/* The servers that have refused others become subjects; how many logons there were at all. */
static size_t add_refusers(struct spn_sources *sources, const struct auth_log_digest *log,
                           struct refusals *sum)
{
    size_t added = 0;

    for (size_t i = 0; i < log->log.peer_count; i++) {
        const char *host = refuser_of(&log->log.peers[i]);
        struct refusals refusals = refusals_of(&log->log.peers[i], log->log.type);

        add_sum(sum, &refusals);
        if (!host || !is_refused(&refusals) || !strchr(host, '.') ||
            !is_servers(sources, log, &log->log.peers[i]))
            continue;
        add_subject(sources->x, SUBJECT_SERVER, host);
        added++;
    }
    return added;
}

static size_t count_strangers(struct spn_sources *sources, const struct auth_log_digest *log,
                              struct all_refused *out)
{
    for (size_t i = 0; i < log->log.peer_count; i++) {
        struct refusals refusals = refusals_of(&log->log.peers[i], log->log.type);

        if (is_refused(&refusals) && !is_servers(sources, log, &log->log.peers[i]))
            add_stranger(log, &log->log.peers[i], out);
    }
    return out->strangers;
}

void spn_tell_exps_of_file(struct examination *x, const struct subject *file)
{
    const struct auth_log_digest *log = log_at(x, file->name);
    struct all_refused *nameless = arena_new(pass_memory(x), 1, sizeof *nameless);
    struct all_refused *strangers = arena_new(pass_memory(x), 1, sizeof *strangers);
    struct spn_sources sources = {x, NULL};
    struct refusals sum = {.denied = 0};
    size_t servers;

    if (!log)
        return;
    servers = add_refusers(&sources, log, &sum) + spn_add_masked(x, log);
    collect(&sources, log, NULL, nameless);
    find_shut(nameless);
    if (nameless->count > 0)
        tell_refused(x, nameless, what_text(x, nameless));
    else if (servers > 0)
        return;
    else if (count_strangers(&sources, log, strangers) > 0)
        tell_strangers(x, strangers);
    else if (sum.accepted > 0)
        healthy(x, &exps_refused, "%llu logon%s by X-EXPS taken, and none refused",
                (unsigned long long)sum.accepted, sum.accepted == 1 ? "" : "s");
    else
        not_applicable(x, &exps_refused, "it tells of no logon of a server");
}
