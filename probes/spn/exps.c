#include "probes/spn/exps.h"

#include "diag/clock.h"
#include "diag/read/dns_name.h"
#include "probes/spn/events.h"
#include "probes/spn/kinds.h"
#include "probes/spn/tell.h"
#include "probes/spn/tell_logon.h"

#include <string.h>

enum { LOGS_MOST = 16, PEERS_MOST = 64, LINES_MOST = 8, COUNTS_MOST = 512 };

/* ---- what logs say ---- */

static bool is_of_servers(enum smtp_auth_mechanism mechanism)
{
    return mechanism == SMTP_AUTH_EXPS_GSSAPI || mechanism == SMTP_AUTH_EXPS_NTLM ||
           mechanism == SMTP_AUTH_EXPS_EXCHANGEAUTH || mechanism == SMTP_AUTH_EXPS_OTHER ||
           mechanism == SMTP_AUTH_AUTH_GSSAPI;
}

void spn_refusals_of(const struct smtp_auth_peer *peer, struct spn_refusals *out)
{
    *out = (struct spn_refusals){.denied = 0};
    for (int i = 0; i < SMTP_AUTH_MECHANISM_COUNT; i++) {
        const uint64_t *outcomes = peer->outcomes[i];

        if (i == SMTP_AUTH_NONE) {
            out->remarked += outcomes[SMTP_AUTH_REMARKED];
            out->required += outcomes[SMTP_AUTH_REQUIRED];
        }
        if (!is_of_servers((enum smtp_auth_mechanism)i))
            continue;
        out->denied += outcomes[SMTP_AUTH_DENIED] + outcomes[SMTP_AUTH_UNSUPPORTED];
        out->temporary += outcomes[SMTP_AUTH_TEMPORARY];
        out->remarked += outcomes[SMTP_AUTH_REMARKED];
        out->required += outcomes[SMTP_AUTH_REQUIRED];
        out->accepted += outcomes[SMTP_AUTH_ACCEPTED];
    }
}

bool spn_is_refused(const struct spn_refusals *refusals)
{
    return refusals->denied + refusals->temporary > 0 ||
           (refusals->remarked > 0 && refusals->accepted == 0);
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
    struct spn_refusals refusals;
};

/* "denied 3 times (5xx), put off once (454), never taken" */
static void add_counts(struct buffer *out, const struct spn_refusals *refusals)
{
    const struct {
        uint64_t count;
        const char *what, *how;
    } parts[] = {{refusals->denied, "denied", " (5xx)"},
                 {refusals->temporary, "put off", " (454)"},
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

static void saw_peer(struct finding *finding, const struct refused *refused)
{
    const struct smtp_auth_peer *peer = refused->peer;
    char first[CLOCK_TEXT_SIZE] = "", address[NET_ADDRESS_TEXT_SIZE];
    struct buffer counts;

    net_address_format(&peer->address, 25, address);
    buffer_init(&counts, COUNTS_MOST);
    add_counts(&counts, &refused->refusals);
    saw(finding, &refused->log->evidence, "%s, %s%s%s: X-EXPS %s", peer->connector, address,
        peer->client ? ", from " : "", peer->client ? peer->client : "", counts.text);
    buffer_release(&counts);
    for (size_t i = 0; i < peer->error_count; i++) {
        const char *meaning = spn_event_error_text(peer->errors[i].token);

        saw(finding, &refused->log->evidence, "  %s, %llu times%s%s", peer->errors[i].token,
            (unsigned long long)peer->errors[i].count, meaning ? ": " : "", meaning ? meaning : "");
    }
    if (peer->first.time)
        clock_format(peer->first.time, first);
    if (peer->first.line)
        saw(finding, &refused->log->evidence, "  line %llu%s%s: %s",
            (unsigned long long)peer->first.line, *first ? ", " : "", first, peer->first.text);
}

struct all_refused {
    struct refused list[PEERS_MOST];
    size_t count;
    uint64_t denied, temporary, remarked;
};

/* Of one host, or (NULL) of those that are not named. */
static void collect(const struct auth_log_digest *log, const char *host, struct all_refused *out)
{
    for (size_t i = 0; i < log->log.peer_count; i++) {
        const struct smtp_auth_peer *peer = &log->log.peers[i];
        const char *refuser = refuser_of(peer);
        struct spn_refusals refusals;

        spn_refusals_of(peer, &refusals);
        if (!spn_is_refused(&refusals) ||
            (host ? !refuser || !dns_name_equal(refuser, host) : refuser != NULL))
            continue;
        out->denied += refusals.denied;
        out->temporary += refusals.temporary;
        out->remarked += refusals.remarked;
        if (out->count < PEERS_MOST)
            out->list[out->count++] = (struct refused){peer, log, refusals};
    }
}

static const char *what_text(const struct all_refused *all)
{
    if (all->denied > 0)
        return "X-EXPS is answered 535";
    return all->temporary > 0 ? "X-EXPS is answered 454 4.7.0" : "X-EXPS fails before an answer";
}

static struct finding *tell_refused(struct examination *x, const struct all_refused *all,
                                    const char *what)
{
    struct finding *finding = found(x, &exps_refused);

    set_text(finding, "what", what);
    for (size_t i = 0; i < all->count && i < LINES_MOST; i++)
        saw_peer(finding, &all->list[i]);
    return finding;
}

/* The names of a server, whichever of them a log has. */
static void collect_of_view(struct examination *x, const struct spn_view *view,
                            struct all_refused *out)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    size_t logs = 0;

    for (size_t i = 0; i < files.count && logs < LOGS_MOST; i++) {
        const struct auth_log_digest *log = log_at(x, files.list[i]->name);
        bool is_named = false;

        if (!log)
            continue;
        logs++;
        for (size_t k = 0; k < view->names.count; k++) {
            collect(log, view->names.list[k].host, out);
            is_named = is_named || dns_name_equal(view->names.list[k].host, view->host);
        }
        if (!is_named)
            collect(log, view->host, out);
    }
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
    finding = tell_refused(x, all, logons->bad ? spn_logons_what(x, logons) : what_text(all));
    spn_saw_logons(x, finding, view, logons);
    set_vouched(finding, VALUE_NAME, "machine", view->host, strlen(view->host));
    spn_set_names(x, finding, view);
    spn_saw_verdicts(x, finding, view);
}

bool spn_is_refused_in_logs(struct examination *x, const char *host)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct all_refused *all = arena_new(pass_memory(x), 1, sizeof *all);

    for (size_t i = 0; i < files.count; i++) {
        const struct auth_log_digest *log = log_at(x, files.list[i]->name);

        if (log)
            collect(log, host, all);
    }
    return all->count > 0;
}

void spn_tell_exps_of_file(struct examination *x, const struct subject *file)
{
    const struct auth_log_digest *log = log_at(x, file->name);
    struct all_refused *nameless = arena_new(pass_memory(x), 1, sizeof *nameless);
    size_t added = 0;

    if (!log)
        return;
    for (size_t i = 0; i < log->log.peer_count && added < PEERS_MOST; i++) {
        const char *host = refuser_of(&log->log.peers[i]);
        struct spn_refusals refusals;

        spn_refusals_of(&log->log.peers[i], &refusals);
        if (!host || !spn_is_refused(&refusals) || !strchr(host, '.'))
            continue;
        add_subject(x, SUBJECT_SERVER, host);
        added++;
    }
    collect(log, NULL, nameless);
    if (nameless->count > 0)
        tell_refused(x, nameless, what_text(nameless));
}
