#include "probes/spn/offers_in_logs.h"

#include "diag/read/dns_name.h"
#include "diag/read/spn.h"
#include "probes/spn/kinds.h"

#include <string.h>

enum { LINES_MOST = 8, ADDED_MOST = 64 };

static const struct auth_log_digest *send_log_at(struct examination *x, const char *path)
{
    const struct file_digest *digest = ask_file(x, path);
    const struct auth_log_digest *log;

    if (!digest || digest->evidence.status != STATUS_OK || digest->type != FILE_TYPE_SMTP_SEND_LOG)
        return NULL;
    log = ask_auth_log(x, path);
    return log && log->evidence.status == STATUS_OK ? log : NULL;
}

/* "ex01.contoso.com" and "ex03.contoso.com": a stranger's 5.7.3 is that one's business. */
static bool is_of_one_domain(const char *one, const char *other)
{
    const char *parent = dns_name_parent(one);

    return strchr(parent, '.') && parent[1] && dns_name_is_below(other, parent);
}

static uint64_t required_of(const struct smtp_auth_peer *peer)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i <= SMTP_AUTH_EXPS_OTHER; i++)
        sum += peer->outcomes[i][SMTP_AUTH_REQUIRED];
    return sum;
}

/* It answered EHLO, never with X-EXPS, and the sender says 5.7.3: it was to log on there. */
static bool is_without_offer(const struct smtp_auth_peer *peer)
{
    return peer->server && spn_is_host(peer->server) && peer->client && peer->greetings > 0 &&
           peer->offers[SMTP_AUTH_OFFER_EXPS] == 0 && required_of(peer) > 0 &&
           is_of_one_domain(peer->client, peer->server);
}

size_t spn_add_masked(struct examination *x, const struct auth_log_digest *log)
{
    size_t added = 0;

    for (size_t i = 0; i < log->log.peer_count && added < ADDED_MOST; i++) {
        if (log->log.type != FILE_TYPE_SMTP_SEND_LOG || !is_without_offer(&log->log.peers[i]))
            continue;
        add_subject(x, SUBJECT_SERVER, log->log.peers[i].server);
        added++;
    }
    return added;
}

bool spn_is_without_offer(struct examination *x, const char *host)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);

    for (size_t i = 0; i < files.count; i++) {
        const struct auth_log_digest *log = send_log_at(x, files.list[i]->name);

        for (size_t k = 0; log && k < log->log.peer_count; k++) {
            if (is_without_offer(&log->log.peers[k]) &&
                dns_name_equal(log->log.peers[k].server, host))
                return true;
        }
    }
    return false;
}

/* ---- telling ---- */

static bool is_named(const struct spn_view *view, const char *host)
{
    for (size_t i = 0; i < view->names.count; i++) {
        if (dns_name_equal(view->names.list[i].host, host))
            return true;
    }
    return dns_name_equal(view->host, host);
}

static void saw_peer(struct finding *finding, const struct auth_log_digest *log,
                     const struct smtp_auth_peer *peer)
{
    uint64_t masked = peer->offers[SMTP_AUTH_OFFER_MASKED], required = required_of(peer);
    char address[NET_ADDRESS_TEXT_SIZE];

    net_address_format(&peer->address, 25, address);
    saw(finding, &log->evidence,
        "%s, %s, from %s: %llu answer%s to EHLO without X-EXPS, %llu of them written over (XXXX), "
        "and 5.7.3 %llu time%s",
        peer->connector, address, peer->client, (unsigned long long)peer->greetings,
        peer->greetings == 1 ? "" : "s", (unsigned long long)masked, (unsigned long long)required,
        required == 1 ? "" : "s");
    if (peer->first.line)
        saw(finding, &log->evidence, "  line %llu: %s", (unsigned long long)peer->first.line,
            peer->first.text);
}

bool spn_tell_offers_in_logs(struct examination *x, const struct spn_view *view)
{
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct finding *finding = NULL;
    bool is_masked = false;
    size_t lines = 0;

    for (size_t i = 0; i < files.count; i++) {
        const struct auth_log_digest *log = send_log_at(x, files.list[i]->name);

        for (size_t k = 0; log && k < log->log.peer_count && lines < LINES_MOST; k++) {
            const struct smtp_auth_peer *peer = &log->log.peers[k];

            if (!is_without_offer(peer) || !is_named(view, peer->server))
                continue;
            finding = finding ? finding : found(x, &exps_absent);
            is_masked = is_masked || peer->offers[SMTP_AUTH_OFFER_MASKED] > 0;
            saw_peer(finding, log, peer);
            lines++;
        }
    }
    if (!finding)
        return false;
    finding_severity(finding, SEVERITY_CRITICAL);
    if (is_masked)
        set_text(finding, "masked", "yes");
    set_vouched(finding, VALUE_NAME, "machine", view->host, strlen(view->host));
    return true;
}
