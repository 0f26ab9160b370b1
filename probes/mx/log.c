#include "probes/mx/log.h"

#include "probes/mx/call.h"
#include "probes/mx/kinds.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    HOSTS_SHOWN = 10,
    SUBJECTS_ADDED = 20, /* of each kind */
    LINE_SHOWN = 240,    /* bytes */
    RUN_OF_NOTE = 3
};

struct log_view {
    struct examination *x;
    const struct mail_log_digest *digest;
    const struct mail_log *log;
};

/* ---- which Exchange wrote it, and what that one does ---- */

static const struct sender {
    const char *name;
    unsigned major, minor, build; /* of the first */
    const char *steps;            /* see mx_set_senders() */
} senders[] = {
    {"Exchange Server SE", 15, 2, 2562, "sender-2007"},  {"Exchange 2019", 15, 2, 0, "sender-2007"},
    {"Exchange 2016", 15, 1, 0, "sender-2007"},          {"Exchange 2013", 15, 0, 1, "sender-2007"},
    {"Exchange 2013 or later", 15, 0, 0, "sender-2007"}, /* 15.0.0.0 is the version of the log's
                                                            form */
    {"Exchange 2010", 14, 0, 0, "sender-2007"},          {"Exchange 2007", 8, 0, 0, "sender-2007"},
    {"Exchange 2003", 6, 5, 0, "sender-2000"},           {"Exchange 2000", 6, 0, 0, "sender-2000"},
    {"Exchange 5.0 or 5.5", 5, 0, 0, "sender-5"},
};

static unsigned take_number(const char **text)
{
    unsigned value = 0;

    for (; text_is_digit(**text) && value < 1000000; (*text)++)
        value = value * 10 + (unsigned)(**text - '0');
    *text += **text == '.';
    return value;
}

static const struct sender *sender_of(const char *software)
{
    const char *version = software ? strrchr(software, ' ') : NULL;
    unsigned major, minor, build;

    if (!version || !text_is_digit(version[1]))
        return NULL;
    version++;
    major = take_number(&version);
    minor = take_number(&version);
    build = take_number(&version);
    for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
        const struct sender *sender = &senders[i];

        if (sender->major == major &&
            (sender->minor < minor || (sender->minor == minor && sender->build <= build)))
            return sender;
    }
    return NULL;
}

static void saw_sender(struct finding *finding, const struct log_view *view)
{
    const struct sender *sender = sender_of(view->log->software);

    mx_set_senders(finding, sender ? sender->steps : NULL);
    if (!sender)
        saw(finding, &view->digest->evidence,
            "which Exchange sent is not said: 5.0, and 5.5 before its service pack, never tries "
            "the next exchanger after one that accepts and is silent; later ones do");
    else if (strcmp(sender->steps, "sender-5") == 0)
        saw(finding, &view->digest->evidence,
            "written by %s: without its fix it never tries the next exchanger (KB Q182821)",
            sender->name);
    else
        saw(finding, &view->digest->evidence,
            "written by %s (%s): it gives a silent exchanger up after its connector's "
            "ConnectionInactivityTimeOut and tries the next one",
            sender->name, view->log->software);
}

/* ---- hosts ---- */

static const char *host_text(const struct log_view *view, const struct mail_log_peer *peer)
{
    struct arena *memory = pass_memory(view->x);
    char address[NET_ADDRESS_TEXT_SIZE] = "";

    if (peer->address.ip.family != IP_NONE)
        net_address_format(&peer->address, 0, address);
    if (peer->host && *address)
        return arena_print(memory, "%s (%s)", peer->host, address);
    if (peer->host || *address)
        return peer->host ? peer->host : arena_copy_string(memory, address);
    return peer->domain ? arena_print(memory, "an exchanger of %s that is not named", peer->domain)
                        : "a host that is not named";
}

static void saw_place(struct finding *finding, const struct log_view *view, const char *which,
                      const struct mail_log_place *place)
{
    char time[CLOCK_TEXT_SIZE] = "";
    size_t size = place->text ? strlen(place->text) : 0;

    if (place->line == 0)
        return;
    if (place->time)
        clock_format(place->time, time);
    saw(finding, &view->digest->evidence, "%s: line %llu%s%s: %.*s%s", which,
        (unsigned long long)place->line, *time ? ", " : "", time,
        (int)(size < LINE_SHOWN ? size : LINE_SHOWN), size ? place->text : "",
        size > LINE_SHOWN ? "..." : "");
}

static void saw_peer(struct finding *finding, const struct log_view *view,
                     const struct mail_log_peer *peer, uint64_t count, const char *what)
{
    struct arena *memory = pass_memory(view->x);
    const char *silence = peer->longest_silence < 0
                              ? ""
                              : arena_print(memory, "; the longest silence: %.1f s",
                                            (double)peer->longest_silence / 1000);
    const char *run = peer->most_in_a_row < 2
                          ? ""
                          : arena_print(memory,
                                        "; %llu failures in a row, with no other host tried in "
                                        "between",
                                        (unsigned long long)peer->most_in_a_row);
    const char *reporter = view->log->reporter;

    saw(finding, &view->digest->evidence, "%s%s%s: %s, %llu of %llu times%s%s%s%s%s",
        host_text(view, peer),
        peer->domain && (peer->host || peer->address.ip.family != IP_NONE) ? ", for mail to " : "",
        peer->domain && (peer->host || peer->address.ip.family != IP_NONE) ? peer->domain : "",
        what, (unsigned long long)count, (unsigned long long)peer->sessions, silence, run,
        reporter ? " (reported by " : "", reporter ? reporter : "", reporter ? ")" : "");
    saw_place(finding, view, "first", &peer->first);
    if (peer->last.line != peer->first.line)
        saw_place(finding, view, "last", &peer->last);
}

/* True if the address is to be called from where the file was written alone. */
static bool set_peer(struct finding *finding, const struct mail_log_peer *peer, bool is_first)
{
    bool has_address = peer->address.ip.family != IP_NONE;
    bool is_reserved = has_address && mx_set_recorded(finding, &peer->address);
    char ip[IP_TEXT_SIZE];

    if (!is_first)
        return is_reserved;
    if (peer->domain)
        mx_set_domain(finding, peer->domain, false);
    set_number(finding, "port",
               peer->address.port ? peer->address.port : service_usual_port(SERVICE_SMTP));
    ip_format(&peer->address.ip, ip);
    if (peer->host)
        set_value(finding, VALUE_NAME, "server", peer->host, strlen(peer->host));
    else if (has_address)
        (is_reserved ? set_value : set_vouched)(finding, VALUE_TEXT, "server", ip, strlen(ip));
    else if (peer->domain)
        set_value(finding, VALUE_NAME, "domain", peer->domain, strlen(peer->domain));
    return is_reserved;
}

/* "421 4.3.2 ..." somewhere in a line; NULL if there is none. */
static const char *find_reply(const char *line)
{
    for (const char *at = line; at && *at; at++) {
        bool begins = (*at == '4' || *at == '5') && (at == line || !text_is_digit(at[-1]));

        if (begins && text_is_digit(at[1]) && text_is_digit(at[2]) && at[3] == ' ' &&
            at[4] == *at && at[5] == '.')
            return at;
    }
    return NULL;
}

static void set_refusal(struct finding *finding, const struct mail_log_peer *peer)
{
    const char *replies[] = {find_reply(peer->first.text), find_reply(peer->last.text)};

    for (size_t i = 0; i < 2; i++) {
        struct smtp_line line = {.text = replies[i]};

        if (!replies[i])
            continue;
        line.size = strlen(line.text);
        mx_set_refusal(finding, (unsigned)strtoul(line.text, NULL, 10), &line);
    }
    if (!replies[0] && !replies[1])
        mx_set_refusal(finding, 0, NULL);
}

/* ---- faults ---- */

/* Of one host: how often, over all kinds that `which` (a bit each) names. */
static uint64_t count_faults(const struct mail_log_peer *peer, unsigned which)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < MAIL_LOG_FAULT_COUNT; i++) {
        if (which & 1u << i)
            count += peer->faults[i];
    }
    return count;
}

/* What happens now and then among many that work is no fault of the host. */
static bool is_of_note(const struct mail_log_peer *peer, uint64_t count)
{
    return peer->greeted == 0 || peer->most_in_a_row >= RUN_OF_NOTE || count > peer->greeted / 4;
}

/* Hosts with such faults, those with most first; into `list`. */
static size_t peers_of(const struct log_view *view, unsigned which,
                       const struct mail_log_peer **list)
{
    size_t count = 0;

    for (size_t i = 0; i < view->log->peer_count; i++) {
        const struct mail_log_peer *peer = &view->log->peers[i];
        size_t at = count;

        if (count_faults(peer, which) == 0)
            continue;
        for (; at > 0 && count_faults(list[at - 1], which) < count_faults(peer, which); at--)
            list[at] = list[at - 1];
        list[at] = peer;
        count++;
    }
    return count;
}

static const struct mail_log_peer **room_for_peers(const struct log_view *view)
{
    return arena_new(pass_memory(view->x), view->log->peer_count,
                     sizeof(const struct mail_log_peer *));
}

static void show_peers(const struct log_view *view, struct finding *finding, unsigned which,
                       const char *what)
{
    const struct mail_log_peer **list = room_for_peers(view);
    size_t count = peers_of(view, which, list);
    const struct net_address *reserved = NULL;

    mx_set_as_called(view->x, finding);
    for (size_t i = 0; i < count && i < HOSTS_SHOWN; i++) {
        saw_peer(finding, view, list[i], count_faults(list[i], which), what);
        if (set_peer(finding, list[i], i == 0) && !reserved)
            reserved = &list[i]->address;
        if (which & 1u << MAIL_LOG_GREETING)
            set_refusal(finding, list[i]);
    }
    if (reserved)
        mx_saw_recorded(finding, &view->digest->evidence, reserved);
    if (count > HOSTS_SHOWN)
        saw(finding, &view->digest->evidence, "and %zu more hosts", count - HOSTS_SHOWN);
}

static enum severity severity_of(const struct log_view *view, unsigned which)
{
    for (size_t i = 0; i < view->log->peer_count; i++) {
        const struct mail_log_peer *peer = &view->log->peers[i];

        if (count_faults(peer, which) > 0 && is_of_note(peer, count_faults(peer, which)))
            return SEVERITY_WARNING;
    }
    return SEVERITY_INFO;
}

static bool has_faults(const struct log_view *view, unsigned which)
{
    for (size_t i = 0; i < view->log->peer_count; i++) {
        if (count_faults(&view->log->peers[i], which) > 0)
            return true;
    }
    return false;
}

#define FAULT(name) (1u << MAIL_LOG_##name)

static void judge_faults(const struct log_view *view)
{
    static const struct {
        const struct finding_kind *kind;
        unsigned which;
        const char *what;
    } rows[] = {
        {&mx_banner_stall, FAULT(SILENT), "connected, and no greeting came"},
        {&mx_closes, FAULT(CLOSED), "closed without a greeting"},
        {&mx_refuses, FAULT(REFUSED), "refused the connection"},
        {&mx_unreachable, FAULT(UNREACHABLE), "did not answer"},
        {&mx_greeting_refused, FAULT(GREETING), "greeted with an error"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct finding *finding;

        if (!has_faults(view, rows[i].which))
            continue;
        finding = found(view->x, rows[i].kind);
        finding_severity(finding, severity_of(view, rows[i].which));
        show_peers(view, finding, rows[i].which, rows[i].what);
        if (rows[i].kind == &mx_banner_stall)
            saw_sender(finding, view);
    }
}

/* What the host said to the mail itself is its reason, and shows that it greets. */
static void judge_answered(const struct log_view *view)
{
    const unsigned which = FAULT(ANSWERED);

    if (has_faults(view, which) && !has_faults(view, FAULT(SILENT)))
        show_peers(view,
                   not_applicable(view->x, &mx_banner_stall,
                                  "mail failed for what the exchanger answered, and it greets"),
                   which, "answered the mail with an error");
}

/* That mail expired, or failed by 4.4.x, says not why: the exchangers are called to know. */
static void judge_expired(const struct log_view *view)
{
    const unsigned which = FAULT(EXPIRED) | FAULT(OTHER);
    const unsigned clear = (1u << MAIL_LOG_FAULT_COUNT) - 1 - which - FAULT(UNEXPLAINED);
    struct finding *finding;

    if (!has_faults(view, which) || has_faults(view, clear))
        return;
    finding = unknown(view->x, &mx_banner_stall,
                      "mail failed, expired or was given up early, which does not say what the "
                      "exchanger did");
    show_peers(view, finding, which, "failed, expired or given up early");
    saw_sender(finding, view);
}

/* A queue that waits is why mail does not arrive; for what it waits, this list does not say. */
static void judge_unexplained(const struct log_view *view)
{
    struct finding *finding;

    if (!has_faults(view, FAULT(UNEXPLAINED)))
        return;
    finding = unknown(view->x, &mx_banner_stall,
                      "queues wait to be tried again, and the list does not say why");
    set_text(finding, "queues", "waiting");
    show_peers(view, finding, FAULT(UNEXPLAINED), "in Retry, with no LastError in the list");
}

static void judge_health(const struct log_view *view)
{
    uint64_t sessions = 0, greeted = 0;

    if (has_faults(view, (1u << MAIL_LOG_FAULT_COUNT) - 1))
        return;
    for (size_t i = 0; i < view->log->peer_count; i++) {
        sessions += view->log->peers[i].sessions;
        greeted += view->log->peers[i].greeted;
    }
    if (greeted > 0)
        healthy(view->x, &mx_banner_stall, "%llu of %llu sessions are greeted, with %llu hosts",
                (unsigned long long)greeted, (unsigned long long)sessions,
                (unsigned long long)view->log->peer_total);
    else
        not_applicable(view->x, &mx_banner_stall,
                       "%llu lines, none of which tells of a connection that failed",
                       (unsigned long long)view->log->lines);
}

/* ---- whom to call ---- */

/* The sender itself, whoever that was: here it is this machine, which is another. */
static bool is_sender_itself(const struct ip_address *ip)
{
    static const struct ip_address v4 = {IP_V4, {127, 0, 0, 1}}, v6 = {IP_V6, {[15] = 1}};

    return ip_equal(ip, &v4) || ip_equal(ip, &v6);
}

static void add_subjects(const struct log_view *view)
{
    const struct mail_log_peer **list = room_for_peers(view);
    size_t count = peers_of(view, (1u << MAIL_LOG_FAULT_COUNT) - 1, list);
    size_t hosts = 0, domains = 0;
    char ip[IP_TEXT_SIZE];

    for (size_t i = 0; i < count; i++) {
        const struct mail_log_peer *peer = list[i];

        ip_format(&peer->address.ip, ip);
        if ((peer->host || *ip) && !is_sender_itself(&peer->address.ip) && hosts++ < SUBJECTS_ADDED)
            add_subject(view->x, SUBJECT_SERVER, *ip ? ip : peer->host);
        if (peer->domain && domains++ < SUBJECTS_ADDED)
            add_subject(view->x, SUBJECT_DOMAIN, peer->domain);
    }
}

void mx_judge_log(struct examination *x, const struct subject *file)
{
    const struct mail_log_digest *digest = ask_mail_log(x, file->name);
    struct log_view view = {.x = x, .digest = digest};

    if (!digest)
        return;
    if (digest->evidence.status != STATUS_OK) {
        saw_failure(unknown(x, &mx_banner_stall, "the sender's records could not be read"),
                    &digest->evidence);
        return;
    }
    view.log = &digest->log;
    add_subjects(&view);
    judge_faults(&view);
    judge_answered(&view);
    judge_expired(&view);
    judge_unexplained(&view);
    judge_health(&view);
}
